"""Real processes with what happens to them: started, traced, stopped, killed, and told apart."""

import concurrent.futures
import itertools
import json
import os
import re
import signal
import subprocess
import threading
import time

from plan import traced

JOB_ID = re.compile(r"job_[a-z_]+_[0-9A-Z]{26}")
ANSWER_SECONDS_MAX = 180
END_SECONDS_MAX = 180
REVISION = "2025-11-25"


class Child:
    """One process of ours; `fate` says who ended it, if somebody other than its keeper did."""

    def __init__(self, process, log, is_traced=False):
        self.process, self.log, self.is_traced = process, log, is_traced
        self.fate = None

    @property
    def pid(self):
        """The process itself, not its tracer; None when it is gone."""
        if not self.is_traced:
            return self.process.pid
        parent = self.process.pid
        try:
            with open(f"/proc/{parent}/task/{parent}/children") as file:
                return int(next(iter(file.read().split()), 0)) or None
        except OSError:
            return None

    def send(self, number):
        pid = self.pid
        if pid and self.process.poll() is None:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def kill(self):
        """Ends it; whether it was alive until now."""
        was_alive = self.process.poll() is None
        self.send(signal.SIGKILL)
        if self.is_traced and not self.pid:
            self.process.kill()
        self.process.wait(END_SECONDS_MAX)
        return was_alive

    def wait(self, seconds):
        """Its exit status; None while it lives."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def state(self):
        pid = self.pid
        if not pid:
            return None
        try:
            with open(f"/proc/{pid}/stat") as file:
                return file.read().rsplit(")", 1)[1].split()[0]
        except OSError:
            return None

    def has_logged(self, text):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return text in file.read()


class Nursery:
    """Starts processes and knows which live."""

    def __init__(self, bin, folder):
        self.bin, self.folder = bin, folder
        self.lock, self.children, self.numbers = threading.Lock(), set(), itertools.count(1)

    def start(self, *command, env, kill=None, **pipes):
        """Starts one of the programs, under strace when it is to die at a system call."""
        words = [os.path.join(self.bin, command[0]), *command[1:]]
        if kill and kill.call:
            words = [*traced(kill.call, kill.number), *words]
        log = os.path.join(self.folder, f"{command[0]}-{next(self.numbers)}.log")
        with open(log, "wb") as file:
            process = subprocess.Popen(
                words, env=env, stderr=file,
                **{"stdin": subprocess.DEVNULL, "stdout": file, **pipes})
        child = Child(process, log, is_traced=bool(kill and kill.call))
        with self.lock:
            self.children.add(child)
        return child

    def living(self):
        with self.lock:
            self.children = {it for it in self.children if it.process.poll() is None}
            return list(self.children)

    def kill_all(self, fate):
        """Kills everything that lives at one moment; how many."""
        victims = self.living()
        for child in victims:
            child.fate = fate
        for child in victims:
            child.send(signal.SIGKILL)
        return len(victims)

    def end_all(self):
        for child in self.living():
            child.kill()
        for pid in detached(self.folder):
            os.kill(pid, signal.SIGKILL)


def detached(folder):
    """Workers that were started on demand: no children of ours, but with our home."""
    mark = f"HOME={folder}".encode()
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                is_ours = mark in file.read().split(b"\0")
            with open(f"/proc/{name}/cmdline", "rb") as file:
                is_worker = b"on-demand-worker" in file.read().split(b"\0")
        except OSError:
            continue
        if is_ours and is_worker:
            found.append(int(name))
    return found


class Server:
    """An MCP server on stdio that takes many calls at once, and may die at any of them."""

    def __init__(self, child):
        self.child, self.process = child, child.process
        self.numbers, self.lock, self.open = itertools.count(1), threading.Lock(), {}
        threading.Thread(target=self.read, daemon=True).start()
        client = {"name": "crash-test", "version": "1"}
        self.ready = self.ask("initialize", {"protocolVersion": REVISION, "capabilities": {},
                                             "clientInfo": client})
        self.ready.add_done_callback(
            lambda answer: answer.result() and self.write({"method": "notifications/initialized"}))

    def write(self, message):
        with self.lock:
            try:
                self.process.stdin.write(
                    json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
                self.process.stdin.flush()
            except (OSError, ValueError):
                # It is gone, or was told to go; `read` ends the calls.
                pass

    def read(self):
        for line in self.process.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                # The last line of one that was killed.
                continue
            answer = self.open.pop(message.get("id"), None)
            if answer:
                answer.set_result(message)
        self.is_gone = True
        while self.open:
            try:
                self.open.popitem()[1].set_result(None)
            except KeyError:
                break

    is_gone = False

    def ask(self, method, params):
        """A future of the answer; of None when the server was gone before."""
        number, answer = next(self.numbers), concurrent.futures.Future()
        self.open[number] = answer
        self.write({"id": number, "method": method, "params": params})
        if self.is_gone and self.open.pop(number, None):
            answer.set_result(None)
        return answer

    def call(self, tool, arguments):
        return self.ask("tools/call", {"name": tool, "arguments": arguments})

    def close(self):
        try:
            self.process.stdin.close()
        except OSError:
            pass


def wait_for(condition, seconds, pause=0.05):
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(pause)
    return bool(condition())
