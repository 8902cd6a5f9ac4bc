//! Erasing one's own record, at once: asked once more first, since it cannot be undone.

use axum::http::StatusCode;
use axum::response::Response;
use mail::LetterKind;
use maud::html;
use store::{Changed, Erasure};

use super::open::{self, Opened};
use super::pages::{self, frame_of};
use super::{act, links};
use crate::letters::{self, About};
use crate::{Event, Service, event};

/// "Do you really want to?"
pub(super) fn sure(opened: &Opened) -> Response {
    let Opened { bundle, head, token, .. } = opened;
    if !act::is_register(bundle, head) {
        return open::passed(bundle, head);
    }
    let frame = frame_of(bundle, head);
    let strings = bundle.strings(frame.lang);
    let text = |key: &str| strings.text(&format!("service.own.{key}"), &[]);
    let path = format!("/usluge/veza/{token}");
    let title = text("erase_sure");
    let main = html! {
        article class="service" {
            h1 { (title) }
            (pages::about(&frame, &strings, head))
            p { (text("erase_text")) }
            p { (text("erase_sure_text")) }
            (pages::button(&path, frame.lang, &text("erase_now"), "primary", Some("erase_now")))
            p { a href=(path) { (text("erase_keep")) } }
        }
    };
    frame.page(StatusCode::OK, &title, main)
}

/// Erases whatever version there is: what was changed meanwhile is the person's as well.
pub(super) async fn now(service: &Service, opened: &Opened) -> Response {
    let Opened { bundle, link, head, .. } = opened;
    if !act::is_register(bundle, head) {
        return open::passed(bundle, head);
    }
    // The address goes with the record, so the letter that says so is written first.
    let letter = letters::contact_of(service, head).and_then(|to| {
        let seed = link.used().hash;
        letters::write(
            service,
            bundle,
            LetterKind::Erased,
            &to,
            &About::record(head),
            None,
            &[seed.as_bytes()],
        )
    });
    let erasure = Erasure {
        reference: head.reference.clone(),
        version: None,
        at: service.now(),
        event: "erased by applicant".to_owned(),
        uses: None,
        messages: letter.into_iter().collect(),
    };
    match service.store.erase(&erasure).await {
        Ok(Changed::Done(_)) => {
            service.log(&Event::Changed { form: head.form.clone(), event: erasure.event });
            open::erased(bundle, link, head)
        }
        Ok(Changed::Missing | Changed::TokenUsed) => open::gone(bundle, link),
        Ok(Changed::Stale) => links::trouble(service, opened, "store-busy", "the record changed meanwhile"),
        Err(error) => links::trouble(service, opened, event::store_code(&error), &error.to_string()),
    }
}
