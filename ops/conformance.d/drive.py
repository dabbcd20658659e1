"""Runs scenarios against a server and tells what they found."""

import argparse
import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import basics  # noqa: F401  Importing registers the scenarios.
import headers  # noqa: F401
import rounds  # noqa: F401
import sessions  # noqa: F401
import stateless  # noqa: F401
import tasks  # noqa: F401
from cases import SCENARIOS, Case
from judge import Judge
from wire import Endpoint

FAULTS_SHOWN_MAX = 10
STOP_SECONDS_MAX = 10


@contextmanager
def serving(program: str) -> Iterator[Endpoint]:
    """The fixture on a free port, while the block runs."""
    command = [program, "--transport", "http", "--port", "0"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"{program} did not start")
        yield Endpoint(json.loads(line)["url"])
        if process.poll() is not None:
            raise SystemExit(f"{program} ended with {process.returncode} during the checks")
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()


def show(name: str, case: Case) -> None:
    print(f"{'FAIL' if case.faults else 'ok'} {name} ({case.revision}): {case.checks} checks", flush=True)
    for fault in case.faults[:FAULTS_SHOWN_MAX]:
        print(f"    {fault}")


def run(endpoint: Endpoint, judge: Judge, names: list[str], revisions: list[str]) -> int:
    """Runs what was chosen; the exit status."""
    ran = checks = failed = 0
    for item in SCENARIOS:
        for revision in item.revisions:
            if (names and item.name not in names) or (revisions and revision not in revisions):
                continue
            case = item.run(endpoint, revision, judge)
            show(item.name, case)
            ran, checks, failed = ran + 1, checks + case.checks, failed + bool(case.faults)
    print(f"{ran} scenarios, {checks} checks, {failed} scenarios FAILED" if failed else f"{ran} scenarios, {checks} checks, all ok")
    return 1 if failed or not ran else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="ops/conformance")
    parser.add_argument("scenario", nargs="*", help="only these")
    parser.add_argument("--fixture", required=True, help="the program to check")
    parser.add_argument("--revision", action="append", default=[], help="only this; repeatable")
    parser.add_argument("--schemas", type=Path, help="a directory with REVISION/schema.json of the specification")
    parser.add_argument("--self-test", action="store_true", help="show that the checks can fail")
    options = parser.parse_args()
    unknown = set(options.scenario) - {item.name for item in SCENARIOS}
    if unknown:
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    judge = Judge(options.schemas)
    with serving(options.fixture) as endpoint:
        if options.self_test:
            import self_test

            return self_test.run(endpoint, judge)
        return run(endpoint, judge, options.scenario, options.revision)


if __name__ == "__main__":
    sys.exit(main())
