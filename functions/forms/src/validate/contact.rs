//! E-mail addresses and telephone numbers.

use super::limits;
use crate::clean;
use crate::violation::Rule;

const MAX_LOCAL_BYTES: usize = 64;
const MAX_LABEL_BYTES: usize = 63;

/// An address that mail programs accept: one `@`, a domain with a dot; other scripts are fine on both sides.
/// The domain comes back in lower case.
pub(super) fn email(typed: &str) -> Result<String, Rule> {
    let typed = clean::line(typed);
    if typed.is_empty() {
        return Ok(typed);
    }
    let (local, domain) = typed.split_once('@').ok_or(Rule::NotAnEmail)?;
    let domain = domain.to_lowercase();
    let address = format!("{local}@{domain}");
    if address.len() > limits::EMAIL as usize || !is_local_part(local) || !is_domain(&domain) {
        return Err(Rule::NotAnEmail);
    }
    Ok(address)
}

/// The dot-atom of RFC 5322, 3.2.3, with letters of all scripts (RFC 6531).
fn is_local_part(local: &str) -> bool {
    local.len() <= MAX_LOCAL_BYTES
        && local.split('.').all(|atom| {
            !atom.is_empty() && atom.chars().all(|c| is_word(c) || "!#$%&'*+-/=?^_`{|}~".contains(c))
        })
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    // A top level of digits only would be an IP address, to which no mail of ours can go.
    let top_is_name = labels.last().is_some_and(|top| top.chars().any(char::is_alphabetic));
    labels.len() >= 2
        && top_is_name
        && labels.iter().all(|label| {
            !label.is_empty()
                && label.len() <= MAX_LABEL_BYTES
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| is_word(c) || c == '-')
        })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || (!c.is_ascii() && !c.is_whitespace() && !c.is_control())
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
    fn addresses_that_people_have_are_accepted() {
        for (typed, kept) in [
            (" ana.anic@Example.ORG ", "ana.anic@example.org"),
            ("a+ljubuski@mail.example.co.uk", "a+ljubuski@mail.example.co.uk"),
            ("o'neill@example.ie", "o'neill@example.ie"),
            ("čedo@primjer.čom", "čedo@primjer.čom"),
            ("info@xn--bcher-kva.example", "info@xn--bcher-kva.example"),
            ("müller@bücher.example", "müller@bücher.example"),
        ] {
            assert_eq!(email(typed).as_deref(), Ok(kept), "{typed}");
        }
    }

    #[test]
    fn what_no_mail_program_takes_is_noticed() {
        for typed in [
            "ana",
            "ana@",
            "@example.org",
            "ana@example",
            "ana@@example.org",
            "ana@example..org",
            "ana anic@example.org",
            "ana@exa mple.org",
            ".ana@example.org",
            "ana.@example.org",
            "a..b@example.org",
            "ana@-example.org",
            "ana@192.168.1.1",
            "ana,iva@example.org",
            "Ana <ana@example.org>",
            "ana@example.org\r\nBcc: iva@example.org",
        ] {
            assert_eq!(email(typed), Err(Rule::NotAnEmail), "{typed}");
        }
        assert_eq!(email(&format!("a@{}.example", "b".repeat(300))), Err(Rule::NotAnEmail));
        assert_eq!(email(&format!("a@{}.example", "b".repeat(64))), Err(Rule::NotAnEmail));
        assert_eq!(email(&format!("{}@b.example", "a".repeat(65))), Err(Rule::NotAnEmail));
        assert!(email(&format!("{}@b.example", "a".repeat(64))).is_ok());
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
