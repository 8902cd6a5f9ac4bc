//! Attachments: staged one by one before the confirmation, then part of the record.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{KeyedHash, Reference, StoreError};

/// The largest sealed file that a store takes, in bytes: a little over the 4,000,000 that a form may allow.
pub const FILE_LIMIT_BYTES: usize = 4_200_000;

/// What is in the clear about an attachment: nothing that a person wrote, no file name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHead {
    /// Random, 32 lower-case hexadecimal digits.
    pub id: String,
    /// The field of the form that asks for it.
    pub field: String,
    /// What it is by content: `jpeg`, `png`, `heic`, `pdf`.
    pub kind: String,
    /// Size of the clear content, in bytes.
    pub size_bytes: u64,
    /// Keyed hash of the clear content, in lower-case hexadecimal: tells a double, links nothing else.
    pub digest: String,
    /// When it was staged.
    pub staged_at: Timestamp,
}

/// An attachment that waits for the confirmation of its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedFile {
    /// Keyed hash of what binds the files of one filling-in together; whoever knows it can list and remove them.
    pub batch: KeyedHash,
    /// The form's id.
    pub form: String,
    /// What is in the clear.
    pub head: FileHead,
    /// The content, sealed to the desk's keys, at most [`FILE_LIMIT_BYTES`].
    pub sealed: Vec<u8>,
}

/// What became of a file to be staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staged {
    /// Stored, durably.
    Stored,
    /// The batch has as many files as it may; nothing was written.
    Full,
}

/// Keeping attachments.
#[async_trait]
pub trait Files: Send + Sync {
    /// Stages a file unless its batch has `most` already. Staging the same id again changes nothing.
    async fn stage(&self, file: &StagedFile, most: usize) -> Result<Staged, StoreError>;

    /// The files of a batch that are staged and not part of a record, oldest first.
    async fn staged(&self, batch: &KeyedHash) -> Result<Vec<FileHead>, StoreError>;

    /// Removes a staged file; false if the batch has none with this id.
    async fn unstage(&self, batch: &KeyedHash, id: &str) -> Result<bool, StoreError>;

    /// The sealed content of a record's file.
    async fn file(&self, reference: &Reference, id: &str) -> Result<Option<Vec<u8>>, StoreError>;
}
