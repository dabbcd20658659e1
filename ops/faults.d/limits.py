"""Too few file descriptors, and no more than 2 GiB of memory."""
import contextlib
import os
import re
import sqlite3
import subprocess

from world import FAILURE, OK, Trouble

# With the least the loader can hardly open the libraries.
DESCRIPTORS = [4, 5, 6, 8, 12, 16, 18, 20, 24, 31, 48, 63]
DESCRIPTORS_ENOUGH = 64
# What a program says that may not open what it needs.
TOO_FEW = r"Only \d+ files may be open at a time, and at least 64 are needed; raise the limit"
LOADER = "error while loading shared libraries"
RECOVERY_SECONDS_MAX = 30
# How far a running program's limit goes below what it has open.
FAULT_SECONDS = 2

MEMORY_BYTES = 2 << 30
# What the unit allows the daemon.
WORKER_MEGABYTES_MAX = 512
COMMAND_MEGABYTES_MAX = 512
JOBS, JOBS_QUICK = 40_000, 5_000
LOG_JOBS, LOG_BYTES = 1_000, 100 << 10
HUGE_BYTES = 100 << 20


def limited(count):
    return ["prlimit", f"--nofile={count}:{count}"]


def descriptors(world_of, args):
    """Programs that are started with ever more descriptors: they say that there are too few, until
    there are enough."""
    world = world_of("descriptors", targets=200)
    worker = world.worker()
    refused, least = 0, None
    for count in [*DESCRIPTORS[::3 if args.quick else 1], DESCRIPTORS_ENOUGH]:
        target, wrap = world.target(), limited(count)
        call = world.run(target, wrap=wrap)
        if call.status == 127 and LOADER in call.err:
            continue
        if call.status == OK:
            least = least or count
        else:
            refused += 1
            least = None
            world.expect_error(call, TOO_FEW)
            world.expect(not call.out, f"{call}, though {call.out} was handed out")
            world.order(target)
        look = world.jobs_command("list", wrap=wrap)
        if count < DESCRIPTORS_ENOUGH:
            world.expect_error(look, TOO_FEW)
        else:
            world.expect(look.status == OK, str(look))
        started(world, wrap, count)
    world.expect(refused > 0, "nothing was refused")
    world.expect(least == DESCRIPTORS_ENOUGH, f"orders were accepted from {least} descriptors on")
    world.settle()
    world.stop(worker)
    world.judge()
    return world, f"{refused} orders refused; from {least} descriptors on they are accepted"


def started(world, wrap, count):
    """A daemon with few descriptors works, or says why not."""
    mark = world.mark()
    worker = world.start("komodo-mcp", "worker", wrap=wrap)
    world.wait_for(lambda: worker.poll() is not None or world.is_registered(mark),
                   "a worker to start or to give up")
    if worker.poll() is None:
        world.expect(count >= DESCRIPTORS_ENOUGH, f"with {count} descriptors a worker works")
        world.stop(worker)
        return
    text = world.log_since(mark).strip()
    if LOADER in text:
        return
    world.expect(worker.returncode == FAILURE and re.search(TOO_FEW, text),
                 f"with {count} descriptors the worker ended with {worker.returncode}: "
                 + text.split("\n")[0])


def set_limit(process, count):
    subprocess.run(["prlimit", "--pid", str(process.pid), f"--nofile={count}:"], check=True,
                   capture_output=True)


def opened(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def descriptors_of_running(world_of, args):
    """A running worker and server that may open nothing more, or little, for a while."""
    world = world_of("descriptors-running")
    worker, server = world.worker(), world.serve()
    # By then everything is open that is opened once.
    world.orders(server, 5)
    world.settle()
    seen, longest = [], 0.0
    for spare in (0, 2) if args.quick else (0, 1, 2, 3, 4, 6):
        for process in (worker, server.process):
            set_limit(process, opened(process) + spare)
        jobs = [world.order(world.target()) for _ in range(2)]
        job, error = server.deploy(world, world.target())
        if error:
            world.expect(error["code"] in ("NETWORK_ERROR", "DATABASE_ERROR"),
                         f"a client was told: {error}")
        world.becomes(lambda: all(world.state(it) == "success" for it in jobs), FAULT_SECONDS)
        seen.append(f"{spare} to spare: " + ", ".join(world.state(it) for it in jobs))
        if worker.poll() is not None or server.process.poll() is not None:
            raise Trouble("a program ended when it had too few descriptors")
        for process in (worker, server.process):
            set_limit(process, DESCRIPTORS_ENOUGH * 16)
        longest = max(longest, world.settle(RECOVERY_SECONDS_MAX))
    job, error = server.deploy(world, world.target())
    world.expect(error is None, f"the server goes on with: {error}")
    world.settle()
    world.expect(server.stop() == OK, "the server did not end well")
    world.stop(worker)
    world.judge()
    return world, "; ".join(seen) + f"; on again after at most {longest:.1f} s"


def memory(world_of, args):
    """Tens of thousands of jobs, 100 MB of logs, and an answer of 100 MB, within 2 GiB."""
    world = world_of("memory")
    worker, count = world.worker(), JOBS_QUICK if args.quick else JOBS
    done = world.order(world.target())
    world.settle()
    later = world.order(world.target(), "--at", "7d", "--start-within", "9d")
    world.stop(worker)
    multiply(world, done, later, count)
    wrap = ["prlimit", f"--as={MEMORY_BYTES}"]
    worker, server = world.worker(wrap=wrap), world.serve(wrap=wrap)
    world.set_faults({"rules": [{"match": {"path": "/read", "type": "GetUpdate"}, "times": 1,
                                 "action": {"kind": "huge", "bytes": HUGE_BYTES}}]})
    job = world.order(world.target(), wrap=wrap)
    world.wait_for(lambda: world.state(job) == "success", f"{job} to end")
    peaks = {}
    for command in (["list", "--limit", "1000"], ["list", "-f", "json", "--limit", "1000"],
                    ["stats"], ["show", done], ["logs", done], ["workers"], ["budget"]):
        call = world.jobs_command(*command, wrap=wrap)
        world.expect(call.status == OK, str(call))
        peaks[command[0]] = max(peaks.get(command[0], 0), call.megabytes)
    sent = world.submissions()
    for name, target in world.accepted.items():
        look = world.jobs_command("show", name, wrap=wrap)
        world.expect(look.status == OK and sent[target] == (name != later),
                     f"{look}; {name} was sent {sent[target]} times")
    check = world.command("komodo-mcp", "db", "check", wrap=wrap)
    world.expect(check.status == OK, str(check))
    peaks["check"] = check.megabytes
    for tool, arguments in (("komodo_jobs_List", {"page_size": 100}), ("komodo_jobs_Stats", {}),
                            ("komodo_jobs_Logs", {"job_id": done})):
        content, is_error = server.call(tool, arguments)
        world.expect(not is_error, f"{tool}: {content}")
    peaks["serve"] = world.peak_megabytes(server.process)
    peaks["worker"] = world.peak_megabytes(worker)
    for name, peak in peaks.items():
        most = WORKER_MEGABYTES_MAX if name == "worker" else COMMAND_MEGABYTES_MAX
        world.expect(peak <= most, f"{name} came to {peak} MiB")
    world.expect(server.stop() == OK, "the server did not end well")
    world.stop(worker)
    size = (os.path.getsize(world.db) + os.path.getsize(world.db + "-wal")) >> 20
    return world, (f"{count} jobs, {size} MiB; peaks in MiB: "
                   + ", ".join(f"{name} {peak}" for name, peak in peaks.items()))


def multiply(world, done, later, count):
    """Copies a job that is over and one that waits, with events and logs, while nobody works."""
    with contextlib.closing(sqlite3.connect(world.db)) as database:
        def columns(table):
            return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]

        def copy(table, source, changes, limit):
            names = [name for name in columns(table) if name != "id"]
            values = ", ".join(changes.get(name, name) for name in names)
            database.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} "
                             f"FROM number CROSS JOIN {table} WHERE {source} AND n <= {limit} "
                             f"ORDER BY n, {table}.rowid")

        database.execute("CREATE TEMP TABLE number AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL "
                         f"SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c")
        rows = {token: database.execute("SELECT id FROM job WHERE token = ?",
                                        (token[-26:],)).fetchone()[0] for token in (done, later)}
        for token, limit in ((done, count * 3 // 4), (later, count // 4)):
            [[first]] = database.execute("SELECT max(id) FROM job").fetchall()
            row = rows[token]
            copy("job", f"job.id = {row}",
                 {"token": f"substr(token, 1, 18) || printf('%08d', n + {first})",
                  "remote_id": "remote_id || '-' || n", "target_name": "target_name || '-' || n",
                  "lane": "lane || '-' || n", "identity": "randomblob(32)",
                  "idempotency_key": "NULL"}, limit)
            copy("event", f"event.job_id = {row}",
                 {"job_id": f"{first} + n"}, limit)
            logs = min(limit, LOG_JOBS)
            copy("log", f"log.job_id = {row} AND log.position = 0",
                 {"job_id": f"{first} + n", "stdout": f"hex(zeroblob({LOG_BYTES // 2}))",
                  "stdout_size": str(LOG_BYTES)}, logs)
        database.execute(f"UPDATE log SET stdout = hex(zeroblob({LOG_BYTES // 2})), stdout_size = "
                         f"{LOG_BYTES} WHERE job_id = {rows[done]} AND position = 0")
        database.commit()
