-- Finished jobs may be removed with their history, and in no other way: whoever removes a job names
-- it here first, in the same transaction.
CREATE TABLE pruned_job (
    job_id INTEGER PRIMARY KEY
) STRICT;

CREATE TRIGGER only_finished_jobs_are_pruned BEFORE INSERT ON pruned_job
WHEN NOT EXISTS (SELECT 1 FROM job
    WHERE id = new.job_id AND finished_at IS NOT NULL AND holds_lane = 0)
BEGIN
    SELECT raise(ABORT, 'only finished jobs are pruned');
END;

DROP TRIGGER event_is_kept;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event
WHEN NOT EXISTS (SELECT 1 FROM pruned_job WHERE job_id = old.job_id)
BEGIN
    SELECT raise(ABORT, 'events are append-only');
END;

CREATE TRIGGER job_is_kept BEFORE DELETE ON job
WHEN NOT EXISTS (SELECT 1 FROM pruned_job WHERE job_id = old.id)
BEGIN
    SELECT raise(ABORT, 'jobs are removed by pruning only');
END;

-- What a job owned stays owned when the job is gone: Komodo never forgets its updates, and none of
-- them may be taken for the run of a later job.
CREATE TABLE adoption_for_good (
    instance TEXT NOT NULL,
    update_id TEXT NOT NULL,
    job_id INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    PRIMARY KEY (instance, update_id)
) STRICT, WITHOUT ROWID;
INSERT INTO adoption_for_good (instance, update_id, job_id, attempt)
    SELECT instance, update_id, job_id, attempt FROM adoption;
DROP TABLE adoption;
ALTER TABLE adoption_for_good RENAME TO adoption;

-- Keys outlive their jobs by a month, counted from here.
ALTER TABLE idempotency ADD COLUMN pruned_at INTEGER;
CREATE INDEX idempotency_pruned ON idempotency (pruned_at) WHERE pruned_at IS NOT NULL;
