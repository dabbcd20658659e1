"""What a write-ahead log says of itself (sqlite.org/fileformat2.html#walformat)."""
import bisect
import os

HEADER_BYTES, FRAME_BYTES = 32, 24 + 4_096
SALTS = slice(16, 24)
FRAME_SALTS = slice(8, 16)


def size(path):
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def salts(path):
    """Others each time the log starts anew; none when there is no log."""
    try:
        with open(path, "rb") as file:
            return file.read(HEADER_BYTES)[SALTS]
    except FileNotFoundError:
        return b""


def bytes_in_use(path):
    """The frames with the salts of the header, which come before older ones."""
    ours = salts(path)
    if not ours:
        return 0
    with open(path, "rb") as file:
        def is_older(number):
            file.seek(HEADER_BYTES + number * FRAME_BYTES)
            return file.read(FRAME_SALTS.stop)[FRAME_SALTS] != ours
        return bisect.bisect_left(range(size(path) // FRAME_BYTES), True, key=is_older) \
            * FRAME_BYTES
