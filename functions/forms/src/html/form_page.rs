//! The form: empty, or with the answers kept and every violation named.

use jiff::civil::Date;
use maud::{Markup, html};

use super::field::{Place, When, field};
use super::{before, errors, hidden, parts, price, save, steps};
use crate::control;
use crate::definition::{Field, Kind, Section};
use crate::form::Form;
use crate::procedure::Cards;
use crate::raw::RawAnswers;
use crate::strings::Strings;
use crate::violation::Violation;
use crate::words::paragraphs;

/// Everything that the page shows.
pub struct FormView<'a> {
    /// The form.
    pub form: &'a Form,
    /// The language of the page.
    pub lang: &'a str,
    /// The words of the interface in that language.
    pub strings: &'a Strings,
    /// The procedure cards, for the fees.
    pub cards: &'a Cards,
    /// Where the answers are sent.
    pub action: &'a str,
    /// The static page of the form, from which links to its other pages are made; none where the page answers
    /// somebody who has begun already.
    pub form_url: Option<&'a str>,
    /// The answers to show; empty for a fresh form.
    pub raw: &'a RawAnswers,
    /// What was wrong with them.
    pub violations: &'a [Violation],
    /// A sentence above the form ("the form has changed").
    pub notice: Option<&'a str>,
    /// The day at the town.
    pub today: Date,
}

/// The heading, what was wrong, and the form.
pub fn form_page(view: &FormView<'_>) -> Markup {
    let text = |key: &str| view.strings.text(key, &[]);
    let sections = view.form.sections();
    html! {
        p.steps { (steps::line(view.form, view.strings, "form.step_answer")) }
        h1 { (view.form.title(view.lang)) }
        @if let Some(notice) = view.notice {
            div.notice role="status" { p { (notice) } }
        }
        (errors::summary(view))
        @if let Some(intro) = view.form.intro(view.lang) {
            @for paragraph in paragraphs(intro) { p { (paragraph) } }
        }
        @if let Some(url) = view.form_url { (before::links(view, url)) }
        (price::list(view))
        p.hint { (text("form.optional_note")) }
        form.form method="post" action=(view.action) accept-charset="utf-8" novalidate
            data-parts=[parts::are_many(view.form).then_some(if view.form_url.is_some() { "address" } else { "" })] {
            // Enter in an input presses the first button of a form: it must not be one that removes an entry.
            button.visually-hidden type="submit" tabindex="-1" aria-hidden="true" { (steps::next(view.form, view.strings)) }
            (hidden::of_page(view.form, view.lang))
            (hidden::of_files(view.raw))
            @if is_seen(view) { (hidden::seen()) }
            (trap(view.strings))
            (parts::progress(view))
            @for part in sections { (section(view, part)) }
            div.group-actions { (parts::buttons(view)) }
            (parts::all(view))
            p.hint { (text("form.continue_hint")) }
        }
        (save::later(view))
    }
}

fn section(view: &FormView<'_>, section: &Section) -> Markup {
    let heading = format!("s-{}", section.id);
    let when = section.shown_when.as_ref().map(|condition| When::of(view, condition, None));
    html! {
        section.form-section aria-labelledby=(heading)
            data-shown-when-field=[when.as_ref().map(|when| &when.name)]
            data-shown-when-values=[when.as_ref().map(|when| &when.values)] {
            h2 id=(heading) { (section.title.get(view.lang)) }
            @if let Some(when) = &when { p.hint id=(format!("{heading}-when")) { (when.sentence) } }
            @if let Some(intro) = &section.intro {
                @for paragraph in paragraphs(intro.get(view.lang)) { p { (paragraph) } }
            }
            @for page in section.pages() { (page_of(view, page, section.pages().count() == 1)) }
        }
    }
}

/// The questions that people with script see at a time, under one heading: that of the page, the only question, or
/// the section's where it has no other page.
fn page_of(view: &FormView<'_>, page: &[Field], is_section: bool) -> Markup {
    let Some(first) = page.first() else { return html! {} };
    let place = if page.len() > 1 || first.page_title.is_some() { Place::Page } else { Place::Heading };
    let is_titled = first.page_title.is_some();
    // Files come after the answers: there is nothing to do on such a page.
    let is_notice = page.iter().all(|field| matches!(field.kind, Kind::Attachment { .. }));
    html! {
        div.form-step id=(format!("q-{}", first.id)) data-notice[is_notice]
            data-section-heading[is_section && page.len() > 1 && !is_titled] {
            @if let Some(title) = &first.page_title {
                h3.page-title data-page-heading { (title.get(view.lang)) }
            }
            @for question in page { (field(view, question, &question.id, place)) }
        }
    }
}

/// Whether the person has been through all questions: with script only what is wrong or new is then asked again.
fn is_seen(view: &FormView<'_>) -> bool {
    !view.violations.is_empty() || view.raw.get(control::SEEN).is_some()
}

fn trap(strings: &Strings) -> Markup {
    let id = format!("f-{}", control::HONEYPOT);
    html! {
        div.trap aria-hidden="true" {
            label for=(id) { (strings.text("form.trap", &[])) }
            input type="text" id=(id) name=(control::HONEYPOT) value="" tabindex="-1" autocomplete="off";
        }
    }
}
