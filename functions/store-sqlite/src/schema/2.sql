-- A record has a stage and a version, and can be erased: its content lies apart from what the queue reads.
-- Erased records keep reference, form and audit lines.

CREATE TABLE record (
    reference            TEXT PRIMARY KEY,
    form                 TEXT NOT NULL,
    fingerprint          TEXT NOT NULL,
    language             TEXT NOT NULL,
    received_at          INTEGER NOT NULL,
    retention            TEXT NOT NULL,
    facets               TEXT NOT NULL,
    stage                TEXT NOT NULL,
    stage_since          INTEGER NOT NULL,
    version              INTEGER NOT NULL,
    changed_at           INTEGER NOT NULL,
    promised             TEXT,
    notice               BLOB,
    contact_key_id       TEXT,
    contact_hash         TEXT,
    contact_sealed       BLOB,
    contact_confirmed_at INTEGER,
    renewal_due_at       INTEGER,
    -- Of the payload as it arrived; nothing for records of version 1, whose payload is never replaced.
    payload_sha256       TEXT,
    doubts               TEXT NOT NULL,
    -- Where its rows in check_key and answers are.
    check_key_id         TEXT NOT NULL,
    check_key_hash       TEXT NOT NULL,
    answers_key_id       TEXT NOT NULL,
    answers_hash         TEXT NOT NULL,
    -- The id of the key, in the other file, that its bytes here are encrypted with.
    record_key           TEXT NOT NULL,
    audit_lines          INTEGER NOT NULL,
    audit_head           TEXT NOT NULL,
    erased_at            INTEGER
) STRICT;

CREATE INDEX record_queue ON record (received_at, reference) WHERE erased_at IS NULL;
CREATE INDEX record_contact ON record (contact_hash) WHERE contact_hash IS NOT NULL;
CREATE INDEX record_renewal ON record (renewal_due_at) WHERE renewal_due_at IS NOT NULL;

CREATE TABLE content (
    reference TEXT PRIMARY KEY REFERENCES record,
    payload   BLOB NOT NULL
) STRICT;

CREATE TABLE addition (
    number    INTEGER PRIMARY KEY,
    reference TEXT NOT NULL REFERENCES record,
    kind      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    sealed    BLOB NOT NULL
) STRICT;

CREATE INDEX addition_record ON addition (reference);

CREATE TABLE parcel (
    key_id     TEXT NOT NULL,
    hash       TEXT NOT NULL,
    reference  TEXT NOT NULL REFERENCES record,
    expires_at INTEGER NOT NULL,
    sealed     BLOB NOT NULL,
    PRIMARY KEY (key_id, hash)
) STRICT;

CREATE INDEX parcel_record ON parcel (reference);
CREATE INDEX parcel_expired ON parcel (expires_at);

-- Without a reference, a file waits for the confirmation of its form. Its content is a row of its own, so that
-- the confirmation does not write it again.
CREATE TABLE file (
    id           TEXT PRIMARY KEY,
    batch_key_id TEXT NOT NULL,
    batch_hash   TEXT NOT NULL,
    form         TEXT NOT NULL,
    reference    TEXT REFERENCES record,
    file_key     TEXT NOT NULL,
    field        TEXT NOT NULL,
    kind         TEXT NOT NULL,
    size_bytes   INTEGER NOT NULL,
    digest       TEXT NOT NULL,
    staged_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX file_batch ON file (batch_hash) WHERE reference IS NULL;
CREATE INDEX file_record ON file (reference) WHERE reference IS NOT NULL;

CREATE TABLE file_content (
    id     TEXT PRIMARY KEY REFERENCES file,
    sealed BLOB NOT NULL
) STRICT;

-- One-time tokens that were used up, until nobody could use them anyway.
CREATE TABLE used_token (
    key_id       TEXT NOT NULL,
    hash         TEXT NOT NULL,
    useless_from INTEGER NOT NULL,
    PRIMARY KEY (key_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE throttle (
    key_id     TEXT NOT NULL,
    hash       TEXT NOT NULL,
    window_end INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    PRIMARY KEY (key_id, hash, window_end)
) STRICT, WITHOUT ROWID;

-- What a restored backup has to erase again.
CREATE TABLE erasure (
    number    INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    at        INTEGER NOT NULL
) STRICT;

-- Keys that are to be deleted in the other file, with the record that was erased, if one was.
CREATE TABLE worthless_key (
    id        TEXT PRIMARY KEY,
    reference TEXT,
    at        INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
    number INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    chains INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    hash   TEXT NOT NULL
) STRICT;

-- Lines of the first version have no key (their hash is no keyed one); the program signs them anew in the same
-- transaction, and encrypts their records.
CREATE TABLE audit_line (
    reference TEXT NOT NULL REFERENCES record,
    sequence  INTEGER NOT NULL,
    event     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    previous  TEXT NOT NULL,
    key_id    TEXT NOT NULL,
    hash      TEXT NOT NULL,
    PRIMARY KEY (reference, sequence)
) STRICT, WITHOUT ROWID;

-- A delivered message keeps its id and loses its bytes. It is waiting while it was neither delivered nor given up.
CREATE TABLE message (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    reference       TEXT NOT NULL REFERENCES record,
    -- Empty for letters about an erasure: they outlive the record and its key.
    record_key      TEXT NOT NULL,
    sealed          BLOB,
    attempt         INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    delivered_at    INTEGER,
    given_up_at     INTEGER,
    bounced_at      INTEGER,
    reason          TEXT
) STRICT;

CREATE INDEX message_due ON message (next_attempt_at) WHERE delivered_at IS NULL AND given_up_at IS NULL;
CREATE INDEX message_record ON message (reference);
CREATE INDEX message_failed ON message (coalesce(bounced_at, given_up_at))
    WHERE given_up_at IS NOT NULL OR bounced_at IS NOT NULL;

INSERT INTO record
SELECT submission.reference, submission.form, fingerprint, language, received_at,
       CASE submission.form WHEN 'registracija' THEN 'registar-dijaspore'
                            WHEN 'zahtjev-za-ispravu' THEN 'zahtjevi-za-isprave'
                            ELSE submission.form END,
       facets, 'received', received_at, 1, received_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '[]',
       check_key.key_id, check_key.hash, answers_key_id, answers_hash, '',
       (SELECT count(*) FROM audit WHERE audit.reference = submission.reference), audit_head, NULL
FROM submission JOIN check_key ON check_key.reference = submission.reference;

INSERT INTO content SELECT reference, payload FROM submission;

INSERT INTO audit_line SELECT reference, sequence, event, at, previous, '', hash FROM audit;

INSERT INTO message (id, reference, record_key, sealed, attempt, next_attempt_at, delivered_at)
SELECT id, reference, '', sealed, attempt, next_attempt_at, delivered_at FROM outbox ORDER BY rowid;

DROP TABLE outbox;
DROP TABLE audit;
DROP TABLE submission;
