//! One's own record in a register, behind a mailed link: what is known about it, and what can be done with it.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use forms::definition::Kind;
use forms::strings::Strings;
use forms::{Form, country_name};
use maud::{Markup, html};

use super::open::Opened;
use super::pages::{self, facts, frame_of, moment};
use super::{act, open, status_page};
use crate::Service;
use crate::pages::Frame;
use crate::request::Submission;

/// The page. `asked` says that a copy was asked for through this link.
pub(super) fn page(service: &Service, opened: &Opened, asked: bool) -> Response {
    let Opened { bundle, head, token, .. } = opened;
    if !act::is_register(bundle, head) {
        return open::passed(bundle, head);
    }
    let frame = frame_of(bundle, head);
    let strings = bundle.strings(frame.lang);
    let text = |key: &str| strings.text(&format!("service.own.{key}"), &[]);
    let action = format!("/usluge/veza/{token}");
    let button = |step: &'static str, look: &str| {
        pages::button(&action, frame.lang, &text(&format!("{step}_button")), look, Some(step))
    };
    let title = text("title");
    let main = html! {
        article class="service" {
            h1 { (title) }
            (pages::about(&frame, &strings, head))
            h2 { (text("state")) }
            p { (text("state_text")) }
            (facts(&rows(service, opened, &frame, &strings)))
            @if let Some(counted) = counted(bundle.forms.get(&head.form).map(|form| &form.form), opened, &frame) {
                h3 { (text("counted")) }
                (counted)
            }
            h2 { (text("replace_title")) }
            p { (text("replace_text")) }
            (button("replace", "primary"))
            h2 { (text("export_title")) }
            @if asked {
                p { strong { (text("export_done")) } }
            } @else {
                p { (text("export_text")) }
                (button("export", "secondary"))
            }
            h2 { (text("erase_title")) }
            p { (text("erase_text")) }
            (button("erase", "secondary"))
            p class="hint" { (strings.text("service.link.until", &[("moment", &moment(&frame, &strings, opened.link.expires_at))])) }
            (pages::onward(&frame, &strings))
        }
    };
    frame.page(StatusCode::OK, &title, main)
}

fn rows(service: &Service, opened: &Opened, frame: &Frame<'_>, strings: &Strings) -> Vec<(String, String)> {
    let head = &opened.head;
    let text = |key: &str| strings.text(&format!("service.own.{key}"), &[]);
    let at = |moment_at| moment(frame, strings, moment_at);
    let mut rows = vec![
        (text("reference"), head.reference.to_string()),
        (strings.text("service.status.received", &[]), at(head.received_at)),
        (text("stage"), status_page::stage_text(strings, head.stage, "title")),
        (text("changed"), at(head.changed_at)),
        (text("confirmed"), head.contact_confirmed_at.map_or_else(|| text("not_confirmed"), at)),
    ];
    rows.extend(head.renewal_due_at.map(|due_at| (text("renewal"), at(due_at))));
    let notice = status_page::notice(service, head);
    let unsubscribed_at = notice.and_then(|notice| notice.unsubscribed_at);
    rows.extend(unsubscribed_at.map(|unsubscribed_at| (text("unsubscribed"), at(unsubscribed_at))));
    rows
}

/// What is stored in the clear, in the words of the form.
fn counted(form: Option<&Form>, opened: &Opened, frame: &Frame<'_>) -> Option<Markup> {
    let form = form?;
    let rows: Vec<(String, String)> = opened
        .head
        .facets
        .iter()
        .map(|(name, value)| {
            let field = form.field(name);
            let label = field.map_or(name.as_str(), |field| field.label.get(frame.lang));
            let words = value.split(',').map(|value| match field.map(|field| &field.kind) {
                Some(Kind::Choice { options } | Kind::Choices { options }) => options
                    .iter()
                    .find(|option| option.value == value)
                    .map_or(value, |option| option.label.get(frame.lang)),
                Some(Kind::Country) => country_name(value, frame.lang).unwrap_or(value),
                _ => value,
            });
            (label.to_owned(), words.collect::<Vec<_>>().join(", "))
        })
        .collect();
    (!rows.is_empty()).then(|| facts(&rows))
}

/// The form, empty: what is sent with it replaces what is in the record.
pub(super) fn empty_form(service: &Service, opened: &Opened) -> Response {
    let Opened { bundle, head, token, .. } = opened;
    if !act::is_register(bundle, head) {
        return open::passed(bundle, head);
    }
    let lang = bundle.language(Some(&head.language)).to_owned();
    let submission = Submission::to_replace(Arc::clone(bundle), head.form.clone(), lang, token.clone());
    submission.form_again(service, StatusCode::OK, &[], None)
}
