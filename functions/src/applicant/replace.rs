//! A confirmed form that replaces what is in one's own record, instead of being a new submission.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;
use mail::LetterKind;
use maud::html;
use store::{Actor, Change, Changed, Head, Replacement, Set, Stage, StoreError};

use super::act;
use super::open;
use super::pages::{self, frame_of};
use crate::arrival::{self, Confirmed};
use crate::letters::{self, About};
use crate::link::{self, Link, LinkAction};
use crate::pages::Frame;
use crate::request::{Step, Submission};
use crate::{Contact, Event, Service, confirm, event};

/// Whoever opened the form while the link was good may take this long to fill it in.
const GRACE: SignedDuration = SignedDuration::from_hours(2);

/// Replaces the record that `token` leads to. The old answers are overwritten in the same transaction.
pub(crate) async fn replace(
    service: &Service,
    submission: &Submission,
    token: &str,
    confirmed: &Confirmed<'_>,
) -> Response {
    match attempt(service, submission, token, confirmed).await {
        Ok(response) => response,
        Err(error) => {
            let code = event::store_code(&error);
            confirm::try_again(service, submission, Step::Confirm, code, &error.to_string())
        }
    }
}

async fn attempt(
    service: &Service,
    submission: &Submission,
    token: &str,
    confirmed: &Confirmed<'_>,
) -> Result<Response, StoreError> {
    let bundle = submission.bundle();
    let frame = Frame { bundle, form: Some(submission.form_id()), lang: submission.language() };
    let early = service.now().saturating_sub(GRACE).unwrap_or_else(|_| service.now());
    let link = match link::read(&service.hashing, token, early) {
        Ok(link) if link.action == LinkAction::OwnRecord => link,
        _ => return Ok(frame.says(StatusCode::NOT_FOUND, "link.unreadable")),
    };
    let Some(head) = service.store.head(&link.reference).await? else { return Ok(open::gone(bundle, &link)) };
    // Pressed twice: the first time did it.
    if service.store.is_used(&confirmed.verified.key).await? {
        return Ok(done(submission, &head));
    }
    let is_theirs = link.is_to(&service.hashing, head.contact.as_ref());
    if !is_theirs || head.form != submission.form_id() || !act::is_register(bundle, &head) {
        return Ok(open::passed(bundle, &head));
    }
    let change = match change(service, submission, &head, &link, confirmed) {
        Ok(change) => change,
        Err(reason) => {
            return Ok(confirm::try_again(service, submission, Step::Confirm, "sealing-failed", &reason));
        }
    };
    match service.store.change(&change).await? {
        Changed::Done(_) => {
            service.log(&Event::Changed { form: head.form.clone(), event: change.event });
            Ok(done(submission, &head))
        }
        Changed::TokenUsed => Ok(done(submission, &head)),
        Changed::Missing => Ok(open::gone(bundle, &link)),
        Changed::Stale => {
            let reason = "the record changed meanwhile";
            Ok(confirm::try_again(service, submission, Step::Confirm, "store-busy", reason))
        }
    }
}

fn change(
    service: &Service,
    submission: &Submission,
    head: &Head,
    link: &Link,
    confirmed: &Confirmed<'_>,
) -> Result<Change, String> {
    let (bundle, now) = (submission.bundle(), service.now());
    let Confirmed { form, answers, verified, .. } = confirmed;
    let key = &verified.key;
    let mut change = Change::new(head.reference.clone(), head.version, now, "replaced by applicant");
    let key_ends = now.checked_add(SignedDuration::from_hours(3)).map_err(|error| error.to_string())?;
    change.uses = Some((key.clone(), key_ends));
    change.replacement = Some(Replacement {
        fingerprint: form.fingerprint(),
        language: submission.language().to_owned(),
        payload: arrival::sealed_answers(service, submission, form, answers, &[], &head.reference, now)?,
        facets: answers.facets(form),
        answers: verified.answers.clone(),
    });
    // The office looks at it again, as at a new one.
    if head.stage.may_become(Stage::Received, Actor::Applicant) && head.stage != Stage::Unconfirmed {
        change.stage = Some(Stage::Received);
    }
    change.renewal_due_at = Set::To(act::in_a_year(now, bundle));
    let seed = link.used().hash;
    let about = About::record(head);
    // To the old address, always: whoever did not do this should hear of it.
    if let Some(old) = letters::contact_of(service, head) {
        let seed = [seed.as_bytes(), key.hash.as_bytes()];
        change.messages.extend(letters::write(
            service,
            bundle,
            LetterKind::Replaced,
            &old,
            &about,
            None,
            &seed,
        ));
    }
    let contact = Contact::of(form, answers, submission.language()).ok_or("the form asks for no address")?;
    let email = contact.email.reveal();
    let hash = Contact::hash(service.hashing.current(), form.id(), email);
    if !Contact::is_behind(&service.hashing, form.id(), email, head.contact.as_ref()) {
        change.contact_confirmed_at = Set::Clear;
        let letter = act::confirm_address(service, bundle, &about, &contact, &hash, key.hash.as_bytes());
        change.messages.extend(letter);
    }
    change.contact_sealed = Set::To(contact.seal(&service.sealer).map_err(|error| error.to_string())?);
    change.contact = Set::To(hash);
    Ok(change)
}

fn done(submission: &Submission, head: &Head) -> Response {
    let frame = Frame { lang: submission.language(), ..frame_of(submission.bundle(), head) };
    let strings = frame.bundle.strings(frame.lang);
    let text = |key: &str| strings.text(&format!("service.own.{key}"), &[]);
    let title = text("replaced_title");
    let main = html! {
        (pages::about(&frame, &strings, head))
        p { (text("replaced_text")) }
        p { (text("replaced_address")) }
    };
    pages::says(&frame, StatusCode::OK, &title, &main)
}
