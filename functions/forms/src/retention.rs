//! How long what is kept, and on which legal basis: one table, from which the purge, the privacy notice and the tests come.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::strings::Strings;
use crate::words::Words;

/// The whole table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Retention(pub(crate) Vec<Row>);

/// One kind of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its name in the table.
    pub id: String,
    /// The class that forms name, if the row is about records; several rows may be about one class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// What data it is.
    pub data: Words,
    /// On which legal basis it is kept.
    pub basis: Words,
    /// How long.
    pub kept: Kept,
    /// What else people should know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Words>,
    /// Whether the town has yet to confirm the row.
    #[serde(default)]
    pub to_be_confirmed: bool,
}

/// How long something is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// A period from a moment on; then the program erases it.
    For(Period, From),
    /// In words, where it is no period.
    Until(Words),
}

/// A length of time on the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// A unit of a [`Period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Minutes,
    Hours,
    Days,
    Months,
    Years,
}

/// From when a period counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// From the arrival.
    Received,
    /// From the end of the procedure.
    Closed,
    /// From the last change by anybody.
    LastChange,
    /// From the moment when a file was handed over.
    Staged,
    /// From the sending of the link that leads to it.
    Sent,
}

/// Files that were handed over and never confirmed: the sweep asks this row.
pub const STAGED_FILES: &str = "prilozi-bez-potvrde";
/// The copy of the answers behind the receipt: it goes after the time of this row, at most [`LONGEST_RECEIPT_COPY`].
pub const RECEIPT_COPY: &str = "preslika-odgovora";
/// So many minutes at most: whoever finds the page open on a shared computer should not read the answers.
pub const LONGEST_RECEIPT_COPY: u32 = 60;
/// What will be printed, as the applicant checks it behind a mailed link.
pub const PRINT_PROOF: &str = "tekst-na-provjeru";
/// The copy of a record that a person asked for, behind a mailed link.
pub const EXPORT: &str = "izvoz-podataka";
/// So many days at most may something lie behind a mailed link.
pub const LONGEST_BEHIND_LINK: u32 = 90;
/// The rows that every table has: what the program keeps beside the records.
pub const PROGRAM_ROWS: [&str; 7] =
    [STAGED_FILES, RECEIPT_COPY, PRINT_PROOF, EXPORT, "pisma", "zapis-radnji", "zastita-od-zloporabe"];

impl Unit {
    /// Names in the table and in the strings.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("minutes", Self::Minutes),
        ("hours", Self::Hours),
        ("days", Self::Days),
        ("months", Self::Months),
        ("years", Self::Years),
    ];

    fn key(self) -> &'static str {
        match self {
            Self::Minutes => "retention.minutes",
            Self::Hours => "retention.hours",
            Self::Days => "retention.days",
            Self::Months => "retention.months",
            Self::Years => "retention.years",
        }
    }
}

impl From {
    /// Names in the table.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("received", Self::Received),
        ("closed", Self::Closed),
        ("last_change", Self::LastChange),
        ("staged", Self::Staged),
        ("sent", Self::Sent),
    ];

    fn key(self) -> &'static str {
        match self {
            Self::Received => "retention.from_received",
            Self::Closed => "retention.from_closed",
            Self::LastChange => "retention.from_last_change",
            Self::Staged => "retention.from_staged",
            Self::Sent => "retention.from_sent",
        }
    }
}

impl Period {
    /// The moment that is this long before `now`; months and years by the calendar of the town.
    pub fn before(self, now: Timestamp, time_zone: &TimeZone) -> Option<Timestamp> {
        self.moved(now, time_zone, |zoned, span| zoned.checked_sub(span).ok())
    }

    /// The moment that is this long after `now`.
    pub fn after(self, now: Timestamp, time_zone: &TimeZone) -> Option<Timestamp> {
        self.moved(now, time_zone, |zoned, span| zoned.checked_add(span).ok())
    }

    fn moved(
        self,
        now: Timestamp,
        time_zone: &TimeZone,
        step: impl Fn(&jiff::ZonedDateTime, Span) -> Option<jiff::ZonedDateTime>,
    ) -> Option<Timestamp> {
        let count = i64::from(self.count);
        let span = match self.unit {
            Unit::Minutes => Span::new().try_minutes(count),
            Unit::Hours => Span::new().try_hours(count),
            Unit::Days => Span::new().try_days(count),
            Unit::Months => Span::new().try_months(count),
            Unit::Years => Span::new().try_years(count),
        };
        Some(step(&now.to_zoned_datetime(time_zone.clone()), span.ok()?)?.timestamp())
    }

    /// "13 mjeseci".
    pub fn in_words(self, strings: &Strings) -> String {
        strings.count(self.unit.key(), self.count.into(), &[])
    }
}

impl Retention {
    /// Reads the table; `languages` are those of the site.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(source: &str, languages: &[&str]) -> Result<Self, Vec<crate::Problem>> {
        crate::yaml::read_retention(source, languages).map_err(crate::problem::Problems::into_sorted)
    }

    /// All rows.
    pub fn rows(&self) -> &[Row] {
        &self.0
    }

    /// Whether records may be of this class.
    pub fn has_class(&self, class: &str) -> bool {
        self.0.iter().any(|row| row.class.as_deref() == Some(class))
    }

    /// The periods after which records go: class, length, and from when it counts.
    pub fn of_records(&self) -> impl Iterator<Item = (&str, Period, From)> {
        self.0.iter().filter_map(|row| match (&row.class, &row.kept) {
            (Some(class), Kept::For(period, from)) => Some((class.as_str(), *period, *from)),
            _ => None,
        })
    }

    /// The period of one row.
    pub fn period(&self, id: &str) -> Option<Period> {
        let row = self.0.iter().find(|row| row.id == id)?;
        match row.kept {
            Kept::For(period, _) => Some(period),
            Kept::Until(_) => None,
        }
    }

    /// How long files that nobody confirmed are kept: a day, where the table says nothing.
    pub fn staged_files(&self) -> Period {
        self.period(STAGED_FILES).unwrap_or(Period { count: 24, unit: Unit::Hours })
    }

    /// How long the copy of the answers can be seen: an hour, where the table says nothing.
    pub fn receipt_copy(&self) -> Period {
        self.period(RECEIPT_COPY).unwrap_or(Period { count: LONGEST_RECEIPT_COPY, unit: Unit::Minutes })
    }

    /// The table of the privacy notice.
    pub fn notice(&self, lang: &str, strings: &Strings) -> Markup {
        let text = |key: &str| strings.text(key, &[]);
        html! {
            div class="table" role="region" aria-label=(text("retention.title")) tabindex="0" {
                table class="retention" {
                    thead {
                        tr {
                            th scope="col" { (text("retention.data")) }
                            th scope="col" { (text("retention.basis")) }
                            th scope="col" { (text("retention.how_long")) }
                        }
                    }
                    tbody {
                        @for row in &self.0 {
                            tr {
                                th scope="row" { (row.data.get(lang)) }
                                td { (row.basis.get(lang)) }
                                td {
                                    (row.kept_in_words(lang, strings))
                                    @if let Some(note) = &row.note { " " (note.get(lang)) }
                                    @if row.to_be_confirmed { " " em { (text("retention.to_be_confirmed")) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Row {
    fn kept_in_words(&self, lang: &str, strings: &Strings) -> String {
        match &self.kept {
            Kept::For(period, from) => {
                format!("{} {}.", period.in_words(strings), strings.text(from.key(), &[]))
            }
            Kept::Until(words) => words.get(lang).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_years_are_those_of_the_calendar() {
        let sarajevo = TimeZone::get("Europe/Sarajevo").unwrap();
        let before = |count, unit, now: &str| {
            Period { count, unit }.before(now.parse().unwrap(), &sarajevo).unwrap().to_string()
        };
        assert_eq!(before(1, Unit::Months, "2026-03-31T10:00:00Z"), "2026-02-28T11:00:00Z");
        assert_eq!(before(2, Unit::Years, "2028-02-29T10:00:00Z"), "2026-02-28T10:00:00Z");
        assert_eq!(before(24, Unit::Hours, "2026-03-29T10:00:00Z"), "2026-03-28T10:00:00Z");
        assert_eq!(before(60, Unit::Minutes, "2026-11-23T18:05:09Z"), "2026-11-23T17:05:09Z");
        let long = Period { count: u32::MAX, unit: Unit::Years };
        assert_eq!(long.before("2026-11-23T18:05:09Z".parse().unwrap(), &sarajevo), None);
    }
}
