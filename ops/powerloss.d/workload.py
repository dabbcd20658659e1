"""What the real programs do while they are recorded; runs inside strace.

usage: workload.py SETTINGS-FILE RESULT-FILE
"""
import concurrent.futures
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(
    os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "trials.d"))

import mcp_server  # noqa: E402

SETTLE_SECONDS_MAX = 600
LOOK_SECONDS = 0.5
# Processes that make the database at the same time.
FOUNDERS = 4
# Shells that run one command after the other, and calls that the server has at once.
SHELLS, CALLS = 3, 3
# The text in the arguments of jobs that fill the log fast, and when these are due: never here.
LONG_TEXT = " ".join(f"line {number} of a long text" for number in range(4_000))
LONG_AFTER = "6h"
# Jobs with a secret argument, which go first; the end of each makes a checkpoint cut the log. So
# many come one after the other, so that each secret is still in the log.
SECRET_JOBS, SECRET_JOBS_APART = 10, 10
# Jobs that have ended before a worker is killed, and before the record ends.
ENDED_FIRST, ENDED_MIN = 40, 120
# What one page of `komodo-jobs list` shows.
JOBS_MAX = 1_000
# Until its first checkpoint a database is one page.
PAGE_BYTES = 4_096


class Server(mcp_server.Server):
    def deploy(self, name):
        arguments = {"id": name, "wait_seconds": 0}
        return self.fetch("komodo_execute_Deploy", arguments)["job_id"]


class Workload:
    def __init__(self, settings):
        self.bin, self.env, self.db = settings["bin"], settings["env"], settings["db"]
        self.targets = iter(settings["targets"])
        self.log = open(settings["log"], "ab")
        self.children, self.lock = [], threading.Lock()
        self.numbers = itertools.count(1)
        # Job ids as they were handed out, which of them are not due, and what secret some have.
        self.accepted, self.scheduled, self.secrets = [], [], {}

    def next_target(self):
        with self.lock:
            return next(self.targets)

    def run_job(self, *arguments):
        result = subprocess.run([self.bin + "/komodo-jobs", "run", *arguments, "-q"],
                                env=self.env, capture_output=True, text=True)
        if result.returncode != 0:
            raise SystemExit(f"run {arguments} ended with {result.returncode}: {result.stderr}")
        job = result.stdout.strip()
        with self.lock:
            self.accepted.append(job)
        return job

    def run_action(self, action, arguments, *more):
        arguments = {"number": next(self.numbers), **arguments}
        return self.run_job("trigger-action", action, "--new", *more, "--arg",
                            "args=" + json.dumps(arguments))

    def run_secret_job(self, number):
        secret = f"powerloss-secret-{number:04d}"
        job = self.run_action("cleanup", {"password": secret}, "--priority", "1")
        self.secrets[job] = secret
        return job

    def run_secret_jobs_apart(self):
        for number in range(SECRET_JOBS, SECRET_JOBS + SECRET_JOBS_APART):
            job = self.run_secret_job(number)
            subprocess.run([self.bin + "/komodo-jobs", "wait", job], env=self.env,
                           stdout=self.log, stderr=self.log, check=True)

    def run_long_job(self):
        self.scheduled.append(
            self.run_action("report", {"text": LONG_TEXT}, "--at", LONG_AFTER))

    def call_job(self, server):
        job = server.deploy(self.next_target())
        with self.lock:
            self.accepted.append(job)

    def start_worker(self):
        worker = subprocess.Popen([self.bin + "/komodo-mcp", "worker"], env=self.env,
                                  stdout=self.log, stderr=self.log)
        self.children.append(worker)
        return worker

    def repeat_until(self, condition, work):
        end = time.monotonic() + SETTLE_SECONDS_MAX
        while not condition():
            if time.monotonic() > end:
                raise SystemExit("Waited in vain.")
            work()

    def found(self, pool):
        """Several processes make the database, and two ask for the same job."""
        targets = [self.next_target() for _ in range(FOUNDERS - 1)]
        for job in [pool.submit(self.run_job, "deploy", target)
                    for target in [*targets, targets[-1]]]:
            job.result()

    def fill(self, pool, server):
        """Stores jobs without a worker until a writer has made the first checkpoint."""
        def is_checkpointed():
            return os.path.getsize(self.db) > PAGE_BYTES
        shells = [pool.submit(self.repeat_until, is_checkpointed, self.run_long_job)
                  for _ in range(SHELLS)]
        calls = [pool.submit(self.repeat_until, is_checkpointed, lambda: self.call_job(server))
                 for _ in range(CALLS)]
        for work in [*shells, *calls]:
            work.result()

    def count(self, statuses, *more):
        result = subprocess.run(
            [self.bin + "/komodo-jobs", "list", "-q", "--limit", str(JOBS_MAX), "--status",
             statuses, *more], env=self.env, capture_output=True, text=True, check=True)
        return len(result.stdout.split())

    def drain(self, pool, server):
        """Works jobs off while more come; one worker is killed and replaced on the way."""
        victim = self.start_worker()
        secrets = [pool.submit(self.run_secret_job, number) for number in range(SECRET_JOBS)]
        calls = pool.submit(lambda: [self.call_job(server) for _ in range(SECRET_JOBS)])
        self.repeat_until(lambda: self.count("success") >= ENDED_FIRST,
                          lambda: time.sleep(LOOK_SECONDS))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        worker = self.start_worker()
        for work in (*secrets, calls):
            work.result()
        self.run_secret_jobs_apart()
        self.repeat_until(self.is_enough_done, lambda: time.sleep(LOOK_SECONDS))
        self.refuse_mapped(worker, server.process)
        worker.terminate()
        worker.wait()

    def is_enough_done(self):
        return self.count("success") >= ENDED_MIN and not self.count(
            "pending,starting,running", "--operation", "trigger-action", "--target", "cleanup")

    def refuse_mapped(self, *processes):
        """What is written through memory would not be in the record."""
        for process in processes:
            with open(f"/proc/{process.pid}/maps") as file:
                mapped = {line.split()[-1] for line in file if self.db in line}
            if mapped - {self.db + "-shm"}:
                raise SystemExit(f"The programs write to {mapped} through memory.")

    def run(self):
        try:
            with concurrent.futures.ThreadPoolExecutor(SHELLS + CALLS) as pool:
                self.found(pool)
                server = Server([self.bin + "/komodo-mcp", "serve"], self.env, self.log)
                self.children.append(server.process)
                server.introduce("powerloss-test")
                self.fill(pool, server)
                self.drain(pool, server)
                server.process.stdin.close()
                server.process.wait()
        finally:
            for child in self.children:
                child.kill()
                child.wait()


def main():
    with open(sys.argv[1]) as file:
        workload = Workload(json.load(file))
    workload.run()
    with open(sys.argv[2], "w") as file:
        json.dump({"accepted": workload.accepted, "secrets": workload.secrets}, file)


main()
