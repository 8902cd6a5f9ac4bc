//! Parts that the pages of this module share: inputs with their errors, forms of one button, lists of facts.

use axum::http::StatusCode;
use axum::response::Response;
use forms::control;
use forms::strings::Strings;
use jiff::Timestamp;
use maud::{Markup, html};
use store::Head;

use crate::pages::Frame;
use crate::{local_time, page_path};

/// A question with one input.
pub(super) struct Field<'a> {
    pub id: &'static str,
    pub label: String,
    pub hint: String,
    pub value: &'a str,
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub error: Option<String>,
}

impl Field<'_> {
    pub fn markup(&self, strings: &Strings) -> Markup {
        let hint_id = format!("{}-hint", self.id);
        let error_id = format!("{}-error", self.id);
        let described = if self.error.is_some() { format!("{hint_id} {error_id}") } else { hint_id.clone() };
        html! {
            div class=(if self.error.is_some() { "field field--error" } else { "field" }) {
                label class="label" for=(self.id) { (self.label) }
                p class="hint" id=(hint_id) { (self.hint) }
                (error_line(&error_id, self.error.as_deref(), strings))
                input class="input input--long" type=(self.kind) id=(self.id) name=(self.id) value=(self.value)
                    autocomplete=(self.autocomplete) spellcheck="false" aria-describedby=(described)
                    aria-invalid=[self.error.as_ref().map(|_| "true")];
            }
        }
    }
}

/// A question with a larger input, never filled in by the browser.
pub(super) struct Area<'a> {
    pub id: &'static str,
    pub label: String,
    pub hint: Option<String>,
    pub value: &'a str,
    pub error: Option<String>,
}

impl Area<'_> {
    pub fn markup(&self, strings: &Strings) -> Markup {
        let (hint_id, error_id) = (format!("{}-hint", self.id), format!("{}-error", self.id));
        let parts = [(&hint_id, self.hint.is_some()), (&error_id, self.error.is_some())];
        let described: Vec<_> = parts.iter().filter(|(_, there)| *there).map(|(id, _)| id.as_str()).collect();
        html! {
            div class=(if self.error.is_some() { "field field--error" } else { "field" }) {
                label class="label" for=(self.id) { (self.label) }
                @if let Some(hint) = &self.hint { p class="hint" id=(hint_id) { (hint) } }
                (error_line(&error_id, self.error.as_deref(), strings))
                textarea class="textarea" id=(self.id) name=(self.id) rows="6"
                    aria-describedby=[(!described.is_empty()).then(|| described.join(" "))]
                    aria-invalid=[self.error.as_ref().map(|_| "true")] {
                    // The parser drops one line break right after the start tag.
                    "\n" (self.value)
                }
            }
        }
    }
}

fn error_line(id: &str, error: Option<&str>, strings: &Strings) -> Markup {
    html! {
        @if let Some(error) = error {
            p class="field-error" id=(id) {
                span class="visually-hidden" { (strings.text("violation.prefix", &[])) " " }
                (error)
            }
        }
    }
}

/// What is wrong, above everything, each leading to its input.
pub(super) fn error_summary(title: &str, fields: &[Field<'_>]) -> Markup {
    let errors = fields.iter().filter_map(|field| Some((field.id, field.error.as_deref()?)));
    summary(title, &errors.collect::<Vec<_>>())
}

/// The same from ids and texts.
pub(super) fn summary(title: &str, errors: &[(&str, &str)]) -> Markup {
    html! {
        div class="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-title" {
            h2 id="error-summary-title" { (title) }
            ul { @for (id, error) in errors { li { a href=(format!("#{id}")) { (error) } } } }
        }
    }
}

/// The language of a page, for the page that answers it.
pub(super) fn language_input(lang: &str) -> Markup {
    html! { input type="hidden" name=(control::LANG) value=(lang); }
}

/// A form that is one button. `name` and `value` say which one was pressed.
pub(super) fn button(action: &str, lang: &str, label: &str, look: &str, step: Option<&str>) -> Markup {
    html! {
        form class="form" method="post" action=(action) accept-charset="utf-8" {
            (language_input(lang))
            button class=(format!("button button--{look}")) type="submit"
                name=[step.map(|_| "step")] value=[step] { (label) }
        }
    }
}

/// A list of what is known.
pub(super) fn facts(rows: &[(String, String)]) -> Markup {
    html! {
        dl class="facts" {
            @for (name, value) in rows { div { dt { (name) } dd { (value) } } }
        }
    }
}

/// A moment in words.
pub(super) fn moment(frame: &Frame<'_>, strings: &Strings, at: Timestamp) -> String {
    local_time::in_words(at, &frame.bundle.time_zone, strings)
}

/// A frame in the language of a record, with the form's own place on the site.
pub(super) fn frame_of<'a>(bundle: &'a crate::Bundle, head: &'a Head) -> Frame<'a> {
    Frame { bundle, form: Some(&head.form), lang: bundle.language(Some(&head.language)) }
}

/// "Request 7Q2M-4XKD: Joining the diaspora register."
pub(super) fn about(frame: &Frame<'_>, strings: &Strings, head: &Head) -> Markup {
    let form = frame.bundle.forms.get(&head.form).map_or("", |form| form.form.title(frame.lang));
    html! {
        p { (strings.text("service.link.about", &[("reference", &head.reference.to_string()), ("form", form)])) }
    }
}

/// Where to go from a page on which something ended.
pub(super) fn onward(frame: &Frame<'_>, strings: &Strings) -> Markup {
    let status = page_path("status", frame.lang, &frame.bundle.default_language);
    html! {
        p { a href=(status) { (strings.text("service.link.to_status", &[])) } }
        p { (strings.text("service.contact", &[("contact", frame.bundle.contact.get(frame.lang))])) }
    }
}

/// A page about a record that says one thing and leads on.
pub(super) fn says(frame: &Frame<'_>, status: StatusCode, title: &str, main: &Markup) -> Response {
    let strings = frame.bundle.strings(frame.lang);
    frame.page(
        status,
        title,
        html! { article class="service" { h1 { (title) } (main) (onward(frame, &strings)) } },
    )
}

/// An address of this module in the language of a page.
pub(super) fn in_language(path: &str, frame: &Frame<'_>) -> String {
    if frame.lang == frame.bundle.default_language {
        path.to_owned()
    } else {
        format!("{path}?lang={}", frame.lang)
    }
}
