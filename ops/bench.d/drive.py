"""Takes the measures and writes what came of them; `ops/bench` prepares everything for it."""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "trials.d")]

import cluster  # noqa: E402
import machine  # noqa: E402
import report  # noqa: E402
import scaling  # noqa: E402

SECONDS_MAX = 1_800
# What each peer can do, and its version as PyPI has it.
PEERS = {"huey": ["enqueue", "drain", "pick-up", "idle"],
         "dbos": ["enqueue", "drain", "pick-up", "idle"],
         "procrastinate": ["enqueue", "bulk-enqueue", "drain", "pick-up", "idle"]}
COMPARED = ["enqueue", "bulk-enqueue", "drain", "pick-up", "idle"]


class Sizes:
    """How much is done."""

    def __init__(self, quick):
        self.turns = 1 if quick else 5
        # Calls of a peer in a turn, or seconds when it is idle.
        self.calls = {"enqueue": 50, "bulk-enqueue": 200, "drain": 100, "pick-up": 5, "idle": 1} \
            if quick else {"enqueue": 2_000, "bulk-enqueue": 20_000, "drain": 1_000,
                           "pick-up": 50, "idle": 20}
        self.own = ["--rounds", "1", "--rows", "2000", "--seconds", "2", "--followed", "10"] \
            if quick else ["--rows", "1000000"]
        self.own_turn = ["--rounds", "1", "--seconds", "1"] if quick else \
            ["--rounds", "3", "--seconds", "20"]
        self.followed = [1, 10] if quick else [1, 10, 100, 1_000, 5_000]
        self.follow_seconds = 2 if quick else 60
        self.rows = [1_000, 10_000] if quick else [1_000, 10_000, 100_000, 1_000_000]


def options():
    parser = argparse.ArgumentParser(prog="ops/bench", description=__doc__)
    parser.add_argument("--out", required=True, metavar="DIR", help="where the results go")
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--no-peers", action="store_true", help="ours alone")
    parser.add_argument("--scaling", action="store_true", help="only how costs grow")
    parser.add_argument("--folder", default="/var/tmp", help="a folder on the disk in question")
    parser.add_argument("--bin", help="the folder of the built programs")
    parser.add_argument("--peers", help="the virtual environment of the peers")
    parser.add_argument("--check", action="store_true", help="only look at the options")
    args = parser.parse_args()
    if args.bin and not os.access(os.path.join(args.bin, "komodo-mcp"), os.X_OK):
        parser.error(f"{args.bin}/komodo-mcp is missing; run swift build first")
    if not os.path.isdir(args.folder):
        parser.error(f"{args.folder} is no folder; name another one with --folder")
    return args


class Run:
    def __init__(self, args):
        self.args, self.sizes = args, Sizes(args.quick)
        self.folder = tempfile.mkdtemp(prefix="komodo-bench-", dir=args.folder)
        self.child = None

    def lines(self, command, env=None):
        """The lines of JSON that a program prints; its failure ends the run."""
        self.child = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            text, error = self.child.communicate(timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            raise SystemExit(f"{' '.join(command)} did not end in {SECONDS_MAX} s.") from None
        if self.child.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {self.child.returncode}: "
                             f"{error.strip()[-500:]}")
        return [json.loads(line) for line in text.splitlines()]

    def ours(self, *arguments):
        return self.lines([os.path.join(self.args.bin, "komodo-mcp"), "bench", "--format", "jsonl",
                           "--folder", self.folder, *arguments])

    def peer(self, name, measure, env):
        folder = tempfile.mkdtemp(dir=self.folder)
        line, = self.lines([
            os.path.join(self.args.peers, "bin", "python"),
            os.path.join(HERE, f"peer_{name}.py"), measure, folder,
            str(self.sizes.calls[measure])], env)
        shutil.rmtree(folder)
        return line

    def compare(self):
        """The same work by all in turns; the medians of the turns."""
        seen = {}
        with contextlib.ExitStack() as stack:
            conninfo, _ = stack.enter_context(cluster.running(self.folder_of_cluster()))
            env = {**os.environ, "BENCH_POSTGRES": conninfo}
            for measure in COMPARED:
                for turn in range(self.sizes.turns):
                    print(f"{measure}, turn {turn + 1} of {self.sizes.turns}", file=sys.stderr)
                    figures = report.of_ours(
                        self.ours("--only", measure, *self.sizes.own_turn))
                    seen.setdefault(("komodo-mcp", measure), []).append(figures)
                    for name, measures in PEERS.items():
                        if measure in measures:
                            seen.setdefault((name, measure), []).append(
                                self.peer(name, measure, env))
        return [{"system": name, "measure": measure, "turns": len(turns),
                 **{key: statistics.median(turn[key] for turn in turns) for key in turns[0]}}
                for (name, measure), turns in seen.items()]

    def folder_of_cluster(self):
        # A server that is not root's must get there.
        os.chmod(self.folder, 0o711)
        return self.folder

    def measure(self):
        head = machine.facts(self.args, self.args.peers)
        print("our own measures", file=sys.stderr)
        own = self.ours(*self.sizes.own)
        compared = self.compare() if self.args.peers and not self.args.no_peers else []
        report.write(pathlib.Path(self.args.out), head, own, compared)

    def scale(self):
        head = machine.facts(self.args, None)
        lines = []
        for jobs in self.sizes.followed:
            print(f"{jobs} jobs followed", file=sys.stderr)
            lines += [{"followed": jobs, **line} for line in self.ours(
                "--only", "following", "--followed", str(jobs), "--seconds",
                str(self.sizes.follow_seconds))]
        for rows in self.sizes.rows:
            print(f"{rows} jobs in the history", file=sys.stderr)
            lines += [{"rows": rows, **line} for line in self.ours(
                "--only", "history", "--rows", str(rows))]
        scaling.write(pathlib.Path(self.args.out), head, lines)

    def end(self):
        if self.child and self.child.poll() is None:
            # It removes what it made.
            self.child.terminate()
            self.child.wait()
        shutil.rmtree(self.folder)


def main():
    # So that nothing is left when this one is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    args = options()
    if args.check:
        return
    os.makedirs(args.out, exist_ok=True)
    run = Run(args)
    try:
        run.scale() if args.scaling else run.measure()
    except KeyboardInterrupt:
        raise SystemExit("Interrupted.") from None
    finally:
        run.end()


if __name__ == "__main__":
    main()
