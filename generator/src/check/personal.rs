//! Numbers in a text that tell about a person: what editors paste by mistake, and the whole world then reads.

use forms::jmb::Jmb;

use crate::bytes;

/// What such a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Kind {
    /// The unique master citizen number, with a right check digit.
    Jmb,
    /// An account number (ISO 13616) with right check digits.
    Iban,
    /// A mobile phone of Bosnia and Herzegovina or of Croatia: landlines belong to offices, mobiles to people.
    MobilePhone,
}

/// A number that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<'a> {
    /// What it is.
    pub kind: Kind,
    /// As it is written. Never shown: what prints it would spread it.
    pub text: &'a str,
}

/// Digits of the shortest number that is looked for.
const SHORTEST: usize = 9;
/// Letters and digits of the shortest and the longest IBAN.
const IBAN_LENGTHS: std::ops::RangeInclusive<usize> = 15..=34;

/// All such numbers of a text.
pub fn numbers(text: &str) -> Vec<Number<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    // Hardly any text has digits enough, and counting them is quick.
    if bytes.len() < SHORTEST || bytes::digits(bytes) < SHORTEST {
        return found;
    }
    let mut at = 0;
    while let Some(start) = bytes::next_digit(bytes, at) {
        if let Some(end) = iban(text, start) {
            found.push(Number { kind: Kind::Iban, text: &text[start - 2..end] });
            at = end;
            continue;
        }
        let end = end_of_number(bytes, start);
        let number = &text[start..end];
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        if digits >= SHORTEST {
            let is_international = bytes[..start].ends_with(b"+");
            let kind = if is_jmb(number) {
                Some(Kind::Jmb)
            } else if is_mobile_phone(number, is_international) {
                Some(Kind::MobilePhone)
            } else {
                None
            };
            found.extend(kind.map(|kind| Number { kind, text: number }));
        }
        at = end;
    }
    found
}

/// The digits of a text, which is how numbers are compared.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Digits with at most one sign between them: `063/123-456`, `+387 63 123 456`, `(0)63`.
fn end_of_number(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    let mut at = start;
    while at < bytes.len() {
        if bytes[at].is_ascii_digit() {
            end = at + 1;
        } else if !matches!(bytes[at], b' ' | b'-' | b'/' | b'(' | b')') || at > end + 1 {
            break;
        }
        at += 1;
    }
    end
}

fn is_jmb(number: &str) -> bool {
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    is_plain && digits(number).len() == 13 && Jmb::parse(number).is_ok()
}

fn is_mobile_phone(number: &str, is_international: bool) -> bool {
    let digits = digits(number);
    let national = if is_international { None } else { digits.strip_prefix('0') };
    let abroad = if is_international { Some(digits.as_str()) } else { digits.strip_prefix("00") };
    // Country and first digit of its mobile networks; without the country the number begins with 0.
    [("387", '6'), ("385", '9')].into_iter().any(|(country, network)| {
        let with_country = abroad.and_then(|number| number.strip_prefix(country));
        // “+387 (0)63 …”
        let with_country = with_country.map(|number| number.strip_prefix('0').unwrap_or(number));
        let is_its = |number: &str| number.starts_with(network) && (8..=9).contains(&number.len());
        with_country.or(national).is_some_and(is_its)
    })
}

/// The end of the IBAN whose first digit stands at `start`, behind the two letters of the country.
fn iban(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let country = bytes.get(start.checked_sub(2)?..start)?;
    let is_begin = country.iter().all(u8::is_ascii_uppercase)
        && !start.checked_sub(3).is_some_and(|before| bytes[before].is_ascii_alphanumeric());
    if !is_begin {
        return None;
    }
    let mut compact: String = text.get(start - 2..start)?.to_owned();
    let mut ends = Vec::new();
    let mut at = start;
    while let Some(byte) = bytes.get(at).filter(|_| compact.len() < *IBAN_LENGTHS.end()) {
        match byte {
            byte if byte.is_ascii_digit() || byte.is_ascii_uppercase() => {
                compact.push(char::from(*byte));
                ends.push(at + 1);
            }
            b' ' if bytes[at - 1] != b' ' => {}
            _ => break,
        }
        at += 1;
    }
    // The longest that is right: what follows may be a word of capitals or another number.
    IBAN_LENGTHS
        .rev()
        .filter(|length| *length <= compact.len())
        .find(|length| functions::is_iban(&compact[..*length]))
        .and_then(|length| ends.get(length - 3).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        numbers(text).into_iter().map(|number| number.kind).collect()
    }

    #[test]
    fn a_number_of_a_citizen_is_found_by_its_check_digit() {
        let right = (0..10).map(|digit| format!("010199015000{digit}")).find(|text| Jmb::parse(text).is_ok());
        let right = right.unwrap();
        assert_eq!(kinds(&format!("JMB {right}, rođen")), [Kind::Jmb]);
        assert_eq!(kinds(&format!("({right})")), [Kind::Jmb]);
        assert_eq!(kinds(&format!("{}1", &right)), [], "14 digits");
        let wrong = format!("{}{}", &right[..12], (right.as_bytes()[12] - b'0' + 1) % 10);
        assert_eq!(kinds(&wrong), []);
        assert_eq!(kinds("3101990150001 2019 2020"), []);
    }

    #[test]
    fn an_account_is_found_with_and_without_spaces() {
        // The example of the standard's registry.
        for text in [
            "BA391290079401028494",
            "BA39 1290 0794 0102 8494",
            "račun BA391290079401028494 SWIFT",
            "(BA391290079401028494)",
        ] {
            assert_eq!(kinds(text), [Kind::Iban], "{text}");
        }
        assert_eq!(numbers("na BA39 1290 0794 0102 8494 i")[0].text, "BA39 1290 0794 0102 8494");
        assert_eq!(kinds("BA391290079401028495"), []);
        assert_eq!(kinds("XBA391290079401028494"), []);
    }

    #[test]
    fn mobile_phones_are_found_and_landlines_dates_and_amounts_are_not() {
        for text in [
            "063/123-456",
            "+387 63 123 456",
            "00387 63 123 456",
            "+387 (0)63 123 456",
            "061 123 4567",
            "+385 91 123 4567",
            "098/123-456",
        ] {
            assert_eq!(kinds(text), [Kind::MobilePhone], "{text}");
        }
        for text in [
            "039 123 456",
            "+387 39 123 456",
            "01/579-734",
            "15. 05. 2019.",
            "1.234.567,00 KM",
            "2019-05-15 10:00",
            "063",
            "Narodne novine 12/2019, 13/2020",
            "+49 170 1234567",
            "",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }
}
