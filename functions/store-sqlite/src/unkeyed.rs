//! Audit lines of the first version: their plain SHA-256 proved nothing against somebody who can write the file.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{Transaction, params};
use sealing::HashKey;
use sha2::{Digest, Sha256};
use store::{AuditEntry, Reference};

use crate::sql::{moment, reference as reference_of};

const PURPOSE: &str = "zavicaj audit line 1";

struct Line {
    reference: Reference,
    sequence: i64,
    event: String,
    at: Timestamp,
    previous: String,
    hash: String,
    head: String,
}

/// Gives each chain of the first version keyed hashes. A line that does not hold keeps its old hash, and the
/// chain is found broken from then on.
///
/// That version wrote one line for each record and never another.
pub(crate) fn sign(transaction: &Transaction<'_>, key: &HashKey) -> Result<(), rusqlite::Error> {
    let mut statement = transaction.prepare(
        "SELECT reference, sequence, event, at, previous, hash, audit_head
         FROM audit_line JOIN record USING (reference) WHERE audit_line.key_id = ''",
    )?;
    let lines = statement.query_map([], |row| {
        Ok(Line {
            reference: reference_of(row, "reference")?,
            sequence: row.get("sequence")?,
            event: row.get("event")?,
            at: moment(row, "at")?,
            previous: row.get("previous")?,
            hash: row.get("hash")?,
            head: row.get("audit_head")?,
        })
    })?;
    for line in lines {
        sign_line(transaction, key, &line?)?;
    }
    Ok(())
}

fn sign_line(transaction: &Transaction<'_>, key: &HashKey, line: &Line) -> Result<(), rusqlite::Error> {
    let reference = line.reference.compact();
    let holds = line.sequence == 1 && line.hash == old_hash(line) && line.head == line.hash;
    let hash = if holds {
        AuditEntry::first(key, &line.reference, &line.event, line.at).hash
    } else {
        line.hash.clone()
    };
    transaction.execute(
        "UPDATE audit_line SET key_id = ?3, hash = ?4 WHERE reference = ?1 AND sequence = ?2",
        params![reference, line.sequence, key.id(), hash],
    )?;
    if holds {
        transaction
            .execute("UPDATE record SET audit_head = ?2 WHERE reference = ?1", params![reference, hash])?;
    }
    Ok(())
}

fn old_hash(line: &Line) -> String {
    let (sequence, at) = (line.sequence.to_string(), line.at.to_string());
    let mut hasher = Sha256::new();
    for part in [PURPOSE, line.reference.compact(), &sequence, &line.event, &at, &line.previous] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    HEXLOWER.encode(&hasher.finalize())
}
