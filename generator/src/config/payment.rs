//! `payment` in `site.yaml`: where fees are paid; empty until the town said so.

use functions::{Payment, PaymentError};
use serde::Deserialize;
use serde_yaml::Spanned;

use crate::diagnostic::{Diagnostic, Place};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPayment {
    payee: Spanned<String>,
    account: Spanned<String>,
    #[serde(default)]
    swift: Option<Spanned<String>>,
}

/// The checked account; nothing while the account is empty.
pub(super) fn read(
    raw: Option<RawPayment>,
    place: impl Fn(&serde_yaml::Location, usize) -> Place,
) -> Result<Option<Payment>, Diagnostic> {
    let Some(raw) = raw.filter(|raw| !raw.account.value.trim().is_empty()) else { return Ok(None) };
    let swift = raw.swift.as_ref().map(|swift| swift.value.as_str());
    Payment::new(&raw.payee.value, &raw.account.value, swift).map(Some).map_err(|error| {
        let (spot, hr, en) = match error {
            PaymentError::Payee => (
                Some(&raw.payee),
                "nedostaje primatelj uplate (payment.payee)",
                "the payee is missing (payment.payee)",
            ),
            PaymentError::Account => (
                Some(&raw.account),
                "račun nije ispravan IBAN: neki znak nedostaje ili je pogrešan",
                "the account is no valid IBAN: a character is missing or mistyped",
            ),
            PaymentError::Swift => (
                raw.swift.as_ref(),
                "SWIFT ima 8 ili 11 slova i znamenki",
                "a SWIFT code has 8 or 11 letters and digits",
            ),
        };
        let place = spot.map_or_else(
            || Place::file(super::FILE),
            |spot| place(&spot.referenced, spot.value.chars().count().max(1)),
        );
        Diagnostic::error("bad-payment", place, hr, en).help(
            "prepišite račun iz ugovora s bankom; dok nije poznat, ostavite account: \"\"",
            "copy the account from the bank's contract; while it is not known, leave account: \"\"",
        )
    })
}
