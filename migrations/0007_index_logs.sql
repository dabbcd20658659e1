-- Finds text in logs. The index holds no text, only which three letters occur in the logs of which
-- job: its rows are jobs, and whoever searches looks into the logs as well. It is filled after a job
-- has ended, in short steps, so that writing a log costs no more than a row of unindexed_job.

CREATE VIRTUAL TABLE log_index USING fts5 (
    text, content = '', columnsize = 0, detail = none, tokenize = 'trigram');

-- Segments are merged by the steps themselves, whose length is bounded.
INSERT INTO log_index (log_index, rank) VALUES ('automerge', 0);
INSERT INTO log_index (log_index, rank) VALUES ('crisismerge', 1000);

-- Jobs whose logs are not wholly in the index: how many pieces of their texts are, and whether these
-- are being taken out again. A job that was in the index before is added again from the beginning.
CREATE TABLE unindexed_job (
    job_id INTEGER PRIMARY KEY,
    pieces INTEGER NOT NULL DEFAULT 0 CHECK (pieces >= 0),
    leaves INTEGER NOT NULL DEFAULT 0 CHECK (leaves IN (0, 1)),
    was_indexed INTEGER NOT NULL DEFAULT 0 CHECK (was_indexed IN (0, 1))
) STRICT;

-- Texts that were replaced or deleted while they were in the index, until they are out of it.
CREATE TABLE stale_log (
    id INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL,
    -- How many pieces are left in the index, or NULL for all.
    pieces INTEGER CHECK (pieces > 0),
    command TEXT NOT NULL,
    stdout TEXT NOT NULL,
    stderr TEXT NOT NULL
) STRICT;

-- Logs of jobs below this one were written before there was an index and are still to be indexed.
CREATE TABLE log_index_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    below INTEGER NOT NULL,
    -- About how many pieces are in the index, and how many were taken out since all was merged.
    pieces INTEGER NOT NULL DEFAULT 0,
    removed INTEGER NOT NULL DEFAULT 0,
    -- Whether all is still to be merged, and whether that has begun.
    merging INTEGER NOT NULL DEFAULT 0 CHECK (merging IN (0, 1, 2)),
    -- How often all was merged. Each time adds levels to the index for good, of which SQLite 3.40.1
    -- allows 2,000.
    merges INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO log_index_state (id, below)
VALUES (1, coalesce((SELECT max(job_id) + 1 FROM log), 0));

CREATE TRIGGER log_is_new AFTER INSERT ON log
BEGIN
    INSERT INTO unindexed_job (job_id) VALUES (new.job_id) ON CONFLICT DO NOTHING;
END;

-- A log that grows is not in the index yet, so that its old text is not even read here.
CREATE TRIGGER log_is_replaced BEFORE UPDATE OF command, stdout, stderr ON log
WHEN old.job_id >= (SELECT below FROM log_index_state)
    AND NOT EXISTS (
        SELECT 1 FROM unindexed_job WHERE job_id = old.job_id AND pieces = 0 AND was_indexed = 0)
BEGIN
    INSERT INTO stale_log (job_id, command, stdout, stderr)
    SELECT job_id, command, stdout, stderr FROM log
    WHERE job_id = old.job_id AND attempt = old.attempt AND position = old.position
        AND (command <> new.command OR stdout <> new.stdout OR stderr <> new.stderr);
    -- What the old text and others have in common is added again with the whole job.
    INSERT INTO unindexed_job (job_id, was_indexed)
    SELECT old.job_id, 1 WHERE changes() > 0
    ON CONFLICT (job_id) DO UPDATE SET pieces = 0, was_indexed = 1;
END;

CREATE TRIGGER log_is_deleted BEFORE DELETE ON log
WHEN old.job_id >= (SELECT below FROM log_index_state)
    AND NOT EXISTS (
        SELECT 1 FROM unindexed_job WHERE job_id = old.job_id AND pieces = 0 AND was_indexed = 0)
BEGIN
    INSERT INTO stale_log (job_id, command, stdout, stderr)
    SELECT job_id, command, stdout, stderr FROM log
    WHERE job_id = old.job_id AND attempt = old.attempt AND position = old.position;
    INSERT INTO unindexed_job (job_id, was_indexed) VALUES (old.job_id, 1)
    ON CONFLICT (job_id) DO UPDATE SET pieces = 0, was_indexed = 1;
END;
