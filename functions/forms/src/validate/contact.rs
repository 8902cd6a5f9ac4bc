//! E-mail addresses and telephone numbers.

use crate::clean;
use crate::email::{self, EmailError};
use crate::violation::Rule;

/// An address that a letter can be sent to, its domain in its own letters and lower case.
pub(super) fn email(typed: &str) -> Result<String, Rule> {
    let typed = clean::line(typed);
    if typed.is_empty() {
        return Ok(typed);
    }
    match email::read(&typed) {
        Ok(email) => Ok(email.shown()),
        Err(EmailError::NotAnAddress) => Err(Rule::NotAnEmail),
        Err(EmailError::Letters) => Err(Rule::EmailLetters),
    }
}

/// A number with the code of its country, as `+` and 7 to 15 digits (ITU-T E.164). `00` before the code is
/// read as `+`, and the `(0)` of German numbers is left out.
pub(super) fn phone(typed: &str) -> Result<String, Rule> {
    let typed = clean::line(typed);
    if typed.is_empty() {
        return Ok(typed);
    }
    let plain: String = typed
        .replace("(0)", "")
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '/' | '.' | '(' | ')' | '\u{2010}'..='\u{2015}'))
        .collect();
    let (international, digits) = match (plain.strip_prefix('+'), plain.strip_prefix("00")) {
        (Some(digits), _) | (None, Some(digits)) => (true, digits),
        (None, None) => (false, plain.as_str()),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Rule::NotAPhone);
    }
    if !international || digits.starts_with('0') {
        return Err(Rule::PhoneWithoutCountry);
    }
    if !(7..=15).contains(&digits.len()) {
        return Err(Rule::PhoneLength);
    }
    Ok(format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cleaned_before_it_is_read() {
        assert_eq!(email(" ana@Bücher.example\u{feff}\n").as_deref(), Ok("ana@bücher.example"));
        assert_eq!(email(" ").as_deref(), Ok(""));
        assert_eq!(email("ana@example.org\r\nBcc: iva@example.org"), Err(Rule::NotAnEmail));
        assert_eq!(email("žana@example.org"), Err(Rule::EmailLetters));
    }

    #[test]
    fn telephone_numbers_come_back_as_plus_and_digits() {
        for (typed, kept) in [
            ("+387 39 123 456", "+38739123456"),
            ("0049 (0)171 / 123-45-67", "+491711234567"),
            ("+1 (212) 555.0100", "+12125550100"),
            ("+385\u{a0}1\u{2011}2345678", "+38512345678"),
        ] {
            assert_eq!(phone(typed).as_deref(), Ok(kept), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_called_from_abroad_is_noticed() {
        assert_eq!(phone("039 123 456"), Err(Rule::PhoneWithoutCountry));
        assert_eq!(phone("+0387 39 123"), Err(Rule::PhoneWithoutCountry));
        assert_eq!(phone("+387 39 broj"), Err(Rule::NotAPhone));
        assert_eq!(phone("+"), Err(Rule::NotAPhone));
        assert_eq!(phone("+387 39"), Err(Rule::PhoneLength));
        assert_eq!(phone("+3873912345678901"), Err(Rule::PhoneLength));
    }
}
