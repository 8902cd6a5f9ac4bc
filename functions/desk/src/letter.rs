//! The letter that goes with a move.

use forms::Money;
use functions::{Contact, local_time};
use jiff::Timestamp;
use mail::{LetterKind, Values};
use store::{Head, NewMessage};

use crate::moves::{message_id, sealed};
use crate::{Desk, DeskError, Need};

/// What only some letters say.
#[derive(Default)]
pub(crate) struct Words {
    /// Path and end of the link on which the step is done.
    pub link: Option<(String, Timestamp)>,
    /// What is to be paid.
    pub amount: Option<Money>,
    /// The post office's number.
    pub tracking: Option<String>,
    /// Where something is collected.
    pub place: Option<String>,
}

/// Writes a letter and seals it for the outbox.
pub(crate) fn write(
    desk: &Desk<'_>,
    head: &Head,
    kind: LetterKind,
    contact: &Contact,
    words: &Words,
) -> Result<NewMessage, DeskError> {
    let bundle = desk.bundle;
    let language = contact.language.as_str();
    let failed = |error: &dyn std::fmt::Display| DeskError::Letter(error.to_string());
    let strings = bundle.strings.get(language).ok_or_else(|| failed(&format!("no texts in {language}")))?;
    let in_words = |moment| local_time::in_words(moment, &bundle.time_zone, strings);
    let form_title = bundle.forms.get(&head.form).map_or("", |form| form.form.title(language));
    let received = in_words(head.received_at);
    let reference = head.reference.to_string();
    let page = |name| {
        let path = functions::page_path(name, language, &bundle.default_language);
        format!("{}{path}", bundle.public_url)
    };
    let (status_url, own_url) = (page("status"), page("moj-upis"));
    let link = words.link.as_ref().map(|(path, _)| format!("{}{path}", bundle.public_url));
    let expires = words.link.as_ref().map(|(_, expires_at)| in_words(*expires_at));
    let (km, euro) = (words.amount.map(|due| due.km(strings)), words.amount.map(|due| due.euro(strings)));
    let payment = bundle.payment.as_ref();
    let account = payment.map(functions::Payment::account);
    if kind == LetterKind::Payment && payment.is_none() {
        return Err(DeskError::Needs(Need::Account));
    }
    let values = Values {
        reference: &reference,
        form_title,
        town: bundle.town.get(language),
        contact: bundle.contact.get(language),
        received: Some(&received),
        status_url: Some(&status_url),
        own_url: Some(&own_url),
        link: link.as_deref(),
        expires: expires.as_deref(),
        amount_km: km.as_deref(),
        amount_eur: euro.as_deref(),
        payee: payment.map(functions::Payment::payee),
        account: account.as_deref(),
        swift: payment.and_then(functions::Payment::swift),
        tracking: words.tracking.as_deref(),
        place: words.place.as_deref(),
        ..Values::default()
    };
    let letter = bundle
        .messages
        .letter(kind, &head.form, contact.email.clone(), language, &values, desk.now)
        .map_err(|error| failed(&error))?;
    sealed(message_id(desk, head, kind), desk, &letter.to_bytes())
}
