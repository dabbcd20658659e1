"""One round: a fresh Komodo and a fresh database, jobs that flow, and processes that are killed."""

import collections
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time

import locks
from komodo import GRACE_SECONDS, REQUEST_SECONDS, Komodo
from processes import (ANSWER_SECONDS_MAX, END_SECONDS_MAX, JOB_ID, Nursery, Server, detached,
                       wait_for)
from workload import CANCELS, REQUESTS, Request, Workload

# Jobs that are under way at most, so that there is always one to be hit and none waits for long.
UNFINISHED_MAX = 14
# The longest wait for all jobs to end, and for a round that was cut short.
SETTLE_SECONDS_MAX, SETTLE_CUT_SECONDS_MAX = 240, 20
KILLING_SECONDS_MAX = 900
# A round with so many problems is cut short.
PROBLEMS_MAX = 10
# A step that is not reached within this time, where nothing else runs, gives its process to a kill
# at a random moment.
STEP_SECONDS_MAX = 10
SYSCALL_SECONDS_MAX = 4
START_SECONDS_MAX = 30
# A lease ends after 15 s without a heartbeat, and a sender keeps its job for the grace, too.
TAKEOVER_SECONDS_MAX = 90
# What a suspended sender would send by mistake leaves within moments of waking up.
AWAKE_SECONDS = 1.5
STEP_TRIES_MAX, MISSES_MAX = 8, 3
SHELLS, WORKERS, STOPPERS, STOPPERS_OF_STEPS = 2, 2, 2, 4
# Between two requests of a shell while all that is left are workers that are suspended.
IDLE_SECONDS = 1
CALLS_AT_ONCE = 4
RESTARTS_MAX = 2
DATABASE_SECONDS_MAX = 30
# Which rounds have a budget that is felt, and what it is; the others have one that is not.
TIGHT_EVERY, TIGHT, LOOSE = 4, (240, 400), (50_000, 100_000)
# Which rounds let callers start workers on demand.
ON_DEMAND_EVERY = 3
# How long a caller takes where nothing else runs; moments are later where it takes longer.
CALLER_SECONDS, SLOWNESS_MAX = 0.4, 6
DOUBTED = ["api", "cache", "db", "worker"]


class Round:
    def __init__(self, args, number, kills, traces):
        self.args, self.number, self.queues = args, number, kills
        self.is_strict = args.faults != "all"
        self.name = f"{args.seed}/{number}"
        self.dir = tempfile.mkdtemp(prefix=f"komodo-crash-{number}-")
        self.db = os.path.join(self.dir, "jobs.db")
        self.nursery = Nursery(args.bin, self.dir)
        self.workload = Workload(str(number), self.is_strict)
        self.lock = threading.RLock()
        self.left = self.planned = sum(map(len, kills.values()))
        self.done, self.missed = collections.Counter(), collections.Counter()
        # Suspended processes that nobody could take over from, because they had the write lock.
        self.stopped_in_commit = 0
        # What callers were told: the requests by job id, the ids by key.
        self.accepted, self.ids_of_key = {}, collections.defaultdict(set)
        self.unanswered = {"shell": [], "call": []}
        self.refusals, self.problems = collections.Counter(), []
        self.is_over, self.is_ending = threading.Event(), threading.Event()
        self.looked_at, self.unfinished = 0, 0
        self.slowness, self.is_cut = 1, False
        self.restarts, self.times = 0, [time.monotonic()]
        self.is_tight = not self.is_strict and number % TIGHT_EVERY == TIGHT_EVERY - 1
        self.limit, self.burst = TIGHT if self.is_tight else LOOSE
        self.traces = traces

    # What it is made of.

    def begin(self):
        with open(os.path.join(self.dir, "simulator.log"), "wb") as log:
            self.komodo = Komodo(os.path.join(self.args.bin, "komodo-mcp"), self.dir,
                                 self.args.faults, self.args.seed + self.number, log)
        address = self.komodo.address
        self.env = {
            "PATH": os.environ["PATH"], "HOME": self.dir, "KOMODO_JOBS_DB": self.db,
            "KOMODO_URL": address["url"], "KOMODO_API_KEY": address["api_key"],
            "KOMODO_API_SECRET": address["api_secret"], "KOMODO_WORKER": "external",
            "KOMODO_RATE_LIMIT": str(self.limit), "KOMODO_RATE_BURST": str(self.burst),
            "KOMODO_RECONCILE_GRACE": f"{GRACE_SECONDS}s",
            "KOMODO_REQUEST_TIMEOUT": f"{REQUEST_SECONDS}s",
            "KOMODO_LOG_LEVEL": "info",
        }
        on_demand = not self.is_strict and self.number % ON_DEMAND_EVERY == ON_DEMAND_EVERY - 1
        self.caller_env = dict(self.env, KOMODO_WORKER="auto") if on_demand else self.env
        began = time.monotonic()
        subprocess.run([os.path.join(self.args.bin, "komodo-mcp"), "db", "migrate"], env=self.env,
                       check=True, capture_output=True)
        self.slowness = self.slow(time.monotonic() - began)

    def chance(self, name):
        return random.Random(f"{self.name}/{name}")

    def query(self, sql, *values):
        """Reads rows; a process that was just killed may leave the file locked for a moment."""
        end = time.monotonic() + DATABASE_SECONDS_MAX
        while True:
            try:
                with contextlib.closing(sqlite3.connect(
                        f"file:{self.db}?mode=ro", uri=True, timeout=1)) as database:
                    return database.execute(sql, values).fetchall()
            except sqlite3.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def is_full(self):
        with self.lock:
            now = time.monotonic()
            if now - self.looked_at > 0.2:
                [(self.unfinished,)] = self.query(
                    "SELECT count(*) FROM job WHERE finished_at IS NULL")
                self.looked_at = now
            # What is asked for until the next look.
            self.unfinished += 1
            return self.unfinished > UNFINISHED_MAX

    def problem(self, kind, text):
        with self.lock:
            self.problems.append((kind, text))

    # The plan.

    def next(self, victim):
        with self.lock:
            queue = self.queues[victim]
            return queue.popleft() if queue and not self.is_cut else None

    def remaining(self):
        with self.lock:
            return [kill for queue in self.queues.values() for kill in queue]

    def put_back(self, kill):
        with self.lock:
            self.queues[kill.victim].append(kill)

    def note(self, kind):
        """A kill that happened."""
        with self.lock:
            self.done[kind] += 1
            self.left -= 1
            if not self.left:
                self.is_over.set()

    def miss(self, kill, child):
        """What was to die at a point that it did not reach dies now, at a random moment."""
        was_alive = child.kill()
        if child.fate or not was_alive:
            return self.put_back(kill)
        kill.tries += 1
        with self.lock:
            self.missed[str(kill)] += 1
        if self.args.steps:
            if kill.tries < STEP_TRIES_MAX:
                return self.put_back(kill)
            self.problem("unreached", f"no worker reached the step {kill.step}")
        # The next one that was to die at a random moment takes its place.
        kind = kill.victim.replace("stop", "worker") + "-random"
        with self.lock:
            queue = self.queues[kill.victim]
            other = next((it for it in queue if it.kind.endswith("-random")), None)
            if other and kill.tries < MISSES_MAX:
                queue.remove(other)
                queue.append(kill.soften())
        self.note(kind)

    # Workers.

    def worker(self, kill=None):
        return self.nursery.start("komodo-mcp", "worker", env=self.env, kill=kill)

    def crash_worker(self, kill, signal_name):
        kill.mark = os.path.join(self.dir, f"mark-{id(kill)}-{time.monotonic_ns()}")
        if kill.step == "reconciling":
            self.doubt()
        env = dict(self.env, CRASH_STEP=kill.step, CRASH_SIGNAL=signal_name,
                   CRASH_MARK=kill.mark)
        return self.nursery.start("crash-worker", env=env)

    def doubt(self):
        """A job whose answer is lost, so that somebody has to reconcile."""
        chance = self.chance(f"doubt/{time.monotonic_ns()}")
        name = chance.choice(DOUBTED)
        self.komodo.lose_next(chance, name)
        request = self.workload.next(chance)
        self.ask_by_shell(
            Request(request.number, "deploy", name, request.key, request.number), None, chance)

    def keep_worker(self, slot):
        chance = self.chance(f"worker/{slot}")
        while kill := self.next("worker"):
            getattr(self, "kill_" + kill.kind.replace("worker-", "worker_"))(kill, chance)
        child = self.worker()
        while not self.is_ending.wait(0.1):
            if child.process.poll() is not None:
                self.ended(child)
                child = self.worker()
        self.end_worker(child)

    def end_worker(self, child):
        """Tells a worker to end; one that has not begun yet may die of the signal itself."""
        has_begun = child.has_logged("Worker starts")
        child.send(signal.SIGTERM)
        status = child.wait(END_SECONDS_MAX)
        good = [0] if has_begun else [0, -signal.SIGTERM]
        if status not in good and not child.fate:
            self.problem("ended", f"a worker ended with {status} when told to: {child.log}")
        child.kill()

    def ended(self, child):
        if not child.fate:
            self.problem("ended", f"a process ended by itself with {child.process.poll()}: "
                                  f"{child.log}")
            if len(self.problems) >= PROBLEMS_MAX:
                self.is_cut = True
                self.is_over.set()

    def rest(self, chance, child):
        """A random moment: early, or once the worker works, which can take long."""
        if chance.random() < 0.35:
            return time.sleep(self.slowness * chance.uniform(0.02, 0.45))
        wait_for(lambda: child.has_logged("Worker starts") or child.process.poll() is not None,
                 START_SECONDS_MAX, pause=0.02)
        time.sleep(self.slowness * chance.uniform(0, 2))

    def took(self, seconds):
        """How long a caller took, to know how slow the machine is at present."""
        self.slowness = (3 * self.slowness + self.slow(seconds)) / 4

    @staticmethod
    def slow(seconds):
        return min(max(seconds / CALLER_SECONDS, 1), SLOWNESS_MAX)

    def kill_worker_random(self, kill, chance):
        others = detached(self.dir)
        if others and chance.random() < 0.5:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(others), signal.SIGKILL)
                return self.note("worker-random")
        child = self.worker()
        self.rest(chance, child)
        if child.kill():
            return self.note("worker-random")
        self.ended(child)
        self.put_back(kill)

    def kill_worker_step(self, kill, chance):
        child = self.crash_worker(kill, "KILL")
        if child.wait(STEP_SECONDS_MAX * self.slowness) is None:
            return self.miss(kill, child)
        if child.fate or not os.path.exists(kill.mark):
            self.ended(child)
            return self.put_back(kill)
        self.note("worker-step")

    def kill_worker_syscall(self, kill, chance):
        child = self.worker(kill)
        if child.wait(SYSCALL_SECONDS_MAX * self.slowness) is None:
            return self.miss(kill, child)
        self.died_tracing(kill, child)

    def died_tracing(self, kill, child):
        if child.fate:
            return self.put_back(kill)
        if child.process.poll() != -signal.SIGKILL:
            self.ended(child)
            return self.put_back(kill)
        self.note(kill.kind)

    def kill_all(self, kill, chance):
        self.rest(chance, self.worker())
        killed = self.nursery.kill_all("all")
        for pid in detached(self.dir):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
        self.note("all")
        with self.lock:
            self.done["at once"] += killed

    # Workers that are suspended, lose their jobs, and wake up again.

    def stop_workers(self, slot):
        chance = self.chance(f"stop/{slot}")
        while kill := self.next("stop"):
            if kill.kind == "stop-step":
                self.stop_at_step(kill)
            else:
                self.stop_at_random(kill, chance)

    def stop_at_step(self, kill):
        child = self.crash_worker(kill, "STOP")
        wait_for(lambda: child.state() == "T" or child.process.poll() is not None,
                 STEP_SECONDS_MAX * self.slowness)
        if child.state() != "T" or child.fate:
            return self.miss(kill, child)
        self.wake(kill, child, self.owned(child))

    def stop_at_random(self, kill, chance):
        child = self.worker()
        self.rest(chance, child)
        child.send(signal.SIGSTOP)
        owned = self.owned(child)
        if chance.random() < 0.5:
            time.sleep(chance.uniform(0.05, 3))
            owned = []
        self.wake(kill, child, owned)

    def owned(self, child):
        """The leases of a process, as they are now."""
        return self.query(
            "SELECT job.id, lease_number FROM job JOIN worker ON worker.id = lease_owner"
            " WHERE worker.pid = ? AND job.finished_at IS NULL", child.pid or 0)

    def is_taken_over(self, owned):
        leases = dict(self.query("SELECT id, lease_number FROM job"
                                 " WHERE lease_owner IS NOT NULL AND finished_at IS NULL"))
        return all(leases.get(job) != lease for job, lease in owned)

    def has_write_lock(self, child):
        """Whether a suspended process has SQLite's write lock, which nobody can take from it."""
        wait_for(lambda: not child.pid or locks.is_stopped(child.pid), locks.STOP_SECONDS_MAX)
        return child.pid in locks.holders("POSIX", self.db + "-shm", locks.WRITE)

    def wake(self, kill, child, owned):
        if self.has_write_lock(child):
            child.send(signal.SIGCONT)
            self.end_worker(child)
            with self.lock:
                self.stopped_in_commit += 1
            return self.put_back(kill)
        taken = wait_for(lambda: self.is_taken_over(owned) or child.fate, TAKEOVER_SECONDS_MAX,
                         pause=0.2)
        if child.fate:
            return self.put_back(kill)
        if not taken:
            self.problem("kept", f"{owned} of a suspended worker were not taken over within "
                                 f"{TAKEOVER_SECONDS_MAX} s: {child.log}")
        child.send(signal.SIGCONT)
        wait_for(lambda: child.fate or child.has_logged("Another worker has the job"),
                 AWAKE_SECONDS)
        self.end_worker(child)
        self.note(kill.kind)

    # Callers.

    def accept(self, request, job):
        with self.lock:
            self.accepted.setdefault(job, request)
            if request.key:
                self.ids_of_key[request.key].add(job)

    def again(self, kind, chance):
        """A request that was asked before without an answer, with the same key."""
        with self.lock:
            waiting = self.unanswered[kind]
            return waiting.pop(0) if waiting and chance.random() < 0.7 else None

    def keep_shell(self, slot):
        chance = self.chance(f"shell/{slot}")
        while not self.is_over.is_set():
            if self.is_full():
                time.sleep(0.1)
                continue
            if not self.remaining():
                self.is_over.wait(IDLE_SECONDS)
            kill = self.next("enqueuer") if chance.random() < 0.5 else None
            request = self.again("shell", chance) or self.workload.next(chance)
            self.ask_by_shell(request, kill, chance)

    def ask_by_shell(self, request, kill, chance):
        words, waits = request.shell(), not self.is_strict and chance.random() < 0.06
        if waits:
            words += ["--wait", "--timeout", "10s", "--worker", "embedded"]
        began, was_alive = time.monotonic(), True
        child = self.nursery.start("komodo-jobs", *words, env=self.caller_env, kill=kill,
                                   stdout=subprocess.PIPE)
        if kill and not kill.call:
            time.sleep(self.slowness * chance.uniform(0, 2.5 if waits else 0.35))
            was_alive = child.kill()
        status = child.wait(ANSWER_SECONDS_MAX)
        if status == 0 and not waits:
            self.took(time.monotonic() - began)
        if status is None:
            # Each system call of one that is traced takes many times as long.
            if not child.is_traced:
                self.problem("silent", f"{words} did not end: {child.log}")
            child.kill()
            status, kill = child.process.poll(), kill and kill.at_random()
        told = child.process.stdout.read().decode(errors="replace")
        child.process.stdout.close()
        self.hear(request, words, child, told)
        if kill and not child.fate and status == -signal.SIGKILL and was_alive:
            self.note(kill.kind)
        elif kill:
            # It was done before; another one may be slower, or make more calls.
            if kill.call and not child.fate:
                kill.soften()
            self.put_back(kill)

    def hear(self, request, words, child, told):
        """What a shell learned: an id counts when its line is whole."""
        jobs = [line for line in told.split("\n")[:-1] if JOB_ID.fullmatch(line)]
        status = child.process.poll()
        for job in jobs:
            self.accept(request, job)
        if status == -signal.SIGKILL:
            if request.key:
                with self.lock:
                    self.unanswered["shell"].append(request)
        elif status < 0:
            self.problem("ended", f"{words} ended with {status}: {child.log}")
        elif not jobs:
            with open(child.log, errors="replace") as file:
                reason = file.read().strip().split("\n")[-1][:200]
            if status == 0:
                self.problem("silent", f"{words} printed no id: {child.log}")
            self.refuse(request, f"{status}: {reason}")

    def keep_server(self):
        chance = self.chance("server")
        while True:
            kill = self.next("server")
            if not kill and self.is_over.is_set():
                return
            self.serve(kill, chance)

    def serve(self, kill, chance):
        child = self.nursery.start(
            "komodo-mcp", "serve", "--toolsets", "all", env=self.caller_env, kill=kill,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        server = Server(child)
        seconds = (4 if not kill else SYSCALL_SECONDS_MAX if kill.call
                   else chance.uniform(0.1, 3))
        end = time.monotonic() + seconds * self.slowness
        while time.monotonic() < end and child.process.poll() is None and not server.is_gone \
                and (kill or not self.is_over.is_set()):
            if server.ready.done() and len(server.open) < CALLS_AT_ONCE and not self.is_full():
                self.ask_by_tool(server, chance)
            time.sleep(0.05 if kill or self.remaining() else IDLE_SECONDS)
        if not kill:
            server.close()
            if child.wait(END_SECONDS_MAX) != 0 and not child.fate:
                self.problem("ended", f"a server ended with {child.process.poll()}: {child.log}")
        elif kill.call:
            # Its pipe ends a moment before it does.
            if child.wait(0 if child.state() else 1) is None:
                self.miss(kill, child)
            else:
                self.died_tracing(kill, child)
        elif child.kill() and not child.fate:
            self.note(kill.kind)
        else:
            self.ended(child)
            self.put_back(kill)
        server.close()

    def ask_by_tool(self, server, chance):
        request = self.again("call", chance) or self.workload.next(chance, by_tool=True)
        repeats = request.number % 2 == 0
        answer = server.call(*request.call(chance.choice([0, 0, 0, 2]), repeats))
        answer.add_done_callback(lambda answer: self.hear_call(request, answer.result()))

    def hear_call(self, request, message):
        if message is None:
            if request.key:
                with self.lock:
                    self.unanswered["call"].append(request)
            return
        data = message.get("result", {}).get("structuredContent", {})
        job = data.get("data", {}).get("job_id") or data.get("details", {}).get("job_id")
        if job and data.get("code") != "CONFLICT":
            return self.accept(request, job)
        reason = data.get("error") or message.get("error")
        self.refuse(request, f"{data.get('code')}: {str(reason)[:200]}")

    def refuse(self, request, reason):
        """Nothing was accepted. Each key belongs to one request, so that cannot be the reason."""
        with self.lock:
            self.refusals[reason] += 1
        if "used for another request" in reason:
            self.problem("conflict", f"{request.shell()} was asked again and refused: {reason}")

    # What else goes wrong.

    def disturb(self):
        chance = self.chance("faults")
        while not self.is_over.wait(chance.uniform(0.4, 1.2)):
            place = chance.random()
            if place < 0.6:
                self.komodo.trouble(chance)
            elif place < 0.85:
                self.cancel_one(chance)
            elif self.restarts < RESTARTS_MAX and place < 0.93:
                self.restarts += 1
                self.komodo.restart(chance)
            else:
                self.komodo.add_faults(chance)

    def cancel_one(self, chance):
        rows = self.query(
            "SELECT token, operation FROM job WHERE finished_at IS NULL"
            " AND cancel_requested_at IS NULL ORDER BY id")
        if not rows:
            return
        slow = [row for row in rows if REQUESTS[row[1]] in CANCELS]
        token, _ = chance.choice(slow if slow and chance.random() < 0.6 else rows)
        child = self.nursery.start("komodo-jobs", "cancel", token, env=self.caller_env)
        if child.wait(ANSWER_SECONDS_MAX) is None:
            self.problem("silent", f"a cancel did not end: {child.log}")

    # The whole.

    def run(self):
        """Everything until all jobs have ended; whether they did."""
        stoppers = STOPPERS_OF_STEPS if self.args.steps else STOPPERS
        threads = [threading.Thread(target=self.guarded, args=work, daemon=True)
                   for work in
                   [(self.keep_worker, slot) for slot in range(WORKERS)]
                   + [(self.stop_workers, slot) for slot in range(stoppers)]
                   + [(self.keep_shell, slot) for slot in range(SHELLS)]
                   + [(self.keep_server,)]
                   + ([] if self.is_strict else [(self.disturb,)])]
        for thread in threads:
            thread.start()
        if not self.is_over.wait(KILLING_SECONDS_MAX):
            self.problem("test", f"kills are left: {[str(kill) for kill in self.remaining()]}")
            self.is_cut = True
            self.is_over.set()
        for thread in threads[WORKERS:]:
            thread.join()
        self.times.append(time.monotonic())
        self.ask_the_rest_again()
        self.settle()
        self.is_ending.set()
        for thread in threads[:WORKERS]:
            thread.join()
        self.times.append(time.monotonic())

    def guarded(self, work, *arguments):
        """A fault of the test itself must not look like a quiet end."""
        try:
            work(*arguments)
        except BaseException as error:  # noqa: B902
            self.problem("test", f"{work.__name__}{arguments}: {error!r}")
            self.is_cut = True
            self.is_over.set()
            raise

    def ask_the_rest_again(self):
        """Whoever was killed with a key asks once more, and nobody is in the way."""
        self.komodo.calm()
        chance = self.chance("rest")
        for request in self.unanswered["shell"]:
            self.ask_by_shell(request, None, chance)
        calls, self.unanswered["call"] = self.unanswered["call"], []
        child = self.nursery.start(
            "komodo-mcp", "serve", "--toolsets", "all", env=self.caller_env,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        server = Server(child)
        for request in calls:
            answer = server.call(*request.call(0, request.number % 2 == 0))
            answer.add_done_callback(
                lambda answer, request=request: self.hear_call(request, answer.result()))
        wait_for(lambda: not server.open, ANSWER_SECONDS_MAX)
        server.close()
        if child.wait(END_SECONDS_MAX) != 0:
            self.problem("ended", f"a server ended with {child.process.poll()}: {child.log}")

    def settle(self):
        wait_for(lambda: not self.query("SELECT 1 FROM job WHERE finished_at IS NULL LIMIT 1"),
                 SETTLE_CUT_SECONDS_MAX if self.is_cut else SETTLE_SECONDS_MAX, pause=0.2)

    def end(self):
        self.nursery.end_all()
        self.komodo.process.kill()
        self.komodo.process.wait()
