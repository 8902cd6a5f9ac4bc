//! Working days: which days the office is closed, and when a deadline counted in working days ends.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::words::Words;

/// A deadline that would end after so many days is none: the calendar has a mistake.
const LONGEST_DAYS: u32 = 3 * 366;

/// The days on which the office is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Whether the town has yet to confirm the calendar.
    #[serde(default)]
    pub to_be_confirmed: bool,
    /// The days of the week on which nobody works.
    pub days_off: Vec<DayOfWeek>,
    /// The holidays.
    pub holidays: Vec<Holiday>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum DayOfWeek {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// One holiday, or several days of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// Name within the calendar.
    pub id: String,
    /// What is celebrated.
    pub name: Words,
    /// Its first day.
    pub on: On,
    /// How many days it lasts.
    pub days: u32,
    /// The first day from which the office keeps it.
    pub valid_from: Date,
    /// The last day until which the office keeps it; for ever, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Whether a Sunday among its days gives the next working day off instead.
    #[serde(default)]
    pub moves_from_sunday: bool,
}

/// When a holiday begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// The same day each year.
    Yearly {
        /// From 1.
        month: i8,
        /// From 1.
        day: i8,
    },
    /// So many days after Easter Sunday of the Gregorian calendar.
    Easter(i32),
    /// One day only.
    Once(Date),
}

impl Default for Calendar {
    /// Saturdays and Sundays, and no holiday: where a site has no calendar of its own.
    fn default() -> Self {
        Self {
            to_be_confirmed: true,
            days_off: vec![DayOfWeek::Saturday, DayOfWeek::Sunday],
            holidays: Vec::new(),
        }
    }
}

impl DayOfWeek {
    /// All names, for definitions.
    #[cfg(feature = "yaml")]
    pub(crate) const NAMES: [(&str, Self); 7] = [
        ("monday", Self::Monday),
        ("tuesday", Self::Tuesday),
        ("wednesday", Self::Wednesday),
        ("thursday", Self::Thursday),
        ("friday", Self::Friday),
        ("saturday", Self::Saturday),
        ("sunday", Self::Sunday),
    ];

    fn weekday(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Monday,
            Self::Tuesday => Weekday::Tuesday,
            Self::Wednesday => Weekday::Wednesday,
            Self::Thursday => Weekday::Thursday,
            Self::Friday => Weekday::Friday,
            Self::Saturday => Weekday::Saturday,
            Self::Sunday => Weekday::Sunday,
        }
    }
}

impl Calendar {
    /// Reads the calendar of a site; `languages` are those of the site.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(source: &str, languages: &[&str]) -> Result<Self, Vec<crate::Problem>> {
        crate::yaml::read_calendar(source, languages).map_err(crate::problem::Problems::into_sorted)
    }

    /// The day on which the `count`-th working day after `day` ends; `day` itself is not counted.
    ///
    /// `None` where the calendar leaves no working days.
    pub fn after_working_days(&self, day: Date, count: u32) -> Option<Date> {
        let mut closed = Closed { calendar: self, year: None, days: BTreeSet::new() };
        let mut day = day;
        let mut left = count;
        for _ in 0..LONGEST_DAYS {
            if left == 0 {
                return Some(day);
            }
            day = day.tomorrow().ok()?;
            left -= u32::from(!closed.contains(day));
        }
        None
    }

    /// Whether the office works on a day.
    pub fn is_working_day(&self, day: Date) -> bool {
        !Closed { calendar: self, year: None, days: BTreeSet::new() }.contains(day)
    }

    fn is_off(&self, day: Date) -> bool {
        self.days_off.iter().any(|off| off.weekday() == day.weekday())
    }

    /// The holidays around a year: moved days may come from the last days of the year before.
    fn holidays_around(&self, year: i16) -> BTreeSet<Date> {
        let kept: Vec<_> = self
            .holidays
            .iter()
            .flat_map(|holiday| (year - 1..=year).flat_map(move |year| holiday.days_in(year)))
            .collect();
        let mut days: BTreeSet<Date> = kept.iter().map(|(day, _)| *day).collect();
        for (sunday, _) in kept.iter().filter(|(day, moves)| *moves && day.weekday() == Weekday::Sunday) {
            let after = std::iter::successors(sunday.tomorrow().ok(), |day| day.tomorrow().ok());
            let instead = after.take(14).find(|day| !self.is_off(*day) && !days.contains(day));
            days.extend(instead);
        }
        days
    }
}

/// The holidays of the year that was asked for last.
struct Closed<'a> {
    calendar: &'a Calendar,
    year: Option<i16>,
    days: BTreeSet<Date>,
}

impl Closed<'_> {
    fn contains(&mut self, day: Date) -> bool {
        if self.year != Some(day.year()) {
            self.year = Some(day.year());
            self.days = self.calendar.holidays_around(day.year());
        }
        self.calendar.is_off(day) || self.days.contains(&day)
    }
}

impl Holiday {
    /// The days of a year on which it is kept, and whether a Sunday moves.
    fn days_in(&self, year: i16) -> Vec<(Date, bool)> {
        let first = match self.on {
            On::Yearly { month, day } => Date::new(year, month, day).ok(),
            On::Easter(after) => easter(year).and_then(|easter| easter.checked_add(after.days()).ok()),
            On::Once(day) => (day.year() == year).then_some(day),
        };
        std::iter::successors(first, |day| day.tomorrow().ok())
            .take(usize::try_from(self.days).unwrap_or_default())
            .filter(|day| self.valid_from <= *day && self.valid_until.is_none_or(|until| *day <= until))
            .map(|day| (day, self.moves_from_sunday))
            .collect()
    }
}

/// Easter Sunday of the Gregorian calendar (the rule of 1582, in the form of Meeus, Jones and Butcher).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let (month, day) = ((h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn holiday(id: &str, on: On, days: u32) -> Holiday {
        Holiday {
            id: id.to_owned(),
            name: Words::default(),
            on,
            days,
            valid_from: day("2000-01-01"),
            valid_until: None,
            moves_from_sunday: false,
        }
    }

    fn calendar(holidays: Vec<Holiday>) -> Calendar {
        Calendar { holidays, ..Calendar::default() }
    }

    #[test]
    fn easter_is_on_the_days_of_the_published_tables() {
        for (year, expected) in [
            (2019, "2019-04-21"),
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2038, "2038-04-25"),
        ] {
            assert_eq!(easter(year), Some(day(expected)));
        }
    }

    #[test]
    fn a_deadline_counts_from_the_next_working_day() {
        let calendar = calendar(Vec::new());
        // 23 November 2026 is a Monday.
        for (from, count, expected) in [
            ("2026-11-23", 0, "2026-11-23"),
            ("2026-11-23", 1, "2026-11-24"),
            ("2026-11-23", 5, "2026-11-30"),
            ("2026-11-27", 1, "2026-11-30"),
            ("2026-11-28", 1, "2026-11-30"),
            ("2026-11-29", 5, "2026-12-04"),
        ] {
            assert_eq!(calendar.after_working_days(day(from), count), Some(day(expected)), "{from} {count}");
        }
    }

    #[test]
    fn holidays_are_no_working_days_and_may_lie_across_the_new_year() {
        let calendar = calendar(vec![
            holiday("statehood", On::Yearly { month: 11, day: 25 }, 1),
            holiday("new_year", On::Yearly { month: 1, day: 1 }, 2),
            holiday("easter_monday", On::Easter(1), 1),
            holiday("visit", On::Once(day("2026-11-26")), 1),
        ]);
        assert_eq!(calendar.after_working_days(day("2026-11-23"), 5), Some(day("2026-12-02")));
        assert_eq!(calendar.after_working_days(day("2026-12-31"), 1), Some(day("2027-01-04")));
        assert_eq!(calendar.after_working_days(day("2026-04-03"), 1), Some(day("2026-04-07")));
        assert!(!calendar.is_working_day(day("2026-11-26")) && calendar.is_working_day(day("2027-11-26")));
    }

    #[test]
    fn a_sunday_may_give_the_next_working_day_off() {
        // 1 May 2022 was a Sunday, 2 May a Monday; so was 1 January 2023.
        let mut labour = holiday("labour", On::Yearly { month: 5, day: 1 }, 2);
        assert!(calendar(vec![labour.clone()]).is_working_day(day("2022-05-03")));
        labour.moves_from_sunday = true;
        assert!(!calendar(vec![labour.clone()]).is_working_day(day("2022-05-03")));
        assert!(calendar(vec![labour]).is_working_day(day("2022-05-04")));
        // 31 December 2023 was a Sunday: the day off lies in the next year, after the holidays there.
        let mut eve = holiday("eve", On::Yearly { month: 12, day: 31 }, 1);
        eve.moves_from_sunday = true;
        let new_year = holiday("new_year", On::Yearly { month: 1, day: 1 }, 2);
        let calendar = calendar(vec![eve, new_year]);
        assert!(!calendar.is_working_day(day("2024-01-03")) && calendar.is_working_day(day("2024-01-04")));
    }

    #[test]
    fn a_holiday_is_kept_only_while_it_is_valid() {
        let mut abolished = holiday("old", On::Yearly { month: 11, day: 25 }, 1);
        abolished.valid_from = day("2010-01-01");
        abolished.valid_until = Some(day("2020-12-31"));
        let calendar = calendar(vec![abolished]);
        assert!(calendar.is_working_day(day("2009-11-25")) && calendar.is_working_day(day("2021-11-25")));
        assert!(!calendar.is_working_day(day("2020-11-25")));
    }

    #[test]
    fn a_calendar_without_working_days_promises_nothing() {
        let always = holiday("always", On::Yearly { month: 1, day: 1 }, 366);
        assert_eq!(calendar(vec![always]).after_working_days(day("2026-11-23"), 1), None);
        assert_eq!(Calendar::default().after_working_days(Date::MAX, 1), None);
    }
}
