//! How a language writes dates and sorts words (Unicode CLDR, through ICU4X).

use std::cmp::Ordering;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_datetime::input::Date as IcuDate;
use jiff::civil::Date;

/// Dates and sorting of one language.
pub struct Locale {
    collator: Option<CollatorBorrowed<'static>>,
    long: Option<Formatter>,
    short: Option<Formatter>,
}

type Formatter = FixedCalendarDateTimeFormatter<icu_calendar::Gregorian, YMD>;

impl Locale {
    /// For a BCP 47 tag that was checked before; an unknown one gets ISO dates and code point order.
    pub fn new(tag: &str) -> Self {
        let Ok(locale) = tag.parse::<icu_locale_core::Locale>() else {
            return Self { collator: None, long: None, short: None };
        };
        Self {
            collator: Collator::try_new((&locale).into(), CollatorOptions::default()).ok(),
            long: Formatter::try_new((&locale).into(), YMD::long()).ok(),
            short: Formatter::try_new((&locale).into(), YMD::short()).ok(),
        }
    }

    /// `15. svibnja 2019.`
    pub fn long(&self, date: Date) -> String {
        write(self.long.as_ref(), date)
    }

    /// `15. 05. 2019.`
    pub fn short(&self, date: Date) -> String {
        write(self.short.as_ref(), date)
    }

    /// The order of two words in the language's alphabet.
    pub fn compare(&self, one: &str, other: &str) -> Ordering {
        match &self.collator {
            Some(collator) => collator.compare(one, other),
            None => one.cmp(other),
        }
    }
}

impl std::fmt::Debug for Locale {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Locale").finish_non_exhaustive()
    }
}

fn write(formatter: Option<&Formatter>, date: Date) -> String {
    let gregorian = u8::try_from(date.month())
        .ok()
        .zip(u8::try_from(date.day()).ok())
        .and_then(|(month, day)| IcuDate::try_new_gregorian(i32::from(date.year()), month, day).ok());
    match (formatter, gregorian) {
        (Some(formatter), Some(day)) => formatter.format(&day).to_string(),
        _ => date.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_are_written_as_the_language_writes_them() {
        let day = date(2019, 5, 15);
        assert_eq!(Locale::new("hr").long(day), "15. svibnja 2019.");
        assert_eq!(Locale::new("hr").short(date(2019, 5, 5)), "05. 05. 2019.");
        assert_eq!(Locale::new("de").long(day), "15. Mai 2019");
        assert_eq!(Locale::new("en").long(day), "May 15, 2019");
        assert_eq!(Locale::new("en-GB").long(day), "15 May 2019");
    }

    #[test]
    fn croatian_words_sort_by_the_croatian_alphabet() {
        let hr = Locale::new("hr");
        let mut words = ["njiva", "nula", "lopta", "ljeto", "čaj", "ćup", "cvijet", "džep", "duh", "đak"];
        words.sort_by(|one, other| hr.compare(one, other));
        assert_eq!(words, ["cvijet", "čaj", "ćup", "duh", "džep", "đak", "lopta", "ljeto", "nula", "njiva"]);
    }
}
