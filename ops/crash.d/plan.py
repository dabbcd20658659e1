"""Which process is killed how: the kinds, their shares, and the plan of one round."""

import collections
import random
import shutil
import signal
import subprocess

# The steps of the submission protocol, as `WorkerHooks.Step` names them.
STEPS = ["claimed", "intentRecorded", "aboutToSend", "reconciling", "answered", "outcomeRecorded",
         "concluding"]

# The kinds with their shares of a hundred. Names begin with what is killed; a stop is a SIGSTOP
# with a SIGCONT, and a SIGKILL or SIGTERM at its end. `all` kills every process at one moment.
SHARES = {
    "worker-random": 20, "worker-step": 27, "worker-syscall": 13,
    "stop-step": 8, "stop-random": 4,
    "server-random": 6, "server-syscall": 3,
    "enqueuer-random": 10, "enqueuer-syscall": 6,
    "all": 3,
}
KINDS = list(SHARES)
# What kills at random moments stands in where strace is missing.
WITHOUT_STRACE = {kind: kind.replace("-syscall", "-random") for kind in KINDS}

# System calls to die at, and up to which one of a thread; threads count for themselves.
WORKER_CALLS = {
    "pwrite64": 40, "fdatasync": 5, "fcntl": 40, "pread64": 30, "write": 10, "openat": 40,
    "close": 20, "epoll_wait": 20, "futex": 60, "sendto": 2, "recvfrom": 3, "connect": 2,
    "socket": 3, "read": 20, "epoll_ctl": 15, "writev": 1, "unlink": 1, "ftruncate": 1,
    "clone3": 3, "flock": 3,
}
CALLER_CALLS = {
    "pwrite64": 12, "fdatasync": 2, "fcntl": 20, "pread64": 12, "write": 4, "openat": 60,
    "close": 20, "epoll_wait": 4, "futex": 10, "connect": 1, "read": 20, "sendto": 1,
    "writev": 1, "mmap": 40,
}
STRACE_SECONDS_MAX = 20


class Kill:
    """One kill of the plan."""

    def __init__(self, kind, step=None, call=None, number=None):
        self.kind, self.step, self.call, self.number = kind, step, call, number
        self.tries = 0

    def __str__(self):
        more = self.step or (f"{self.call} {self.number}" if self.call else "")
        return f"{self.kind} {more}".strip()

    def soften(self):
        """An earlier call of the thread next time; at last a random moment."""
        if self.call and self.number > 1:
            self.number //= 3
            self.number = max(self.number, 1)
        elif self.call:
            self.at_random()
        return self

    def at_random(self):
        self.kind, self.call = WITHOUT_STRACE[self.kind], None
        return self

    @property
    def victim(self):
        return "worker" if self.kind == "all" else self.kind.split("-")[0]


def traced(call, number):
    """The words before a command that is to die when a thread of it enters its n-th such call."""
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
            "-e", f"inject={call}:signal=KILL:when={number}"]


def can_trace():
    """Whether strace is here, may trace, and kills what it is told to."""
    if not shutil.which("strace"):
        return False
    result = subprocess.run([*traced("close", 1), "cat", "/dev/null"],
                            capture_output=True, timeout=STRACE_SECONDS_MAX)
    return result.returncode == -signal.SIGKILL


def kinds_of_round(count, kinds, number):
    """`count` kinds by their shares; what is left of one round is carried to the next."""
    total = sum(SHARES[kind] for kind in kinds)

    def until(kills):
        return {kind: round(kills * SHARES[kind] / total) for kind in kinds}
    before, after = until(count * number), until(count * (number + 1))
    drawn = [kind for kind in kinds for _ in range(after[kind] - before[kind])]
    # Rounding may leave one too few or too many.
    while len(drawn) > count:
        drawn.remove(collections.Counter(drawn).most_common(1)[0][0])
    while len(drawn) < count:
        drawn.append(max(kinds, key=SHARES.get))
    return drawn


def plan_of_round(seed, number, count, kinds, traces):
    """The kills of a round, by victim, in a seeded order."""
    chance = random.Random(f"{seed}/{number}/plan")
    drawn = kinds_of_round(count, kinds, number)
    chance.shuffle(drawn)
    # Every step is hit as often as the others, over the rounds too.
    at = {"worker-step": number * 3, "stop-step": number}
    kills = []
    for kind in drawn:
        if not traces:
            kind = WITHOUT_STRACE[kind]
        kill = Kill(kind)
        if kind in at:
            kill.step = STEPS[at[kind] % len(STEPS)]
            at[kind] += 1
        elif kind.endswith("-syscall"):
            calls = WORKER_CALLS if kill.victim == "worker" else CALLER_CALLS
            kill.call = chance.choice(list(calls))
            # Early calls are reached for sure, late ones show what is deep inside.
            kill.number = max(1, round(calls[kill.call] ** chance.random()))
        kills.append(kill)
    return by_victim(kills)


def plan_of_steps():
    """A kill at each step, and a sender suspended at each."""
    return by_victim([Kill(kind, step=step) for kind in ("worker-step", "stop-step")
                      for step in STEPS])


def by_victim(kills):
    queues = {victim: collections.deque() for victim in ("worker", "stop", "server", "enqueuer")}
    for kill in kills:
        queues[kill.victim].append(kill)
    return queues
