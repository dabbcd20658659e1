-- A worker that ends takes no more jobs, though it lives on until its submissions are over.
ALTER TABLE worker ADD COLUMN draining INTEGER NOT NULL DEFAULT 0 CHECK (draining IN (0, 1));

-- Ordered by key first: when a lane becomes free, the first waiter of each key is woken, for the
-- next one in order may belong to a key that nobody works for.
DROP INDEX job_lane_waiters;
CREATE INDEX job_lane_waiters ON job (lane, key_fingerprint, priority DESC, id)
    WHERE phase = 'held' AND wake_at IS NULL;
