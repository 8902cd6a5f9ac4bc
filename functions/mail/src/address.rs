//! A mail address that cannot break out of a header.

use std::fmt;
use std::str::FromStr;

use forms::email;
use serde::{Deserialize, Serialize};

/// One mail address as it stands in a message: `someone@example.org`, all in ASCII, its domain by IDNA. What a form
/// accepts is an address, and nothing else is.
///
/// It is personal data: it has no printable value, and [`Address::reveal`] is for the message itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

/// The text is no address that mail can be sent to. It does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address")]
pub struct AddressError;

impl Address {
    /// The address as text.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        email::read(text).map(|email| Self(email.sent())).map_err(|_| AddressError)
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Address(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_are_taken_as_they_are() {
        for text in ["ana@example.org", "a.b+dijaspora@sub.example.de", "o'hara@example.ie"] {
            assert_eq!(text.parse::<Address>().map(String::from), Ok(text.to_owned()));
        }
        assert_eq!(
            "ana@example.org".parse::<Address>().map(|a| a.domain().to_owned()),
            Ok("example.org".into())
        );
    }

    #[test]
    fn nothing_that_could_add_a_header_or_a_receiver_is_an_address() {
        for text in [
            "ana@example.org\r\nBcc: all@example.org",
            "ana@example.org\nX: y",
            "ana@example.org, all@example.org",
            "Ana <ana@example.org>",
            "ana@example.org>",
            "ana@example.org\0",
            "ana\u{2028}b@example.org",
            "ana@exa mple.org",
            "a@b@example.org",
            "@example.org",
            "žana@primjer.hr",
            "ana@-.a",
            "ana@",
            "ana",
            "",
        ] {
            assert_eq!(text.parse::<Address>(), Err(AddressError), "{text:?}");
        }
        assert!(format!("{}@example.org", "a".repeat(300)).parse::<Address>().is_err());
    }

    #[test]
    fn an_address_is_never_printed() {
        let address: Address = "ana@example.org".parse().unwrap();
        assert!(!format!("{address:?}").contains("ana"));
        assert!(!AddressError.to_string().contains("ana"));
    }
}
