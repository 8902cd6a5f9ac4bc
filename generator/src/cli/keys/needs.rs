//! What is stored that only one key opens, finds or proves.

use jiff::Timestamp;
use sealing::{Identity, KeyEntry, KeyKind, Keys, Recipient};
use store::{Head, Queue as _, QueueFilter, StoreError};
use store_sqlite::SqliteStore;

use super::super::Ended;
use super::super::stored::{Places, block_on};
use crate::error::EnvironmentError;

/// In one look at the store.
const AT_ONCE: usize = 500;

/// Something that is counted.
pub(super) struct Need {
    pub(super) count: u64,
    /// In Croatian and English.
    pub(super) what: (&'static str, &'static str),
    /// Whether people or the office lose it with the key.
    pub(super) is_lost: bool,
}

/// Counts what needs `key`.
pub(super) fn of(key: &KeyEntry, places: &Places<'_>) -> Result<Vec<Need>, Ended> {
    let keys = Keys::open(places.keys).map_err(EnvironmentError::from)?;
    let store = places.store()?;
    let lost = |count, hr, en| Need { count, what: (hr, en), is_lost: true };
    let told = |count, hr, en| Need { count, what: (hr, en), is_lost: false };
    Ok(match key.kind {
        KeyKind::Hashing => {
            let audit = keys.hashing.all().find(|own| own.id() == key.name).map(|own| own.derive("audit"));
            let audit = audit.as_ref().map_or("", |audit| audit.id());
            let uses = block_on(store.hash_uses(&key.name, audit))??;
            vec![
                lost(
                    uses.contacts,
                    "zahtjevi koji se po adresi e-pošte nalaze samo tim ključem",
                    "requests that are found by e-mail address with this key only",
                ),
                lost(
                    uses.arrivals,
                    "zahtjevi čija potvrda o primitku treba taj ključ",
                    "requests whose receipt needs this key",
                ),
                told(
                    uses.audit,
                    "reci dnevnika i potpisana stanja koji se bez tog ključa više ne mogu provjeriti",
                    "lines and signed states of the audit trail that can no longer be checked without it",
                ),
            ]
        }
        KeyKind::Service => {
            let own =
                key.name.parse::<Recipient>().map_err(|error| EnvironmentError::Other(error.to_string()))?;
            let rest = keys.service_identity.without(&own);
            let only = Only { all: &keys.service_identity, rest: rest.as_ref() };
            let counted = block_on(sealed(&store, &only))??;
            vec![
                lost(
                    counted.letters,
                    "pisma koja čekaju ili nisu uspjela, a otvara ih samo taj ključ",
                    "letters that wait or failed and that only this key opens",
                ),
                lost(
                    counted.contacts,
                    "zahtjevi čiju adresu za pisma otvara samo taj ključ",
                    "requests whose address for letters only this key opens",
                ),
                lost(
                    counted.notices,
                    "zahtjevi čije stanje na stranici statusa otvara samo taj ključ",
                    "requests whose notice on the status page only this key opens",
                ),
            ]
        }
        KeyKind::Receipt => {
            let made: Option<Timestamp> = key.made.as_deref().and_then(|made| made.parse().ok());
            let heads = block_on(heads(&store))??;
            let since = heads.iter().filter(|head| made.is_none_or(|made| head.received_at >= made));
            vec![lost(
                since.count() as u64,
                "zahtjevi s potpisanom potvrdom koju možda dokazuje samo taj ključ",
                "requests with a signed receipt that perhaps only this key proves",
            )]
        }
        KeyKind::Desk => vec![told(
            block_on(heads(&store))??.len() as u64,
            "spremljeni zahtjevi, koje privatni dio tog ključa možda jedini otvara",
            "stored requests, which perhaps only the private half of this key opens",
        )],
    })
}

/// Tells what only one key of the ring opens.
struct Only<'a> {
    all: &'a Identity,
    rest: Option<&'a Identity>,
}

impl Only<'_> {
    fn opens(&self, sealed: &[u8]) -> bool {
        let by_others = self.rest.is_some_and(|rest| rest.unseal(sealed).is_ok());
        !by_others && self.all.unseal(sealed).is_ok()
    }
}

#[derive(Default)]
struct Sealed {
    letters: u64,
    contacts: u64,
    notices: u64,
}

async fn sealed(store: &SqliteStore, only: &Only<'_>) -> Result<Sealed, StoreError> {
    let mut counted = Sealed::default();
    let mut after = 0;
    loop {
        let letters = store.sealed_letters(after, AT_ONCE).await?;
        let Some(last) = letters.last() else { break };
        after = last.number;
        counted.letters += letters.iter().filter(|letter| only.opens(&letter.sealed)).count() as u64;
    }
    for head in heads(store).await? {
        let opens =
            |sealed: &Option<Vec<u8>>| u64::from(sealed.as_ref().is_some_and(|sealed| only.opens(sealed)));
        counted.contacts += opens(&head.contact_sealed);
        counted.notices += opens(&head.notice);
    }
    Ok(counted)
}

/// All records that were not erased.
async fn heads(store: &SqliteStore) -> Result<Vec<Head>, StoreError> {
    let (mut heads, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = store.list(&QueueFilter::default(), after.as_deref(), AT_ONCE).await?;
        heads.extend(page.heads);
        after = page.next;
        if after.is_none() {
            return Ok(heads);
        }
    }
}
