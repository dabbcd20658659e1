"""Reads what strace wrote into actions in one order: writes, syncs, and what left the processes."""
import dataclasses
import os
import re

CALLS = ["openat", "open", "creat", "mkdir", "mkdirat", "unlink", "unlinkat", "rename", "renameat",
         "renameat2", "link", "linkat", "symlink", "symlinkat", "write", "pwrite64", "writev",
         "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg", "ftruncate", "truncate",
         "fallocate", "fsync", "fdatasync", "sync", "syncfs", "sync_file_range",
         "copy_file_range", "sendfile", "splice", "io_uring_setup", "clone", "clone3"]
# Longer than any write; a string that is cut off all the same is refused.
STRING_BYTES_MAX = 1 << 20
JOB_ID = re.compile(rb"job_[a-z_]+_([0-9A-HJKMNP-TV-Z]{26})")
# An id may be cut in two by the end of a write.
ID_BYTES_MAX = 80
EXECUTION = re.compile(rb'"params":\{"[a-z_]+":"([^"]+)"')

LINE = re.compile(r"(\d+) +(?:<\.\.\. (\w+) resumed>(.*)|(\w+)\((.*))$", re.DOTALL)
UNFINISHED = " <unfinished ...>"
RESULT = re.compile(r"\) += (-?\d+|\?)")
DESCRIPTOR = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")


@dataclasses.dataclass
class Action:
    """One thing that happened, at `time`; `begun` and `ended` say when its call was under way.

    A write counts from its beginning, for its bytes may be on their way; a sync from its end.
    """
    kind: str
    time: int
    begun: int
    ended: int
    process: int
    thread: int
    name: str = ""
    offset: int = 0
    data: bytes = b""
    jobs: tuple = ()
    # Whether the call is known to have come to its end.
    is_certain: bool = True
    # The new name of what is renamed.
    to: str = ""


def text_of(encoded):
    return bytes.fromhex(encoded.replace("\\x", ""))


class Recording:
    """The actions of one record that concern the database at `db`, in `folder`.

    Names: `db`, `wal` and `journal` are files of the folder, `mark` is the one beside them that
    says that the log must be cut, `taken` is its name while a checkpoint is at that; `folder`,
    `state` and `above` are the folder, the one for locks and the one that holds the folder.
    """

    def __init__(self, path, db):
        self.folder = os.path.dirname(db)
        self.names = {db: "db", db + "-wal": "wal", db + "-journal": "journal",
                      db + ".d/secrets-deleted": "mark",
                      db + ".d/secrets-deleted.taken": "taken",
                      self.folder: "folder", db + ".d": "state",
                      os.path.dirname(self.folder): "above"}
        self.ignored = {db + "-shm"}
        self.actions, self.open, self.parents = [], {}, {}
        self.tails, self.heads, self.told = {}, {}, set()
        self.lines = self.bytes = 0
        with open(path, encoding="ascii") as file:
            for self.lines, line in enumerate(file, start=1):
                self.read(self.lines, line.rstrip("\n"))
        for thread, (begun, call, arguments) in self.open.items():
            self.note(thread, begun, None, call, arguments, None)
        self.actions.sort(key=lambda action: (action.time, action.begun))
        for action in self.actions:
            action.process = self.process_of(action.thread)

    def read(self, number, line):
        match = LINE.match(line)
        if not match:
            return
        thread, resumed, rest, call, arguments = match.groups()
        thread = int(thread)
        if resumed:
            begun, call, arguments = self.open.pop(thread)
            arguments += rest
        elif arguments.endswith(UNFINISHED):
            self.open[thread] = (number, call, arguments[:-len(UNFINISHED)])
            return
        else:
            begun = number
        results = RESULT.findall(arguments, arguments.rfind('"') + 1)
        result = None if not results or results[-1] == "?" else int(results[-1])
        self.note(thread, begun, number if result is not None else None, call, arguments, result)

    def process_of(self, thread):
        while thread in self.parents:
            thread = self.parents[thread]
        return thread

    def note(self, thread, begun, ended, call, arguments, result):
        """Takes one call; `ended` and `result` are None when the process was killed in it.

        What such a call wrote counts as written, for whoever comes next finds it or writes anew.
        """
        if call in ("clone", "clone3"):
            if "CLONE_THREAD" in arguments and result and result > 0:
                self.parents[result] = thread
            return
        if call == "io_uring_setup" or call in ("sync", "syncfs"):
            raise SystemExit(f"The record has {call}, which the replay does not know.")
        if result is not None and result < 0:
            return
        descriptor = DESCRIPTOR.match(arguments)
        path = text_of(descriptor.group(2)).decode(errors="replace") if descriptor else None
        common = {"begun": begun, "ended": begun if ended is None else ended, "thread": thread,
                  "process": thread, "is_certain": ended is not None}
        if path in self.ignored or (descriptor and descriptor.group(3)):
            return
        name = self.names.get(path)
        if name:
            if action := self.file_action(name, call, arguments, result, common):
                self.actions.append(action)
        elif call in ("write", "writev", "sendto", "sendmsg", "sendmmsg"):
            self.note_output(int(descriptor.group(1)), path, self.strings(arguments), common)
        elif call in ("openat", "open", "creat", "mkdir", "mkdirat", "unlink", "unlinkat", "rename",
                      "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat",
                      "truncate"):
            self.note_entry(call, arguments, common)

    def strings(self, arguments):
        parts = arguments.split('"')
        if any(part.startswith("...") for part in parts[2::2]):
            raise SystemExit("The record has strings that are cut off.")
        return text_of("".join(parts[1::2]))

    def file_action(self, name, call, arguments, result, common):
        issued = {"time": common["begun"], "name": name, **common}
        if call == "pwrite64":
            data = self.strings(arguments)
            offset = int(re.search(r'", \d+, (\d+)', arguments).group(1))
            self.bytes += len(data)
            return Action("write", offset=offset,
                          data=data if result is None else data[:result], **issued)
        if call == "ftruncate":
            return Action("cut", offset=int(re.search(r">, (\d+)", arguments).group(1)), **issued)
        if call in ("fsync", "fdatasync"):
            # Whoever was killed in it never heard that it worked.
            return None if result is None else Action(
                "sync", **{**issued, "time": common["ended"]})
        if call in ("openat", "unlinkat", "mkdirat"):
            raise SystemExit(f"The record has {call} relative to {name}.")
        raise SystemExit(f"The record has {call} on {name}, which the replay does not know.")

    def note_entry(self, call, arguments, common):
        paths = [text_of(part).decode(errors="replace") for part in arguments.split('"')[1::2]]
        if call == "rename" and [self.names.get(path) for path in paths] == ["mark", "taken"]:
            self.actions.append(Action("rename", time=common["begun"], name="mark", to="taken",
                                       **common))
            return
        for path in paths:
            name = self.names.get(path)
            if not name:
                continue
            issued = {"time": common["begun"], "name": name, **common}
            if call in ("openat", "open", "creat"):
                if "O_CREAT" in arguments:
                    self.actions.append(Action("make", **issued))
                if "O_TRUNC" in arguments or call == "creat":
                    raise SystemExit(f"The record has {call} that empties {name}.")
            elif call in ("mkdir", "mkdirat"):
                self.actions.append(Action("make", **issued))
            elif call == "unlink":
                self.actions.append(Action("remove", **issued))
            else:
                raise SystemExit(f"The record has {call} on {name}, which is not known.")

    def note_output(self, number, path, data, common):
        """Notes job ids on standard output, and the bodies of submissions on sockets."""
        issued = {"time": common["begun"], **common}
        if number == 1:
            text = self.tails.get(path, b"") + data
            jobs = tuple({match.decode() for match in JOB_ID.findall(text)} - self.told)
            self.tails[path] = text[-ID_BYTES_MAX:]
            if jobs:
                self.told.update(jobs)
                self.actions.append(Action("told", jobs=jobs, **issued))
        elif path.startswith("socket:"):
            head, separator, body = data.partition(b"\r\n\r\n")
            if head.startswith((b"POST ", b"GET ")) and separator:
                self.heads[path] = head.split(b" ")[1]
            else:
                body = data
            if body and self.heads.get(path) == b"/execute":
                match = EXECUTION.search(body)
                if not match:
                    raise SystemExit(f"A submission is not understood: {body[:200]}")
                self.actions.append(Action("sent", name=match.group(1).decode(), **issued))
