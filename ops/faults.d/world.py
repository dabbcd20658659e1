"""One scenario's world: the programs on a database of its own, and a simulated Komodo."""
import collections
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import urllib.request

import mcp_server

# Longest waits on a machine that is busy with other things; what takes longer hangs.
WAIT_SECONDS_MAX = 120
CALL_SECONDS_MAX = 120
HTTP_SECONDS_MAX = 30
LOOK_SECONDS = 0.05
COMMAND_LOOK_SECONDS = 0.005
# Texts that no program may end with, and what the runtime prints when it does.
CRASH = re.compile(r"Fatal error|Crash|Segmentation|SIGSEGV|SIGILL|SIGABRT|Precondition failed"
                   r"|Thread \d+ crashed|terminate called")
TEXT_MAX = 300
OK, FAILURE, UNREACHABLE = 0, 1, 69
# Signals by which nothing ends that was not sent them.
DEADLY = [-number for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGBUS,
                                 signal.SIGTRAP, signal.SIGFPE, signal.SIGPIPE, signal.SIGXFSZ)]


class Trouble(Exception):
    """The scenario cannot go on."""


class Skipped(Exception):
    """The scenario cannot be played on this machine."""


class Call:
    """What a command did."""

    def __init__(self, arguments, status, out, err, seconds, megabytes):
        self.arguments, self.status, self.seconds = arguments, status, seconds
        self.megabytes = megabytes
        self.out, self.err = out.strip(), err.strip()

    @property
    def has_crashed(self):
        # A program between us and it reports a signal as 128 and its number.
        return self.status < 0 or self.status > 128 or CRASH.search(self.err)

    def __str__(self):
        text = (self.err or self.out).split("\n")[-1 if self.status == FAILURE else 0]
        return f"'{' '.join(self.arguments)}' ended with {self.status}: {text[:TEXT_MAX]}"


class World:
    def __init__(self, name, binaries, *, folder=None, targets=100, faults=None, env=None,
                 time_scale=0.05):
        self.name, self.bin = name, binaries
        self.dir = tempfile.mkdtemp(prefix=f"komodo-fault-{name}-")
        self.place = folder(self.dir) if folder else self.dir
        self.db = os.path.join(self.place, "jobs.db")
        self.log_path = os.path.join(self.dir, "worker.log")
        self.log = open(self.log_path, "ab")
        # What went wrong, one sentence each; and the ids that were handed out, with their targets.
        self.wrong, self.accepted = [], {}
        self.children, self.servers = [], []
        self.names = (f"app-{number:04d}" for number in itertools.count(1))
        self.start_simulator(targets, faults, time_scale)
        self.env.update(env or {})

    # Processes.

    def start_simulator(self, targets, faults, time_scale):
        command = [self.bin + "/komodo-mcp", "simulator", "--port", "0", "--time-scale",
                   str(time_scale), "--extra-deployments", str(targets)]
        if faults:
            path = os.path.join(self.dir, "faults.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(faults, file)
            command += ["--faults", path]
        self.simulator = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        address = json.loads(self.simulator.stdout.readline())
        self.url = address["url"]
        self.env = {
            "PATH": os.environ["PATH"], "HOME": self.dir, "KOMODO_JOBS_DB": self.db,
            "KOMODO_URL": self.url, "KOMODO_API_KEY": address["api_key"],
            "KOMODO_API_SECRET": address["api_secret"], "KOMODO_WORKER": "external",
            "KOMODO_RATE_LIMIT": "50000", "KOMODO_RATE_BURST": "100000",
            "KOMODO_RECONCILE_GRACE": "2s", "KOMODO_REQUEST_TIMEOUT": "2s",
            "KOMODO_LOG_LEVEL": "notice", "SWIFT_BACKTRACE": "enable=no",
        }

    def start(self, *command, env=None, wrap=()):
        """Starts a program whose end is expected only where the scenario says so."""
        child = subprocess.Popen(
            [*wrap, self.bin + "/" + command[0], *command[1:]], env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.children.append(child)
        return child

    def worker(self, env=None, wrap=()):
        """A daemon that works."""
        mark = self.mark()
        child = self.start("komodo-mcp", "worker", env=env, wrap=wrap)
        self.wait_for(lambda: self.is_registered(mark) or child.poll() is not None,
                      "the worker to start")
        return child

    def is_registered(self, mark):
        """Whether a worker that logged its start after `mark` has written down that it works."""
        found = re.search(r"Worker starts.*worker\.id=(\S+)", self.log_since(mark))
        return found and self.query("SELECT 1 FROM worker WHERE id = ?", found[1])

    def serve(self, env=None, wrap=()):
        server = Server([*wrap, self.bin + "/komodo-mcp", "serve"], {**self.env, **(env or {})},
                        self.log)
        self.servers.append(server)
        server.introduce("fault-test")
        return server

    def command(self, program, *arguments, env=None, wrap=(), seconds=CALL_SECONDS_MAX):
        """Runs a command to its end; what hangs or dies by a signal is a failure of the product."""
        began = time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = subprocess.Popen(
                [*wrap, self.bin + "/" + program, *arguments], env={**self.env, **(env or {})},
                stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            while True:
                pid, status, usage = os.wait4(child.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() - began > seconds and child.returncode is None:
                    self.fail(f"'{' '.join(arguments)}' hung for {seconds} s")
                    os.kill(child.pid, signal.SIGKILL)
                    seconds += CALL_SECONDS_MAX
                time.sleep(COMMAND_LOOK_SECONDS)
            child.returncode = os.waitstatus_to_exitcode(status)
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode(errors="replace"))
        call = Call(arguments, child.returncode, *texts, time.monotonic() - began,
                    usage.ru_maxrss >> 10)
        if call.has_crashed:
            self.fail(f"{call} (crashed)")
        return call

    def jobs_command(self, *arguments, **options):
        return self.command("komodo-jobs", *arguments, **options)

    def target(self):
        return next(self.names)

    def run(self, target, *arguments, operation="deploy", **options):
        """`komodo-jobs run`; every id that it prints was handed out, whatever its exit code."""
        call = self.jobs_command("run", operation, target, "-q", "-y", *arguments, **options)
        job = call.out.split("\n")[0]
        if job.startswith("job_"):
            self.accepted[job] = target
        elif call.status == OK:
            self.fail(f"{call}, without an id")
        return call

    def order(self, target, *arguments, **options):
        """A job that must be accepted; its id."""
        call = self.run(target, *arguments, **options)
        if call.status != OK:
            raise Trouble(str(call))
        return call.out.split("\n")[0]

    def orders(self, server, count):
        """Many jobs, one commit each, faster than shells order them."""
        for _ in range(count):
            _, error = server.deploy(self, self.target())
            if error:
                raise Trouble(f"an order was refused: {error}")

    # What is to be seen.

    def fail(self, sentence):
        if sentence not in self.wrong:
            self.wrong.append(sentence)

    def expect(self, is_so, sentence):
        if not is_so:
            self.fail(sentence)
        return is_so

    def expect_error(self, call, pattern, statuses=(FAILURE,)):
        """A command that cannot do its work says why and what to do, in a sentence or two."""
        if call.has_crashed:
            return
        if not self.expect(call.status in statuses, f"{call}; its exit code should be "
                           f"{' or '.join(map(str, statuses))}"):
            return
        lines = call.err.split("\n")
        # Warnings may come before; the reason is the last line.
        text = lines[-1]
        self.expect(re.search(pattern, text) is not None, f"{call}; nothing says /{pattern}/")
        self.expect(text.endswith("."), f"{call}; that is no sentence")

    def mark(self):
        return os.path.getsize(self.log_path)

    def log_since(self, mark):
        with open(self.log_path, "rb") as file:
            file.seek(mark)
            return file.read().decode(errors="replace")

    @staticmethod
    def becomes(condition, seconds=WAIT_SECONDS_MAX):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(LOOK_SECONDS)
        return bool(condition())

    def wait_for(self, condition, what, seconds=WAIT_SECONDS_MAX):
        began = time.monotonic()
        if not self.becomes(condition, seconds):
            raise Trouble(f"waited {seconds} s in vain for {what}")
        return time.monotonic() - began

    def query(self, sql, *values):
        """Looks into the database without a command; never writes, never checkpoints."""
        try:
            with contextlib.closing(
                    sqlite3.connect(f"file:{self.db}?mode=ro", uri=True, timeout=5)) as database:
                return database.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            raise Trouble(f"the database cannot be read: {error}") from error

    def state(self, job):
        rows = self.query("SELECT status, phase FROM job WHERE token = ?", job[-26:])
        if not rows:
            return "missing"
        return "/".join(filter(None, rows[0]))

    def events(self, job):
        return [reason for (reason,) in self.query(
            "SELECT reason FROM event WHERE job_id = (SELECT id FROM job WHERE token = ?)"
            " ORDER BY id", job[-26:])]

    def unfinished(self):
        [(count,)] = self.query("SELECT count(*) FROM job WHERE finished_at IS NULL")
        return count

    def settle(self, seconds=WAIT_SECONDS_MAX):
        """Waits until nothing is left to do."""
        return self.wait_for(lambda: self.unfinished() == 0,
                             f"{self.unfinished()} jobs to finish", seconds)

    @staticmethod
    def peak_megabytes(child):
        """How much memory a running program has come to at most, in MiB."""
        with open(f"/proc/{child.pid}/status") as file:
            return int(re.search(r"VmHWM:\s*(\d+)", file.read())[1]) >> 10

    # Komodo.

    def ledger(self):
        with urllib.request.urlopen(self.url + "/simulator/ledger?limit=1000000",
                                    timeout=HTTP_SECONDS_MAX) as answer:
            return json.load(answer)

    def submissions(self):
        return collections.Counter(it["target_name"] for it in self.ledger()["executions"])

    def set_faults(self, script):
        request = urllib.request.Request(
            self.url + "/simulator/faults", json.dumps(script).encode(),
            {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=HTTP_SECONDS_MAX).close()

    # The end.

    def stop(self, child, status=OK):
        """Ends a worker that must still be there."""
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        try:
            child.wait(WAIT_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.fail(f"process {child.pid} does not end")
            child.kill()
            child.wait()
        if status is not None:
            self.expect(child.returncode == status, f"a process ended with {child.returncode}")

    def judge(self, unsent=(), ends=None, earlier=()):
        """Nothing lost, nothing doubled, a sound database; with no fault in force any more.

        `unsent` names jobs that must not have been sent, `ends` the ends of jobs other than
        success, `earlier` the targets that an earlier database had orders for.
        """
        listing = self.jobs_command("list", "-f", "json", "--limit", "1000")
        if not self.expect(listing.status == OK, str(listing)):
            return
        page = json.loads(listing.out)
        self.expect(page["next"] is None, "there are more jobs than one page")
        jobs = {job["job_id"]: job for job in page["items"]}
        submissions = self.submissions()
        wanted = collections.Counter()
        for name, job in jobs.items():
            state = "/".join(filter(None, (job["status"], job["phase"])))
            end = (ends or {}).get(name, "success")
            self.expect(state == end or state in end, f"{name} is {state} instead of {end}")
            self.expect(not job.get("duplicate_detected"), f"{name} has a duplicate")
            if name not in unsent:
                wanted[job["target"]["name"]] += 1
        for name in self.accepted.keys() - jobs.keys():
            self.fail(f"{name}, which was handed out, is lost")
        for target in (wanted.keys() | submissions.keys()) - set(earlier):
            self.expect(submissions[target] == wanted[target],
                        f"Komodo got {submissions[target]} submissions for the "
                        f"{wanted[target]} jobs of {target}")
        for name in jobs.keys() - self.accepted.keys():
            self.fail(f"{name} is there, though its order was refused")
        check = self.command("komodo-mcp", "db", "check")
        self.expect(check.status == OK, str(check))
        self.figures = f"{len(jobs)} jobs, {submissions.total()} submissions"

    def processes(self):
        return [*self.children, *(it.process for it in self.servers), self.simulator]

    def kill(self):
        for process in self.processes():
            if process.poll() is None:
                process.kill()

    def end(self):
        """Ends everything, and sees how it ended."""
        for process in self.processes():
            if process is not self.simulator and process.poll() in DEADLY:
                self.fail(f"a process died by signal {-process.returncode}")
        self.kill()
        for process in self.processes():
            process.wait()
        self.log.close()
        if crash := CRASH.search(self.log_since(0)):
            self.fail(f"a log has '{crash[0]}'")

    def remove(self):
        # What is mounted there is let go with the namespace, or here.
        subprocess.run(["umount", "--quiet", "--lazy", os.path.join(self.dir, "disk")],
                       capture_output=True)
        shutil.rmtree(self.dir, ignore_errors=True)


class Server(mcp_server.Server):
    error = Trouble

    def deploy(self, world, target):
        """Orders a job; its id, or nothing and the error."""
        content, is_error = self.call(
            "komodo_execute_Deploy", {"id": target, "wait_seconds": 0})
        if is_error:
            return None, content
        world.accepted[content["data"]["job_id"]] = target
        return content["data"]["job_id"], None

    def stop(self):
        """Closes the server's input, as a client does that goes."""
        self.process.stdin.close()
        return self.process.wait(WAIT_SECONDS_MAX)
