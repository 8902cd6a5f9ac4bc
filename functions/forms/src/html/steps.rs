//! How far the person is, and what comes next: answers, attachments where the form asks for any, check.

use crate::attachments;
use crate::form::Form;
use crate::strings::Strings;

pub(super) fn line(form: &Form, strings: &Strings, key: &str) -> String {
    let steps = if attachments::any(form) { "3" } else { "2" };
    strings.text(key, &[("steps", steps)])
}

/// The words of the button that sends the answers.
pub(super) fn next(form: &Form, strings: &Strings) -> String {
    let key = if attachments::any(form) { "form.continue_files" } else { "form.continue" };
    strings.text(key, &[])
}
