//! What the first version wrote: audit lines whose plain SHA-256 proved nothing against somebody who can write the
//! file, and records without a key of their own.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{Transaction, params};
use sealing::HashKey;
use sha2::{Digest, Sha256};
use store::{AuditEntry, Reference, StoreError};

use crate::sql::{all, execute, moment, reference as reference_of};
use crate::vault::{Kind, Vault};

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

/// Gives each record of the first version a key, and its chain keyed hashes.
pub(crate) fn bring_over(
    transaction: &Transaction<'_>,
    audit: &HashKey,
    vault: &Vault,
) -> Result<(), StoreError> {
    let lines = all(
        transaction,
        "SELECT reference, sequence, event, at, previous, hash, audit_head
         FROM audit_line JOIN record USING (reference) WHERE audit_line.key_id = ''",
        [],
        |row| {
            Ok(Line {
                reference: reference_of(row, "reference")?,
                sequence: row.get("sequence")?,
                event: row.get("event")?,
                at: moment(row, "at")?,
                previous: row.get("previous")?,
                hash: row.get("hash")?,
                head: row.get("audit_head")?,
            })
        },
    )?;
    lines.iter().try_for_each(|line| sign(transaction, audit, line))?;
    let references = all(transaction, "SELECT reference FROM record WHERE record_key = ''", [], |row| {
        reference_of(row, "reference")
    })?;
    references.iter().try_for_each(|reference| encrypt(transaction, vault, reference))
}

/// A line that does not hold keeps its old hash, and its chain is found broken from then on. The first version
/// wrote one line for each record and never another.
fn sign(transaction: &Transaction<'_>, key: &HashKey, line: &Line) -> Result<(), StoreError> {
    let reference = line.reference.compact();
    let holds = line.sequence == 1 && line.hash == old_hash(line) && line.head == line.hash;
    let hash = if holds {
        AuditEntry::first(key, &line.reference, &line.event, line.at).hash
    } else {
        line.hash.clone()
    };
    execute(
        transaction,
        "UPDATE audit_line SET key_id = ?3, hash = ?4 WHERE reference = ?1 AND sequence = ?2",
        params![reference, line.sequence, key.id(), hash],
    )?;
    if holds {
        execute(
            transaction,
            "UPDATE record SET audit_head = ?2 WHERE reference = ?1",
            params![reference, hash],
        )?;
    }
    Ok(())
}

fn encrypt(transaction: &Transaction<'_>, vault: &Vault, reference: &Reference) -> Result<(), StoreError> {
    let key = vault.fresh()?;
    let reference = reference.compact();
    execute(
        transaction,
        "UPDATE record SET record_key = ?2 WHERE reference = ?1",
        params![reference, key.id()],
    )?;
    let payloads =
        all(transaction, "SELECT payload FROM content WHERE reference = ?1", [reference], |row| {
            row.get::<_, Vec<u8>>(0)
        })?;
    for payload in payloads {
        execute(
            transaction,
            "UPDATE content SET payload = ?2 WHERE reference = ?1",
            params![reference, key.encrypt(Kind::Payload, &payload)?],
        )?;
    }
    let messages = all(
        transaction,
        "SELECT id, sealed FROM message WHERE reference = ?1 AND sealed IS NOT NULL",
        [reference],
        |row| Ok((row.get::<_, String>("id")?, row.get::<_, Vec<u8>>("sealed")?)),
    )?;
    for (id, sealed) in messages {
        execute(
            transaction,
            "UPDATE message SET record_key = ?2, sealed = ?3 WHERE id = ?1",
            params![id, key.id(), key.encrypt(Kind::Message, &sealed)?],
        )?;
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
