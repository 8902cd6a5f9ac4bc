//! `/usluge/moj-upis`: a link to one's own record, sent to the address that is in it. The answer is the same whoever
//! asks: it does not say whether an address is in a register, and neither does the time that it takes.
//!
//! ```text
//! count the address ─► look it up under every key ─► MOST_RECORDS times: read a record, write and seal a letter, store
//! ```
//!
//! Where there is no record (any more) a stand-in is read, written to and thrown away, and a counter is stored in its
//! place: the same reads, letters, hashes and writes for everybody.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::Form;
use mail::LetterKind;
use maud::html;
use store::{Change, Changed, Head, NewMessage, Reference, Stage, StoreError};

use super::attempts::{self, Counted};
use super::pages::{self, Field};
use super::{EVENT_OWN_LINK, OWN_RECORD, asked_language, lookup, posted, status};
use crate::abuse::Network;
use crate::letters::{self, About};
use crate::link::{self, LinkAction};
use crate::pages::Frame;
use crate::{Bundle, Contact, Event, Service};

/// How many records of one address get a letter: a family with one address has a few.
const MOST_RECORDS: usize = 5;

/// Shows the form.
pub(super) async fn form(State(service): State<Service>, query: RawQuery) -> Response {
    let bundle = service.bundle();
    let frame = Frame { bundle: &bundle, form: None, lang: asked_language(&bundle, &query) };
    page(&frame, StatusCode::OK, "", None)
}

/// Sends the link, if there is somebody to send it to.
pub(super) async fn send(State(service): State<Service>, request: Request) -> Response {
    let network = Network::of(request.extensions());
    let posted = match posted::read(&service, request).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let frame = Frame { bundle: &posted.bundle, form: None, lang: &posted.language };
    let email = posted.raw.get("email").unwrap_or_default().trim();
    // What is no address is in no register: that may be said.
    if forms::email::read(email).is_err() {
        let error = posted.bundle.strings(frame.lang).text("violation.not_an_email", &[]);
        return page(&frame, StatusCode::UNPROCESSABLE_ENTITY, email, Some(error));
    }
    if let Some(network) = &network {
        match attempts::from_network(&service, network).await {
            Ok(true) => {}
            Ok(false) => return status::too_often(&frame),
            Err(error) => return status::unavailable(&service, &frame, &error),
        }
    }
    match write(&service, &posted.bundle, email).await {
        Ok(()) => frame.says(StatusCode::OK, "own.sent"),
        Err(error) => status::unavailable(&service, &frame, &error),
    }
}

/// One letter for each record of the address. Asked too often, nothing more is sent, and nothing else is different.
async fn write(service: &Service, bundle: &Bundle, email: &str) -> Result<(), StoreError> {
    let hashing = &service.hashing;
    let counted = Contact::hash(hashing.current(), "", email);
    let may = attempts::may(service, Counted::Letter, &counted.hash).await?;
    let mut references = Vec::new();
    let mut register = None;
    for form in bundle.forms.values().filter(|form| form.form.is_register()) {
        register = Some(&form.form);
        for key in hashing.all() {
            let contact = Contact::hash(key, form.form.id(), email);
            references.extend(service.store.by_contact(form.form.id(), &contact).await?);
        }
    }
    let (Some(register), true) = (register, may) else { return Ok(()) };
    let mut references = references.into_iter();
    for place in 0..MOST_RECORDS {
        let nobody = Nobody::new(service, bundle, register, email, place);
        send_link(service, bundle, references.next(), nobody).await?;
    }
    Ok(())
}

/// Takes the place of a record that is not there.
struct Nobody {
    head: Head,
    counter: attempts::Bucket,
}

impl Nobody {
    fn new(service: &Service, bundle: &Bundle, register: &Form, email: &str, place: usize) -> Self {
        let now = service.now();
        let language = bundle.default_language.clone();
        // What is no address for a letter gets none, which is the same as a letter that nobody sends.
        let contact = email.parse().ok().map(|email| Contact {
            email,
            name: String::new(),
            language: language.clone(),
        });
        let what = format!("{place} {email}");
        let head = Head {
            reference: lookup::stand_in(service, &what),
            form: register.id().to_owned(),
            fingerprint: String::new(),
            language,
            received_at: now,
            retention: String::new(),
            facets: BTreeMap::new(),
            stage: Stage::Received,
            stage_since: now,
            version: 1,
            changed_at: now,
            promised: None,
            notice: None,
            contact: Some(Contact::hash(service.hashing.current(), register.id(), email)),
            contact_sealed: contact.and_then(|contact| contact.seal(&service.sealer).ok()),
            contact_confirmed_at: None,
            renewal_due_at: None,
            doubts: Vec::new(),
            files: Vec::new(),
        };
        Self { head, counter: attempts::bucket(service, Counted::Nobody, &what) }
    }
}

async fn send_link(
    service: &Service,
    bundle: &Bundle,
    reference: Option<Reference>,
    nobody: Nobody,
) -> Result<(), StoreError> {
    let is_asked = reference.is_some();
    let found = service.store.head(&reference.unwrap_or_else(|| nobody.head.reference.clone())).await?;
    // Should the stand-in's reference be somebody's, that record gets no letter.
    let found = found.filter(|_| is_asked);
    let is_found = found.is_some();
    let head = found.unwrap_or(nobody.head);
    let message = letter(service, bundle, &head);
    let Some(message) = message.filter(|_| is_found) else {
        return attempts::count(service, &nobody.counter).await.map(|_| ());
    };
    let mut change = Change::new(head.reference, head.version, service.now(), EVENT_OWN_LINK);
    change.messages.push(message);
    match service.store.change(&change).await? {
        Changed::Done(_) => service.log(&Event::Changed { form: head.form, event: change.event }),
        // The letter that somebody else's press or change brings is as good, or there is nobody any more.
        Changed::Stale | Changed::TokenUsed | Changed::Missing => {}
    }
    Ok(())
}

fn letter(service: &Service, bundle: &Bundle, head: &Head) -> Option<NewMessage> {
    let (to, contact) = (letters::contact_of(service, head)?, head.contact.as_ref()?);
    let action = LinkAction::OwnRecord;
    let expires_at = service.now().checked_add(action.life()).ok()?;
    let path = link::issue_to(&service.hashing, action, &head.reference, expires_at, contact);
    let seed = head.version.to_be_bytes();
    letters::write(
        service,
        bundle,
        LetterKind::OwnRecord,
        &to,
        &About::record(head),
        Some((&path, expires_at)),
        &[&seed],
    )
}

fn page(frame: &Frame<'_>, status: StatusCode, email: &str, error: Option<String>) -> Response {
    let strings = frame.bundle.strings(frame.lang);
    let text = |key: &str| strings.text(&format!("service.{key}"), &[]);
    let heading = text("own.title");
    let title = match &error {
        Some(_) => strings.text("service.problem", &[("title", &heading)]),
        None => heading.clone(),
    };
    let field = Field {
        id: "email",
        label: text("status.email"),
        hint: text("status.email_hint"),
        value: email,
        kind: "email",
        autocomplete: "email",
        error,
    };
    let main = html! {
        article class="service" {
            h1 { (heading) }
            @if field.error.is_some() {
                (pages::error_summary(&strings.count("violation.summary_title", 1, &[]), std::slice::from_ref(&field)))
            }
            p { (text("own.ask_intro")) }
            form class="form" method="post" action=(OWN_RECORD) accept-charset="utf-8" novalidate {
                (pages::language_input(frame.lang))
                (field.markup(&strings))
                button class="button button--primary" type="submit" { (text("own.ask_button")) }
            }
            p { (strings.text("service.contact", &[("contact", frame.bundle.contact.get(frame.lang))])) }
        }
    };
    frame.page(status, &title, main)
}
