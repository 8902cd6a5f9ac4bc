//! Hidden inputs that carry the language, the fingerprint and, from the check page, all answers.

use maud::{Markup, html};

use crate::control;
use crate::form::Form;
use crate::groups;
use crate::raw::RawAnswers;

/// What every page of a form says about itself.
pub(super) fn of_page(form: &Form, lang: &str) -> Markup {
    html! {
        input type="hidden" name=(control::LANG) value=(lang);
        input type="hidden" name=(control::FINGERPRINT) value=(form.fingerprint());
    }
}

/// All answers as they were typed.
pub(super) fn of_answers(form: &Form, raw: &RawAnswers) -> Markup {
    let raw = groups::without_blank(form, raw);
    html! {
        @for (name, value) in raw.pairs() {
            @if !control::is_control(name) || name.starts_with(control::ENTRIES_PREFIX) {
                input type="hidden" name=(name) value=(value);
            }
        }
    }
}

/// That the person has been through all questions.
pub(super) fn seen() -> Markup {
    html! { input type="hidden" name=(control::SEEN) value="1" data-seen; }
}

/// What binds files that were added before, so that they are not lost while answers are edited.
pub(super) fn of_files(raw: &RawAnswers) -> Markup {
    html! {
        @if let Some(batch) = raw.get(control::BATCH) {
            input type="hidden" name=(control::BATCH) value=(batch);
        }
    }
}
