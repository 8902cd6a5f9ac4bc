//! The few values that a letter may hold. None of them is an answer.

/// The name of a value in braces in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placeholder {
    Reference,
    FormTitle,
    Town,
    Contact,
    Received,
    ReceiptUrl,
    StatusUrl,
    OwnUrl,
    Next,
    Link,
    Expires,
    Promised,
    AmountKm,
    AmountEur,
    Payee,
    Account,
    Swift,
    Tracking,
    Place,
    ErasedOn,
    Unsubscribe,
}

use Placeholder as P;

/// The values of the placeholders.
///
/// The office's question, the reasons of a refusal and everything that a person wrote are shown on a page behind a link or on
/// paper: mail is read on its way. There is no place for them here. A link holds a token, so values are not
/// printable.
#[derive(Clone, Copy, Default)]
pub struct Values<'a> {
    /// `{reference}`: `XXXX-XXXX`.
    pub reference: &'a str,
    /// `{form_title}`: the form's name in the letter's language.
    pub form_title: &'a str,
    /// `{town}`: the town's name.
    pub town: &'a str,
    /// `{contact}`: how to reach the office.
    pub contact: &'a str,
    /// `{received}`: local date and time of the arrival in words.
    pub received: Option<&'a str>,
    /// `{receipt_url}`: the receipt's address.
    pub receipt_url: Option<&'a str>,
    /// `{status_url}`: the address of the page that tells where a request stands.
    pub status_url: Option<&'a str>,
    /// `{own_url}`: the address of the page that mails a link to one's own entry.
    pub own_url: Option<&'a str>,
    /// `{link}`: the address of the page on which the letter's step is done.
    pub link: Option<&'a str>,
    /// `{expires}`: until when the link works, in words.
    pub expires: Option<&'a str>,
    /// `{promised}`: the promised date in words.
    pub promised: Option<&'a str>,
    /// `{amount_km}`: "13,00 KM".
    pub amount_km: Option<&'a str>,
    /// `{amount_eur}`: "6,65 EUR".
    pub amount_eur: Option<&'a str>,
    /// `{payee}`: who is paid.
    pub payee: Option<&'a str>,
    /// `{account}`: IBAN.
    pub account: Option<&'a str>,
    /// `{swift}`: the bank's code, for payments from abroad.
    pub swift: Option<&'a str>,
    /// `{tracking}`: the number of the registered letter.
    pub tracking: Option<&'a str>,
    /// `{place}`: where and when something is collected, in words.
    pub place: Option<&'a str>,
    /// `{erased_on}`: when the record goes if nobody answers, in words.
    pub erased_on: Option<&'a str>,
    /// `{unsubscribe}`: the address of the page that ends such letters; also the message's `List-Unsubscribe`.
    pub unsubscribe: Option<&'a str>,
}

impl Placeholder {
    pub(crate) const ALL: [Self; 21] = [
        P::Reference,
        P::FormTitle,
        P::Town,
        P::Contact,
        P::Received,
        P::ReceiptUrl,
        P::StatusUrl,
        P::OwnUrl,
        P::Next,
        P::Link,
        P::Expires,
        P::Promised,
        P::AmountKm,
        P::AmountEur,
        P::Payee,
        P::Account,
        P::Swift,
        P::Tracking,
        P::Place,
        P::ErasedOn,
        P::Unsubscribe,
    ];
    /// What every letter knows.
    #[cfg(feature = "yaml")]
    pub(crate) const BASIC: &'static [Self] = &[P::Reference, P::FormTitle, P::Town, P::Contact];

    pub(crate) fn name(self) -> &'static str {
        match self {
            P::Reference => "reference",
            P::FormTitle => "form_title",
            P::Town => "town",
            P::Contact => "contact",
            P::Received => "received",
            P::ReceiptUrl => "receipt_url",
            P::StatusUrl => "status_url",
            P::OwnUrl => "own_url",
            P::Next => "next",
            P::Link => "link",
            P::Expires => "expires",
            P::Promised => "promised",
            P::AmountKm => "amount_km",
            P::AmountEur => "amount_eur",
            P::Payee => "payee",
            P::Account => "account",
            P::Swift => "swift",
            P::Tracking => "tracking",
            P::Place => "place",
            P::ErasedOn => "erased_on",
            P::Unsubscribe => "unsubscribe",
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|placeholder| placeholder.name() == name)
    }

    /// Whether the value is an address of a page.
    pub(crate) fn is_url(self) -> bool {
        matches!(self, P::ReceiptUrl | P::StatusUrl | P::OwnUrl | P::Link | P::Unsubscribe)
    }

    /// The value, if there is one that says something. The steps of `{next}` are not among the values.
    pub(crate) fn value<'a>(self, values: &Values<'a>) -> Option<&'a str> {
        let value = match self {
            P::Reference => Some(values.reference),
            P::FormTitle => Some(values.form_title),
            P::Town => Some(values.town),
            P::Contact => Some(values.contact),
            P::Received => values.received,
            P::ReceiptUrl => values.receipt_url,
            P::StatusUrl => values.status_url,
            P::OwnUrl => values.own_url,
            P::Next => None,
            P::Link => values.link,
            P::Expires => values.expires,
            P::Promised => values.promised,
            P::AmountKm => values.amount_km,
            P::AmountEur => values.amount_eur,
            P::Payee => values.payee,
            P::Account => values.account,
            P::Swift => values.swift,
            P::Tracking => values.tracking,
            P::Place => values.place,
            P::ErasedOn => values.erased_on,
            P::Unsubscribe => values.unsubscribe,
        };
        value.filter(|value| !value.trim().is_empty())
    }
}

/// What stands before the next `{name}`, the name, and what follows.
pub(crate) fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, from_name) = text.split_once('{')?;
    let (name, after) = from_name.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_is_found_by_its_name() {
        for placeholder in Placeholder::ALL {
            assert_eq!(Placeholder::by_name(placeholder.name()), Some(placeholder));
        }
        assert_eq!(Placeholder::by_name("jmb"), None);
    }
}
