//! Pages that are not the form itself: each says what happened, what is kept, and what to do next.

use axum::http::StatusCode;
use axum::response::Response;
use forms::strings::Strings;
use forms::{RawAnswers, control};
use maud::{Markup, html};

use crate::{Bundle, Shell, answer};

/// The site's frame for one answer: which form's shell, in which language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub bundle: &'a Bundle,
    /// The form whose shell is used; without one, the shell of the services.
    pub form: Option<&'a str>,
    pub lang: &'a str,
}

impl Frame<'_> {
    /// A page in the site's frame.
    pub fn page(&self, status: StatusCode, title: &str, main: Markup) -> Response {
        let own = self.form.and_then(|form| self.bundle.forms.get(form)?.shells.get(self.lang));
        let html = match own.or_else(|| self.bundle.shells.get(self.lang)) {
            Some(shell) => shell.page(title, main),
            None => Shell::bare(self.lang, title, main),
        };
        answer::page(status, html)
    }

    /// A page that says one thing: `service.<what>.title` and `.text`, and where to go from here.
    pub fn says(&self, status: StatusCode, what: &str) -> Response {
        let strings = self.bundle.strings(self.lang);
        let title = strings.text(&format!("service.{what}.title"), &[]);
        let main = html! {
            h1 { (title) }
            (self.text(what, &strings, self.lang))
        };
        self.page(status, &title, main)
    }

    /// The same in every language of the site, for requests whose language cannot be read.
    pub fn says_in_all_languages(&self, status: StatusCode, what: &str) -> Response {
        let first = self.bundle.default_language.as_str();
        let frame = Frame { lang: first, ..*self };
        let key = format!("service.{what}.title");
        let title = self.bundle.strings(first).text(&key, &[]);
        let main = html! {
            h1 { (title) }
            (self.text(what, &self.bundle.strings(first), first))
            @for lang in self.bundle.languages.iter().filter(|lang| *lang != first) {
                @let strings = self.bundle.strings(lang);
                section lang=(lang) {
                    h2 { (strings.text(&key, &[])) }
                    (self.text(what, &strings, lang))
                }
            }
        };
        frame.page(status, &title, main)
    }

    fn text(&self, what: &str, strings: &Strings, lang: &str) -> Markup {
        html! {
            p { (strings.text(&format!("service.{what}.text"), &[])) }
            @if let Some(form) = self.form.and_then(|form| self.bundle.forms.get(form)) {
                p {
                    a href=(self.bundle.form_page(form.form.id(), lang)) {
                        (strings.text("service.to_form", &[("form", form.form.title(lang))]))
                    }
                }
            } @else {
                p { a href=(self.bundle.home(lang)) { (strings.text("service.to_home", &[])) } }
            }
            p { (strings.text("service.contact", &[("contact", self.bundle.contact.get(lang))])) }
        }
    }

    /// A page that keeps everything that was sent and offers to send it again with one button.
    pub fn keeps(&self, status: StatusCode, what: &str, code: &str, again: &Again<'_>) -> Response {
        let strings = self.bundle.strings(self.lang);
        let title = strings.text(&format!("service.{what}.title"), &[]);
        let main = html! {
            h1 { (title) }
            p { (strings.text(&format!("service.{what}.text"), &[])) }
            form class="form" method="post" action=(again.action) accept-charset="utf-8" {
                (hidden(again.raw, &[]))
                button class="button button--primary" type="submit" {
                    (strings.text(&format!("service.{what}.button"), &[]))
                }
            }
            p { (strings.text("service.contact", &[("contact", self.bundle.contact.get(self.lang))])) }
            @if !code.is_empty() {
                p class="hint" { (strings.text("service.code", &[("code", code)])) }
            }
        };
        self.page(status, &title, main)
    }
}

/// What is to be sent again, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Again<'a> {
    pub action: &'a str,
    pub raw: &'a RawAnswers,
}

/// All posted values as hidden inputs, except some names and the field that people do not see.
pub(crate) fn hidden(raw: &RawAnswers, except: &[&str]) -> Markup {
    html! {
        @for (name, value) in raw.pairs() {
            @if name != control::HONEYPOT && !except.contains(&name) {
                input type="hidden" name=(name) value=(value);
            }
        }
    }
}
