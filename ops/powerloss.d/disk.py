"""What a file system may have kept of a record when the power goes.

What was synced is there. Since its last sync each write to a file may be there, be missing or be
torn at sectors or pages, whatever became of the others, and the file may have any size it had; all
files are independent of each other. A name in a folder, new or removed, is certain only once the
folder was synced, whatever was synced of the file. Two rules hold, because a page cache works so:
a sector never has an older write over a newer one, and bytes beside a write stay as they were.
"""
import dataclasses

SECTOR_BYTES, PAGE_BYTES = 512, 4_096
# How an image treats what was not synced; each file of a `mixed` one draws a way of its own.
KINDS = ["none", "all", "prefix", "subset", "sectors", "hole", "single", "garbage", "mixed"]
# The most sectors that are missing in a `hole`.
HOLES_MAX = 3


@dataclasses.dataclass
class Change:
    """A write at `offset`, or without `data` a cut of the file to `offset` bytes."""
    offset: int
    data: bytes | None
    ended: int


class File:
    def __init__(self):
        self.durable, self.pending = bytearray(), []

    def sync(self, begun):
        """Keeps for certain what had been written when the sync began."""
        for change in self.pending:
            if change.ended < begun:
                apply(self.durable, change)
        self.pending = [change for change in self.pending if change.ended >= begun]

    def contents(self, kind, random):
        """What may be in the file, and a value that tells such images apart."""
        if kind == "none" or not self.pending:
            return self.durable, ()
        if kind == "all":
            return self.with_parts([(change, None) for change in self.pending]), ("all",)
        if kind == "mixed":
            kind = random.choice(KINDS[:-1])
            return self.contents(kind, random)
        unit = random.choice([SECTOR_BYTES, PAGE_BYTES])
        if kind == "prefix":
            parts = self.prefix(unit, random)
        elif kind == "subset":
            share = random.choice([0.1, 0.5, 0.9])
            parts = [(change, None) for change in self.pending if random.random() < share]
        elif kind == "single":
            parts = [(random.choice(self.pending[-10:]), None)]
        elif kind == "hole":
            parts = self.hole(unit, random)
        else:
            parts = self.torn(unit, random)
        filling = random if kind == "garbage" else None
        size = self.any_size(random) if random.random() < 0.5 else None
        signature = (unit, size, kind == "garbage", tuple(
            (change.offset, None if kept is None else tuple(kept)) for change, kept in parts))
        return self.with_parts(parts, size, filling), signature

    def prefix(self, unit, random):
        """The first changes, in order, and the next one torn."""
        count = random.randrange(len(self.pending))
        last = self.pending[count]
        units = units_of(last, unit)
        kept = random.sample(units, random.randint(0, len(units)))
        before = [(change, None) for change in self.pending[:count]]
        return [*before, (last, [unit, *sorted(kept)])]

    def torn(self, unit, random):
        """Any number of the writes to each sector, independent of the other sectors."""
        share = random.choice([0.1, 0.5, 0.9])
        limits = {}
        for change in self.pending:
            for number in units_of(change, unit):
                # Each write gets through or holds up all that come after it on its sector.
                if limits.get(number, (0, True))[1]:
                    count = limits.get(number, (0, True))[0]
                    is_kept = random.random() < share
                    limits[number] = (count + is_kept, is_kept)
        return self.up_to(unit, {number: count for number, (count, _) in limits.items()})

    def hole(self, unit, random):
        """Everything but the last writes to a few sectors."""
        counts = {}
        for change in self.pending:
            for number in units_of(change, unit):
                counts[number] = counts.get(number, 0) + 1
        if not counts:
            return []
        for number in random.sample(sorted(counts), min(len(counts), random.randint(1, HOLES_MAX))):
            counts[number] -= 1
        return self.up_to(unit, counts)

    def up_to(self, unit, limits):
        parts, seen = [], {}
        for change in self.pending:
            if change.data is None:
                parts.append((change, None))
                continue
            kept = []
            for number in units_of(change, unit):
                seen[number] = seen.get(number, 0) + 1
                if seen[number] <= limits[number]:
                    kept.append(number)
            parts.append((change, [unit, *kept]))
        return parts

    def any_size(self, random):
        size = len(self.durable)
        sizes = [size]
        for change in self.pending:
            size = change.offset if change.data is None \
                else max(size, change.offset + len(change.data))
            sizes.append(size)
        return random.choice(sizes)

    def with_parts(self, parts, size=None, filling=None):
        """The durable bytes with parts of changes; new blocks never written have zeros or, with
        `filling`, what was there before.
        """
        result = bytearray(self.durable)
        if filling:
            end = max([change.offset + len(change.data or b"") for change in self.pending])
            result += filling.randbytes(max(0, end - len(result)))
        for change, kept in parts:
            if kept is None or change.data is None:
                apply(result, change)
                continue
            unit, *numbers = kept
            for number in numbers:
                start = max(change.offset, number * unit)
                stop = min(change.offset + len(change.data), (number + 1) * unit)
                data = change.data[start - change.offset:stop - change.offset]
                apply(result, Change(start, data, 0))
        if size is not None:
            del result[size:]
            result += bytes(size - len(result))
        return result


def units_of(change, unit):
    """The numbers of the sectors or pages that a write touches."""
    if not change.data:
        return []
    return range(change.offset // unit, (change.offset + len(change.data) - 1) // unit + 1)


def apply(content, change):
    if change.data is None:
        del content[change.offset:]
        content += bytes(change.offset - len(content))
        return
    if change.offset > len(content):
        content += bytes(change.offset - len(content))
    content[change.offset:change.offset + len(change.data)] = change.data


class Folder:
    """Names of files; a change of them is `({name: file or None}, when its call ended)`."""

    def __init__(self):
        self.live, self.durable, self.pending = {}, {}, []

    def make(self, name, ended):
        if name not in self.live:
            self.live[name] = File()
            self.pending.append(({name: self.live[name]}, ended))

    def remove(self, name, ended):
        if self.live.pop(name, None):
            self.pending.append(({name: None}, ended))

    def rename(self, name, to, ended):
        """A file never has both names, nor none."""
        if file := self.live.pop(name, None):
            self.live[to] = file
            self.pending.append(({name: None, to: file}, ended))

    def sync(self, begun):
        for change in self.pending:
            if change[1] < begun:
                put(self.durable, change)
        self.pending = [change for change in self.pending if change[1] >= begun]

    def names(self, kind, random):
        if kind == "none" or not self.pending:
            return self.durable, ()
        if kind == "all":
            return self.live, ("all",)
        names = dict(self.durable)
        kept = tuple(random.random() < 0.5 for _ in self.pending)
        for change, is_kept in zip(self.pending, kept):
            if is_kept:
                put(names, change)
        return names, kept


def put(names, change):
    for name, file in change[0].items():
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file


class Disk:
    """The folder of a database as a sequence of actions leaves it."""

    FOLDERS = {"folder", "state", "above"}
    # The mark that the log must be cut, before and while a checkpoint is at that.
    MARKS = ("mark", "taken")

    def __init__(self):
        self.folders = {name: Folder() for name in self.FOLDERS}

    def play(self, action):
        place = self.folders["state" if action.name in self.MARKS
                             else "above" if action.name == "folder" else "folder"]
        if action.kind == "make":
            place.make(action.name, action.ended)
        elif action.kind == "remove":
            place.remove(action.name, action.ended)
        elif action.kind == "rename":
            place.rename(action.name, action.to, action.ended)
        elif action.kind == "sync" and action.name in self.FOLDERS:
            self.folders[action.name].sync(action.begun)
        elif action.kind == "sync":
            if file := place.live.get(action.name):
                file.sync(action.begun)
        elif action.kind in ("write", "cut"):
            data = action.data if action.kind == "write" else None
            place.live[action.name].pending.append(Change(action.offset, data, action.ended))

    def image(self, kind, random):
        """The contents of the files by name, and a value that tells such images apart.

        The folder of the database is there; whether it must be is looked at apart, or it would hide
        everything else.
        """
        names, signature = self.folders["folder"].names(kind, random)
        signatures, contents = [signature], {}
        for name in ("db", "wal", "journal"):
            if file := names.get(name):
                contents[name], signature = file.contents(kind, random)
                signatures.append((name, signature))
        marks, _ = self.folders["state"].names(kind, random)
        contents |= {name: b"" for name in self.MARKS if name in marks and "state" in names}
        return contents, tuple(signatures)

    def is_folder_certain(self):
        """Whether the folder is sure to be found in the one above it."""
        above = self.folders["above"]
        return "folder" not in above.live or "folder" in above.durable
