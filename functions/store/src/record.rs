//! What is stored of a submission.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use sealing::HashKeys;
use serde::{Deserialize, Serialize};

use crate::{
    Addition, AuditBroken, FileHead, KeyedHash, MessageStatus, Reference, Stage, StoreError, verify_audit,
};

/// All of a record but its sealed content and its audit lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The reference.
    pub reference: Reference,
    /// The form's id.
    pub form: String,
    /// The fingerprint of the form's fields.
    pub fingerprint: String,
    /// BCP 47 tag.
    pub language: String,
    /// When it was confirmed.
    pub received_at: Timestamp,
    /// The class of the retention table.
    pub retention: String,
    /// Countable values in the clear.
    pub facets: BTreeMap<String, String>,
    /// Where it stands.
    pub stage: Stage,
    /// Since when it stands there.
    pub stage_since: Timestamp,
    /// 1 at first, one more with each change.
    pub version: u64,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// The promised date.
    pub promised: Option<Date>,
    /// What the status page says beside the stage, sealed to the service key.
    pub notice: Option<Vec<u8>>,
    /// Keyed hash of the contact address.
    pub contact: Option<KeyedHash>,
    /// Address and name for letters, sealed to the service key.
    pub contact_sealed: Option<Vec<u8>>,
    /// When the address was confirmed.
    pub contact_confirmed_at: Option<Timestamp>,
    /// When the person is asked "still correct?".
    pub renewal_due_at: Option<Timestamp>,
    /// Why the record is doubtful, as codes.
    pub doubts: Vec<String>,
    /// Its attachments.
    pub files: Vec<FileHead>,
}

/// One line of a record's audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// 1 for the first line of the record.
    pub sequence: u64,
    /// What happened (`received`, `proof_sent by office`); nothing personal.
    pub event: String,
    /// When.
    pub at: Timestamp,
    /// [`AuditEntry::hash`] of the line before (64 zeros for the first), in hexadecimal.
    pub previous: String,
    /// The id of the key of `hash`.
    pub key_id: String,
    /// Keyed hash over reference, sequence, event, time and `previous`, in hexadecimal; see [`AuditEntry::first`].
    pub hash: String,
}

/// A stored submission as the desk reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Everything but the sealed content.
    pub head: Head,
    /// The sealed answers.
    pub payload: Vec<u8>,
    /// What came later, in the order of the changes.
    pub additions: Vec<Addition>,
    /// Its letters, oldest first.
    pub messages: Vec<MessageStatus>,
    /// The audit chain, oldest first.
    pub audit: Vec<AuditEntry>,
    /// The hash of the chain's last line, kept apart from the lines, so that a cut-off end is found.
    pub audit_head: String,
}

impl Record {
    /// Whether the audit chain is the one that was written; a record is readable even when it is not.
    pub fn verify_audit(&self, keys: &HashKeys) -> Result<(), AuditBroken> {
        verify_audit(keys, &self.head.reference, &self.audit, &self.audit_head)
    }
}

/// Reading what was stored.
#[async_trait]
pub trait Records: Send + Sync {
    /// The whole record of a reference; nothing, if it was erased.
    async fn read(&self, reference: &Reference) -> Result<Option<Record>, StoreError>;

    /// How many submissions of a form were accepted on a UTC day.
    async fn count(&self, form: &str, day: Date) -> Result<u64, StoreError>;
}
