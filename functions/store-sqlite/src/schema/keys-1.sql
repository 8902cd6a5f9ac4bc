-- One secret for each record and each file. Made before what it encrypts; deleted when that is erased, so that
-- older copies of the database are useless without it.
CREATE TABLE key (
    id     TEXT PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What was erased, for a database that is older than these keys.
CREATE TABLE erased (
    reference TEXT PRIMARY KEY,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
