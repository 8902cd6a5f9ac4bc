//! Days as people write them.

use jiff::civil::Date;

use crate::strings::Strings;

const MONTHS: [&str; 12] = [
    "form.months.1",
    "form.months.2",
    "form.months.3",
    "form.months.4",
    "form.months.5",
    "form.months.6",
    "form.months.7",
    "form.months.8",
    "form.months.9",
    "form.months.10",
    "form.months.11",
    "form.months.12",
];

/// "15. svibnja 2019." in the language of the catalogue.
pub fn long_date(date: Date, strings: &Strings) -> String {
    let month =
        usize::try_from(date.month()).ok().and_then(|month| MONTHS.get(month - 1)).copied().unwrap_or("");
    strings.text(
        "form.date_long",
        &[
            ("day", &date.day().to_string()),
            ("month", &strings.text(month, &[])),
            ("year", &date.year().to_string()),
        ],
    )
}
