//! The office's work on records, over any store: what the command line does today and the desk's pages later.
//!
//! ```text
//! key file ─ unlock ─► Identity (the registrar's private keys)
//! Store ─ list ─► Row                       nothing sealed is opened
//!       ─ record::open ─► Opened            answers, additions; personal numbers by `mask`
//!       ─ export::document ─► JSON          everything about one record, for the person
//! Head + Move ─ moves::apply ─► Moved       transition table, one conditional write, audit line, letter
//! ```
//!
//! Two registrars may work at once: a change that meets another one is refused and nothing is written.

mod error;
pub mod export;
mod letter;
pub mod list;
pub mod mask;
pub mod moves;
pub mod record;
pub mod unlock;

use forms::Form;
use functions::{Bundle, Contact, Notice};
use jiff::Timestamp;
use sealing::{HashKeys, Identity, Sealer};
use store::{Changed, Erasure, Head, Reference, Store};

pub use error::{DeskError, Need};
pub use moves::{LetterSent, Move, Moved};

/// What the office works with. All of it is an argument; nothing is read from the machine.
pub struct Desk<'a> {
    /// Where the records are.
    pub store: &'a dyn Store,
    /// Forms, texts, letters, fees.
    pub bundle: &'a Bundle,
    /// The registrar's private keys; none while the desk is locked.
    pub identity: Option<&'a Identity>,
    /// The service's private keys: they open addresses and notices.
    pub service: &'a Identity,
    /// Seals additions, notices and letters.
    pub sealer: Sealer,
    /// Signs links and names letters.
    pub hashing: &'a HashKeys,
    /// The time.
    pub now: Timestamp,
    /// Fills a buffer with randomness; false when there is none.
    pub random: &'a dyn Fn(&mut [u8]) -> bool,
}

impl Desk<'_> {
    /// Takes a record's content away for ever.
    pub async fn erase(&self, reference: &Reference) -> Result<(), DeskError> {
        let erasure = Erasure {
            reference: reference.clone(),
            version: None,
            at: self.now,
            event: "erased by office".to_owned(),
            uses: None,
            messages: Vec::new(),
        };
        match self.store.erase(&erasure).await? {
            Changed::Done(_) => Ok(()),
            Changed::Missing => Err(DeskError::Missing(reference.clone())),
            Changed::Stale | Changed::TokenUsed => Err(DeskError::Stale(reference.clone())),
        }
    }

    /// The definition of a record's form.
    pub fn form(&self, head: &Head) -> Result<&Form, DeskError> {
        self.bundle
            .forms
            .get(&head.form)
            .map(|form| &form.form)
            .ok_or_else(|| DeskError::NoForm { reference: head.reference.clone(), form: head.form.clone() })
    }

    /// Where letters about a record go; nothing if the person gave no address.
    pub fn contact(&self, head: &Head) -> Result<Option<Contact>, DeskError> {
        let Some(sealed) = &head.contact_sealed else { return Ok(None) };
        Contact::open(self.service, sealed).map(Some).map_err(|_| DeskError::Foreign(head.reference.clone()))
    }

    /// What the applicant is told beside the stage.
    pub fn notice(&self, head: &Head) -> Result<Notice, DeskError> {
        Notice::open(self.service, head.notice.as_deref())
            .map_err(|_| DeskError::Foreign(head.reference.clone()))
    }

    pub(crate) fn random<const BYTES: usize>(&self) -> Result<[u8; BYTES], DeskError> {
        let mut bytes = [0; BYTES];
        if (self.random)(&mut bytes) { Ok(bytes) } else { Err(DeskError::NoRandomness) }
    }
}
