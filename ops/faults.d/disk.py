"""File systems that are full or read-only, as small tmpfs in a mount namespace of our own."""
import contextlib
import fcntl
import os
import re
import signal
import sqlite3
import subprocess
import time

import calls
from world import FAILURE, OK, UNREACHABLE, Skipped, Trouble

FULL = r"disk that holds \S+ is full; free some space and try again"
READ_ONLY = r"is read-only"
NO_FILES = re.compile(r"is full: it has no room for another file; delete some files")
# What the worker logs, whichever job it is about.
FULL_LOGGED = re.compile(r"is full")
# A write to an open file on such a disk is an input/output error for SQLite.
REFUSED = re.compile(r"is read-only|disk that holds \S+ failed")
KIB = 1024
# tmpfs gives out pages.
STEP_KIB = 4
SIZE_KIB = 16 * 1024
# The header of a write-ahead log, and the frame of one page.
LOG_BYTES_CUT = 32 + 24 + 4_096
# What is left: to the page for the order itself, then closer than any commit is large, up to what
# a job's whole life writes into the log.
LEFT_KIB = [*range(0, 64, STEP_KIB), *range(64, 289, 3 * STEP_KIB)]
LEFT_KIB_QUICK = [0, 12, 24, 28, 40, 64, 128]
# How long a fault is waited for that the job's life may just miss.
SHOWN_SECONDS_MAX = 15
# From free space to a worker that goes on: its longest pause, and the work itself.
RECOVERY_SECONDS_MAX = 20


class FileSystem:
    """A tmpfs that is mounted for this process and its children alone."""

    def __init__(self, folder, size_kib=SIZE_KIB, inodes=1_000):
        if not IS_OWN_NAMESPACE:
            raise Skipped("needs a mount namespace of its own, which only root gets")
        self.path = os.path.join(folder, "disk")
        os.mkdir(self.path)
        mount("-t", "tmpfs", "-o", f"size={size_kib}k,nr_inodes={inodes},mode=700", "fault-test",
              self.path)
        self.ballast = os.path.join(self.path, "ballast")
        with open(self.ballast, "wb"):
            pass

    def free_kib(self):
        facts = os.statvfs(self.path)
        return facts.f_bavail * facts.f_bsize // KIB

    def fill(self, left_kib):
        """Leaves so much space, to the page."""
        while (excess := self.free_kib() - left_kib) != 0:
            size = os.path.getsize(self.ballast) + excess * KIB
            os.truncate(self.ballast, min(size, os.path.getsize(self.ballast)))
            with open(self.ballast, "r+b") as file:
                if excess > 0:
                    # A process that writes at this moment may be faster.
                    with contextlib.suppress(OSError):
                        os.posix_fallocate(file.fileno(), 0, size)

    def free(self):
        os.truncate(self.ballast, 0)

    def remount(self, mode, path=None):
        mount("-o", f"remount,{mode}", path or self.path)


# Set by the entry point, which gets the namespace.
IS_OWN_NAMESPACE = False


def mount(*arguments):
    result = subprocess.run(["mount", *arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise Trouble(f"mount {' '.join(arguments)}: {result.stderr.strip()}")


def unmount(path):
    subprocess.run(["umount", path], check=True)


def on_disk(world_of, name, **options):
    """A world whose database lies on a small file system."""
    disks = []

    def folder(place):
        disks.append(FileSystem(place))
        path = os.path.join(disks[0].path, "state")
        os.mkdir(path)
        return path

    world = world_of(name, folder=folder, **options)
    return world, disks[0]


def cut_log(world):
    """Cuts the write-ahead log to one page, so that the next write needs space again; whether that
    succeeded.

    As the product does it: SQLite 3.40.1 can corrupt a file when a commit starts the log anew while
    a checkpoint is under way, and TRUNCATE does not keep commits out when it finds the write lock
    taken. So one connection holds that lock while another one moves the pages, and then a commit of
    the first page as it was starts the log anew; all with the checkpointer's role in hand.
    """
    with open(os.path.join(world.db + ".d", "checkpointer.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.closing(connection(world)) as writer, \
                contextlib.closing(connection(world)) as mover:
            writer.execute("BEGIN IMMEDIATE")
            [[busy, frames, moved]] = mover.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            writer.execute("ROLLBACK")
            if busy or moved < frames:
                return False
            writer.execute("PRAGMA journal_size_limit = 0")
            writer.execute("BEGIN IMMEDIATE")
            [[version]] = writer.execute("PRAGMA user_version").fetchall()
            writer.execute(f"PRAGMA user_version = {version}")
            writer.execute("COMMIT")
            # It is longer when a reader needs it, or when another commit came between.
            return os.path.getsize(world.db + "-wal") <= LOG_BYTES_CUT


def connection(world):
    """One that checkpoints only when it is told to, and commits only what it is told to."""
    database = sqlite3.connect(world.db, timeout=5, isolation_level=None)
    database.execute("PRAGMA wal_autocheckpoint = 0")
    return database


def full(world_of, args):
    """Full with 0, 4, 8 … KiB left, so that each write of a job's life is the first that fails."""
    world, disk = on_disk(world_of, "full", targets=400)
    worker, server = world.worker(), world.serve()
    world.order(world.target())
    world.settle()
    refused, met, longest, reads = 0, 0, 0.0, 0
    for number, left in enumerate(LEFT_KIB_QUICK if args.quick else LEFT_KIB):
        world.wait_for(lambda: cut_log(world), "the log to be cut")
        disk.fill(left)
        mark, target = world.mark(), world.target()
        job = order_on_full_disk(world, server if number % 2 else None, target)
        if job is None:
            refused += 1
        else:
            world.expect(
                world.becomes(lambda: FULL_LOGGED.search(world.log_since(mark))
                              or world.state(job) == "success", SHOWN_SECONDS_MAX),
                f"with {left} KiB left {job} is {world.state(job)}, and no log says why")
            met += bool(FULL_LOGGED.search(world.log_since(mark)))
        if number % 8 == 0:
            reads += 1
            look = world.jobs_command("list")
            world.expect(look.status == OK, f"on a full disk: {look}")
        disk.free()
        if job is None:
            world.order(target)
        longest = max(longest, world.settle(RECOVERY_SECONDS_MAX))
        if worker.poll() is not None:
            raise Trouble(f"the worker ended with {worker.returncode} with {left} KiB left")
    # With these the sweep has seen both kinds of writes.
    world.expect(refused > 0, "no order was refused: the disk was never full")
    world.expect(met > 0, "the worker never met a full disk")
    world.expect(server.stop() == OK, "the server did not end well")
    world.stop(worker)
    world.judge()
    return world, (f"{number + 1} sizes, {refused} orders refused, {met} jobs caught by it later, "
                   f"{reads} lists read, on again after at most {longest:.1f} s")


# How long a start is watched, and a stop waited for.
START_SECONDS = 3
STOP_SECONDS_MAX = 10
# Enough for an order, not for what a worker writes before it works.
LEFT_KIB_FOR_ORDERS = [24, 40, 56, 60, 64, 68, 72, 80, 96, 128]


def full_start(world_of, args):
    """Workers that are started while the disk is full: a daemon, and one on demand."""
    world, disk = on_disk(world_of, "full-start")
    world.stop(world.worker())
    world.wait_for(lambda: cut_log(world), "the log to be cut")
    disk.fill(0)
    mark = world.mark()
    worker = world.start("komodo-mcp", "worker")
    world.wait_for(lambda: re.search(FULL, world.log_since(mark)) or worker.poll() is not None,
                   "the worker to say why it cannot work")
    # As long as the unit's start limit counts, and a while: who ends now is given up in the end.
    is_over = world.becomes(lambda: worker.poll() is not None, START_SECONDS)
    world.expect(re.search(FULL, world.log_since(mark)),
                 f"the worker says: {world.log_since(mark).strip()}")
    if not world.expect(not is_over, f"the daemon ended with {worker.returncode} while the disk "
                        "was full, and the unit's start limit then gives it up for good"):
        disk.free()
        worker = world.worker()
    disk.free()
    job = world.order(world.target())
    seconds = world.settle()
    world.stop(worker)
    stop_while_waiting(world, disk)
    stuck = 0
    for left in LEFT_KIB_FOR_ORDERS[::3 if args.quick else 1]:
        world.wait_for(lambda: cut_log(world), "the log to be cut")
        disk.fill(left)
        target = world.target()
        call = world.run(target, env={"KOMODO_WORKER": "auto", "KOMODO_WORKER_IDLE": "1s"})
        if call.status != OK:
            world.expect_error(call, FULL + "|no worker could be started", (FAILURE, UNREACHABLE))
        job = call.out.split("\n")[0]
        if not job.startswith("job_"):
            disk.free()
            continue
        # Long enough for a worker that gives up to be gone.
        time.sleep(2)
        disk.free()
        if not world.becomes(lambda: world.state(job) == "success", RECOVERY_SECONDS_MAX):
            stuck += 1
            world.fail(f"with {left} KiB left {job} was accepted, and nobody works on it after the "
                       f"space is free: {world.state(job)}")
            worker = world.worker()
            world.settle()
            world.stop(worker)
        world.wait_for(lambda: not world.query("SELECT 1 FROM worker"), "the worker to leave")
    world.judge()
    return world, (f"the daemon waited, and worked {seconds:.1f} s after the first order; "
                   f"{stuck} jobs left without a worker")


def stop_while_waiting(world, disk):
    """A daemon that waits for room can be told to end."""
    world.wait_for(lambda: cut_log(world), "the log to be cut")
    disk.fill(0)
    mark = world.mark()
    worker = world.start("komodo-mcp", "worker")
    world.wait_for(lambda: re.search(FULL, world.log_since(mark)), "the worker to wait")
    worker.send_signal(signal.SIGTERM)
    world.expect(world.becomes(lambda: worker.poll() is not None, STOP_SECONDS_MAX),
                 "a worker that waits for room cannot be stopped")
    world.expect(worker.poll() in (OK, -signal.SIGTERM), f"it ended with {worker.poll()}")
    disk.free()
    # Its row goes with the next worker that looks.
    world.stop(world.worker())


def full_checkpoint(world_of, args):
    """Full where the database must grow, while the log has its space: no checkpoint can be made."""
    world, disk = on_disk(world_of, "full-checkpoint", targets=300)
    server = world.serve()
    world.orders(server, BACKLOG)
    worker = world.worker()
    world.settle()
    size, log = os.path.getsize(world.db), os.path.getsize(world.db + "-wal")
    disk.fill(0)
    mark, orders, refused = world.mark(), 0, 0
    # Until the log has used up its own space too.
    while not FULL_LOGGED.search(world.log_since(mark)) and refused == 0 and orders < ORDERS_MAX:
        orders += 1
        refused += order_on_full_disk(world, server, world.target()) is None
    world.expect(orders < ORDERS_MAX, "the disk was never full")
    world.expect(os.path.getsize(world.db) == size, "the database grew on a full disk")
    look = world.jobs_command("list")
    world.expect(look.status == OK, f"on a full disk: {look}")
    disk.free()
    world.settle()
    # The next one goes through, and the log begins anew.
    world.orders(server, BACKLOG // 2)
    world.settle()
    world.wait_for(lambda: os.path.getsize(world.db) > size, "a checkpoint that goes through")
    world.expect(os.path.getsize(world.db + "-wal") < log + (8 << 20), "the log has run away")
    world.expect(server.stop() == OK, "the server did not end well")
    world.stop(worker)
    world.judge()
    return world, (f"a log of {log >> 10} KiB, {orders} orders until it was full, then a database "
                   f"from {size >> 10} to {os.path.getsize(world.db) >> 10} KiB")


# Orders that together write more than the least that is checkpointed.
BACKLOG = 50
ORDERS_MAX = 200


def inodes(world_of, args):
    """No file can be made any more, though there is space."""
    world, disk = on_disk(world_of, "inodes")
    world.order(world.target())
    made = 0
    try:
        while True:
            os.mknod(os.path.join(disk.path, f"file-{made}"))
            made += 1
    except OSError:
        pass
    mark = world.mark()
    worker = world.start("komodo-mcp", "worker")
    world.wait_for(lambda: worker.poll() is not None or NO_FILES.search(world.log_since(mark)),
                   "the worker to say that the disk has no room for a file")
    is_over = world.becomes(lambda: worker.poll() is not None, START_SECONDS)
    world.expect(not is_over, f"the worker ended with {worker.returncode}: "
                 + world.log_since(mark).strip())
    orders = [world.run(world.target()) for _ in range(2)]
    for call in orders:
        if call.status != OK:
            world.expect_error(call, NO_FILES.pattern)
    look = world.jobs_command("list")
    world.expect(look.status == OK, f"without room for a file: {look}")
    for number in range(made):
        os.unlink(os.path.join(disk.path, f"file-{number}"))
    if is_over:
        worker = world.worker()
    seconds = world.settle()
    world.stop(worker)
    world.judge()
    return world, (f"{made} files made it full; orders ended with {[it.status for it in orders]}; "
                   f"on again after {seconds:.1f} s")


def read_only(world_of, args):
    """Read-only for a shell through a mount of its own while the worker runs; for everything while
    nothing does; and for the running worker, whose writes are refused as such a disk refuses them.
    """
    world, disk = on_disk(world_of, "read-only")
    worker, server = world.worker(), world.serve()
    first = world.order(world.target())
    world.settle()
    other = os.path.join(world.dir, "read-only")
    os.mkdir(other)
    mount("--bind", disk.path, other)
    disk.remount("bind,ro", other)
    there = os.path.join(other, "state/jobs.db")
    target = world.target()
    world.expect_error(world.run(target, "--db", there), READ_ONLY)
    for command in (["list"], ["show", first], ["wait", first], ["budget"]):
        look = world.jobs_command(*command, "--db", there)
        world.expect(look.status == OK, f"read-only: {look}")
    disk.remount("bind,rw", other)
    world.expect(world.run(target, "--db", there).status == OK, "it is not writable again")
    world.settle()

    refused = "not injected"
    if calls.IS_THERE:
        refused = read_only_under_worker(world, worker, server)
    world.expect(server.stop() == OK, "the server did not end well")
    world.stop(worker)
    unmount(other)

    # Nobody has it open any more, so the kernel allows it.
    disk.remount("ro")
    for command in (["list"], ["show", first]):
        look = world.jobs_command(*command)
        world.expect(look.status == OK, f"read-only, and nobody there: {look}")
    world.expect_error(world.run(world.target()), READ_ONLY)
    world.expect_error(world.command("komodo-mcp", "serve"), READ_ONLY)
    mark = world.mark()
    worker = world.start("komodo-mcp", "worker")
    world.wait_for(lambda: re.search(READ_ONLY, world.log_since(mark)), "the worker to say why")
    world.expect(not world.becomes(lambda: worker.poll() is not None, START_SECONDS),
                 f"the daemon ended with {worker.returncode} on a read-only disk")
    disk.remount("rw")
    # It goes on by itself.
    world.order(world.target())
    world.settle()
    world.stop(worker)
    world.judge()
    return world, f"under the running worker: {refused}"


def read_only_under_worker(world, worker, server):
    """Jobs that are ordered while the worker's and the server's writes are refused, and after."""
    mark = world.mark()
    job = world.order(world.target(), "--at", "1s")
    processes = [worker.pid, server.process.pid]
    with calls.injected(world.dir, processes, calls.WRITES, "EROFS") as injection:
        world.wait_for(lambda: REFUSED.search(world.log_since(mark)),
                       "the worker to say that it cannot write")
        _, error = server.deploy(world, world.target())
        if world.expect(error is not None, "an order was accepted on a read-only disk"):
            world.expect(REFUSED.search(error["error"]), f"a client was told: {error}")
        time.sleep(1)
    world.expect(world.state(job) == "success" or injection.count() > 0, "nothing was refused")
    seconds = world.settle(RECOVERY_SECONDS_MAX)
    return f"{injection.count()} writes refused, on again after {seconds:.1f} s"


def order_on_full_disk(world, server, target):
    """A job ordered from a shell or a client; nothing, when it was refused with the reason."""
    if server:
        job, error = server.deploy(world, target)
        if error:
            world.expect(re.search(FULL, error["error"]) is not None,
                         f"a client was told: {error}")
        return job
    call = world.run(target)
    if call.status == OK:
        return call.out.split("\n")[0]
    world.expect_error(call, FULL)
    return None
