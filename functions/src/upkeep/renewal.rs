//! The yearly "still correct?" of the register.

use data_encoding::HEXLOWER;
use forms::retention::{Period, Unit};
use jiff::Timestamp;
use mail::{LetterKind, Values};
use sealing::{HashKeys, Identity, Sealer};
use store::{Change, Changed, Head, NewMessage, Record, Reference, Set, Store, StoreError};

use crate::applicant::EVENT_OWN_LINK;
use crate::link::{self, LinkAction};
use crate::{Bundle, Contact, Random, local_time};

/// The event of the audit line of such a letter.
pub const EVENT_STILL_CORRECT: &str = "asked still_correct";
const A_YEAR: Period = Period { count: 1, unit: Unit::Years };
/// Letters in a row without an answer; then the record is left to the retention table.
const UNANSWERED: usize = 2;
const AT_ONCE: usize = 200;

/// What writing such letters needs.
pub struct Renewals<'a> {
    /// The records.
    pub store: &'a dyn Store,
    /// Texts and settings.
    pub bundle: &'a Bundle,
    /// Seals the letters to the service.
    pub sealer: &'a Sealer,
    /// Signs the links.
    pub hashing: &'a HashKeys,
    /// Opens the addresses.
    pub identity: &'a Identity,
    /// Randomness of the links.
    pub random: &'a Random,
}

/// What became of those who were due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// How many letters wait in the outbox now.
    pub letters: u64,
    /// How many are not asked (again): their address was never confirmed, or is gone.
    pub left_alone: u64,
    /// Records for which no letter could be written, with a reason that holds nothing personal.
    pub failed: Vec<(Reference, String)>,
}

/// Writes to those who are due at `now`. Asking twice at once asks once: the record's version decides.
pub async fn ask_still_correct(needs: &Renewals<'_>, now: Timestamp) -> Result<Asked, StoreError> {
    let mut asked = Asked::default();
    for reference in needs.store.renewals_due(now, AT_ONCE).await? {
        let Some(record) = needs.store.read(&reference).await? else { continue };
        let change = match change(needs, &record, now) {
            Ok(change) => change,
            Err(reason) => {
                asked.failed.push((reference, reason));
                continue;
            }
        };
        let letters = u64::from(!change.messages.is_empty());
        if let Changed::Done(_) = needs.store.change(&change).await? {
            asked.letters += letters;
            asked.left_alone += 1 - letters;
        }
    }
    Ok(asked)
}

fn change(needs: &Renewals<'_>, record: &Record, now: Timestamp) -> Result<Change, String> {
    let head = &record.head;
    let mut change = Change::new(head.reference.clone(), head.version, now, EVENT_STILL_CORRECT);
    let Some(sealed) = head.contact_sealed.as_ref().filter(|_| head.contact_confirmed_at.is_some()) else {
        // Nobody knows whose address it is.
        change.event = "not asked still_correct".to_owned();
        change.renewal_due_at = Set::Clear;
        return Ok(change);
    };
    let before = record
        .audit
        .iter()
        .rev()
        .filter(|line| line.event != EVENT_OWN_LINK)
        .take_while(|line| line.event == EVENT_STILL_CORRECT)
        .count();
    let zone = &needs.bundle.time_zone;
    let next = A_YEAR.after(now, zone).filter(|_| before + 1 < UNANSWERED);
    change.renewal_due_at = next.map_or(Set::Clear, Set::To);
    let contact = Contact::open(needs.identity, sealed).map_err(|error| error.to_string())?;
    // Each letter is a change of the record, from which its period counts anew.
    let last = next.unwrap_or(now);
    let erased_on =
        needs.bundle.retention.of_records().filter(|(class, ..)| *class == head.retention).find_map(
            |(_, period, from)| {
                (from == forms::retention::From::LastChange).then(|| period.after(last, zone)).flatten()
            },
        );
    change.messages = vec![letter(needs, head, contact, erased_on, now)?];
    Ok(change)
}

fn letter(
    needs: &Renewals<'_>,
    head: &Head,
    contact: Contact,
    erased_on: Option<Timestamp>,
    now: Timestamp,
) -> Result<NewMessage, String> {
    let bundle = needs.bundle;
    let language = bundle.language(Some(&contact.language));
    let form = bundle.forms.get(&head.form).ok_or("the form is not part of the site any more")?;
    let strings = bundle.strings(language);
    let url = |action: LinkAction| -> Result<String, String> {
        let mut random = [0; 16];
        if !(needs.random)(&mut random) {
            return Err("no randomness".to_owned());
        }
        let expires_at = now.saturating_add(action.life()).unwrap_or(Timestamp::MAX);
        let path = link::issue(needs.hashing, action, &head.reference, expires_at, random);
        Ok(format!("{}{path}", bundle.public_url))
    };
    let day = |moment: Timestamp| {
        forms::long_date(moment.to_zoned_datetime(bundle.time_zone.clone()).date(), &strings)
    };
    let erased_on = erased_on.map(day);
    let values = Values {
        reference: &head.reference.to_string(),
        form_title: form.form.title(language),
        town: bundle.town.get(language),
        contact: bundle.contact.get(language),
        received: Some(&local_time::in_words(head.received_at, &bundle.time_zone, &strings)),
        link: Some(&url(LinkAction::KeepRecord)?),
        unsubscribe: Some(&url(LinkAction::Unsubscribe)?),
        erased_on: erased_on.as_deref(),
        ..Values::default()
    };
    let letter = bundle
        .messages
        .letter(LetterKind::StillCorrect, &head.form, contact.email, language, &values, now)
        .map_err(|error| error.to_string())?;
    let sealed = needs.sealer.seal_for_service(&letter.to_bytes()).map_err(|error| error.to_string())?;
    let about = [head.reference.compact().as_bytes(), head.version.to_string().as_bytes()].concat();
    let id = needs.hashing.current().mac("letter id still_correct v1", &[&about]);
    Ok(NewMessage { id: HEXLOWER.encode(&id[..16]), sealed })
}
