-- What the servers of one database share about their clients.

-- Seals what a client carries between two calls.
CREATE TABLE seal_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key BLOB NOT NULL CHECK (length(key) = 32),
    created_at INTEGER NOT NULL
) STRICT;

-- What was used once and must not be used again before it expires by itself.
CREATE TABLE spent_nonce (
    nonce TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_nonce_expiry ON spent_nonce (expires_at);

-- The client cancelled its view of the job; the job itself tells the truth.
ALTER TABLE job ADD COLUMN outcome_hidden_at INTEGER;

CREATE INDEX job_principal ON job (principal, id);

-- Who may use the server over HTTP; a token is stored as its SHA-256 in hexadecimal.
CREATE TABLE access_token (
    name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
    scopes TEXT NOT NULL CHECK (json_valid(scopes)),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
