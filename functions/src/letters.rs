//! Letters about a record that is there already: from what kind and for whom to a sealed message of the outbox.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use mail::{LetterKind, Values};
use store::{Head, NewMessage, Reference};

use crate::{Bundle, Contact, Event, Service, local_time, page_path, receipt};

/// What a letter is about.
pub(crate) struct About<'a> {
    pub form: &'a str,
    pub reference: &'a Reference,
    pub received_at: Timestamp,
}

impl<'a> About<'a> {
    pub fn record(head: &'a Head) -> Self {
        Self { form: &head.form, reference: &head.reference, received_at: head.received_at }
    }
}

/// A link in a letter: its path and its end.
pub(crate) type LetterLink<'a> = Option<(&'a str, Timestamp)>;

/// Writes and seals a letter. None if that is not possible, which the operator hears and nobody loses anything by.
///
/// `seed` makes the letter's id: equal seeds are one letter, however often it is written.
pub(crate) fn write(
    service: &Service,
    bundle: &Bundle,
    kind: LetterKind,
    to: &Contact,
    about: &About<'_>,
    link: LetterLink<'_>,
    seed: &[&[u8]],
) -> Option<NewMessage> {
    let lang = bundle.language(Some(&to.language));
    let strings = bundle.strings(lang);
    let in_words = |moment| local_time::in_words(moment, &bundle.time_zone, &strings);
    let on_site = |path: &str| format!("{}{path}", bundle.public_url);
    let title = bundle.forms.get(about.form).map_or(about.form, |form| form.form.title(lang));
    let link_url = link.map(|(path, _)| on_site(path));
    let expires = link.map(|(_, expires_at)| in_words(expires_at));
    let values = Values {
        reference: &about.reference.to_string(),
        form_title: title,
        town: bundle.town.get(lang),
        contact: bundle.contact.get(lang),
        received: Some(&in_words(about.received_at)),
        receipt_url: Some(&on_site(&receipt::path(&service.hashing, about.reference))),
        status_url: Some(&on_site(&page_path("status", lang, &bundle.default_language))),
        own_url: Some(&on_site(&page_path("moj-upis", lang, &bundle.default_language))),
        link: link_url.as_deref(),
        expires: expires.as_deref(),
        ..Values::default()
    };
    let letter = bundle.messages.letter(kind, about.form, to.email.clone(), lang, &values, service.now());
    let sealed = letter.map_err(|error| error.to_string()).and_then(|letter| {
        service.sealer.seal_for_service(&letter.to_bytes()).map_err(|error| error.to_string())
    });
    match sealed {
        Ok(sealed) => {
            let parts: Vec<&[u8]> = [about.reference.compact().as_bytes(), kind.file_name().as_bytes()]
                .into_iter()
                .chain(seed.iter().copied())
                .collect();
            let id = service.hashing.current().mac("letter id v2", &parts);
            Some(NewMessage { id: HEXLOWER.encode(&id[..16]), sealed })
        }
        Err(reason) => {
            service.log(&Event::NoLetter { form: about.form.to_owned(), reason });
            None
        }
    }
}

/// Where letters about a record go, if it has an address that can be opened here.
pub(crate) fn contact_of(service: &Service, head: &Head) -> Option<Contact> {
    let sealed = head.contact_sealed.as_ref()?;
    let Some(identity) = &service.identity else {
        let reason = "the key that opens addresses is not here".to_owned();
        service.log(&Event::NoLetter { form: head.form.clone(), reason });
        return None;
    };
    match Contact::open(identity, sealed) {
        Ok(contact) => Some(contact),
        Err(error) => {
            service.log(&Event::NoLetter { form: head.form.clone(), reason: error.to_string() });
            None
        }
    }
}
