//! Posted answers → canonical answers, or every violation at once.
//!
//! What does not apply (its condition is not met) is dropped; names that the form does not know are ignored.
//! No input can panic.

mod choice;
mod contact;
mod date;
mod group;
pub(crate) mod limits;
mod number;
mod text;

use jiff::civil::Date;

use crate::answers::Answers;
use crate::definition::{Condition, Field, Kind};
use crate::form::Form;
use crate::jmb::{Jmb, JmbError};
use crate::raw::RawAnswers;
use crate::value::{Entry, TICKED, Value};
use crate::violation::{Rule, Violation};

/// More than any answer may hold: longer input is refused before it is looked at.
const MAX_RAW_BYTES: usize = 64 * 1024;

/// Decides whether the answers are accepted. `today` is the day at the town.
pub fn validate(form: &Form, raw: &RawAnswers, today: Date) -> Result<Answers, Vec<Violation>> {
    let mut violations = Vec::new();
    let mut values = Entry::new();
    for (field, condition) in form.fields() {
        if !condition.is_none_or(|condition| applies(condition, &values, None)) {
            continue;
        }
        let read = match &field.kind {
            Kind::Group { fields, min_entries, max_entries, entry: _, add: _ } => group::read(
                &group::Group { field, fields, min: *min_entries, max: *max_entries },
                raw,
                today,
                &values,
            ),
            Kind::Text { .. }
            | Kind::Name
            | Kind::Email
            | Kind::Phone
            | Kind::Jmb { .. }
            | Kind::Date { .. }
            | Kind::Year
            | Kind::Country
            | Kind::Address
            | Kind::Choice { .. }
            | Kind::Choices { .. }
            | Kind::SelectOrText { .. }
            | Kind::Number { .. }
            | Kind::LongText { .. }
            | Kind::Consent { .. } => answer(field, &field.id, raw, today),
            // Files come after the answers, on their own page.
            Kind::Attachment { .. } => Ok(None),
        };
        match read {
            Ok(Some(value)) => {
                values.insert(field.id.clone(), value);
            }
            Ok(None) => {}
            Err(found) => violations.extend(found),
        }
    }
    if violations.is_empty() { Ok(Answers::new(form, values)) } else { Err(violations) }
}

/// Whether a condition is met by the answers read so far; `entry` are those of the same entry of a group.
pub(crate) fn applies(condition: &Condition, values: &Entry, entry: Option<&Entry>) -> bool {
    if let Some(own) = entry.and_then(|entry| entry.get(&condition.field)) {
        return own.is_one_of(&condition.is);
    }
    match condition.field.split_once('.') {
        Some((group, inner)) => values.get(group).is_some_and(|value| {
            value
                .entries()
                .iter()
                .any(|entry| entry.get(inner).is_some_and(|value| value.is_one_of(&condition.is)))
        }),
        None => values.get(&condition.field).is_some_and(|value| value.is_one_of(&condition.is)),
    }
}

/// Reads one answer that is not a group; nothing where an optional question was left open.
fn answer(field: &Field, name: &str, raw: &RawAnswers, today: Date) -> Result<Option<Value>, Vec<Violation>> {
    let read = if raw.all(name).any(|text| text.len() > MAX_RAW_BYTES) {
        Err(endless(&field.kind))
    } else {
        read(field, name, raw, today)
    };
    match read {
        Ok(None) if !field.optional => Err(vec![Violation::new(name, &field.kind, Rule::Missing)]),
        Ok(value) => Ok(value),
        Err(rule) => Err(vec![Violation::new(name, &field.kind, rule)]),
    }
}

fn read(field: &Field, name: &str, raw: &RawAnswers, today: Date) -> Result<Option<Value>, Rule> {
    let typed = raw.get(name).unwrap_or_default();
    match &field.kind {
        Kind::Text { max_characters } => text::line(typed, *max_characters).map(text::given),
        Kind::Name => text::name(typed).map(text::given),
        Kind::Email => contact::email(typed).map(text::given),
        Kind::Phone => contact::phone(typed).map(text::given),
        Kind::Jmb { birth_date: _ } => jmb(typed),
        Kind::Date { unknown_allowed } => date::day(name, raw, *unknown_allowed, today),
        Kind::Year => date::year(typed, today),
        Kind::Country => choice::country(typed).map(text::given),
        Kind::Address => text::lines(typed, limits::ADDRESS).map(text::given),
        Kind::Choice { options } => choice::one(typed, options).map(text::given),
        Kind::Choices { options } => choice::many(raw.all(name), options),
        Kind::SelectOrText { suggestions: _ } => text::line(typed, limits::SELECT_OR_TEXT).map(text::given),
        Kind::Number { min, max, default: _ } => number::whole(typed, *min, *max),
        Kind::LongText { max_characters } => text::lines(typed, *max_characters).map(text::given),
        Kind::Consent { version, text: _ } => {
            Ok((typed.trim() == TICKED).then(|| Value::Agreed(version.clone())))
        }
        // `validate` reads groups itself, and `check` refuses a group or an attachment in a group.
        Kind::Group { .. } | Kind::Attachment { .. } => Ok(None),
    }
}

/// What is said of an answer beyond any limit: the limit of its own question, where it has one.
fn endless(kind: &Kind) -> Rule {
    let too_long = |most: u32| Rule::TooLong(usize::try_from(most).unwrap_or(MAX_RAW_BYTES));
    match kind {
        Kind::Text { max_characters } | Kind::LongText { max_characters } => too_long(*max_characters),
        Kind::Name => too_long(limits::NAME),
        Kind::Address => too_long(limits::ADDRESS),
        Kind::SelectOrText { .. } => too_long(limits::SELECT_OR_TEXT),
        Kind::Email => Rule::NotAnEmail,
        Kind::Phone => Rule::NotAPhone,
        Kind::Jmb { .. } => Rule::JmbNotDigits,
        Kind::Date { .. } => Rule::NotADate,
        Kind::Year => Rule::NotAYear,
        Kind::Country => Rule::UnknownCountry,
        Kind::Choice { .. } | Kind::Choices { .. } => Rule::UnknownOption,
        Kind::Number { .. } => Rule::NotANumber,
        // None is typed: a tick says what it says, a group is read question by question, files come later.
        Kind::Consent { .. } | Kind::Group { .. } | Kind::Attachment { .. } => Rule::TooLong(MAX_RAW_BYTES),
    }
}

fn jmb(typed: &str) -> Result<Option<Value>, Rule> {
    let typed = crate::clean::line(typed);
    if typed.is_empty() {
        return Ok(None);
    }
    match Jmb::parse(&typed) {
        Ok(number) => Ok(Some(Value::Text(number.digits().into_inner()))),
        Err(JmbError::NotDigits) => Err(Rule::JmbNotDigits),
        Err(JmbError::Length(digits)) => Err(Rule::JmbLength(digits)),
        Err(JmbError::DayOrMonth) => Err(Rule::JmbDayOrMonth),
        Err(JmbError::CheckDigit) => Err(Rule::JmbCheckDigit),
    }
}
