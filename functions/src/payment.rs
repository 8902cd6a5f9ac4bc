//! Where fees are paid.

use serde::{Deserialize, Serialize};

/// Payee and account, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Payment {
    payee: String,
    account: String,
    swift: Option<String>,
}

/// Why nobody could pay there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// No name.
    #[error("the payee is missing")]
    Payee,
    /// Not an IBAN, or a mistyped one.
    #[error("the account is not an IBAN: a character is missing or mistyped")]
    Account,
    /// Not a business identifier code.
    #[error("the SWIFT code has 8 or 11 letters and digits")]
    Swift,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    payee: String,
    account: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    swift: Option<String>,
}

impl Payment {
    /// Checks what was written: an IBAN by ISO 13616 (length 15 to 34, check digits by ISO 7064 MOD 97-10), a SWIFT code by ISO 9362.
    pub fn new(payee: &str, account: &str, swift: Option<&str>) -> Result<Self, PaymentError> {
        let payee = payee.trim();
        if payee.is_empty() {
            return Err(PaymentError::Payee);
        }
        let account = compact(account);
        if !is_iban(&account) {
            return Err(PaymentError::Account);
        }
        let swift = swift.map(compact).filter(|swift| !swift.is_empty());
        let is_code = |code: &String| {
            matches!(code.len(), 8 | 11) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if !swift.as_ref().is_none_or(is_code) {
            return Err(PaymentError::Swift);
        }
        Ok(Self { payee: payee.to_owned(), account, swift })
    }

    /// Who is paid.
    pub fn payee(&self) -> &str {
        &self.payee
    }

    /// The IBAN in groups of four, as people copy it.
    pub fn account(&self) -> String {
        let characters: Vec<char> = self.account.chars().collect();
        characters.chunks(4).map(|group| group.iter().collect()).collect::<Vec<String>>().join(" ")
    }

    /// The bank's code for payments from abroad.
    pub fn swift(&self) -> Option<&str> {
        self.swift.as_deref()
    }
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect()
}

/// Whether a text without spaces is an account number by ISO 13616: its length, its shape and its check digits.
pub fn is_iban(account: &str) -> bool {
    let shaped = (15..=34).contains(&account.len())
        && account.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && account.bytes().take(2).all(|byte| byte.is_ascii_alphabetic())
        && account.bytes().skip(2).take(2).all(|byte| byte.is_ascii_digit());
    if !shaped {
        return false;
    }
    let (head, rest) = account.split_at(4);
    let remainder = rest.chars().chain(head.chars()).filter_map(|c| c.to_digit(36)).fold(0, |sum, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (sum * shift + value) % 97
    });
    remainder == 1
}

impl TryFrom<Written> for Payment {
    type Error = PaymentError;

    fn try_from(written: Written) -> Result<Self, PaymentError> {
        Self::new(&written.payee, &written.account, written.swift.as_deref())
    }
}

impl From<Payment> for Written {
    fn from(payment: Payment) -> Self {
        Self { payee: payment.payee, account: payment.account, swift: payment.swift }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of ISO 13616's registry; no account of anybody.
    const EXAMPLES: [&str; 3] =
        ["BA39 1290 0794 0102 8494", "HR1210010051863000160", "DE89 3704 0044 0532 0130 00"];

    #[test]
    fn an_iban_is_shown_in_groups_however_it_was_written() {
        for example in EXAMPLES {
            assert!(Payment::new("Grad", example, None).is_ok(), "{example}");
        }
        let payment = Payment::new(" Grad ", "ba391290079401028494", Some("aaaabb2x")).unwrap();
        assert_eq!(payment.account(), "BA39 1290 0794 0102 8494");
        assert_eq!((payment.payee(), payment.swift()), ("Grad", Some("AAAABB2X")));
    }

    #[test]
    fn one_wrong_digit_or_two_that_changed_places_are_found() {
        let good = "BA391290079401028494";
        for place in 2..good.len() {
            let mut wrong: Vec<u8> = good.bytes().collect();
            wrong[place] = if wrong[place] == b'9' { b'0' } else { wrong[place] + 1 };
            let wrong = String::from_utf8(wrong).unwrap();
            assert_eq!(Payment::new("Grad", &wrong, None), Err(PaymentError::Account), "{wrong}");
        }
        let swapped = "BA931290079401028494";
        assert_eq!(Payment::new("Grad", swapped, None), Err(PaymentError::Account));
        for wrong in ["", "BA39", "3912900794010284940000", "BA39-1290-0794-0102-8494", "čćžšđ"] {
            assert_eq!(Payment::new("Grad", wrong, None), Err(PaymentError::Account), "{wrong}");
        }
    }

    #[test]
    fn payee_and_swift_are_checked_too() {
        assert_eq!(Payment::new("  ", EXAMPLES[0], None), Err(PaymentError::Payee));
        assert_eq!(Payment::new("Grad", EXAMPLES[0], Some("ABC")), Err(PaymentError::Swift));
        assert_eq!(Payment::new("Grad", EXAMPLES[0], Some(" ")).unwrap().swift(), None);
    }

    #[test]
    fn a_bundle_with_a_bad_account_is_not_read() {
        let payment = Payment::new("Grad", EXAMPLES[0], None).unwrap();
        let json = serde_json::to_string(&payment).unwrap();
        assert_eq!(serde_json::from_str::<Payment>(&json).unwrap(), payment);
        assert!(serde_json::from_str::<Payment>(&json.replace("8494", "8495")).is_err());
    }
}
