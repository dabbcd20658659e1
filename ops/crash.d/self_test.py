"""Shows that each check of the checker can fail: plants one fault at a time in a copy of a round.

The copies are of the database, the ledger and the updates of a round that really happened.
"""

import contextlib
import copy
import os
import shutil
import sqlite3
import types

from checker import Checker
from komodo import REFUSED
from workload import Request

PAGE = 4096
MANY = 1_000_000


class Copy:
    """A copy of what a round left, to be spoilt."""

    def __init__(self, trial, checker, path):
        self.checker, self.db = checker, path
        self.ledger = copy.deepcopy(checker.ledger)
        self.updates = copy.deepcopy(checker.updates)
        self.trial = types.SimpleNamespace(
            args=trial.args, env=trial.env, komodo=trial.komodo, db=path, burst=trial.burst,
            accepted=dict(trial.accepted), ids_of_key=copy.deepcopy(trial.ids_of_key),
            problems=[], is_strict=False, planned=trial.planned)
        with contextlib.closing(sqlite3.connect(f"file:{trial.db}?mode=ro", uri=True)) as source, \
                contextlib.closing(sqlite3.connect(path)) as target:
            source.backup(target)
        self.sql("DROP TRIGGER event_is_append_only; DROP TRIGGER event_is_kept;"
                 "DROP TRIGGER terminal_status_is_final")

    def sql(self, script):
        with contextlib.closing(sqlite3.connect(self.db)) as database:
            database.executescript("PRAGMA ignore_check_constraints = 1; " + script)

    def job(self, wanted, count=1):
        """The first or a later job of which `wanted` holds."""
        return [job for job in self.checker.jobs.values() if wanted(job)][count - 1]

    def succeeded(self, count=1):
        return self.job(lambda job: job.state == "success" and job.mark is not None
                        and len(job.entries) == 1 and job.columns["remote_kind"] == "update"
                        and self.updates[job.entries[0]["update_id"]], count)

    def entry(self, job):
        return next(it for it in self.ledger["executions"]
                    if it["sequence"] == job.entries[0]["sequence"])

    def again(self, job):
        """Komodo gets a job once more, some time later."""
        first = self.entry(job)
        second = dict(first, update_id="f" * 24, time=first["time"] + 10,
                      sequence=len(self.ledger["executions"]) + 1)
        self.ledger["executions"].append(second)
        self.updates["f" * 24] = copy.deepcopy(self.updates[first["update_id"]])

    def add_event(self, job, reason, status, phase=None):
        phase = f"'{phase}'" if phase else "NULL"
        self.sql(f"INSERT INTO event (job_id, at, reason, status, phase, attempt)"
                 f" VALUES ({job.row}, {job.events[-1]['at']}, '{reason}', '{status}', {phase},"
                 f" {job.events[-1]['attempt']})")

    def set(self, job, **columns):
        words = ", ".join(f"{name} = {value}" for name, value in columns.items())
        self.sql(f"UPDATE job SET {words} WHERE id = {job.row}")


def forget_a_job(it):
    row = it.succeeded().row
    it.sql("".join(f"DELETE FROM {table} WHERE job_id = {row};"
                   for table in ("event", "log", "adoption")) + f"DELETE FROM job WHERE id = {row}")


def leave_a_job_open(it):
    it.set(it.succeeded(), status="'running'", phase="'accepted'", finished_at="NULL")


def claim_a_success(it):
    it.ledger["executions"].remove(it.entry(it.succeeded()))


def send_twice(it):
    it.again(it.succeeded())


def send_twice_with_false_evidence(it):
    job = it.succeeded()
    it.again(job)
    at = job.moments("intent_recorded")[0]
    it.sql(f"INSERT INTO event (job_id, at, reason, status, phase, attempt)"
           f" VALUES ({job.row}, {at}, 'intent_recorded', 'starting', 'sending', 2)")


def begin_late_unnoticed(it):
    send_twice_with_false_evidence(it)
    it.ledger["executions"][-1]["time"] += 1_000 * MANY


def begin_late_after_a_refusal(it):
    """Nothing ran twice: Komodo refused the first."""
    begin_late_unnoticed(it)
    first = it.entry(it.succeeded())
    refused = it.updates[first["update_id"]] = copy.deepcopy(it.updates[first["update_id"]])
    refused.update(success=False, logs=[{"stage": REFUSED}])


def post_twice(it):
    it.ledger["requests_by_type"]["Deploy"] += MANY


def resend_what_must_not_be(it):
    job = it.job(lambda job: job.operation == "deploy")
    it.set(job, operation="'run-procedure'")
    it.add_event(job, "never_started", "pending", "queued")


def swap_two_runs(it):
    first, second = it.succeeded(1), it.succeeded(2)
    it.sql(f"UPDATE adoption SET job_id = 0 - job_id WHERE job_id IN ({first.row}, {second.row});"
           f"UPDATE adoption SET job_id = {second.row} WHERE job_id = 0 - {first.row};"
           f"UPDATE adoption SET job_id = {first.row} WHERE job_id = 0 - {second.row}")


def run_for_nobody(it):
    it.again(it.succeeded())
    it.ledger["executions"][-1].update(request="PruneSystem")


def cancel_for_nobody(it):
    it.again(it.succeeded())
    it.ledger["executions"][-1].update(request="CancelBuild")


def name_a_false_duplicate(it):
    it.set(it.succeeded(), duplicate_update="'" + "e" * 24 + "'")


def fail_what_succeeded(it):
    it.updates[it.entry(it.succeeded())["update_id"]]["success"] = False


def deny_a_run(it):
    it.set(it.succeeded(), status="'cancelled'", phase="'before_send'")


def tell_an_impossible_story(it):
    it.add_event(it.succeeded(), "accepted", "running", "accepted")


def hide_an_event(it):
    job = it.succeeded()
    it.sql(f"DELETE FROM event WHERE job_id = {job.row} AND reason = 'intent_recorded'")


def leave_an_unknown_unlabelled(it):
    job = it.succeeded()
    it.set(job, status="'failed'", phase="'outcome_unknown'", error_code="NULL")


def name_no_candidates(it):
    job = it.succeeded()
    it.set(job, status="'failed'", phase="'outcome_unknown'", error_code="'OUTCOME_UNKNOWN'",
           error_message="'why'", candidates="NULL")
    it.add_event(job, "evidence_ambiguous", "failed", "outcome_unknown")


def answer_a_key_twice(it):
    it.trial.ids_of_key["key"] = {"job_a", "job_b"}


def answer_a_key_with_another_job(it):
    name = next(iter(it.trial.accepted))
    it.trial.ids_of_key["nobody's"] = {name}


def answer_with_another_job(it):
    name = next(iter(it.trial.accepted))
    it.trial.accepted[name] = Request(1, "deploy", "nothing")


def make_two_jobs_of_a_key(it):
    for number in (1, 2):
        it.set(it.succeeded(number), idempotency_key="'key'")


def send_without_a_token(it):
    it.sql("UPDATE budget SET spent_polls = spent_polls - 100")


def exceed_the_burst(it):
    it.trial.burst = 3


def break_the_file(it):
    size = os.path.getsize(it.db)
    with open(it.db, "r+b") as file:
        for place in range(PAGE, size, 7 * PAGE):
            file.seek(place)
            file.write(os.urandom(PAGE))


def fail_without_faults(it):
    it.trial.is_strict = True
    it.set(it.succeeded(), status="'failed'", phase="'remote_failed'")


def end_a_process(it):
    it.trial.problems.append(("ended", "a process ended by itself"))


# What is planted, and what must be said about it: the kind, and words of the text.
PLANTED = [
    (forget_a_job, "lost", "not in the database"), (leave_a_job_open, "lost", "has not ended"),
    (claim_a_success, "lost", "never got it"), (send_twice, "doubled", "was accepted 2 times"),
    (send_twice_with_false_evidence, "doubled", "had begun"),
    (begin_late_unnoticed, "unnoticed", "long after"), (post_twice, "doubled", "arrived"),
    (resend_what_must_not_be, "doubled", "after a doubt"),
    (swap_two_runs, "swapped", "follows the run of"), (run_for_nobody, "stray", "nobody sent"),
    (cancel_for_nobody, "stray", "this cancel"),
    (name_a_false_duplicate, "duplicate", "does not know"),
    (fail_what_succeeded, "untrue", "says that it succeeded"),
    (deny_a_run, "untrue", "nothing ran"), (tell_an_impossible_story, "illegal", "accepted leads"),
    (hide_an_event, "illegal", "leads from"),
    (leave_an_unknown_unlabelled, "unlabelled", "None"),
    (name_no_candidates, "unlabelled", "names no candidates"),
    (answer_a_key_twice, "doubled", "was answered"),
    (answer_a_key_with_another_job, "swapped", "answer to the key"),
    (answer_with_another_job, "swapped", "was the answer to"),
    (make_two_jobs_of_a_key, "doubled", "made 2 jobs"),
    (send_without_a_token, "budget", "left for"), (exceed_the_burst, "budget", "the burst is 3"),
    (break_the_file, "unsound", ""), (fail_without_faults, "strict", "was accepted 1 times"),
    (end_a_process, "ended", "by itself"),
]

# What looks like a fault and is none: what must not be said about it.
EXCUSED = [(begin_late_after_a_refusal, "unnoticed")]


def self_test(trial, checker):
    """Plants every fault, and what is none; how many were judged wrongly."""
    if found := faults_of_a_copy(trial, checker, lambda it: None):
        print(f"FAILED: the copy is wrong before anything is planted: {found[0]}")
        return len(PLANTED) + len(EXCUSED)
    missed = 0
    for plant, kind, words in PLANTED:
        found = faults_of_a_copy(trial, checker, plant)
        hits = [text for name, text in found if name == kind and words in text]
        missed += not hits
        print(f"{'found' if hits else 'MISSED'} {name_of(plant)}: "
              f"{kind}: {(hits or ['-'])[0][:100]}", flush=True)
    for plant, kind in EXCUSED:
        hits = [text for name, text in faults_of_a_copy(trial, checker, plant) if name == kind]
        missed += bool(hits)
        print(f"{'FALSELY FOUND' if hits else 'excused'} {name_of(plant)}: "
              f"{kind}: {(hits or ['-'])[0][:100]}", flush=True)
    return missed


def name_of(plant):
    return plant.__name__.replace("_", " ")


def faults_of_a_copy(trial, checker, plant):
    """What the checker says of a copy in which something was planted."""
    path = os.path.join(trial.dir, "planted.db")
    for rest in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(path + rest)
    shutil.rmtree(path + ".d", ignore_errors=True)
    spoilt = Copy(trial, checker, path)
    plant(spoilt)
    return Checker(spoilt.trial, spoilt.db, spoilt.ledger, spoilt.updates).check()
