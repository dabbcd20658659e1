"""Who holds which lock, as `/proc/locks` tells."""
import os
import signal
import time

# Bytes of the file of shared memory: SQLite's locks of a commit and of a checkpoint.
WRITE, CHECKPOINT = 120, 121
STOP_SECONDS_MAX = 20
LOOK_SECONDS = 0.0005


def holders(kind, path, byte=None):
    """Processes that hold a lock of the kind on the file, on that byte if one is named."""
    try:
        inode = os.stat(path).st_ino
    except FileNotFoundError:
        return []
    found = []
    with open("/proc/locks") as file:
        for line in file:
            fields = line.split()
            # Those who only wait for a lock have an arrow.
            if len(fields) != 8 or fields[1] != kind or fields[3] != "WRITE" \
                    or int(fields[5].rsplit(":", 1)[1]) != inode:
                continue
            last = float("inf") if fields[7] == "EOF" else int(fields[7])
            if byte is None or int(fields[6]) <= byte <= last:
                found.append(int(fields[4]))
    return found


def is_stopped(pid):
    """Whether every thread stands still; one that waits for the disk does not yet."""
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] != "T":
                    return False
    except (FileNotFoundError, ProcessLookupError):
        # A thread has ended meanwhile.
        return False
    return True


def stop(child):
    """Suspends a process; whether it stands still."""
    child.send_signal(signal.SIGSTOP)
    end = time.monotonic() + STOP_SECONDS_MAX
    while not is_stopped(child.pid):
        if child.poll() is not None or time.monotonic() > end:
            return False
        time.sleep(LOOK_SECONDS)
    return True
