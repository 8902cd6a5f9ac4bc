//! What is stored that needs a key of the service: looked at before somebody takes that key away.

use rusqlite::{Connection, params};
use store::StoreError;

use crate::sql::{all, limit as sql_limit, number, one};
use crate::vault::Kind;
use crate::{SqliteStore, Tools};

/// How much of what is stored was filed or signed with one hash key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HashUses {
    /// Records that are found by their address with this key only.
    pub contacts: u64,
    /// Records that arrived under it: the addresses of their receipts, and telling a repeated confirmation.
    pub arrivals: u64,
    /// Lines of the audit trail, those of erased records as well, and signed states of it.
    pub audit: u64,
}

/// A letter that was not handed over, as it was sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedLetter {
    /// Where it stands in the outbox.
    pub number: i64,
    /// Sealed to the service.
    pub sealed: Vec<u8>,
}

impl SqliteStore {
    /// Counts what needs a hash key; `audit_key_id` is the name of the key for the audit trail that follows from it.
    pub async fn hash_uses(&self, key_id: &str, audit_key_id: &str) -> Result<HashUses, StoreError> {
        let (key_id, audit_key_id) = (key_id.to_owned(), audit_key_id.to_owned());
        self.look(move |connection| {
            let count = |sql: &str, key_id: &str| -> Result<u64, StoreError> {
                Ok(one(connection, sql, [key_id], |row| number(row, 0))?.unwrap_or_default())
            };
            Ok(HashUses {
                contacts: count(
                    "SELECT count(*) FROM record WHERE contact_key_id = ?1 AND erased_at IS NULL",
                    &key_id,
                )?,
                arrivals: count(
                    "SELECT count(*) FROM record WHERE check_key_id = ?1 AND erased_at IS NULL",
                    &key_id,
                )?,
                audit: count("SELECT count(*) FROM audit_line WHERE key_id = ?1", &audit_key_id)?
                    + count("SELECT count(*) FROM checkpoint WHERE key_id = ?1", &audit_key_id)?,
            })
        })
        .await
    }

    /// The letters that wait or failed, from a place of the outbox on.
    pub async fn sealed_letters(&self, after: i64, limit: usize) -> Result<Vec<SealedLetter>, StoreError> {
        let tools = self.tools();
        self.look(move |connection| sealed_letters(connection, &tools, after, limit)).await
    }
}

fn sealed_letters(
    connection: &Connection,
    tools: &Tools,
    after: i64,
    limit: usize,
) -> Result<Vec<SealedLetter>, StoreError> {
    let found: Vec<(String, SealedLetter)> = all(
        connection,
        "SELECT number, record_key, sealed FROM message WHERE sealed IS NOT NULL AND number > ?1
         ORDER BY number LIMIT ?2",
        params![after, sql_limit(limit)],
        |row| {
            Ok((
                row.get("record_key")?,
                SealedLetter { number: row.get("number")?, sealed: row.get("sealed")? },
            ))
        },
    )?;
    let mut letters = Vec::with_capacity(found.len());
    for (key_id, mut letter) in found {
        if !key_id.is_empty() {
            letter.sealed = tools.vault.key(&key_id)?.decrypt(Kind::Message, &letter.sealed)?;
        }
        letters.push(letter);
    }
    Ok(letters)
}
