-- Durable jobs. Times are milliseconds since 1970, durations milliseconds.

CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL UNIQUE CHECK (length(token) = 26),
    operation TEXT NOT NULL,
    status TEXT NOT NULL,
    phase TEXT,
    priority INTEGER NOT NULL DEFAULT 0,

    instance TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    principal TEXT NOT NULL,
    client_name TEXT NOT NULL,
    client_version TEXT NOT NULL,
    trace_context TEXT,

    target_type TEXT NOT NULL,
    target_name TEXT NOT NULL,
    target_id TEXT,
    arguments TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(arguments)),
    waits_for_health INTEGER NOT NULL DEFAULT 0 CHECK (waits_for_health IN (0, 1)),
    identity BLOB NOT NULL,
    idempotency_key TEXT,
    retry_of TEXT,

    lane TEXT,
    holds_lane INTEGER NOT NULL DEFAULT 0 CHECK (holds_lane IN (0, 1)),

    created_at INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    start_within INTEGER NOT NULL CHECK (start_within > 0),
    deadline INTEGER CHECK (deadline > 0),

    wake_at INTEGER,
    expires_at INTEGER NOT NULL,
    paused_at INTEGER,
    deadline_at INTEGER,
    started_at INTEGER,
    finished_at INTEGER,

    attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    cancel_requested_at INTEGER,
    cancel_sent_at INTEGER,

    sent_at INTEGER,
    watermark INTEGER,
    sender_operator TEXT,
    clock_offset INTEGER,
    request_deadline_at INTEGER,
    owner_lost_at INTEGER,
    -- When the first attempt left that later counted as never started.
    doubted_sent_at INTEGER,

    accepted_at INTEGER,
    remote_kind TEXT CHECK (remote_kind IN ('update', 'state')),
    remote_id TEXT,
    lease_owner TEXT,
    lease_number INTEGER NOT NULL DEFAULT 0,

    error_code TEXT,
    error_message TEXT,
    candidates TEXT CHECK (candidates IS NULL OR json_valid(candidates)),
    version TEXT,
    commit_hash TEXT,
    -- Somebody reads the log as it grows, at least until then.
    logs_watched_until INTEGER,
    late_outcome TEXT,
    duplicate_update TEXT,

    CONSTRAINT legal_state CHECK (CASE status
        WHEN 'pending' THEN coalesce(phase IN
            ('scheduled', 'queued', 'blocked', 'throttled', 'held', 'backoff'), 0)
        WHEN 'starting' THEN coalesce(phase IN ('claimed', 'sending', 'reconciling'), 0)
        WHEN 'running' THEN coalesce(phase IN
            ('accepted', 'in_progress', 'verifying', 'cancelling', 'unreachable'), 0)
        WHEN 'success' THEN phase IS NULL
        WHEN 'failed' THEN coalesce(phase IN
            ('rejected', 'expired', 'remote_failed', 'remote_interrupted', 'deadline',
             'exhausted', 'outcome_unknown', 'compensation_failed'), 0)
        WHEN 'cancelled' THEN coalesce(phase IN
            ('before_send', 'remote_cancelled', 'dependency', 'plan'), 0)
        ELSE 0 END),
    CONSTRAINT finished_iff_terminal CHECK (
        (finished_at IS NOT NULL) = (status IN ('success', 'failed', 'cancelled'))),
    CONSTRAINT remote_when_accepted CHECK (CASE status
        WHEN 'pending' THEN remote_kind IS NULL
        WHEN 'starting' THEN remote_kind IS NULL
        WHEN 'running' THEN remote_kind IS NOT NULL
        WHEN 'success' THEN remote_kind IS NOT NULL
        ELSE 1 END),
    CONSTRAINT remote_id_by_kind CHECK (CASE
        WHEN remote_kind IS NULL THEN remote_id IS NULL
        WHEN remote_kind = 'update' THEN remote_id IS NOT NULL
        ELSE 1 END),
    CONSTRAINT leased_when_sending CHECK (
        phase IS NULL OR phase NOT IN ('claimed', 'sending') OR lease_owner IS NOT NULL),
    CONSTRAINT target_known_when_sending CHECK (
        phase IS NULL OR phase NOT IN ('sending', 'reconciling') OR target_id IS NOT NULL),
    CONSTRAINT unleased_when_pending CHECK (status <> 'pending' OR lease_owner IS NULL),
    CONSTRAINT lane_held_has_lane CHECK (holds_lane = 0 OR lane IS NOT NULL),
    CONSTRAINT lane_held_when_sending CHECK (
        phase IS NULL OR phase NOT IN ('sending', 'reconciling') OR holds_lane = 1),
    CONSTRAINT lane_released_at_end CHECK (
        status NOT IN ('success', 'cancelled') OR holds_lane = 0),
    CONSTRAINT only_overdue_keeps_lane CHECK (
        status <> 'failed' OR phase = 'deadline' OR holds_lane = 0),
    CONSTRAINT waiting_has_moment CHECK (
        phase IS NULL OR phase NOT IN ('scheduled', 'throttled', 'backoff') OR wake_at IS NOT NULL)
) STRICT;

-- One job of a lane is under way at a time.
CREATE UNIQUE INDEX job_lane_holder ON job (lane) WHERE holds_lane = 1;
-- Two jobs never follow the same update.
CREATE UNIQUE INDEX job_remote ON job (instance, remote_id) WHERE remote_id IS NOT NULL;
CREATE INDEX job_ready ON job (instance, priority DESC, id) WHERE phase = 'queued';
CREATE INDEX job_wake ON job (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX job_expiry ON job (expires_at) WHERE status = 'pending' AND paused_at IS NULL;
CREATE INDEX job_lane_waiters ON job (lane, priority DESC, id) WHERE phase = 'held';
CREATE INDEX job_lease ON job (lease_owner) WHERE lease_owner IS NOT NULL;
CREATE INDEX job_cancel ON job (lease_owner)
    WHERE cancel_requested_at IS NOT NULL AND cancel_sent_at IS NULL AND finished_at IS NULL;
CREATE INDEX job_orphan ON job (instance)
    WHERE lease_owner IS NULL AND status IN ('starting', 'running');
CREATE INDEX job_overdue ON job (instance) WHERE holds_lane = 1 AND status = 'failed';
CREATE INDEX job_unfinished_identity ON job (identity)
    WHERE status IN ('pending', 'starting', 'running');
CREATE INDEX job_unfinished ON job (instance, key_fingerprint) WHERE finished_at IS NULL;
CREATE INDEX job_status ON job (status, id);
CREATE INDEX job_operation ON job (operation, id);
CREATE INDEX job_target ON job (target_name, id);
CREATE INDEX job_unresolved ON job (instance, target_type, target_name)
    WHERE target_id IS NULL AND status IN ('pending', 'starting');
CREATE INDEX job_created ON job (created_at);
CREATE INDEX job_retry ON job (retry_of) WHERE retry_of IS NOT NULL;

-- Every update that a job ever owned, so that no later search adopts it again.
CREATE TABLE adoption (
    instance TEXT NOT NULL,
    update_id TEXT NOT NULL,
    job_id INTEGER NOT NULL REFERENCES job (id),
    attempt INTEGER NOT NULL,
    PRIMARY KEY (instance, update_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id INTEGER NOT NULL REFERENCES job (id),
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    phase TEXT,
    attempt INTEGER NOT NULL,
    worker TEXT,
    detail TEXT CHECK (detail IS NULL OR json_valid(detail))
) STRICT;

CREATE INDEX event_job ON event (job_id, id);

CREATE TRIGGER event_is_append_only BEFORE UPDATE ON event
BEGIN
    SELECT raise(ABORT, 'events are append-only');
END;

CREATE TRIGGER event_is_kept BEFORE DELETE ON event
BEGIN
    SELECT raise(ABORT, 'events are append-only');
END;

CREATE TRIGGER terminal_status_is_final BEFORE UPDATE OF status, phase ON job
WHEN old.finished_at IS NOT NULL AND (new.status <> old.status OR new.phase IS NOT old.phase)
BEGIN
    SELECT raise(ABORT, 'a finished job never changes its status');
END;

CREATE TABLE log (
    job_id INTEGER NOT NULL REFERENCES job (id),
    attempt INTEGER NOT NULL,
    position INTEGER NOT NULL,
    stage TEXT NOT NULL,
    command TEXT NOT NULL,
    stdout TEXT NOT NULL,
    stderr TEXT NOT NULL,
    stdout_size INTEGER NOT NULL,
    stderr_size INTEGER NOT NULL,
    success INTEGER NOT NULL CHECK (success IN (0, 1)),
    started_at INTEGER,
    ended_at INTEGER,
    UNIQUE (job_id, attempt, position)
) STRICT;

-- Argument values that must not be read back; emptied when the job ends.
CREATE TABLE secret_argument (
    job_id INTEGER NOT NULL REFERENCES job (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL CHECK (json_valid(value)),
    PRIMARY KEY (job_id, name)
) STRICT, WITHOUT ROWID;

-- Keys outlive their jobs.
CREATE TABLE idempotency (
    principal TEXT NOT NULL,
    instance TEXT NOT NULL,
    key TEXT NOT NULL,
    identity BLOB NOT NULL,
    token TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (principal, instance, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE budget (
    instance TEXT PRIMARY KEY,
    boot_id TEXT NOT NULL,
    shared REAL NOT NULL,
    polls REAL NOT NULL,
    reads REAL NOT NULL,
    counted_at INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL,
    submission_waited_at INTEGER,
    spent_submissions INTEGER NOT NULL DEFAULT 0,
    spent_polls INTEGER NOT NULL DEFAULT 0,
    spent_reads INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Who a key is at its instance, and whether it was refused.
CREATE TABLE credential (
    instance TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    operator_id TEXT,
    username TEXT,
    version TEXT,
    clock_offset INTEGER,
    seen_at INTEGER,
    refused_until INTEGER,
    refused_message TEXT,
    PRIMARY KEY (instance, key_fingerprint)
) STRICT, WITHOUT ROWID;

-- The newest update seen for an operation on a target.
CREATE TABLE watermark (
    instance TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    PRIMARY KEY (instance, target_type, target_id, operation)
) STRICT, WITHOUT ROWID;

CREATE TABLE worker (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('daemon', 'embedded', 'on_demand')),
    instance TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    serves_all_keys INTEGER NOT NULL CHECK (serves_all_keys IN (0, 1)),
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    -- On the clock since boot, which never jumps.
    boot_id TEXT NOT NULL,
    heartbeat INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
