"""Reads the database and the simulator's own ledger after a round, and says what is wrong.

Nothing here asks the programs under test, except for `komodo-mcp db check`.
"""

import collections
import contextlib
import json
import os
import sqlite3
import subprocess

import paths
from komodo import GRACE_SECONDS, REFUSED, REQUEST_SECONDS
from windows import most_in_a_window
from workload import CANCELS, MARKED, NEVER_RESENT, REQUESTS

# Ends of which the documentation says that nothing ran.
NOTHING_RAN = {paths.REJECTED, paths.EXPIRED, paths.EXHAUSTED, paths.BEFORE_SEND}
# How an unknown outcome comes about; the first two must name what it could have been.
UNKNOWN_REASONS = {"evidence_ambiguous", "update_contested", "evidence_absent",
                   "evidence_unreadable", "busy_in_doubt", "no_trace"}
NAMES_CANDIDATES = {"evidence_ambiguous", "update_contested"}
# Events that show how often the protocol's rarer steps were taken.
SHOWN = ["owner_lost", "answer_lost", "evidence_found", "never_started", "undelivered", "busy",
         "not_started", "budget_exhausted", "remote_interrupted", "cancel_delivered",
         "duplicate_detected"]
OFFSET_MS = 50
# From an intent until nobody waits for a sign of its run any more.
COVERED_MS = 1_000 * (REQUEST_SECONDS + GRACE_SECONDS)


class Job:
    def __init__(self, row):
        self.row, self.token, self.operation = row["id"], row["token"], row["operation"]
        self.columns, self.state = row, paths.state(row["status"], row["phase"])
        self.request = REQUESTS[self.operation]
        arguments = json.loads(row["arguments"])
        name = MARKED.get(self.operation)
        self.mark = arguments.get(name) if name else (arguments.get("args") or {}).get("mark")
        self.events, self.entries = [], []

    def __str__(self):
        return (f"{self.operation} {self.columns['target_name']} …{self.token[-6:]} "
                f"({self.state})")

    def by_time(self):
        """Its executions within the time that the grace covers after an intent, and later ones.

        A request that reaches Komodo later than that is beyond what the grace promises: then the
        job has to say that it ran twice.
        """
        timely, late, intents = [], [], self.moments("intent_recorded")
        for entry in self.entries:
            intent = next((at for at in intents
                           if -OFFSET_MS <= entry["time"] - at <= COVERED_MS), None)
            if intent is None:
                late.append(entry)
            else:
                intents.remove(intent)
                timely.append(entry)
        return timely, late

    def moments(self, reason):
        return [event["at"] for event in self.events if event["reason"] == reason]

    def is_repeated_between(self, first, second):
        """Whether a run that failed was repeated on the caller's wish between two moments."""
        return any(event["reason"] == "remote_failed" and event["status"] == "pending"
                   and first - OFFSET_MS <= event["at"] <= second + OFFSET_MS
                   for event in self.events)


class Checker:
    """Checks what one round left behind.

    `db`, `ledger` and `updates` are the round's own unless others are given.
    """

    def __init__(self, trial, db=None, ledger=None, updates=None):
        self.trial, self.operator = trial, trial.komodo.operator
        self.db, self.faults, self.late = db or trial.db, [], 0
        # Before the updates are read, which Komodo counts as requests, too.
        self.ledger = ledger or trial.komodo.ledger()
        self.updates = updates or {
            entry["update_id"]: trial.komodo.update(entry["update_id"])
            for entry in self.ledger["executions"] if entry["update_id"]}

    def fault(self, kind, text):
        self.faults.append((kind, text))

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(
                f"file:{self.db}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(sql)]

    def read(self):
        self.jobs = {row["id"]: Job(row) for row in self.rows("SELECT * FROM job ORDER BY id")}
        for event in self.rows("SELECT * FROM event ORDER BY id"):
            self.jobs[event["job_id"]].events.append(event)
        self.adopted = {row["update_id"]: self.jobs[row["job_id"]]
                        for row in self.rows("SELECT * FROM adoption")}
        self.by_token = {job.token: job for job in self.jobs.values()}

    def check(self):
        """Everything; the faults."""
        self.database_is_sound()
        try:
            self.read()
        except sqlite3.DatabaseError as error:
            self.fault("unsound", f"it cannot be read: {error}")
            return self.faults
        self.match()
        self.no_accepted_job_is_missing()
        self.nothing_is_submitted_twice()
        self.ends_are_true()
        self.paths_are_legal()
        self.unknowns_are_labelled()
        self.keys_make_one_job()
        self.budget_holds()
        if self.trial.is_strict:
            self.everything_succeeded_once()
        self.faults += self.trial.problems
        return self.faults

    # Whose execution is it?

    def match(self):
        """Gives each execution of ours to the job that sent it."""
        marked = {(job.request, job.mark): job for job in self.jobs.values()
                  if job.mark is not None}
        for entry in self.ledger["executions"]:
            if entry["operator"] != self.operator:
                continue
            if entry["request"] in CANCELS.values():
                self.cancel_was_wanted(entry)
                continue
            owner = self.adopted.get(entry["update_id"])
            wanted = marked.get((entry["request"], self.mark(entry)))
            sender = wanted or owner or self.sender(entry)
            if owner and wanted and owner is not wanted:
                self.fault("swapped", f"{owner} follows the run of {wanted}: {entry}")
            if not sender:
                self.fault("stray", f"nobody sent {entry}")
                continue
            sender.entries.append(entry)

    @staticmethod
    def mark(entry):
        params = entry["params"]
        return params.get("stop_time", params.get("time", (params.get("args") or {}).get("mark")))

    def sender(self, entry):
        """The job of this request and target that was last about to send before it."""
        best, at = None, None
        for job in self.jobs.values():
            if job.request != entry["request"] or job.columns["target_id"] != entry["target_id"] \
                    or job.mark is not None:
                continue
            for moment in job.moments("intent_recorded"):
                if moment <= entry["time"] + OFFSET_MS and (at is None or moment > at):
                    best, at = job, moment
        return best

    def cancel_was_wanted(self, entry):
        if not any(CANCELS.get(job.request) == entry["request"]
                   and job.columns["target_id"] == entry["target_id"]
                   and (job.columns["cancel_requested_at"] or entry["time"] + 1) <= entry["time"]
                   for job in self.jobs.values()):
            self.fault("stray", f"nobody asked for this cancel: {entry}")

    def ran(self, entry):
        """Whether Komodo did anything, as its own record says."""
        update = self.updates.get(entry["update_id"])
        if update is None:
            # It has no record, or forgot it; then it must count.
            return True
        return not any(log["stage"] == REFUSED for log in update["logs"])

    # The promises.

    def no_accepted_job_is_missing(self):
        for name, request in self.trial.accepted.items():
            job = self.by_token.get(name.rsplit("_", 1)[1])
            if not job:
                self.fault("lost", f"{name} was accepted and is not in the database")
            elif request and (request.operation, request.target) != (
                    job.operation, job.columns["target_name"]):
                self.fault("swapped", f"{job} was the answer to {request.shell()}")
        for job in self.jobs.values():
            if not paths.is_terminal(job.state):
                self.fault("lost", f"{job} has not ended")
            elif job.state == paths.SUCCESS and not job.entries:
                self.fault("lost", f"{job} says that it succeeded, and Komodo never got it")

    def nothing_is_submitted_twice(self):
        sent = collections.Counter()
        for job in self.jobs.values():
            intents = job.moments("intent_recorded")
            sent[job.request] += len(intents)
            if len(job.entries) > len(intents):
                self.fault("doubled", f"{job} was accepted {len(job.entries)} times, and about to "
                                      f"be sent {len(intents)} times")
            timely, late = job.by_time()
            self.late += len(late)
            if not job.columns["duplicate_update"] and not job.moments("duplicate_unchecked") \
                    and (second := self.late_beside_another(job, late)):
                self.fault("unnoticed",
                           f"{job} was accepted again long after it was sent: {second}")
            for first, second in zip(timely, timely[1:]):
                if self.ran(first) and not job.is_repeated_between(first["time"], second["time"]):
                    self.fault("doubled", f"{job} was accepted again at {second['time']} as "
                                          f"{second['update_id']} though its run "
                                          f"{first['update_id']} of {first['time']} had begun")
            if job.columns["duplicate_update"] and len(job.entries) < 2:
                self.fault("duplicate", f"{job} names a duplicate that Komodo does not know")
            if job.operation in NEVER_RESENT and job.moments("never_started"):
                self.fault("doubled", f"{job} was to be sent again after a doubt")
        # Also what Komodo refused or lost had one intent each.
        for request, count in sent.items():
            arrived = self.ledger["requests_by_type"].get(request, 0)
            if arrived > count:
                self.fault("doubled", f"{request} arrived {arrived} times for {count} intents")

    def late_beside_another(self, job, late):
        """Late executions that ran though another ran, too, and nobody wanted it repeated."""
        ran = [entry for entry in job.entries if self.ran(entry)]
        return [entry for entry in late if entry in ran and not all(
            other is entry or job.is_repeated_between(*sorted((other["time"], entry["time"])))
            for other in ran)]

    def ends_are_true(self):
        for job in self.jobs.values():
            if job.state in NOTHING_RAN:
                for entry in job.by_time()[0]:
                    if self.ran(entry) and not job.moments("remote_failed"):
                        self.fault("untrue", f"{job} says that nothing ran, but {entry} did")
            update = self.updates.get(job.columns["remote_id"])
            if not update or job.columns["late_outcome"]:
                continue
            if job.state == paths.SUCCESS and not (
                    update["status"] == "Complete" and update["success"]):
                self.fault("untrue", f"{job} says that it succeeded: {update}")
            if job.events[-1]["reason"] == "remote_failed" and update["success"]:
                self.fault("untrue", f"{job} says that it failed: {update}")

    def paths_are_legal(self):
        for job in self.jobs.values():
            events = [(event["reason"], paths.state(event["status"], event["phase"]),
                       event["attempt"]) for event in job.events]
            wrong = paths.illegal_step(events, bool(job.columns["retries_failure"]))
            if wrong:
                self.fault("illegal", f"{job}: {wrong}; {events}")
            elif events[-1][1] != job.state:
                self.fault("illegal", f"{job}: its history ends in {events[-1][1]}")

    def unknowns(self):
        return [job for job in self.jobs.values() if job.state == paths.UNKNOWN]

    def unknowns_are_labelled(self):
        for job in self.unknowns():
            candidates = json.loads(job.columns["candidates"] or "[]")
            reasons = [event["reason"] for event in job.events
                       if paths.state(event["status"], event["phase"]) == paths.UNKNOWN]
            if job.columns["error_code"] != "OUTCOME_UNKNOWN" or not job.columns["error_message"]:
                self.fault("unlabelled", f"{job}: {job.columns['error_code']}")
            if not reasons or reasons[0] not in UNKNOWN_REASONS:
                self.fault("unlabelled", f"{job} has no reason: {reasons}")
            elif reasons[0] in NAMES_CANDIDATES and not candidates:
                self.fault("unlabelled", f"{job} names no candidates for {reasons[0]}")
            for candidate in candidates:
                if candidate not in self.updates and job.request != "DeployStackIfChanged":
                    self.fault("unlabelled", f"{job} names {candidate}, which Komodo never had")

    def keys_make_one_job(self):
        for key, names in self.trial.ids_of_key.items():
            if len(names) > 1:
                self.fault("doubled", f"the key {key} was answered with {sorted(names)}")
            for name in names:
                job = self.by_token.get(name.rsplit("_", 1)[1])
                if job and job.columns["idempotency_key"] != key:
                    self.fault("swapped", f"{job} was the answer to the key {key}")
        keys = collections.Counter(job.columns["idempotency_key"] for job in self.jobs.values()
                                   if job.columns["idempotency_key"])
        for key, count in keys.items():
            if count > 1:
                self.fault("doubled", f"the key {key} made {count} jobs")

    def budget_holds(self):
        spent = self.rows("SELECT spent_submissions + spent_polls + spent_reads AS tokens"
                          " FROM budget")
        self.tokens = sum(row["tokens"] for row in spent)
        self.requests = self.ledger["request_count"]
        if self.requests > self.tokens:
            self.fault("budget", f"{self.requests} requests left for {self.tokens} tokens")
        self.busiest = most_in_a_window([it["time"] for it in self.ledger["requests"]])
        if self.busiest > self.trial.burst:
            self.fault("budget", f"{self.busiest} requests in 60 s; the burst is "
                                 f"{self.trial.burst}")

    def database_is_sound(self):
        try:
            found = [list(row.values())[0] for row in self.rows("PRAGMA integrity_check")]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
        if found != ["ok"]:
            self.fault("unsound", f"integrity_check: {found[:3]}")
        check = subprocess.run(
            [os.path.join(self.trial.args.bin, "komodo-mcp"), "db", "check"],
            env=dict(self.trial.env, KOMODO_JOBS_DB=self.db), capture_output=True, text=True)
        if check.returncode != 0:
            self.fault("unsound", f"db check: {check.stdout.strip()} {check.stderr.strip()}")

    def everything_succeeded_once(self):
        """Without faults there is no other end."""
        for job in self.jobs.values():
            if job.state != paths.SUCCESS or len(job.entries) != 1:
                self.fault("strict", f"{job} was accepted {len(job.entries)} times")
        if len(self.jobs) < self.trial.planned / 4:
            self.fault("strict", f"only {len(self.jobs)} jobs")

    # For people.

    def states(self):
        return collections.Counter(job.state for job in self.jobs.values())

    def shown_events(self):
        count = collections.Counter(event["reason"] for job in self.jobs.values()
                                    for event in job.events)
        return {reason: count[reason] for reason in SHOWN if count[reason]}

    def keep_evidence(self, folder):
        with open(os.path.join(folder, "ledger.json"), "w") as file:
            json.dump(self.ledger, file, indent=1)
        with open(os.path.join(folder, "updates.json"), "w") as file:
            json.dump(self.updates, file, indent=1)
        with open(os.path.join(folder, "verdict.json"), "w") as file:
            json.dump({"round": self.trial.name, "faults": self.faults,
                       "accepted": sorted(self.trial.accepted),
                       "refusals": self.trial.refusals}, file, indent=1)
