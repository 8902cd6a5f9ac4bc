//! `/usluge/status`: a form for reference and address, and what it finds.

use axum::extract::{RawQuery, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use maud::{Markup, html};
use store::StoreError;

use super::lookup::{self, Lookup};
use super::pages::{self, Field};
use super::{asked_language, posted, status_page};
use crate::abuse::Network;
use crate::pages::Frame;
use crate::{Bundle, Event, Service, event};

const PATH: &str = "/usluge/status";
/// The longest that either field needs; what is longer is cut before it is hashed or shown.
const LONGEST: usize = 320;

/// Shows the empty form.
pub(super) async fn form(State(service): State<Service>, query: RawQuery) -> Response {
    let bundle = service.bundle();
    let frame = Frame { bundle: &bundle, form: None, lang: asked_language(&bundle, &query) };
    let title = bundle.strings(frame.lang).text("service.status.title", &[]);
    frame.page(StatusCode::OK, &title, form_markup(&frame, "", "", false))
}

/// Looks up what was typed.
pub(super) async fn show(State(service): State<Service>, request: Request) -> Response {
    let network = Network::of(request.extensions());
    let posted = match posted::read(&service, request).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let typed = |name| cut(posted.raw.get(name).unwrap_or_default());
    let (reference, email) = (typed("reference"), typed("email"));
    let frame = Frame { bundle: &posted.bundle, form: None, lang: &posted.language };
    match lookup::find(&service, reference, email, network.as_ref()).await {
        Ok(Lookup::Found(head)) => status_page::page(&service, &frame, &head),
        Ok(Lookup::Nothing) => {
            let title = posted.bundle.strings(frame.lang).text("service.status.not_found", &[]);
            let main = form_markup(&frame, reference, email, true);
            frame.page(StatusCode::UNPROCESSABLE_ENTITY, &title, main)
        }
        Ok(Lookup::TooOften) => too_often(&frame),
        Err(error) => unavailable(&service, &frame, &error),
    }
}

/// "Try again in an hour."
pub(super) fn too_often(frame: &Frame<'_>) -> Response {
    let mut response = frame.says(StatusCode::TOO_MANY_REQUESTS, "too_often");
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("3600"));
    response
}

/// The store did not answer; nothing was changed.
pub(super) fn unavailable(service: &Service, frame: &Frame<'_>, error: &StoreError) -> Response {
    let code = event::store_code(error);
    service.log(&Event::Failed { code, form: None, reason: error.to_string() });
    let mut response = frame.says(StatusCode::SERVICE_UNAVAILABLE, "status_unavailable");
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
    response
}

fn cut(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

fn form_markup(frame: &Frame<'_>, reference: &str, email: &str, missed: bool) -> Markup {
    let bundle: &Bundle = frame.bundle;
    let strings = bundle.strings(frame.lang);
    let text = |key: &str| strings.text(&format!("service.status.{key}"), &[]);
    let fields = [
        Field {
            id: "reference",
            label: text("reference"),
            hint: text("reference_hint"),
            value: reference,
            kind: "text",
            autocomplete: "off",
            error: missed.then(|| text("not_found_reference")),
        },
        Field {
            id: "email",
            label: text("email"),
            hint: text("email_hint"),
            value: email,
            kind: "email",
            autocomplete: "email",
            error: missed.then(|| text("not_found_email")),
        },
    ];
    html! {
        article class="service" {
            h1 { (text("title")) }
            p { (text("intro")) }
            @if missed {
                (pages::error_summary(&text("not_found_title"), &fields))
                p { (text("not_found_text")) }
            }
            form class="form" method="post" action=(PATH) accept-charset="utf-8" novalidate {
                (pages::language_input(frame.lang))
                @for field in &fields { (field.markup(&strings)) }
                button class="button button--primary" type="submit" { (text("show")) }
            }
            h2 { (text("lost_title")) }
            p { (text("lost")) }
            p { (strings.text("service.contact", &[("contact", bundle.contact.get(frame.lang))])) }
        }
    }
}
