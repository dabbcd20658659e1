"""Where the power goes, and faults that are planted into a record.

A cut is the number of actions that came before it.
"""
import bisect

# The share of the images that falls on each kind of moment; the rest is spread evenly.
SHARES = {"founding": 0.05, "making": 0.05, "told": 0.2, "sent": 0.15, "sync": 0.05,
          "checkpoint": 0.2, "restart": 0.15, "erasing": 0.05, "erased": 0.05, "even": 0.05}
HEADER_BYTES = 32


def moments(actions):
    """The cuts of each kind."""
    told = [i for i, it in enumerate(actions) if it.kind == "told"]
    sent = [i for i, it in enumerate(actions) if it.kind == "sent"]
    syncs = [i for i, it in enumerate(actions) if it.kind == "sync"]
    moved, restarted = checkpoints(actions, told[0])
    logged = next(i for i, it in enumerate(actions) if it.kind == "write" and it.name == "wal")
    return {
        # Until there is a log, and from then on until the first id.
        "founding": list(range(1, logged + 1)), "making": list(range(logged + 1, told[0] + 2)),
        # Right after it left, and as long after as nobody has synced anything.
        "told": [*after(told, syncs)], "sent": [*after(sent, syncs)],
        # All that the sync is about has been written; nothing of it is certain.
        "sync": [i for i in syncs if i > told[0]],
        "checkpoint": moved, "restart": restarted,
        # From the mark that a secret is deleted until it is gone, and then until the next sync.
        "erasing": erasing(actions), "erased": erased(actions),
        "even": list(range(1, len(actions) + 1)),
    }


def after(indices, syncs):
    for index in indices:
        yield index + 1
        place = bisect.bisect(syncs, index)
        if place < len(syncs) and syncs[place] > index + 1:
            yield syncs[place]


def checkpoints(actions, start):
    """The cuts while pages are moved to the database, and those from then on until the log has a
    header again, or goes on without.
    """
    moved, restarted = [], []
    stage = None
    for index, action in enumerate(actions[start:], start=start):
        if action.name == "db" and action.kind in ("write", "cut"):
            stage = moved
        if stage is not None and action.kind != "told":
            stage.append(index)
        if action.name == "db" and action.kind == "sync":
            stage = restarted
        elif stage is restarted and action.name == "wal" and (
                action.kind == "sync" or action.kind == "write" and not is_header(action)):
            stage = None
    return moved, restarted


def erasing(actions):
    places, is_marked = [], False
    for index, action in enumerate(actions):
        if action.name in ("mark", "taken"):
            is_marked = action.kind != "remove"
        if is_marked:
            places.append(index)
    return places


def erased(actions):
    places, is_gone = [], False
    for index, action in enumerate(actions):
        if is_gone:
            places.append(index)
        if action.kind == "remove" and action.name == "taken":
            is_gone = True
        elif action.kind == "sync" and action.name == "wal":
            is_gone = False
    return places


def is_header(action):
    return action.kind == "write" and action.name == "wal" and action.offset == 0 \
        and len(action.data) == HEADER_BYTES


def without_commits(actions):
    """As with synchronous=NORMAL: the log is synced for its header and for a checkpoint only."""
    kept, before = [], {}
    for index, action in enumerate(actions):
        if action.kind == "sync" and action.name == "wal":
            last = before.get(action.thread)
            following = next((it for it in actions[index + 1:index + 200]
                              if it.thread == action.thread and it.name != "folder"), None)
            if not (last and is_header(last)) and not (following and following.name == "db"):
                continue
        before[action.thread] = action
        kept.append(action)
    return kept


def without_intents(actions):
    """The last sync of the log that a process made before it sent something is left out."""
    last, dropped = {}, set()
    for index, action in enumerate(actions):
        if action.kind == "sync" and action.name == "wal":
            last[action.process] = index
        elif action.kind == "sent" and action.process in last:
            dropped.add(last[action.process])
    return [it for index, it in enumerate(actions) if index not in dropped]


def without_log(actions):
    """As with synchronous=OFF for the log: a checkpoint moves pages that it does not have."""
    return [it for it in actions if not (it.kind == "sync" and it.name == "wal")]


def without_folder(actions):
    return [it for it in actions if not (it.kind == "sync" and it.name == "folder")]


def without_marks(actions):
    """The mark is made, but nothing says that it is on disk."""
    return [it for it in actions if not (it.kind == "sync" and it.name in ("mark", "state"))]


def without_cuts(actions):
    """The log is cut, but the mark is taken away before that is on disk."""
    last, dropped = {}, set()
    for index, action in enumerate(actions):
        if action.kind == "sync" and action.name == "wal":
            last[action.thread] = index
        elif action.kind == "remove" and action.name == "taken" and action.thread in last:
            dropped.add(last[action.thread])
    return [it for index, it in enumerate(actions) if index not in dropped]


def without_above(actions):
    return [it for it in actions if not (it.kind == "sync" and it.name == "above")]


# For each planted fault: what it leaves out, at which moments, and what must be found then.
PLANTED = {
    "the syncs of commits": (without_commits, "told", "lost"),
    "the sync of each intent": (without_intents, "sent", "sent without an intent"),
    "all syncs of the log": (without_log, "checkpoint", "unsound"),
    "the syncs of the folder": (without_folder, "told", "lost"),
    "the syncs of the mark": (without_marks, "erasing", "secret left"),
    "the syncs of the cut log": (without_cuts, "erased", "secret left"),
}
