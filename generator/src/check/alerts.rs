//! Numbers of persons in alerts: those of pages are looked for in their main part, above which alerts stand.

use super::audit::Finding;
use super::{personal, problems};
use crate::diagnostic::{Diagnostic, Place};

/// What is found in a text of the alert at `place`, but for the numbers that the site allows.
pub fn personal_numbers(text: &str, allowed: &[String], place: &Place) -> Vec<Diagnostic> {
    let is_allowed = |number: &str| {
        let digits = personal::digits(number);
        allowed.iter().any(|allowed| personal::digits(allowed) == digits)
    };
    let found = personal::numbers(text).into_iter().filter(|number| !is_allowed(number.text));
    found
        .map(|number| {
            let finding = Finding::PersonalNumber { kind: number.kind, text: number.text.to_owned() };
            problems::finding(&finding, &place.path, place.clone())
        })
        .collect()
}
