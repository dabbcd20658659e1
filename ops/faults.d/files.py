"""The database, or the folder of locks beside it, taken away from under the programs."""
import contextlib
import json
import os
import re
import shutil
import sqlite3

import disk
from world import FAILURE, OK, UNREACHABLE, Skipped

RECOVERY_SECONDS_MAX = 30
# From the loss to a program that has noticed; they look once a second.
NOTICED_SECONDS_MAX = 10
LOST = r"removed or replaced"
READ_ONLY = re.compile(r"The file system of \S+ is read-only")


def folder_removed(world_of, args):
    """`<db>.d` removed under a worker and a server while jobs run, then a second worker started."""
    world = world_of("folder-removed", time_scale=1)
    worker, server = world.worker(), world.serve()
    before = [world.order(world.target()) for _ in range(3)]
    world.wait_for(lambda: all("accepted" in world.events(job) for job in before), "jobs to run")
    shutil.rmtree(world.db + ".d")
    second = world.worker()
    after = [world.order(world.target()) for _ in range(2)]
    job, error = server.deploy(world, world.target())
    world.expect(error is None, f"the server says: {error}")
    seconds = world.settle(RECOVERY_SECONDS_MAX)
    changed = sum("owner_lost" in world.events(job) for job in before + after)
    world.stop(second)
    # The folder is there again, and the worker never ended.
    world.expect(
        world.becomes(lambda: is_known(world), NOTICED_SECONDS_MAX),
        f"{NOTICED_SECONDS_MAX} s after the folder was made again nobody sees the worker that "
        "lives and works")
    world.order(world.target())
    world.settle()
    world.expect(server.stop() == OK, "the server did not end well")
    world.stop(worker)
    world.judge()
    return world, f"all done after {seconds:.1f} s, {changed} jobs changed hands"


def is_known(world):
    """Whether others see a worker that lives."""
    listing = world.jobs_command("workers", "-f", "json")
    world.expect(listing.status == OK, str(listing))
    return any(it["state"] == "alive" for it in json.loads(listing.out)["items"])


def folder_unwritable(world_of, args):
    """`<db>.d` read-only, by a mount over it, while a worker runs and for one that starts."""
    if not disk.IS_OWN_NAMESPACE:
        raise Skipped("needs a mount namespace of its own, which only root gets")
    world = world_of("folder-unwritable")
    worker = world.worker()
    world.order(world.target())
    world.settle()
    folder = world.db + ".d"
    disk.mount("--bind", folder, folder)
    disk.mount("-o", "remount,bind,ro", folder)
    call = world.run(world.target())
    world.expect(call.status == OK, str(call))
    world.settle()
    mark = world.mark()
    second = world.start("komodo-mcp", "worker")
    world.wait_for(lambda: READ_ONLY.search(world.log_since(mark)) or second.poll() is not None,
                   "a second worker to say why it cannot work")
    text = READ_ONLY.search(world.log_since(mark))
    world.expect(text and second.poll() is None,
                 f"a second worker ended with {second.poll()}: {world.log_since(mark).strip()}")
    world.stop(worker, status=None)
    call = world.run(world.target(), env={"KOMODO_WORKER": "auto"})
    if call.status != OK:
        world.expect_error(call, "no worker could be started", (UNREACHABLE,))
    world.expect(call.out.startswith("job_"), f"{call}, without an id")
    disk.unmount(folder)
    # The one that has waited goes on.
    seconds = world.settle()
    world.stop(second)
    world.judge()
    return world, f"orders are stored; the worker that waited went on after {seconds:.1f} s"


def lost_database(world_of, name, take_away):
    """What the running programs do when their file is gone, and whether work goes on anew."""
    world = world_of(name)
    worker, server = world.worker(), world.serve()
    world.order(world.target())
    world.settle()
    mark = world.mark()
    take_away(world)
    # The new database, and what was handed out before belongs to the old one.
    world.accepted.clear()
    earlier = world.submissions().keys()
    is_server_over = world.becomes(lambda: server.process.poll() is not None, NOTICED_SECONDS_MAX)
    world.expect(is_server_over and server.process.returncode == FAILURE,
                 f"the server ended with {server.process.returncode}")
    is_worker_over = world.becomes(lambda: worker.poll() is not None, NOTICED_SECONDS_MAX)
    if world.expect(is_worker_over, "the daemon works on in a file that nobody can see"):
        world.expect(worker.returncode == FAILURE, f"the daemon ended with {worker.returncode}")
        world.expect(len(re.findall(LOST, world.log_since(mark))) >= 2, "nobody says why")
        # As the unit does.
        worker = world.worker()
    job = world.order(world.target())
    is_done = world.becomes(lambda: world.state(job) == "success", RECOVERY_SECONDS_MAX)
    world.expect(is_done, f"{job} is {world.state(job)}, and nobody works on it")
    world.stop(worker)
    if not is_done:
        worker = world.worker()
        world.settle()
        world.stop(worker)
    return world, earlier


def database_removed(world_of, args):
    """The file and its logs deleted under a worker and a server; the next order makes a new one."""
    def take_away(world):
        for suffix in ("", "-wal", "-shm"):
            os.unlink(world.db + suffix)
        shutil.rmtree(world.db + ".d")

    world, earlier = lost_database(world_of, "database-removed", take_away)
    world.judge(earlier=earlier)
    return world, world.figures + " in the new database"


def database_replaced(world_of, args):
    """A backup put in the file's place."""
    def take_away(world):
        copy = os.path.join(world.dir, "copy.db")
        with contextlib.closing(sqlite3.connect(f"file:{world.db}?mode=ro", uri=True)) as source, \
                contextlib.closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        world.kept = dict(world.accepted)
        os.rename(copy, world.db)
        for suffix in ("-wal", "-shm"):
            os.unlink(world.db + suffix)

    world, earlier = lost_database(world_of, "database-replaced", take_away)
    world.accepted.update(world.kept)
    world.judge()
    return world, world.figures + " in the backup and since"
