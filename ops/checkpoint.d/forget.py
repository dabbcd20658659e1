"""Does to a database what the fault of SQLite did: says of a new log that it was moved already.

The next checkpoint then leaves these frames out, and with the start of the log after that they are
gone. A process of its own, because whoever closes the file of shared memory loses SQLite's locks.

usage: forget.py DATABASE
"""
import mmap
import struct
import sys
import time

LOOK_SECONDS = 0.02
PAUSE_SECONDS = 1
# Of the index of the log, see walformat.html: where the number of its frames is, its salts, and how
# many of its frames are moved.
FRAMES, SALTS, MOVED = 16, 32, 96


def main():
    with open(sys.argv[1] + "-shm", "r+b") as file:
        index = mmap.mmap(file.fileno(), 0)
    salts = index[SALTS:SALTS + 8]
    while True:
        time.sleep(LOOK_SECONDS)
        if index[SALTS:SALTS + 8] == salts:
            continue
        salts = index[SALTS:SALTS + 8]
        index[MOVED:MOVED + 4] = struct.pack("=I", *struct.unpack_from("=I", index, FRAMES))
        time.sleep(PAUSE_SECONDS)


main()
