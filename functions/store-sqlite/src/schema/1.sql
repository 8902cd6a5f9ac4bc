-- Times are whole nanoseconds since 1970-01-01T00:00Z. Nothing here is readable personal data: payloads and
-- messages are sealed, check keys and answers are keyed hashes.

CREATE TABLE submission (
    reference   TEXT PRIMARY KEY,
    form        TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    language    TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    payload     BLOB NOT NULL,
    facets      TEXT NOT NULL,
    audit_head  TEXT NOT NULL
) STRICT;

-- For ever, also when the submission is erased: a key is confirmed at most once. Hence no foreign key.
CREATE TABLE check_key (
    key_id         TEXT NOT NULL,
    hash           TEXT NOT NULL,
    reference      TEXT NOT NULL,
    form           TEXT NOT NULL,
    answers_key_id TEXT NOT NULL,
    answers_hash   TEXT NOT NULL,
    PRIMARY KEY (key_id, hash)
) STRICT, WITHOUT ROWID;

-- The newest submission of equal answers to a form, to tell a double.
CREATE TABLE answers (
    form        TEXT NOT NULL,
    key_id      TEXT NOT NULL,
    hash        TEXT NOT NULL,
    reference   TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (form, key_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    reference TEXT NOT NULL REFERENCES submission,
    sequence  INTEGER NOT NULL,
    event     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    previous  TEXT NOT NULL,
    hash      TEXT NOT NULL,
    PRIMARY KEY (reference, sequence)
) STRICT, WITHOUT ROWID;

-- A delivered message keeps its id and loses its bytes.
CREATE TABLE outbox (
    id              TEXT PRIMARY KEY,
    reference       TEXT NOT NULL REFERENCES submission,
    sealed          BLOB,
    attempt         INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    delivered_at    INTEGER
) STRICT;

CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE delivered_at IS NULL;

-- Accepted submissions of a form on a UTC day (YYYY-MM-DD).
CREATE TABLE counter (
    form     TEXT NOT NULL,
    day      TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    PRIMARY KEY (form, day)
) STRICT, WITHOUT ROWID;
