"""What the peers have in common: a program that takes one measure and prints it as JSON.

`PEER MEASURE FOLDER COUNT`; `work` runs a worker until it is ended.
"""
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time

SECONDS_MAX = 600
# A worker has settled by then.
SETTLE_SECONDS = 3
# Between two jobs of a pick-up, so that they meet every moment of a polling worker.
PAUSE_SECONDS = (0.03, 0.13)
LOOK_SECONDS = 0.02


def percentile(values, share):
    """The value that a share of all does not exceed: the nearest rank."""
    ordered = sorted(values)
    return ordered[max(1, math.ceil(len(ordered) * share)) - 1]


def figures(count, seconds, samples):
    return {"per_s": count / seconds, "p50_us": percentile(samples, 0.5) * 1e6,
            "p99_us": percentile(samples, 0.99) * 1e6}


def times(calls, call, jobs_each=1):
    """Times each call."""
    samples, began = [], time.perf_counter()
    for number in range(calls):
        start = time.perf_counter()
        call(number)
        samples.append(time.perf_counter() - start)
    return figures(calls * jobs_each, time.perf_counter() - began, samples)


def whole(count, work):
    """Times everything at once."""
    began = time.perf_counter()
    work()
    return {"per_s": count / (time.perf_counter() - began)}


def note(path, began):
    """Notes how long a job took to be picked up, in the worker's process."""
    with open(path, "a") as file:
        file.write(f"{time.monotonic_ns() - began}\n")


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return [int(line) for line in file if line.endswith("\n")]


def start_worker(folder):
    return subprocess.Popen([sys.executable, sys.argv[0], "work", folder, "0"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(path, count, worker):
    end = time.monotonic() + SECONDS_MAX
    while len(lines(path)) < count:
        if worker.poll() is not None:
            raise SystemExit(f"The worker ended with {worker.returncode}.")
        if time.monotonic() > end:
            raise SystemExit(f"{len(lines(path))} of {count} jobs were picked up.")
        time.sleep(LOOK_SECONDS)


def pick_up(folder, count, ring):
    """From the call that stores a job to its first line of code in another process."""
    path, worker = os.path.join(folder, "picked"), start_worker(folder)
    try:
        time.sleep(SETTLE_SECONDS)
        send = ring(folder, path)
        # The first one may find things that are not made yet.
        send(time.monotonic_ns())
        wait_for(path, 1, worker)
        for _ in range(count):
            send(time.monotonic_ns())
            time.sleep(random.uniform(*PAUSE_SECONDS))
        wait_for(path, count + 1, worker)
    finally:
        worker.kill()
        worker.wait()
    samples = [nanoseconds / 1e9 for nanoseconds in lines(path)[1:]]
    return {"p50_us": statistics.median(samples) * 1e6,
            "p99_us": percentile(samples, 0.99) * 1e6}


def usage(pid):
    """Memory in MiB and seconds of processor time of a process."""
    with open(f"/proc/{pid}/status") as file:
        resident = next(line for line in file if line.startswith("VmRSS:"))
    nanoseconds = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
            nanoseconds += int(file.read().split()[0])
    return int(resident.split()[1]) / 1_024, nanoseconds / 1e9


def idle(folder, seconds):
    worker = start_worker(folder)
    try:
        time.sleep(SETTLE_SECONDS)
        _, before = usage(worker.pid)
        time.sleep(seconds)
        memory, after = usage(worker.pid)
    finally:
        worker.kill()
        worker.wait()
    return {"memory_mib": memory, "processor_percent": (after - before) / seconds * 100}


def main(enqueue, drain, work, ring, bulk=None):
    measure, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if measure == "work":
        work(folder)
        return
    measures = {
        "enqueue": enqueue, "drain": drain, "bulk-enqueue": bulk, "idle": idle,
        "pick-up": lambda folder, count: pick_up(folder, count, ring),
    }
    print(json.dumps(measures[measure](folder, count)))
