"""The legal paths of a job, written down from the state machine as a table of their own.

A row says: in one of these states this reason leads to one of those states, and the number of the
attempt changes by so much. What is not in the table must not be in an event log.
"""

CLAIMED, SENDING, RECONCILING = "starting/claimed", "starting/sending", "starting/reconciling"
QUEUED, HELD, BACKOFF = "pending/queued", "pending/held", "pending/backoff"
THROTTLED, SCHEDULED, BLOCKED = "pending/throttled", "pending/scheduled", "pending/blocked"
ACCEPTED, IN_PROGRESS, CANCELLING = "running/accepted", "running/in_progress", "running/cancelling"
UNREACHABLE, VERIFYING = "running/unreachable", "running/verifying"
SUCCESS, REMOTE_FAILED, UNKNOWN = "success", "failed/remote_failed", "failed/outcome_unknown"
REJECTED, EXPIRED, EXHAUSTED = "failed/rejected", "failed/expired", "failed/exhausted"
INTERRUPTED, DEADLINE = "failed/remote_interrupted", "failed/deadline"
BEFORE_SEND, REMOTE_CANCELLED = "cancelled/before_send", "cancelled/remote_cancelled"

PENDING = {QUEUED, HELD, BACKOFF, THROTTLED, SCHEDULED, BLOCKED}
STARTING = {CLAIMED, SENDING, RECONCILING}
# Followed in Komodo; one that is verified is over there.
FOLLOWED = {ACCEPTED, IN_PROGRESS, CANCELLING, UNREACHABLE}
RUNNING = FOLLOWED | {VERIFYING}
SAME = None

TABLE = [
    # (from, reason, to, change of the attempt); SAME is the state before.
    ({QUEUED}, "claimed", {CLAIMED}, 1),
    ({QUEUED}, "lane_busy", {HELD}, 0),
    ({HELD}, "lane_free", {QUEUED}, 0),
    (PENDING, "cancel_requested", {BEFORE_SEND, REMOTE_FAILED}, 0),
    (PENDING - {HELD, BLOCKED}, "start_window_closed", {EXPIRED, REMOTE_FAILED}, 0),

    ({CLAIMED}, "released", {QUEUED}, -1),
    ({CLAIMED}, "owner_lost", {QUEUED}, -1),
    ({CLAIMED}, "lane_busy", {HELD}, -1),
    ({CLAIMED}, "budget_exhausted", {THROTTLED}, -1),
    ({CLAIMED}, "intent_recorded", {SENDING}, 0),
    ({CLAIMED}, "target_unresolved", {BACKOFF}, -1),
    ({CLAIMED}, "target_refused", {REJECTED, REMOTE_FAILED}, -1),
    ({CLAIMED}, "evidence_unreadable", {UNKNOWN}, -1),
    ({CLAIMED}, "evidence_found", {ACCEPTED}, -1),
    ({CLAIMED}, "evidence_ambiguous", {UNKNOWN}, -1),
    ({CLAIMED}, "rejected", {REJECTED, REMOTE_FAILED}, -1),
    ({CLAIMED, SENDING}, "cancel_requested", {BEFORE_SEND, REMOTE_FAILED}, -1),
    ({CLAIMED, SENDING}, "undelivered", {BACKOFF}, -1),
    ({CLAIMED, SENDING}, "unavailable", {BACKOFF}, -1),
    ({CLAIMED, SENDING}, "throttled", {THROTTLED}, -1),
    ({CLAIMED, SENDING}, "key_refused", {HELD}, -1),
    ({CLAIMED, SENDING}, "busy", {HELD}, -1),
    ({CLAIMED, SENDING}, "withheld", {QUEUED}, -1),
    ({CLAIMED, SENDING}, "busy_in_doubt", {UNKNOWN}, -1),

    ({SENDING}, "accepted", {ACCEPTED}, 0),
    ({SENDING}, "rejected", {REJECTED, REMOTE_FAILED}, 0),
    ({SENDING}, "answer_lost", {RECONCILING}, 0),
    ({SENDING, RECONCILING}, "owner_lost", {RECONCILING}, 0),
    ({SENDING, RECONCILING}, "cancel_requested", {SAME}, 0),

    ({RECONCILING}, "evidence_found", {ACCEPTED}, 0),
    ({RECONCILING}, "evidence_ambiguous", {UNKNOWN}, 0),
    ({RECONCILING}, "evidence_absent", {UNKNOWN}, 0),
    ({RECONCILING}, "evidence_unreadable", {UNKNOWN}, 0),
    ({RECONCILING}, "never_started", {QUEUED}, 0),
    ({RECONCILING}, "cancel_requested", {BEFORE_SEND, REMOTE_FAILED}, 0),
    (STARTING, "update_contested", {UNKNOWN}, 0),

    ({ACCEPTED, UNREACHABLE}, "progressed", {IN_PROGRESS}, 0),
    ({ACCEPTED, IN_PROGRESS}, "unreachable", {UNREACHABLE}, 0),
    ({ACCEPTED, IN_PROGRESS, UNREACHABLE}, "cancel_delivered", {CANCELLING}, 0),
    (FOLLOWED | {SENDING}, "succeeded", {SUCCESS, VERIFYING}, 0),
    (FOLLOWED | {SENDING}, "remote_failed", {REMOTE_FAILED, BACKOFF}, 0),
    (FOLLOWED | {SENDING}, "remote_interrupted", {INTERRUPTED}, 0),
    (FOLLOWED | {SENDING}, "no_trace", {UNKNOWN}, 0),
    (FOLLOWED | {SENDING}, "remote_cancelled", {REMOTE_CANCELLED}, 0),
    (FOLLOWED | {SENDING}, "busy", {BACKOFF}, 0),
    (FOLLOWED | {SENDING}, "not_started", {BACKOFF}, 0),
    (FOLLOWED | {SENDING}, "exhausted", {EXHAUSTED, REMOTE_FAILED}, 0),
    (FOLLOWED | {SENDING}, "cancel_requested", {BEFORE_SEND, REMOTE_FAILED}, 0),
    (FOLLOWED | {SENDING}, "busy_in_doubt", {UNKNOWN}, 0),
    (FOLLOWED, "unreadable", {REMOTE_FAILED}, 0),
    (FOLLOWED, "cancel_requested", {SAME}, 0),
    # One whose deadline has passed is followed to its end, too.
    (FOLLOWED | {DEADLINE}, "update_found", {SAME}, 0),
    ({VERIFYING}, "healthy", {SUCCESS}, 0),
    ({VERIFYING}, "unhealthy", {REMOTE_FAILED}, 0),
    ({VERIFYING}, "verification_cancelled", {SUCCESS}, 0),
    (RUNNING, "deadline_passed", {DEADLINE}, 0),
    (RUNNING, "cancel_sent", {SAME}, 0),
    (RUNNING, "cancel_unsupported", {SAME}, 0),
    (RUNNING, "cancel_refused", {SAME}, 0),
    (RUNNING, "cancel_undelivered", {SAME}, 0),
    (RUNNING, "cancel_unanswered", {SAME}, 0),
    (RUNNING | {DEADLINE}, "duplicate_detected", {SAME}, 0),
    (RUNNING | {DEADLINE}, "duplicate_unchecked", {SAME}, 0),
    ({UNKNOWN}, "resolved_as_failed", {SAME}, 0),
]
LATE_WORDS = ["succeeded", "failed", "busy", "not_started", "cancelled", "interrupted", "unknown",
              "unreadable"]
TABLE += [({DEADLINE}, "late_outcome_" + word, {SAME}, 0) for word in LATE_WORDS]

FIRST = {("enqueued", QUEUED), ("enqueued", HELD), ("enqueued", SCHEDULED)}
# A job in one of these becomes due when its moment comes, of which no event tells; one that is
# held has a moment only when Komodo, and not a lane, made it wait.
WAITING = {SCHEDULED, THROTTLED, BACKOFF}
HELD_FOR_A_WHILE = {"busy", "key_refused"}
# How often a run that failed may be repeated.
REPEATS_MAX = 3

BY_REASON = {}
for before, reason, after, change in TABLE:
    BY_REASON.setdefault(reason, []).append((before, after, change))


def state(status, phase):
    return f"{status}/{phase}" if phase else status


def is_terminal(name):
    return name.split("/")[0] in ("success", "failed", "cancelled")


def illegal_step(events, repeats_failure):
    """What is wrong with an event log; None when it is a legal path.

    `events` are (reason, state, attempt), oldest first.
    """
    if not events:
        return "it has no events"
    reason, current, attempt = events[0]
    if (reason, current) not in FIRST or attempt != 0:
        return f"it begins with {reason} in {current}, attempt {attempt}"
    repeats, last = 0, reason
    for reason, following, number in events[1:]:
        sources = {current}
        if current in WAITING or (current == HELD and last in HELD_FOR_A_WHILE):
            sources.add(QUEUED)
        if not any(following in after or (SAME in after and following in sources & before)
                   for before, after, change in BY_REASON.get(reason, [])
                   if sources & before and number - attempt == change):
            return (f"{reason} leads from {current}, attempt {attempt}, to {following}, "
                    f"attempt {number}")
        if reason == "remote_failed" and following == BACKOFF:
            repeats += 1
            if not repeats_failure or repeats > REPEATS_MAX:
                return f"run {repeats} failed and was repeated"
        current, attempt, last = following, number, reason
    return None
