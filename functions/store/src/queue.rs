//! Finding records: the desk's queue, and look-ups by keyed hashes.

use async_trait::async_trait;

use crate::{Head, KeyedHash, Reference, Stage, StoreError};

/// Which records are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// In one of these stages; any, if empty.
    pub stages: Vec<Stage>,
    /// Of this form; any, if absent.
    pub form: Option<String>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePage {
    /// Oldest first.
    pub heads: Vec<Head>,
    /// Hand it back for the next part; nothing where the list ends.
    pub next: Option<String>,
}

/// Finding records that were not erased.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Up to `limit` records by the moment of their arrival, from where `after` says; fewer than `limit` does not
    /// mean the end, only an absent [`QueuePage::next`] does. An `after` that no list gave is an error.
    async fn list(
        &self,
        filter: &QueueFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<QueuePage, StoreError>;

    /// The head of a record: one read, whether there is one or not.
    async fn head(&self, reference: &Reference) -> Result<Option<Head>, StoreError>;

    /// The records of a form whose contact address has this hash, newest first, at most 20.
    async fn by_contact(&self, form: &str, contact: &KeyedHash) -> Result<Vec<Reference>, StoreError>;
}
