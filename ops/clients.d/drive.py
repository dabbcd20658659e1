"""Runs every client over every transport, side by side, and counts."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# One client over one transport; steps have limits of their own.
RUN_SECONDS_MAX = 420
# They mostly wait.
AT_ONCE = 10
LOG_LINES_SHOWN_MAX = 20
HERE = Path(__file__).resolve().parent


@dataclass
class Run:
    """One client over one transport."""

    client: str
    environment: str | None
    module: str | None
    transport: str


CLIENTS = [
    ("fastmcp-4.1.2", "with_fastmcp4"),
    ("fastmcp-3.4.10", "with_fastmcp3"),
    ("mcp-2.3.0", "with_mcp2"),
    ("mcp-1.30.0", "with_mcp1"),
]
RUNS = [Run("raw", None, None, "stdio"), Run("crowd", None, None, "http")] + [
    Run(client, client, module, transport)
    for client, module in CLIENTS
    for transport in ("stdio", "http")
]


class Driver:
    def __init__(self, program: Path, environments: Path, folder: Path) -> None:
        self.environments, self.folder = environments, folder
        # A copy, for the original may be built anew meanwhile.
        self.program = folder / "komodo-mcp"
        shutil.copy2(program, self.program)
        self.steps = self.failed = 0
        self.lock = threading.Lock()
        self.playing: set[subprocess.Popen] = set()
        self.is_stopped = False

    def stop(self) -> None:
        """Ends what is under way; what has not begun does not begin."""
        with self.lock:
            self.is_stopped = True
            for process in self.playing:
                process.kill()

    def run(self, run: Run) -> None:
        folder = self.folder / f"{run.client}-{run.transport}"
        folder.mkdir()
        output, noise = self._play(run, folder)
        lines = output.splitlines()
        counts = lines.pop().split() if lines and lines[-1].split(" ")[0].isdigit() else None
        steps = int(counts[0]) if counts else len(lines)
        failed = int(counts[1]) if counts else sum(line.startswith("FAIL") for line in lines) + 1
        if counts is None:
            lines.append(f"FAIL {run.client} {run.transport}: the run did not come to its end")
            steps += 1
        if left := kill_all(folder):
            lines.append(f"FAIL {run.client} {run.transport}: {left} processes were left")
            steps, failed = steps + 1, failed + 1
        with self.lock:
            self.steps, self.failed = self.steps + steps, self.failed + failed
            print("\n".join(lines), flush=True)
            if failed:
                self._show("client", noise)
                log = folder / "server.log"
                self._show("server", log.read_text(errors="replace") if log.exists() else "")

    def _play(self, run: Run, folder: Path) -> tuple[str, str]:
        python = sys.executable
        if run.environment is not None:
            python = str(self.environments / run.environment / "bin/python")
        command = [python, str(HERE / "play.py"), "--client", run.client]
        command += ["--transport", run.transport]
        command += ["--program", str(self.program), "--folder", str(folder)]
        if run.module is not None:
            command += ["--module", run.module]
        with open(folder / "output", "w+") as output, open(folder / "noise", "w+") as noise:
            with self.lock:
                if self.is_stopped:
                    return "", ""
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=noise)
                self.playing.add(process)
            try:
                process.wait(RUN_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            finally:
                with self.lock:
                    self.playing.remove(process)
            for file in (output, noise):
                file.seek(0)
            return output.read(), noise.read()

    @staticmethod
    def _show(whose: str, text: str) -> None:
        for line in text.splitlines()[-LOG_LINES_SHOWN_MAX:]:
            print(f"    {whose}: {line}", flush=True)


def kill_all(folder: Path) -> int:
    """Ends every process whose program lies in the folder; how many there were."""
    killed = 0
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "exe").startswith(f"{folder}/"):
                os.kill(int(entry.name), signal.SIGKILL)
                killed += 1
        except OSError:
            # It ended while we looked, or is none of ours.
            continue
    return killed


def wanted(run: Run, words: list[str]) -> bool:
    return not words or any(word in f"{run.client} {run.transport}" for word in words)


def main() -> int:
    parser = argparse.ArgumentParser(prog="ops/clients")
    parser.add_argument("only", nargs="*", help="a part of a client's name, or a transport")
    parser.add_argument("--bin", type=Path, required=True, help="the folder of the built programs")
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--keep", action="store_true", help="keep databases and logs")
    options = parser.parse_args()
    runs = [run for run in RUNS if wanted(run, options.only)]
    if not runs:
        parser.error(f"no client is called {' or '.join(options.only)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="komodo-clients-"))
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        driver = Driver(options.bin / "komodo-mcp", options.environments, folder)
        try:
            list(pool.map(driver.run, runs))
        finally:
            driver.stop()
            pool.shutdown(cancel_futures=True)
    finally:
        kill_all(folder)
        if options.keep:
            print(f"kept {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    failed = f"{driver.failed} FAILED" if driver.failed else "all ok"
    print(f"{len(runs)} runs, {driver.steps} steps, {failed}")
    return 1 if driver.failed else 0


if __name__ == "__main__":
    sys.exit(main())
