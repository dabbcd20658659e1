"""A wall clock that is set an hour forwards or backwards under the programs; Komodo's is right."""
import mmap
import os
import shutil
import struct
import subprocess
import time

from world import Skipped

HOUR_MS = 3_600_000
WINDOW_MS = 60_000
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock.c")
# A back-off of the settings below, and the work afterwards.
RETRY_DELAY = "6s"
ON_AGAIN_SECONDS_MAX = 25
SOON, SOON_MS = "2m", 120_000
# A run that is under way for long enough to set the clock in it.
TIME_SCALE = 1
UNAVAILABLE = {"kind": "database_down"}
# Requests per minute, and the most in any minute, that are soon spent.
LIMIT, BURST = 120, 160
REST_TOKENS = 12
BUDGET_JOBS = 60
BUDGET_SECONDS = 5


class Clock:
    """What all programs of a world take for the time."""

    def __init__(self, folder):
        compiler = shutil.which("gcc") or shutil.which("cc")
        if not compiler:
            raise Skipped("needs a C compiler for the shim in front of the clock")
        library, path = os.path.join(folder, "clock.so"), os.path.join(folder, "clock")
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
        with open(path, "w+b") as file:
            file.write(bytes(8))
            file.flush()
            self.memory = mmap.mmap(file.fileno(), 8)
        self.env = {"LD_PRELOAD": library, "FAULT_CLOCK": path}

    def set(self, milliseconds):
        self.memory[:] = struct.pack("=q", milliseconds)


def clocked(world_of, name, **options):
    world = world_of(name, time_scale=TIME_SCALE, **options)
    clock = Clock(world.dir)
    world.env.update(clock.env)
    world.env["KOMODO_RETRY_DELAY"] = RETRY_DELAY
    # The shim must be in force, or nothing below means anything.
    clock.set(-24 * HOUR_MS)
    job = world.order(world.target(), "--at", "1h")
    world.expect(world.query("SELECT run_at FROM job")[0][0] < (time.time() - 3_600) * 1_000,
                 "the clock of the programs was not set")
    world.expect(world.jobs_command("cancel", job).status == 0, f"{job} is not cancelled")
    clock.set(0)
    return world, clock, {job: "cancelled/before_send"}


def unavailable(*targets):
    """Komodo refuses these targets' operations, saying that nothing ran."""
    return {"rules": [{"match": {"path": "/execute", "target": target}, "times": 1,
                       "action": UNAVAILABLE} for target in targets]}


def is_sent(world, job):
    return "intent_recorded" in world.events(job)


def forward(world_of, args):
    """An hour forwards while jobs run, wait in their lane, in back-off, for their time."""
    world, clock, ends = clocked(world_of, "clock-forward")
    unsent = set(ends)
    workers = [world.worker(), world.worker()]
    names = [world.target() for _ in range(8)]
    world.set_faults(unavailable(names[3], names[4]))
    soon = world.order(names[1], "--at", "30m", "--start-within", "2h")
    late = world.order(names[2], "--at", "3h")
    running = world.order(names[0], "--deadline", "30m")
    behind = world.order(names[0], "--new", "--start-within", "30m")
    waiting = world.order(names[3], "--start-within", "2h")
    short = world.order(names[4], "--start-within", "20m")
    for job in (waiting, short):
        world.wait_for(lambda: world.state(job) == "pending/backoff", f"{job} to be put off")
    clock.set(HOUR_MS)
    after = world.order(names[5])
    world.wait_for(lambda: world.unfinished() == 1, "all but one to end", ON_AGAIN_SECONDS_MAX)
    world.expect(world.state(late) == "pending/scheduled", f"{late} is {world.state(late)}")
    world.expect(world.jobs_command("cancel", late).status == 0, f"{late} is not cancelled")
    ends[late] = "cancelled/before_send"
    # Its window has closed by the clock that it was given by; if it was sent, then before that.
    ends[short] = ("success", "failed/expired")
    unsent |= {late} if world.state(short) == "success" else {late, short}
    world.order(names[6])
    clock.set(0)
    world.order(names[7])
    world.settle()
    no_lease_lost(world)
    for worker in workers:
        world.stop(worker)
    world.judge(unsent, ends)
    return world, ("; ".join(f"{what} {world.state(job)}" for what, job in (
        ("running", running), ("in its lane", behind), ("due by then", soon), ("later", late),
        ("in back-off", waiting), ("short window", short), ("ordered then", after))))


def backward(world_of, args):
    """An hour backwards at the same moments; what waits for seconds must not wait for an hour."""
    world, clock, ends = clocked(world_of, "clock-backward")
    workers = [world.worker(), world.worker()]
    names = [world.target() for _ in range(4)]
    world.set_faults(unavailable(names[2]))
    soon = world.order(names[1], "--at", SOON)
    running = world.order(names[0])
    behind = world.order(names[0], "--new")
    waiting = world.order(names[2])
    world.wait_for(lambda: world.state(waiting) == "pending/backoff", "a job to be put off")
    clock.set(-HOUR_MS)
    after = world.order(names[3])
    jobs = {"running": running, "in its lane": behind, "ordered then": after,
            "in back-off": waiting}
    world.becomes(lambda: world.unfinished() == 1, ON_AGAIN_SECONDS_MAX)
    seen = {what: world.state(job) for what, job in jobs.items()}
    for what, state in seen.items():
        world.expect(state == "success", f"{what}: {jobs[what]} is still {state} after "
                     f"{ON_AGAIN_SECONDS_MAX} s; it waits until the clock has caught up")
    # Its time is one of the wall clock.
    world.expect(world.state(soon) == "pending/scheduled", f"{soon} is {world.state(soon)}")
    clock.set(SOON_MS)
    world.settle()
    no_lease_lost(world)
    for worker in workers:
        world.stop(worker)
    world.judge(set(ends), ends)
    return world, "; ".join(f"{what} {state}" for what, state in seen.items())


def no_lease_lost(world):
    [(count,)] = world.query("SELECT count(*) FROM event WHERE reason = 'owner_lost'")
    world.expect(count == 0, f"{count} jobs changed hands")


# What the clock shows when an intent is written, and soon after, while the answer is lost.
SHIFTS_MS = [(HOUR_MS, 0), (-HOUR_MS, 0), (HOUR_MS, HOUR_MS), (-HOUR_MS, -HOUR_MS)]
# Before the clock is set a job waits for its time, so that nothing asks Komodo in between.
LEAD_MS = 600_000


def evidence(world_of, args):
    """Set before an intent, and set right again or not while its answer is lost: not sent twice."""
    world, clock, ends = clocked(world_of, "clock-evidence")
    worker = world.worker()
    for shift, then in SHIFTS_MS[::2 if args.quick else 1]:
        # What the worker knows of Komodo's clock is right, until ours is set.
        clock.set(0)
        world.order(world.target())
        world.settle()
        clock.set(shift - LEAD_MS)
        target = world.target()
        job = world.order(target, "--at", f"{LEAD_MS}ms")
        # Accepted, but nobody hears it; and nobody can look for it until the clock is set again.
        world.set_faults({"rules": [
            {"match": {"path": "/execute", "target": target}, "times": 1,
             "action": {"kind": "drop_after"}},
            {"match": {"path": "/read"}, "action": {"kind": "drop_before"}}]})
        clock.set(shift)
        world.wait_for(lambda: world.state(job) == "starting/reconciling",
                       f"{job} to be looked for")
        clock.set(then)
        world.set_faults({"rules": []})
        world.wait_for(lambda: world.state(job) == "success", f"{job} to end")
        sent = world.submissions()[target]
        world.expect(sent == 1, f"set by {shift // 60_000} min at the intent and by "
                     f"{then // 60_000} afterwards: {job} was sent {sent} times "
                     f"({', '.join(world.events(job))})")
    clock.set(0)
    world.stop(worker)
    world.judge(set(ends), ends)
    return world, "each answer lost was found"


def budget(world_of, args):
    """Set forwards and backwards while the budget is spent: no more requests, and no pause."""
    world, clock, ends = clocked(world_of, "clock-budget", targets=200)
    # What waits for longer than its start window, by the clock, ends, and rightly so.
    world.env.update(KOMODO_RATE_LIMIT=str(LIMIT), KOMODO_RATE_BURST=str(BURST),
                     KOMODO_START_WITHIN="3h")
    worker, server = world.worker(), world.serve()
    world.orders(server, BUDGET_JOBS)
    world.wait_for(lambda: tokens(world) < REST_TOKENS, "the budget to be spent")
    seen = []
    for shift in (HOUR_MS, -HOUR_MS, 0):
        before, began = len(world.ledger()["requests"]), time.monotonic()
        clock.set(shift)
        time.sleep(BUDGET_SECONDS)
        came = len(world.ledger()["requests"]) - before
        allowed = LIMIT / 60 * (time.monotonic() - began)
        seen.append(f"{came} of {allowed:.0f}")
        world.expect(came <= allowed + REST_TOKENS,
                     f"set by {shift // 60_000} min: {came} requests, {allowed:.0f} allowed")
        world.expect(came > allowed / 2 and world.unfinished() > 0,
                     f"set by {shift // 60_000} min: {came} requests of {allowed:.0f}, with "
                     f"{world.unfinished()} jobs to do")
    times = [it["time"] for it in world.ledger()["requests"]]
    most = max(sum(start <= it <= start + WINDOW_MS for it in times) for start in times)
    world.expect(most <= BURST, f"{most} requests in 60 s")
    world.expect(server.stop() == 0, "the server did not end well")
    world.stop(worker)
    # The rest need not be waited for at this pace.
    worker = world.worker(env={"KOMODO_RATE_LIMIT": "50000", "KOMODO_RATE_BURST": "100000"})
    world.settle()
    world.stop(worker)
    world.judge(set(ends), ends)
    return world, f"requests after each change: {', '.join(seen)}; {most} in any 60 s of {BURST}"


def tokens(world):
    [(left,)] = world.query("SELECT shared + polls + reads FROM budget")
    return left
