"""Runs every operation through the binaries against a simulated Komodo, and judges the traffic.

The reads are made by a test of the client, for there are more of them than commands.

Usage: drive.py --bin DIRECTORY --komodo-version VERSION --operations FILE --tests PROGRAM
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import komodo_api.types as types
import self_test
from komodo_api.lib import ApiKeyInitOptions, KomodoClient
from proxy import RecordingProxy
from wire import LOGGED_IN, WEBSOCKET, Tally, Wire

START_SECONDS_MAX = 30
JOB_SECONDS_MAX = 120
STOP_SECONDS_MAX = 20
READ_SECONDS_MAX = 240
LANES_AT_ONCE = 8
FAILURES_SHOWN_MAX = 40
TIME_SCALE = "0.05"

# A build's log shows this once it has begun and long before its end.
IN_A_BUILD = "Latest Commit"
# Long enough for the worker to listen, which it does for jobs of some seconds only.
LISTENING = "build api-image"

SUCCEEDED = 0
FAILED_REMOTELY = 3

# The test that makes every read, and the types that have a list, a full list and a get.
READ_TEST = "EveryReadTests"
LISTED = ["Server", "Deployment", "Stack", "Build", "Repo", "Procedure", "Action", "ResourceSync"]
READS = {
    "ListTags", "ListUpdates", "GetUpdate", "ListAlerts", "GetAlert", "GetSystemStats",
    "GetSystemInformation", "GetDeploymentStats", "GetDeploymentContainer", "ListStackServices",
    "GetDeploymentLog", "GetStackLog", "GetContainerLog", "SearchDeploymentLog", "SearchStackLog",
    "SearchContainerLog",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One `komodo-jobs run`, with the request that it must cause."""

    line: str
    request: str
    codes: tuple[int, ...] = (SUCCEEDED,)
    since: tuple[int, ...] = (1,)
    waits: bool = True

    @property
    def words(self) -> list[str]:
        return self.line.split()


def step(line: str, request: str, *codes: int, **more) -> Step:
    return Step(line, request, codes or (SUCCEEDED,), **more)


# Steps of one list act on one target, in this order; lists run side by side. Every argument that an
# operation takes is used once.
LANES = [
    [
        step("deploy web", "Deploy"),
        step("deploy web --arg stop_signal=SIGTERM --arg stop_time=5 --new", "Deploy"),
        step("pull-deployment web", "PullDeployment"),
        step("restart-deployment web", "RestartDeployment"),
        step("pause-deployment web", "PauseDeployment"),
        step("unpause-deployment web", "UnpauseDeployment"),
        step("stop-deployment web --arg signal=SIGINT --arg time=3", "StopDeployment"),
        step("start-deployment web", "StartDeployment"),
        step("destroy-deployment web --arg time=1", "DestroyDeployment"),
    ],
    [step("deploy broken", "Deploy", FAILED_REMOTELY)],
    [
        step("deploy-stack shop", "DeployStack"),
        step("deploy-stack shop --arg services=web,db --arg stop_time=5", "DeployStack"),
        step("pull-stack shop --arg services=web", "PullStack"),
        step("restart-stack shop --arg services=web", "RestartStack"),
        step("pause-stack shop", "PauseStack"),
        step("unpause-stack shop", "UnpauseStack"),
        step("stop-stack shop --arg stop_time=2", "StopStack"),
        step("start-stack shop", "StartStack"),
        step(
            "destroy-stack shop --arg remove_orphans=true --arg services=web --arg stop_time=1",
            "DestroyStack",
        ),
    ],
    [step("deploy-stack-if-changed blog --arg stop_time=5", "DeployStackIfChanged")],
    [
        step("start-server prod-2", "StartAllContainers"),
        step("restart-server prod-2", "RestartAllContainers"),
        step("stop-server prod-2", "StopAllContainers"),
    ],
    [
        step("start-container prod-1 --arg container=web", "StartContainer"),
        step("restart-container prod-1 --arg container=web", "RestartContainer"),
        step(
            "stop-container prod-1 --arg container=web --arg signal=SIGTERM --arg time=4",
            "StopContainer",
        ),
        step(
            "destroy-container prod-1 --arg container=cache --arg signal=SIGTERM --arg time=1",
            "DestroyContainer",
        ),
    ],
    [step("run-procedure nightly", "RunProcedure")],
    [
        step("trigger-action cleanup", "RunAction"),
        step('trigger-action cleanup --arg args={"dry":true,"days":7,"none":null}', "RunAction"),
    ],
    [
        step("pull-repo infra", "PullRepo"),
        step("clone-repo infra", "CloneRepo"),
        step("build-repo infra", "BuildRepo", SUCCEEDED, FAILED_REMOTELY),
    ],
    [
        step("run-sync production", "RunSync"),
        step("run-sync production --arg resource_type=Stack --arg resources=shop", "RunSync"),
    ],
    [step("build my-app", "RunBuild")],
    # What a cancel does depends on the version and on the moment; its request does not.
    [
        step("build slow-build", "RunBuild", waits=False),
        step("cancel-build slow-build", "CancelBuild", SUCCEEDED, FAILED_REMOTELY),
    ],
    [
        step("build-repo docs", "BuildRepo", waits=False),
        step("cancel-repo-build docs", "CancelRepoBuild", SUCCEEDED, FAILED_REMOTELY),
    ],
    [
        step("run-procedure slow-procedure", "RunProcedure", waits=False),
        step(
            "cancel-procedure slow-procedure", "CancelProcedure", SUCCEEDED, FAILED_REMOTELY,
            since=(2, 3),
        ),
    ],
    [
        step("trigger-action slow-action", "RunAction", waits=False),
        step(
            "cancel-action slow-action", "CancelAction", SUCCEEDED, FAILED_REMOTELY,
            since=(2, 3),
        ),
    ],
]


class Run:
    """One version: a simulator, a proxy, a worker, and the commands."""

    def __init__(self, bin_directory: Path, version: str, home: str) -> None:
        self.bin = Path(home) / "bin"
        self.bin.mkdir()
        # Copies, so that a build beside this run does not disturb it.
        for name in ("komodo-mcp", "komodo-jobs"):
            shutil.copy2(bin_directory / name, self.bin)
        self.version = version
        self.numbers = tuple(int(part) for part in version.split("."))
        self.home = home
        self.failures: list[str] = []
        self.commands = 0
        self.calls = 0

    def environment(self, url: str, address: dict) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": self.home,
            "KOMODO_URL": url,
            "KOMODO_API_KEY": address["api_key"],
            "KOMODO_API_SECRET": address["api_secret"],
            "KOMODO_JOBS_DB": f"{self.home}/jobs.db",
            "KOMODO_WORKER": "external",
            "KOMODO_RATE_LIMIT": "6000",
            "KOMODO_RATE_BURST": "12000",
        }

    def start_simulator(self) -> tuple[subprocess.Popen, dict]:
        process = subprocess.Popen(
            [
                self.bin / "komodo-mcp", "simulator", "--port", "0",
                "--komodo-version", self.version, "--time-scale", TIME_SCALE,
            ],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=self.home,
            env={"PATH": os.environ["PATH"], "HOME": self.home}, text=True,
        )  # fmt: skip
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"the simulator ended at once with {process.wait()}")
        return process, json.loads(line)

    def run_lane(self, lane: list[Step], environment: dict[str, str]) -> None:
        for item in lane:
            possible = self.numbers[: len(item.since)] >= item.since
            command = [self.bin / "komodo-jobs", "run", *item.words, "-y", "-f", "json"]
            if item.waits:
                command += ["--wait", "--timeout", f"{JOB_SECONDS_MAX}s"]
            done = subprocess.run(
                command, env=environment, cwd=self.home, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=JOB_SECONDS_MAX + 30,
            )  # fmt: skip
            self.commands += 1
            good = done.returncode in item.codes if possible else done.returncode != SUCCEEDED
            if not good:
                self.failures.append(
                    f"komodo-jobs run {item.line}: exit {done.returncode}: "
                    + (done.stderr.strip() or done.stdout.strip())[-400:]
                )
            if possible and not item.waits and good:
                self.await_running(json.loads(done.stdout)["job_id"], environment)

    def await_running(self, job: str, environment: dict[str, str]) -> None:
        def has_started() -> bool:
            done = subprocess.run(
                [self.bin / "komodo-jobs", "show", job, "-f", "json"],
                env=environment, cwd=self.home, capture_output=True, text=True,
            )  # fmt: skip
            return done.returncode == 0 and json.loads(done.stdout)["status"] not in (
                "pending", "starting",
            )  # fmt: skip

        self.until(f"{job} did not start", has_started)

    def until(self, failure: str, probe: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            if probe():
                return
            time.sleep(0.1)
        self.failures.append(f"{failure} within {START_SECONDS_MAX} s")

    def run_until_told(
        self, proxy: RecordingProxy, environment: dict[str, str], url: str
    ) -> None:
        """Holds a build until the worker listens, so that Komodo tells of its end."""

        def hold(body: dict) -> None:
            request = urllib.request.Request(f"{url}/simulator/hold", json.dumps(body).encode())
            urllib.request.urlopen(request, timeout=START_SECONDS_MAX).close()

        def told(count: int) -> bool:
            return any(
                item.messages()[1][:1] == [LOGGED_IN] and len(item.messages()[1]) > count
                for item in proxy.listenings
            )

        hold({"at": IN_A_BUILD})
        self.run_lane([step(LISTENING, "RunBuild", waits=False)], environment)
        self.until("the worker did not listen", lambda: told(0))
        hold({})
        self.until("the websocket told of nothing", lambda: told(1))

    def run_reads(self, tests: Path, environment: dict[str, str]) -> None:
        done = subprocess.run(
            [tests, "--testing-library", "swift-testing", "--filter", READ_TEST],
            env=environment
            | {
                "KOMODO_READS_URL": environment["KOMODO_URL"],
                "KOMODO_READS_KEY": environment["KOMODO_API_KEY"],
                "KOMODO_READS_SECRET": environment["KOMODO_API_SECRET"],
            },
            cwd=self.home, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=READ_SECONDS_MAX,
        )  # fmt: skip
        if done.returncode != SUCCEEDED:
            self.failures.append(f"the reads: {(done.stdout + done.stderr)[-2000:]}")

    def wanted(self) -> set[str]:
        executed = {
            item.request for lane in LANES for item in lane
            if self.numbers[: len(item.since)] >= item.since
        }  # fmt: skip
        listed = {f"Get{kind}" for kind in LISTED}
        listed |= {f"{verb}{kind}s" for kind in LISTED for verb in ("List", "ListFull")}
        # 2.3 renamed these; the old names still work there.
        docker = "" if self.numbers >= (2, 3) else "Docker"
        containers = {f"List{docker}Containers", f"ListAll{docker}Containers"}
        return executed | READS | listed | containers | {WEBSOCKET}


async def drive_with_package(address: dict) -> int:
    """Calls the simulator with the package's own client; it raises on what it cannot read."""
    options = ApiKeyInitOptions(key=address["api_key"], secret=address["api_secret"])
    calls = 0
    async with (
        KomodoClient(address["url"], options) as client,
        # The simulator upgrades new connections only, so listening has a client of its own.
        KomodoClient(address["url"], options) as ear,
    ):
        seen: list = []
        logged_in = asyncio.Event()
        listener = asyncio.create_task(
            ear.get_update_websocket(seen.append, on_login=logged_in.set)
        )
        login = asyncio.create_task(logged_in.wait())
        await asyncio.wait(
            {login, listener}, timeout=START_SECONDS_MAX, return_when=asyncio.FIRST_COMPLETED
        )
        if not logged_in.is_set():
            login.cancel()
            if listener.done():
                listener.result()
            raise AssertionError("the websocket does not say LOGGED_IN")
        version = await client.core_version()
        if version != address["version"]:
            raise AssertionError(f"core_version says {version}, not {address['version']}")
        for start in (
            client.execute.deploy(types.Deploy(deployment="api")),
            client.execute.runBuild(types.RunBuild(build="api-image")),
            client.execute.runProcedure(types.RunProcedure(procedure="release")),
        ):
            update = await client.poll_update_until_complete(await start)
            if not update.success:
                raise AssertionError(f"{update.operation} failed: {update.logs}")
            calls += 2
        page = await client.read.listUpdates(types.ListUpdates())
        if len(page.updates) < 3:
            raise AssertionError("listUpdates shows fewer updates than were made")
        if not seen:
            raise AssertionError("the websocket told of no update")
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
    return calls + 3


def stop(process: subprocess.Popen, name: str, failures: list[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        failures.append(f"{name} did not end within {STOP_SECONDS_MAX} s of SIGTERM")


def uncovered(operations: Path) -> list[str]:
    """The operations of the program that no step runs."""
    text = operations.read_text().split("/// Finds")[0]
    words = [
        explicit or re.sub("[A-Z]", lambda upper: "-" + upper[0].lower(), name)
        for name, explicit in re.findall(r'^    case (\w+)(?: = "([^"]+)")?$', text, re.M)
    ]
    if not words:
        return [f"no operation found in {operations}"]
    run = {item.words[0] for lane in LANES for item in lane}
    return [f"no step runs {word}" for word in words if word not in run]


def check(run: Run, wire: Wire, tests: Path) -> Tally:
    simulator, address = run.start_simulator()
    tally = Tally()
    try:
        with RecordingProxy(address["url"]) as proxy:
            environment = run.environment(proxy.url, address)
            worker = subprocess.Popen(
                [run.bin / "komodo-mcp", "worker"], env=environment, cwd=run.home,
                stdin=subprocess.DEVNULL, stderr=(Path(run.home) / "worker.log").open("w"),
            )  # fmt: skip
            try:
                with ThreadPoolExecutor(LANES_AT_ONCE) as pool:
                    list(pool.map(lambda lane: run.run_lane(lane, environment), LANES))
                run.run_until_told(proxy, environment, address["url"])
                run.run_reads(tests, environment)
            finally:
                stop(worker, "the worker", run.failures)
            for exchange in proxy.exchanges:
                wire.judge(exchange, tally)
            for listening in proxy.listenings:
                wire.judge_listening(listening, tally)
            tally.failures += proxy.broken
        try:
            run.calls = asyncio.run(
                asyncio.wait_for(drive_with_package(address), JOB_SECONDS_MAX)
            )
        except Exception as error:  # Whatever the package finds wrong.
            run.failures.append(f"komodo-api's own client: {error!r}")
    finally:
        stop(simulator, "the simulator", run.failures)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--komodo-version", required=True)
    parser.add_argument("--operations", type=Path, required=True)
    parser.add_argument("--tests", type=Path, required=True)
    options = parser.parse_args()
    wire = Wire()
    wrong = self_test.run(wire) + uncovered(options.operations)
    if wrong:
        print("\n".join(f"  FAILED self-test: {text}" for text in wrong))
        return 1
    with tempfile.TemporaryDirectory(prefix="komodo-oracle-") as home:
        run = Run(options.bin, options.komodo_version, home)
        began = time.monotonic()
        tally = check(run, wire, options.tests)
        failures = run.failures + tally.verdict(run.wanted())
        if run.failures:
            print((Path(home) / "worker.log").read_text()[-2000:])
    counted: dict[str, int] = {}
    for text in failures:
        counted[text] = counted.get(text, 0) + 1
    for text, times in list(counted.items())[:FAILURES_SHOWN_MAX]:
        print(f"  FAILED {text}" + (f" ({times} times)" if times > 1 else ""))
    print(
        f"{'FAILED' if failures else 'ok'} Komodo {options.komodo_version}: "
        f"{run.commands} commands, {run.calls} calls of its own client, {tally.requests} requests and {tally.answers} answers checked, "
        f"{len(tally.types)} kinds, {len(failures)} failures, "
        f"{time.monotonic() - began:.1f} s"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
