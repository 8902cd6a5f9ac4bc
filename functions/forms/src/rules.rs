//! What validation refuses although neither the page nor the JSON Schema does, by kind. A test compares this table
//! with what really happens: a rule that is added unlisted, or listed without need, fails it.

use crate::definition::Kind;
use crate::violation::Rule;

impl Rule {
    /// The short stable name of the rule.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong(_) => "too_long",
            Self::NotAName => "not_a_name",
            Self::NotAnEmail => "not_an_email",
            Self::EmailLetters => "email_letters",
            Self::NotAPhone => "not_a_phone",
            Self::PhoneWithoutCountry => "phone_without_country",
            Self::PhoneLength => "phone_length",
            Self::JmbNotDigits => "jmb_not_digits",
            Self::JmbLength(_) => "jmb_length",
            Self::JmbDayOrMonth => "jmb_day_or_month",
            Self::JmbCheckDigit => "jmb_check_digit",
            Self::DateWithoutDay => "date_without_day",
            Self::DateWithoutMonth => "date_without_month",
            Self::DateWithoutYear => "date_without_year",
            Self::NotADate => "not_a_date",
            Self::DateYearDigits => "date_year_digits",
            Self::NoSuchDay => "no_such_day",
            Self::DateInFuture => "date_in_future",
            Self::DateBefore(_) => "date_before",
            Self::DateAndUnknown => "date_and_unknown",
            Self::NotAYear => "not_a_year",
            Self::YearOutside(..) => "year_outside",
            Self::UnknownOption => "unknown_option",
            Self::UnknownCountry => "unknown_country",
            Self::NotANumber => "not_a_number",
            Self::NumberOutside(..) => "number_outside",
            Self::TooManyEntries(_) => "too_many_entries",
        }
    }
}

/// The rules of a kind that a program which knows only the schema does not see.
pub fn beyond_schema(kind: &Kind) -> &'static [&'static str] {
    match kind {
        // Text of nothing but spaces is no answer; a schema sees only that it is not empty.
        Kind::Text { .. } | Kind::Address | Kind::SelectOrText { .. } | Kind::LongText { .. } => &["missing"],
        // A letter in it, and no sign of an address or a link.
        Kind::Name => &["missing", "not_a_name"],
        // Addresses of all scripts are more than a pattern can say.
        Kind::Email => &["missing", "not_an_email", "email_letters"],
        // The calendar and the check digit.
        Kind::Jmb { .. } => &["jmb_day_or_month", "jmb_check_digit"],
        // Today, and the oldest register.
        Kind::Date { .. } => &["date_in_future", "date_before"],
        // Today.
        Kind::Year => &["year_outside"],
        Kind::Phone
        | Kind::Country
        | Kind::Choice { .. }
        | Kind::Choices { .. }
        | Kind::Number { .. }
        | Kind::Consent { .. } => &[],
        // Its questions have rules of their own; an entry in which nothing is answered is none.
        Kind::Group { .. } => &["missing"],
        // Files come after the answers and are judged where they arrive.
        Kind::Attachment { .. } => &[],
    }
}
