//! Amounts in whole pfenigs, and what they are in euro.

use serde::{Deserialize, Serialize};

use crate::strings::Strings;

/// An amount in convertible marks (BAM), in hundredths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

/// The mark is fixed to the euro: 1 EUR = 1.95583 KM (Central Bank of Bosnia and Herzegovina; the rate of the German mark).
const KM_PER_100_000_EUR: i128 = 195_583;

impl Money {
    /// An amount in hundredths of a mark.
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// Hundredths of a mark.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Hundredths of a euro, a half rounded up.
    pub fn euro_minor(self) -> i64 {
        let doubled = i128::from(self.0) * 100_000 * 2 + KM_PER_100_000_EUR;
        i64::try_from(doubled.div_euclid(KM_PER_100_000_EUR * 2)).unwrap_or(i64::MAX)
    }

    /// The sum, as large as an amount can be.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// So many times the amount.
    pub fn times(self, count: i64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// "3,00 KM" in the language of the catalogue.
    pub fn km(self, strings: &Strings) -> String {
        strings.text("form.amount_km", &[("amount", &decimal(self.0, strings))])
    }

    /// "1,53 EUR" in the language of the catalogue.
    pub fn euro(self, strings: &Strings) -> String {
        strings.text("form.amount_eur", &[("amount", &decimal(self.euro_minor(), strings))])
    }

    /// Reads `3`, `3,5` or `3.50`.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.trim().split_once([',', '.']).unwrap_or((text.trim(), ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || !digits(whole) || part.len() > 2 || !digits(part) {
            return None;
        }
        let part: i64 = format!("{part:0<2}").parse().ok()?;
        Some(Self(whole.parse::<i64>().ok()? * 100 + part))
    }
}

fn decimal(minor: i64, strings: &Strings) -> String {
    let separator = strings.text("form.decimal_separator", &[]);
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}{separator}{:02}", minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn euro_are_rounded_half_up_to_the_cent() {
        for (km, euro) in [
            (0, 0),
            (300, 153),
            (500, 256),
            (1000, 511),
            (2000, 1023),
            (978, 500),
            (195_583, 100_000),
            (1, 1),
        ] {
            assert_eq!(Money::from_minor(km).euro_minor(), euro, "{km}");
        }
    }

    #[cfg(feature = "yaml")]
    #[test]
    fn amounts_are_written_with_comma_or_point() {
        for (text, minor) in [
            ("3,00", Some(300)),
            ("3.5", Some(350)),
            ("20", Some(2000)),
            ("3,001", None),
            ("", None),
            ("-3", None),
            ("tri", None),
        ] {
            assert_eq!(Money::parse(text).map(Money::minor), minor, "{text}");
        }
    }
}
