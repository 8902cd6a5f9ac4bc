//! A key for each record and each file, in a file of its own: without it, every copy of the record is useless.
//!
//! What people sent is sealed to the desk already. It is encrypted once more (XChaCha20-Poly1305) because the
//! desk's key opens old backups, too: what a person had erased must not come back with one.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use rusqlite::{Connection, params};
use store::{Reference, StoreError};

use crate::failure::store_error;
use crate::sql::{execute, exists, one};

/// So many keys are made at once: a key has to be on the disk before what it encrypts, and waiting for the disk
/// is what a submission's time goes into.
const MADE_AT_ONCE: usize = 64;
const NONCE_BYTES: usize = 24;

/// What a ciphertext is; one of these is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Payload,
    Contact,
    Notice,
    Addition,
    Parcel,
    Message,
    File,
}

impl Kind {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Payload => b"payload",
            Self::Contact => b"contact",
            Self::Notice => b"notice",
            Self::Addition => b"addition",
            Self::Parcel => b"parcel",
            Self::Message => b"message",
            Self::File => b"file",
        }
    }
}

/// The key of one record or file.
pub(crate) struct RecordKey {
    id: String,
    cipher: XChaCha20Poly1305,
}

impl RecordKey {
    fn new(id: String, secret: &[u8]) -> Result<Self, StoreError> {
        let cipher = XChaCha20Poly1305::new_from_slice(secret)
            .map_err(|_| StoreError::Corrupt("a record's key has another length".to_owned()))?;
        Ok(Self { id, cipher })
    }

    /// What the record keeps of it.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Encrypts: 24 random bytes, then the ciphertext with its tag.
    pub(crate) fn encrypt(&self, kind: Kind, clear: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce)?;
        let ciphertext = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: clear, aad: kind.name() })
            .map_err(|_| StoreError::Failed("bytes could not be encrypted".to_owned()))?;
        Ok([nonce.as_slice(), &ciphertext].concat())
    }

    /// What [`RecordKey::encrypt`] was given.
    pub(crate) fn decrypt(&self, kind: Kind, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        bytes
            .split_at_checked(NONCE_BYTES)
            .and_then(|(nonce, ciphertext)| {
                let payload = Payload { msg: ciphertext, aad: kind.name() };
                self.cipher.decrypt(XNonce::from_slice(nonce), payload).ok()
            })
            .ok_or_else(|| StoreError::Corrupt("stored bytes are not those that were written".to_owned()))
    }
}

/// All keys.
pub(crate) struct Vault {
    connection: Mutex<Connection>,
    /// On the disk already, and nobody's yet.
    unused: Mutex<Vec<RecordKey>>,
}

impl Vault {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection: Mutex::new(connection), unused: Mutex::default() }
    }

    /// A key that nothing has yet; it is on the disk.
    pub(crate) fn fresh(&self) -> Result<RecordKey, StoreError> {
        let mut unused = self.unused.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = unused.pop() {
            return Ok(key);
        }
        let mut made = Vec::with_capacity(MADE_AT_ONCE);
        let mut connection = self.connection();
        let transaction = connection.transaction().map_err(store_error)?;
        for _ in 0..MADE_AT_ONCE {
            let (mut id, mut secret) = ([0; 16], [0; 32]);
            random(&mut id)?;
            random(&mut secret)?;
            let id = HEXLOWER.encode(&id);
            execute(&transaction, "INSERT INTO key (id, secret) VALUES (?1, ?2)", params![id, secret])?;
            made.push(RecordKey::new(id, &secret)?);
        }
        transaction.commit().map_err(store_error)?;
        *unused = made;
        unused.pop().ok_or_else(|| StoreError::Failed("no key was made".to_owned()))
    }

    /// The key with this id, which must be there.
    pub(crate) fn key(&self, id: &str) -> Result<RecordKey, StoreError> {
        self.key_if_any(id)?.ok_or_else(|| {
            StoreError::Corrupt(
                "the key of a record is missing: the keys are older than the database".to_owned(),
            )
        })
    }

    /// The key with this id, unless it was deleted.
    pub(crate) fn key_if_any(&self, id: &str) -> Result<Option<RecordKey>, StoreError> {
        let secret: Option<Vec<u8>> =
            one(&self.connection(), "SELECT secret FROM key WHERE id = ?1", [id], |row| row.get(0))?;
        secret.map(|secret| RecordKey::new(id.to_owned(), &secret)).transpose()
    }

    /// Whether there is no key at all.
    pub(crate) fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(!exists(&self.connection(), "SELECT 1 FROM key", [])?)
    }

    /// Deletes keys for ever, and notes which records were erased with them.
    pub(crate) fn delete(&self, worthless: &[Worthless]) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction().map_err(store_error)?;
        for worthless in worthless {
            execute(&transaction, "DELETE FROM key WHERE id = ?1", [&worthless.id])?;
            if let Some((reference, at)) = &worthless.erased {
                execute(
                    &transaction,
                    "INSERT OR IGNORE INTO erased (reference, at) VALUES (?1, ?2)",
                    params![reference.compact(), at],
                )?;
            }
        }
        transaction.commit().map_err(store_error)?;
        // The log still has the page with the key; it goes now, or at the next checkpoint if somebody reads.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(store_error)
    }

    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A key that nothing needs any more.
pub(crate) struct Worthless {
    pub(crate) id: String,
    /// The record that was erased with it, and when.
    pub(crate) erased: Option<(Reference, i64)>,
}

fn random(buffer: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(buffer)
        .map_err(|_| StoreError::Failed("the operating system gives no randomness".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> RecordKey {
        RecordKey::new("a".to_owned(), &[byte; 32]).unwrap()
    }

    #[test]
    fn what_was_encrypted_comes_back_and_never_looks_the_same_twice() {
        for clear in [&b""[..], b"a", &[7; 100_000]] {
            let one = key(1).encrypt(Kind::Payload, clear).unwrap();
            assert_eq!(key(1).decrypt(Kind::Payload, &one).unwrap(), clear);
            assert_ne!(one, key(1).encrypt(Kind::Payload, clear).unwrap());
        }
    }

    #[test]
    fn another_key_another_kind_or_a_changed_byte_opens_nothing() {
        let bytes = key(1).encrypt(Kind::Payload, b"sealed answers").unwrap();
        assert!(key(2).decrypt(Kind::Payload, &bytes).is_err());
        assert!(key(1).decrypt(Kind::Addition, &bytes).is_err());
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(key(1).decrypt(Kind::Payload, &changed).is_err(), "{place}");
            assert!(key(1).decrypt(Kind::Payload, &bytes[..place]).is_err(), "{place}");
        }
    }
}
