"""Errors of single system calls, injected by strace into programs that run or that it starts."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import time

from world import LOOK_SECONDS, OK, WAIT_SECONDS_MAX, Skipped, Trouble

IS_THERE = shutil.which("strace") is not None
# What SQLite calls to change files; everything else writes with other calls.
WRITES = ("pwrite64", "ftruncate", "fallocate", "fsync", "fdatasync")
FAILED = r"disk that holds \S+ (failed|is full)"
LOGGED = re.compile(r"disk that holds \S+ (failed|is full)")
RECOVERY_SECONDS_MAX = 20
# A traced program is slow, and so is a busy machine.
SHOWN_SECONDS_MAX = 45
# One order makes 32 writes and 4 syncs, a new database three times as many.
ORDER_CALLS = [("pwrite64", 36), ("fdatasync", 5), ("fsync", 2), ("ftruncate", 2)]
NEW_CALLS = [("pwrite64", 100), ("fdatasync", 12), ("fsync", 4), ("ftruncate", 3)]
# A job's life in the worker, per thread that writes.
WORKER_CALLS = [("pwrite64", 45), ("fdatasync", 10)]


class Injection:
    def __init__(self, path):
        self.path = path

    def count(self):
        """How many calls were made to fail."""
        with contextlib.suppress(FileNotFoundError), open(self.path, errors="replace") as file:
            return sum("(INJECTED)" in line for line in file)
        return 0


def need_strace():
    if not IS_THERE:
        raise Skipped("needs strace")


def wrapped(world, call, error, when):
    """What a command is started under, and what tells of the failed calls."""
    injection = Injection(os.path.join(world.dir, f"injected-{call}-{error}-{when}"))
    return [
        "strace", "-f", "-qq", "--seccomp-bpf", "-o", injection.path, f"--trace={call}",
        f"--inject={call}:error={error}:when={when}"], injection


@contextlib.contextmanager
def injected(folder, processes, names, error, when="1+"):
    """Makes calls of running processes fail for as long as the body runs.

    strace counts the calls of each thread by itself.
    """
    need_strace()
    names = ",".join(names)
    path = os.path.join(folder, f"injected-{time.monotonic_ns()}")
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", path, f"--trace={names}",
         f"--inject={names}:error={error}:when={when}",
         *(word for pid in processes for word in ("-p", str(pid)))],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + WAIT_SECONDS_MAX
        while not all(is_traced(pid) for pid in processes):
            if tracer.poll() is not None or time.monotonic() > end:
                raise Trouble("strace cannot attach")
            time.sleep(LOOK_SECONDS)
        yield Injection(path)
    finally:
        # It detaches, and the processes go on.
        tracer.send_signal(signal.SIGTERM)
        tracer.wait(WAIT_SECONDS_MAX)


def is_traced(pid):
    """Whether all threads of a process have a tracer."""
    folder = f"/proc/{pid}/task"
    for thread in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError), open(f"{folder}/{thread}/status") as file:
            if "\nTracerPid:\t0\n" in file.read():
                return False
    return True


def orders(world_of, args):
    """`run` with its n-th write or sync failing, for each n; then the same without a fault."""
    need_strace()
    world = world_of("calls-order", targets=200)
    worker = world.worker()
    hits, refused = 0, 0
    step = 6 if args.quick else 1
    for call, count in ORDER_CALLS:
        for number in range(1, count + 1, step):
            error = "EIO" if (number // step) % 2 or call != "pwrite64" else "ENOSPC"
            hit, was_refused = one_order(world, call, error, number)
            hits += hit
            refused += was_refused
    world.expect(hits > 0, "no call was made to fail")
    world.settle()
    world.stop(worker)
    world.judge()
    return world, f"{hits} failed calls, {refused} orders refused"


def one_order(world, call, error, number):
    wrap, injection = wrapped(world, call, error, number)
    target = world.target()
    result = world.run(target, wrap=wrap)
    if result.status != OK:
        world.expect_error(result, FAILED)
        again = world.run(target)
        world.expect(again.status == OK, f"without a fault: {again}")
    return injection.count() > 0, result.status != OK


def new_database(world_of, args):
    """The first `run` ever, with a call failing while the database is made; then again."""
    need_strace()
    world = world_of("calls-new", targets=200)
    hits, refused, folder = 0, 0, world.db
    for call, count in NEW_CALLS:
        step = max(1, count // (4 if args.quick else 25))
        for number in range(1, count + 1, step):
            world.db = world.env["KOMODO_JOBS_DB"] = f"{folder}-{call}-{number}"
            hit, was_refused = one_order(world, call, "EIO", number)
            hits += hit
            refused += was_refused
            check = world.command("komodo-mcp", "db", "check")
            world.expect(check.status == OK, str(check))
            listing = world.jobs_command("list", "-q").out.split()
            target = list(world.accepted)[-1:]
            world.expect(listing == target, f"with {call} {number} failing: {listing}")
            for path in (world.db, world.db + "-wal", world.db + "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
            shutil.rmtree(world.db + ".d")
    world.expect(hits > 0, "no call was made to fail")
    return world, f"{hits} failed calls, {refused} orders refused"


def under_worker(world_of, args):
    """A running worker with calls failing, once or again and again, while a job goes through."""
    need_strace()
    world = world_of("calls-worker", targets=300)
    worker = world.worker()
    world.order(world.target())
    world.settle()
    hits, rounds, longest = 0, 0, 0.0
    for call, count in WORKER_CALLS:
        step = max(1, count // (3 if args.quick else 20))
        for number in range(1, count + 1, step):
            # Once at that call, or there and at every third from there on.
            for when in (f"{number}", f"{number}+3")[:1 if number % 2 or args.quick else 2]:
                error = ("EIO", "ENOSPC")[rounds % 2] if call == "pwrite64" else "EIO"
                rounds += 1
                mark = world.mark()
                with injected(world.dir, [worker.pid], [call], error, when) as injection:
                    job = world.order(world.target())
                    world.expect(
                        world.becomes(lambda: world.state(job) == "success"
                                      or LOGGED.search(world.log_since(mark)),
                                      SHOWN_SECONDS_MAX),
                        f"{call} {when}: {job} is {world.state(job)}, and no log says why")
                    if "+" in when:
                        time.sleep(0.5)
                if worker.poll() is not None:
                    raise Trouble(f"the worker ended with {worker.returncode}")
                longest = max(longest, world.settle(RECOVERY_SECONDS_MAX))
                hits += injection.count()
    world.expect(hits > rounds / 3, f"only {hits} calls were made to fail in {rounds} rounds")
    world.stop(worker)
    world.judge()
    return world, f"{rounds} rounds, {hits} failed calls, on again after at most {longest:.1f} s"
