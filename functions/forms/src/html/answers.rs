//! Questions and answers to read.

use maud::{Markup, html};

use crate::answers::Answers;
use crate::control;
use crate::form::Form;
use crate::strings::Strings;
use crate::summary::{self, Part, Row};

/// The `id` of the form whose buttons lead back to the questions.
pub(super) const EDIT_FORM: &str = "edit-form";

/// What was answered, without "change" (the receipt, the desk).
pub fn answers_list(form: &Form, lang: &str, strings: &Strings, answers: &Answers) -> Markup {
    list(form, lang, strings, answers, false)
}

pub(super) fn list(
    form: &Form,
    lang: &str,
    strings: &Strings,
    answers: &Answers,
    with_change: bool,
) -> Markup {
    html! {
        @for part in summary::parts(form, lang, strings, answers) {
            @if part.is_entry { h3 { (part.title) } } @else { h2 { (part.title) } }
            @if !part.rows.is_empty() {
                dl.check-list {
                    @for row in &part.rows { (line(&part, row, strings, with_change)) }
                }
            }
        }
    }
}

fn line(part: &Part, row: &Row, strings: &Strings, with_change: bool) -> Markup {
    html! {
        div.check-row {
            dt { (row.question) }
            dd {
                @if row.answer.is_empty() {
                    span.hint { (strings.text("form.not_answered", &[])) }
                }
                @for (index, text) in row.answer.iter().enumerate() {
                    @if index > 0 { br; }
                    (text)
                }
            }
            @if with_change {
                dd {
                    button.button.button--link type="submit" form=(EDIT_FORM) name=(control::EDIT) value=(row.anchor) {
                        (strings.text("form.change", &[]))
                        // Entries of a group ask the same questions: the button says whose answer it changes.
                        span.visually-hidden { ": " @if part.is_entry { (part.title) ", " } (row.question) }
                    }
                }
            }
        }
    }
}
