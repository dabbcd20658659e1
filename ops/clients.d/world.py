"""A simulated Komodo with a job database of its own, and the processes of ours that work on it."""

import hashlib
import hmac
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator

WAIT_SECONDS_MAX = 60
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
LOOK_SECONDS = 0.05
HTTP_SECONDS_MAX = 30
# How long a worker that was started on demand stays without work.
IDLE = "5s"
# A build's log shows this once it has begun and long before its end.
IN_A_BUILD = "Latest Commit"


def until(what: str, probe: Callable[[], Any], seconds: float = WAIT_SECONDS_MAX) -> Any:
    """Waits for the probe to find something, and returns that."""
    end = time.monotonic() + seconds
    while not (found := probe()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        time.sleep(LOOK_SECONDS)
    return found


class World:
    """What one client gets to itself."""

    def __init__(
        self, program: Path, folder: Path, idle: str = IDLE, requests_per_minute: int | None = None
    ) -> None:
        # Links, for the path of its program tells whose a process is.
        self.program, self.simulator_program = folder / "komodo-mcp", folder / "komodo-simulator"
        self.folder, self.log = folder, folder / "server.log"
        for link in (self.program, self.simulator_program):
            os.link(program, link)
        self.address: dict[str, Any] = {}
        self.killed: set[int] = set()
        self.env = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        # The programs find themselves without these; a client passes its own variables on.
        self.env.update(XDG_STATE_HOME=str(folder / "state"), KOMODO_WORKER_IDLE=idle)
        if requests_per_minute is not None:
            self.env.update(KOMODO_RATE_LIMIT=str(requests_per_minute))

    @contextmanager
    def simulated(self, *options: str) -> Iterator["World"]:
        """The simulated Komodo, while the block runs; afterwards nothing is left."""
        command = [self.simulator_program, "simulator", "--port", "0", "--time-scale", "0.05"]
        simulator = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, env=self.env)
        try:
            self.address = self._announced(simulator)
            self.env.update(
                KOMODO_URL=self.address["url"],
                KOMODO_API_KEY=self.address["api_key"],
                KOMODO_API_SECRET=self.address["api_secret"],
            )
            yield self
        finally:
            for pid in self.processes():
                self.kill(pid)
            simulator.kill()
            simulator.wait(STOP_SECONDS_MAX)
            simulator.stdout.close()

    # What Komodo is told and tells.

    def _control(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address['url']}/simulator/{path}", data)
        with urllib.request.urlopen(request, timeout=HTTP_SECONDS_MAX) as answer:
            return json.load(answer)

    @contextmanager
    def held(self) -> Iterator[Callable[[], Any]]:
        """Builds stand still in the block, or until the function it gets is called."""
        self._control("hold", {"at": IN_A_BUILD})
        try:
            yield lambda: self._control("hold", {})
        finally:
            self._control("hold", {})

    def submissions(self) -> Counter[tuple[str, str]]:
        """How often which request for which target was accepted from us."""
        return Counter(
            (entry["request"], entry["target_name"])
            for entry in self._control("ledger")["executions"]
            if entry["operator"] == self.address["operator_id"]
        )

    def asked_by_us(self) -> list[str]:
        """What was accepted from us, in the order in which it came."""
        return [
            f"{entry['request']} {entry['target_name']}"
            for entry in self._control("ledger")["executions"]
            if entry["operator"] == self.address["operator_id"]
        ]

    # Komodo's own word, past the server.

    def ask_core(self, request: str, params: dict[str, Any]) -> dict[str, Any]:
        """What Core's interface answers to a read."""
        body = json.dumps({"type": request, "params": params}).encode()
        return self._answer("/read", body, {
            "Content-Type": "application/json", "X-Api-Key": self.address["api_key"],
            "X-Api-Secret": self.address["api_secret"],
        })  # fmt: skip

    def ask_signed(self, path: str) -> dict[str, Any]:
        """What the signed interface answers to a read."""
        stamp = str(int(time.time()))
        secret = self.address["api_secret"].encode()
        signature = hmac.new(secret, f"GET{path}{stamp}".encode(), hashlib.sha256).hexdigest()
        return self._answer(path, None, {
            "X-Komodo-Api-Key": self.address["api_key"], "X-Komodo-Timestamp": stamp,
            "X-Komodo-Signature": signature,
        })  # fmt: skip

    def _answer(self, path: str, body: bytes | None, fields: dict[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(self.address["url"] + path, body, fields)
        with urllib.request.urlopen(request, timeout=HTTP_SECONDS_MAX) as answer:
            return json.load(answer)

    # Our processes.

    def processes(self) -> dict[int, list[str]]:
        """The living processes of the server's program, with their arguments."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if os.readlink(entry / "exe") != str(self.program):
                    continue
                arguments = (entry / "cmdline").read_bytes().decode().split("\0")[1:-1]
            except OSError:
                # It ended while we looked.
                continue
            found[int(entry.name)] = arguments
        return found

    def servers(self) -> list[int]:
        return [pid for pid, arguments in self.processes().items() if "serve" in arguments]

    def workers(self) -> list[int]:
        """Workers that were started on demand, not the process that launches one."""
        return [
            pid for pid, arguments in self.processes().items() if arguments == ["on-demand-worker"]
        ]

    def kill(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def kill_server(self) -> None:
        """SIGKILL for the one server that runs."""
        running = self.servers()
        assert len(running) == 1, f"{len(running)} servers run, not one"
        self.killed.add(running[0])
        self.kill(running[0])
        until("the end of the killed server", lambda: not self.servers())

    def add_token(self) -> str:
        """Makes a bearer token that may do everything."""
        command = [self.program, "tokens", "add", "clients", "--scope", "admin"]
        made = subprocess.run(
            command, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            check=True, timeout=START_SECONDS_MAX)  # fmt: skip
        return made.stdout.strip()

    @contextmanager
    def serving_http(self) -> Iterator[str]:
        """The server over HTTP, while the block runs; its address.

        A server that was not killed must end properly when told to.
        """
        command = [self.program, "serve", "--transport", "http", "--bind", "127.0.0.1:0"]
        with open(self.log, "ab") as log:
            server = subprocess.Popen(
                command, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        try:
            yield self._announced(server)["url"]
            server.terminate()
            status = server.wait(STOP_SECONDS_MAX)
            wanted = -signal.SIGKILL if server.pid in self.killed else 0
            assert status == wanted, f"the server ended with status {status}"
        finally:
            server.kill()
            server.wait(STOP_SECONDS_MAX)
            server.stdout.close()

    @staticmethod
    def peak_megabytes(pid: int) -> float:
        """The most memory that a process had so far."""
        status = Path(f"/proc/{pid}/status").read_text()
        [line] = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1_024

    def status_without_token(self, url: str) -> int:
        """What the server answers to a request with no token."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {}})
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        }
        request = urllib.request.Request(url, body.encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=HTTP_SECONDS_MAX) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    @staticmethod
    def _announced(process: subprocess.Popen) -> dict[str, Any]:
        line = process.stdout.readline()
        if not line:
            raise AssertionError(f"{process.args[0]} did not start")
        return json.loads(line)
