-- From when on the body of the last request can have left no more, in milliseconds on the clock
-- since that boot, and how long its sender waits for the answer: no correction of the wall clock
-- disturbs them, as it did the deadline in their place.
ALTER TABLE job DROP COLUMN request_deadline_at;
ALTER TABLE job ADD COLUMN leaves_by INTEGER;
ALTER TABLE job ADD COLUMN leaves_by_boot TEXT;
ALTER TABLE job ADD COLUMN request_timeout INTEGER;

-- By Komodo's clock from now on.
UPDATE job SET doubted_sent_at = doubted_sent_at + coalesce(clock_offset, 0)
WHERE doubted_sent_at IS NOT NULL;

-- The run of such a job, if there is one, must not be taken for that of the next job of its lane.
CREATE INDEX job_lane_unknown ON job (lane, finished_at) WHERE phase = 'outcome_unknown';
