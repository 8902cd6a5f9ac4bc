//! What an answer lacks, said to the person who gave it.

use crate::definition::{Field, Kind};
use crate::form::{self, Form};
use crate::groups;
use crate::names;
use crate::strings::Strings;

/// One reason why the answers are not accepted yet. It holds no value that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The posted name of the field (`certificates.0.copies`).
    pub field: String,
    /// The `id` of the element to focus.
    pub anchor: String,
    /// What is wrong.
    pub rule: Rule,
}

/// What can be wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Nothing was answered.
    Missing,
    /// Longer than this many characters.
    TooLong(usize),
    /// No letter in it, or signs that no name has.
    NotAName,
    /// Not an e-mail address.
    NotAnEmail,
    /// An e-mail address with letters before the `@` to which mail cannot be sent.
    EmailLetters,
    /// Something other than digits and separators.
    NotAPhone,
    /// The number does not begin with the code of a country.
    PhoneWithoutCountry,
    /// Too few or too many digits (ITU-T E.164: at most 15).
    PhoneLength,
    /// Something other than digits.
    JmbNotDigits,
    /// This many digits instead of 13.
    JmbLength(usize),
    /// The first four digits are no day and month.
    JmbDayOrMonth,
    /// The check digit does not fit.
    JmbCheckDigit,
    /// The day is missing.
    DateWithoutDay,
    /// The month is missing.
    DateWithoutMonth,
    /// The year is missing.
    DateWithoutYear,
    /// Not written in digits.
    NotADate,
    /// The year of a date is not four digits.
    DateYearDigits,
    /// In digits, but the calendar has no such day.
    NoSuchDay,
    /// A day that has not come yet.
    DateInFuture,
    /// Before this year.
    DateBefore(i16),
    /// A day was given and "not known" ticked.
    DateAndUnknown,
    /// Not a year of four digits.
    NotAYear,
    /// Not between these years.
    YearOutside(i64, i64),
    /// Not one of the options.
    UnknownOption,
    /// Not a country of the list.
    UnknownCountry,
    /// Not a whole number.
    NotANumber,
    /// Not between these numbers.
    NumberOutside(i64, i64),
    /// More entries than this.
    TooManyEntries(u32),
}

impl Violation {
    pub(crate) fn new(name: &str, kind: &Kind, rule: Rule) -> Self {
        let anchor = match rule {
            Rule::DateWithoutMonth => names::element_id(&format!("{name}.month")),
            Rule::DateWithoutYear | Rule::DateYearDigits | Rule::DateBefore(_) => {
                names::element_id(&format!("{name}.year"))
            }
            _ => names::anchor(name, kind),
        };
        Self { field: name.to_owned(), anchor, rule }
    }

    /// The sentence beside the input.
    pub fn text(&self, form: &Form, lang: &str, strings: &Strings) -> String {
        let Some(field) = form.field(&self.field) else { return strings.text("violation.unknown", &[]) };
        let label = form::label(field, lang);
        let say = |key: &str, arguments: &[(&str, &str)]| {
            let mut all = vec![("label", label)];
            all.extend_from_slice(arguments);
            strings.text(key, &all)
        };
        let number = |n: i64| n.to_string();
        match self.rule {
            Rule::Missing => missing(field, lang, strings),
            Rule::TooLong(most) => strings.count("violation.too_long", most as u64, &[("label", label)]),
            Rule::NotAName => say("violation.not_a_name", &[]),
            Rule::NotAnEmail => say("violation.not_an_email", &[]),
            Rule::EmailLetters => say("violation.email_letters", &[]),
            Rule::NotAPhone => say("violation.not_a_phone", &[]),
            Rule::PhoneWithoutCountry => say("violation.phone_without_country", &[]),
            Rule::PhoneLength => say("violation.phone_length", &[]),
            Rule::JmbNotDigits => say("violation.jmb_not_digits", &[]),
            Rule::JmbLength(digits) => {
                strings.count("violation.jmb_length", digits as u64, &[("label", label)])
            }
            Rule::JmbDayOrMonth => say("violation.jmb_day_or_month", &[]),
            Rule::JmbCheckDigit => say("violation.jmb_check_digit", &[]),
            Rule::DateWithoutDay => say("violation.date_without_day", &[]),
            Rule::DateWithoutMonth => say("violation.date_without_month", &[]),
            Rule::DateWithoutYear => say("violation.date_without_year", &[]),
            Rule::NotADate => say("violation.not_a_date", &[]),
            Rule::NoSuchDay => say("violation.no_such_day", &[]),
            Rule::DateInFuture => say("violation.date_in_future", &[]),
            Rule::DateBefore(year) => say("violation.date_before", &[("year", &year.to_string())]),
            Rule::DateAndUnknown => say("violation.date_and_unknown", &[]),
            Rule::NotAYear | Rule::DateYearDigits => say("violation.not_a_year", &[]),
            Rule::YearOutside(from, to) => {
                say("violation.year_outside", &[("from", &number(from)), ("to", &number(to))])
            }
            Rule::UnknownOption => say("violation.unknown_option", &[]),
            Rule::UnknownCountry => say("violation.unknown_country", &[]),
            Rule::NotANumber => say("violation.not_a_number", &[]),
            Rule::NumberOutside(from, to) => {
                say("violation.number_outside", &[("from", &number(from)), ("to", &number(to))])
            }
            Rule::TooManyEntries(most) => {
                strings.count("violation.too_many_entries", most.into(), &[("label", label)])
            }
        }
    }

    /// The sentence in the summary above the form, which also names the entry of a group.
    pub fn summary(&self, form: &Form, lang: &str, strings: &Strings) -> String {
        let text = self.text(form, lang, strings);
        for (field, _) in form.fields() {
            if let (Kind::Group { entry, .. }, Some((index, _))) =
                (&field.kind, groups::entry_of(&self.field, &field.id))
            {
                let number = (index + 1).to_string();
                return strings.text(
                    "violation.in_entry",
                    &[("entry", entry.get(lang)), ("number", &number), ("text", &text)],
                );
            }
        }
        text
    }
}

/// What is said where a required answer or file is missing.
pub(crate) fn missing(field: &Field, lang: &str, strings: &Strings) -> String {
    if let Some(words) = &field.missing {
        return words.get(lang).to_owned();
    }
    let key = match &field.kind {
        Kind::Text { .. }
        | Kind::Name
        | Kind::Email
        | Kind::Phone
        | Kind::Jmb { .. }
        | Kind::Year
        | Kind::Address
        | Kind::SelectOrText { .. }
        | Kind::Number { .. }
        | Kind::LongText { .. } => "violation.missing_text",
        Kind::Date { .. } => "violation.missing_date",
        Kind::Country | Kind::Choice { .. } => "violation.missing_choice",
        Kind::Choices { .. } => "violation.missing_choices",
        Kind::Group { .. } => "violation.missing_entry",
        Kind::Consent { .. } => "violation.missing_consent",
        Kind::Attachment { .. } => "violation.missing_attachment",
    };
    strings.text(key, &[("label", form::label(field, lang))])
}
