//! How far the person is: answers, attachments where the form asks for any, check.

use crate::attachments;
use crate::form::Form;
use crate::strings::Strings;

pub(super) fn line(form: &Form, strings: &Strings, key: &str) -> String {
    let steps = if attachments::any(form) { "3" } else { "2" };
    strings.text(key, &[("steps", steps)])
}
