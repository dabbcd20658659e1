"""Servers that are killed as soon as they have answered, driven without any library."""

import json
import sqlite3
import subprocess
import threading
from contextlib import closing
from typing import Any

from report import Report
from world import WAIT_SECONDS_MAX, World, until

CLIENTS = 10
# The work of all ten, one after the other, on a slow machine.
JOBS_SECONDS_MAX = 120
# Longer than ten servers take to start, so that the first worker is there for the last job.
IDLE = "30s"
REVISION = "2025-11-25"


class Client:
    """A server of its own, and one request at a time."""

    def __init__(self, world: World) -> None:
        self.log = open(world.log, "ab")
        self.server = subprocess.Popen(
            [world.program, "serve"], env=world.env, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.log)  # fmt: skip
        # No answer for so long, and the server is taken for stuck.
        self.watchdog = threading.Timer(WAIT_SECONDS_MAX, self.server.kill)
        self.watchdog.start()
        self.number = 0
        info = {"name": "raw", "version": "1"}
        opening = {"protocolVersion": REVISION, "capabilities": {}, "clientInfo": info}
        agreed = self.request("initialize", opening)["protocolVersion"]
        assert agreed == REVISION, agreed
        self._write({"method": "notifications/initialized"})

    def send(self, frames: bytes) -> None:
        self.server.stdin.write(frames)
        self.server.stdin.flush()

    def _write(self, message: dict[str, Any]) -> None:
        self.send(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self.number += 1
        self._write({"id": self.number, "method": method, "params": params})
        for line in self.server.stdout:
            message = json.loads(line)
            if message.get("id") == self.number:
                assert "result" in message, message
                return message["result"]
        raise AssertionError(f"no answer to {method}")

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        result = self.request("tools/call", {"name": tool, "arguments": arguments})
        assert not result.get("isError"), result["content"]
        return result["structuredContent"]["data"]

    def kill(self) -> None:
        self.server.kill()
        self._forget()

    def rest(self) -> bytes:
        """Ends the input; what the server still sends."""
        self.server.stdin.close()
        return self.server.stdout.read()

    def close(self) -> int:
        """Ends the input; the server's exit status."""
        self.rest()
        try:
            return self.server.wait(WAIT_SECONDS_MAX)
        finally:
            self.kill()

    def _forget(self) -> None:
        self.watchdog.cancel()
        self.server.wait(WAIT_SECONDS_MAX)
        for stream in (self.server.stdin, self.server.stdout, self.log):
            stream.close()


def deploy_and_kill(world: World, name: str) -> str:
    """Starts a server, orders one deployment, and kills the server once it answered."""
    client = Client(world)
    try:
        return client.call("komodo_execute_Deploy", id=name)["job_id"]
    finally:
        client.kill()


def told(world: World, jobs: list[str]) -> list[str]:
    """What a new server tells about jobs."""
    client = Client(world)
    try:
        found = [client.call("komodo_jobs_Get", job_id=job)["status"] for job in jobs]
        assert (status := client.close()) == 0, f"the server ended with status {status}"
        return found
    finally:
        client.kill()


def one_killed(world: World) -> None:
    job = deploy_and_kill(world, "web")
    assert not world.servers(), "the server is still there"
    # Nobody else is there who could do it.
    until("the deployment in Komodo", lambda: world.submissions()["Deploy", "web"])
    until("the end of the worker", lambda: not world.processes())
    assert (found := told(world, [job])) == ["success"], found
    assert (count := world.submissions()["Deploy", "web"]) == 1, f"{count} deployments, not one"


def worked(world: World) -> set[str]:
    """The workers in the journal of the jobs."""
    [database] = (world.folder / "state").rglob("jobs.db")
    query = "SELECT DISTINCT worker FROM event WHERE worker IS NOT NULL"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return {worker for (worker,) in connection.execute(query)}


def ten_killed(world: World, names: list[str]) -> None:
    before = worked(world)
    jobs: dict[str, str] = {}
    faults: list[str] = []

    def order(name: str) -> None:
        try:
            jobs[name] = deploy_and_kill(world, name)
        except Exception as error:
            faults.append(f"{name}: {error}")

    threads = [threading.Thread(target=order, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, "; ".join(faults)
    assert len(set(jobs.values())) == len(names), f"not a job for each: {jobs}"
    assert not world.servers(), "a server is still there"
    # A loser of the race for the work looks who won, and goes.
    until("the end of all workers but one", lambda: len(world.workers()) == 1)

    def ended() -> bool:
        assert len(workers := world.workers()) <= 1, f"{len(workers)} workers at once"
        return not world.processes()

    until("the end of the worker", ended, JOBS_SECONDS_MAX)
    found = told(world, list(jobs.values()))
    assert found == ["success"] * len(names), found
    counts = world.submissions()
    assert all(counts["Deploy", name] == 1 for name in names), counts
    assert len(workers := worked(world) - before) == 1, f"{len(workers)} workers, not one"


def play(world: World, report: Report) -> None:
    names = [f"app-{number:04}" for number in range(1, CLIENTS + 1)]
    with world.simulated("--extra-deployments", str(CLIENTS)):
        with report.step("killed after its answer to a deployment, the job is done all the same"):
            one_killed(world)
        with report.step(f"{CLIENTS} clients kill their servers, {CLIENTS} jobs, one worker"):
            ten_killed(world, names)
        with report.step("Komodo got every order once and nothing else"):
            wanted = {("Deploy", name): 1 for name in ["web", *names]}
            assert (found := dict(world.submissions())) == wanted, found
        with report.step("no process is left when idle"):
            until("the end of all processes", lambda: not world.processes())
