-- Counts over a long history, and durations, without reading the jobs: a row for each job, written
-- once when it ends.
CREATE INDEX job_ended ON job (operation, status, phase, created_at)
    WHERE finished_at IS NOT NULL;

-- A rare reason among many failures must not cost a walk through them all.
CREATE INDEX job_end_phase ON job (phase, id) WHERE finished_at IS NOT NULL AND phase IS NOT NULL;
