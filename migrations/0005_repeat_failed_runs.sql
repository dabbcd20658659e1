-- The caller wants a run that failed in Komodo to be tried again.
ALTER TABLE job ADD COLUMN retries_failure INTEGER NOT NULL DEFAULT 0
    CHECK (retries_failure IN (0, 1));
