-- A list of one caller's jobs of one status must not walk the jobs of others, nor all of his own.
DROP INDEX job_principal;
CREATE INDEX job_principal_status ON job (principal, status, id);
