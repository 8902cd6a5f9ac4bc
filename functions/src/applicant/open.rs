//! From a token to a link and its record, or to the page that says why not.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;
use maud::html;
use store::Head;

use super::pages::{self, frame_of};
use super::{OWN_RECORD, act, status};
use crate::link::{self, Link, LinkAction, LinkRefusal};
use crate::pages::Frame;
use crate::{Bundle, Service};

/// A good link, and the record it is about.
pub(super) struct Opened {
    pub bundle: Arc<Bundle>,
    pub link: Link,
    pub head: Head,
    /// As it was in the address.
    pub token: String,
}

/// Opens a token. Nothing is changed, and whether it was used up is not looked at.
pub(super) async fn open(service: &Service, token: String) -> Result<Opened, Response> {
    let bundle = service.bundle();
    let (link, expired) = match link::read(&service.hashing, &token, service.now()) {
        Ok(link) => (link, false),
        Err(LinkRefusal::Expired(link)) => (link, true),
        Err(LinkRefusal::Unreadable) => {
            let frame = Frame { bundle: &bundle, form: None, lang: &bundle.default_language };
            return Err(frame.says_in_all_languages(StatusCode::NOT_FOUND, "link.unreadable"));
        }
    };
    let head = match service.store.head(&link.reference).await {
        Ok(Some(head)) => head,
        Ok(None) => return Err(gone(&bundle, &link)),
        Err(error) => {
            let frame = Frame { bundle: &bundle, form: None, lang: &bundle.default_language };
            return Err(status::unavailable(service, &frame, &error));
        }
    };
    if expired {
        return Err(too_late(service, &bundle, &link, &head));
    }
    // Whoever reads an address that the person gave up can do nothing with its links.
    let is_bound = matches!(link.action, LinkAction::ConfirmAddress | LinkAction::OwnRecord);
    if is_bound && !link.is_to(&service.hashing, head.contact.as_ref()) {
        return Err(passed(&bundle, &head));
    }
    Ok(Opened { bundle, link, head, token })
}

/// The record was erased just now, at the person's wish.
pub(super) fn erased(bundle: &Bundle, link: &Link, head: &Head) -> Response {
    let frame = frame_of(bundle, head);
    let strings = bundle.strings(frame.lang);
    let title = strings.text("service.link.gone.title", &[]);
    let text = strings.text("service.link.gone.text", &[("reference", &link.reference.to_string())]);
    let main = html! {
        article class="service" {
            h1 { (title) }
            p { (text) }
            p { a href=(bundle.home(frame.lang)) { (strings.text("service.to_home", &[])) } }
        }
    };
    frame.page(StatusCode::GONE, &title, main)
}

/// There is no such record any more. Its language went with it.
pub(super) fn gone(bundle: &Bundle, link: &Link) -> Response {
    let frame = Frame { bundle, form: None, lang: &bundle.default_language };
    let reference = link.reference.to_string();
    let first = bundle.strings(frame.lang).text("service.link.gone.title", &[]);
    let main = html! {
        h1 { (first) }
        @for lang in &bundle.languages {
            @let strings = bundle.strings(lang);
            section lang=(lang) {
                @if *lang != bundle.default_language { h2 { (strings.text("service.link.gone.title", &[])) } }
                p { (strings.text("service.link.gone.text", &[("reference", &reference)])) }
            }
        }
        p { a href=(bundle.home(frame.lang)) { (bundle.strings(frame.lang).text("service.to_home", &[])) } }
    };
    frame.page(StatusCode::GONE, &first, main)
}

/// The record does not wait for this any more.
pub(super) fn passed(bundle: &Bundle, head: &Head) -> Response {
    let frame = frame_of(bundle, head);
    let strings = bundle.strings(frame.lang);
    let title = strings.text("service.link.passed.title", &[]);
    let main = html! {
        (pages::about(&frame, &strings, head))
        p { (strings.text("service.link.passed.text", &[])) }
    };
    pages::says(&frame, StatusCode::CONFLICT, &title, &main)
}

/// Expired: what it was for can be had anew where that is safe.
fn too_late(service: &Service, bundle: &Bundle, link: &Link, head: &Head) -> Response {
    let frame = frame_of(bundle, head);
    let strings = bundle.strings(frame.lang);
    let title = strings.text("service.link.expired.title", &[]);
    let until = pages::moment(&frame, &strings, link.expires_at);
    let again = match link.action {
        // The letter goes to the address of the record, whoever presses the button.
        LinkAction::ConfirmAddress if act::waits_for_address(bundle, head) => send_again(service, head),
        _ => None,
    };
    let to_own_record = matches!(link.action, LinkAction::OwnRecord | LinkAction::KeepRecord);
    let main = html! {
        (pages::about(&frame, &strings, head))
        p { (strings.text("service.link.expired.text", &[("moment", &until)])) }
        @if let Some(path) = again {
            (pages::button(&path, frame.lang, &strings.text("service.status.confirm_again", &[]), "primary", None))
        }
        @if to_own_record {
            p { a href=(pages::in_language(OWN_RECORD, &frame)) { (strings.text("service.own.ask_button", &[])) } }
        }
    };
    pages::says(&frame, StatusCode::GONE, &title, &main)
}

fn send_again(service: &Service, head: &Head) -> Option<String> {
    let expires_at = service.now().checked_add(SignedDuration::from_hours(1)).ok()?;
    Some(link::issue(&service.hashing, LinkAction::SendAgain, &head.reference, expires_at, service.random()?))
}
