//! How a language writes dates and sorts words (Unicode CLDR, through ICU4X).

use std::cmp::Ordering;
use std::sync::OnceLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{M, Y, YM, YMD};
use icu_datetime::input::Date as IcuDate;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use jiff::civil::Date;

/// Dates and sorting of one language.
pub struct Locale {
    collator: Option<CollatorBorrowed<'static>>,
    long: Option<Formatter>,
    short: Option<Formatter>,
    locale: Option<icu_locale_core::Locale>,
    periods: OnceLock<Periods>,
    number: Option<DecimalFormatter>,
}

type Formatter<F = YMD> = FixedCalendarDateTimeFormatter<icu_calendar::Gregorian, F>;

/// Years and months by themselves; made when the first is asked for, because not every site has archives.
struct Periods {
    year: Option<Formatter<Y>>,
    month: Option<Formatter<M>>,
    year_and_month: Option<Formatter<YM>>,
}

impl Locale {
    /// For a BCP 47 tag that was checked before; an unknown one gets ISO dates and code point order.
    pub fn new(tag: &str) -> Self {
        let Ok(locale) = tag.parse::<icu_locale_core::Locale>() else {
            return Self {
                collator: None,
                long: None,
                short: None,
                locale: None,
                periods: OnceLock::new(),
                number: None,
            };
        };
        Self {
            collator: Collator::try_new((&locale).into(), CollatorOptions::default()).ok(),
            long: Formatter::try_new((&locale).into(), YMD::long()).ok(),
            short: Formatter::try_new((&locale).into(), YMD::short()).ok(),
            number: DecimalFormatter::try_new((&locale).into(), DecimalFormatterOptions::default()).ok(),
            locale: Some(locale),
            periods: OnceLock::new(),
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

    /// `2019.`
    pub fn year(&self, date: Date) -> String {
        let format = |day| self.periods().year.as_ref().map(|year| year.format(day).to_string());
        gregorian(date).as_ref().and_then(format).unwrap_or_else(|| date.year().to_string())
    }

    /// `svibanj`, as it stands alone.
    pub fn month(&self, date: Date) -> String {
        let format = |day| self.periods().month.as_ref().map(|month| month.format(day).to_string());
        gregorian(date).as_ref().and_then(format).unwrap_or_else(|| format!("{:02}", date.month()))
    }

    /// `svibanj 2019.`
    pub fn month_of_year(&self, date: Date) -> String {
        let format = |day| self.periods().year_and_month.as_ref().map(|month| month.format(day).to_string());
        let iso = || format!("{}-{:02}", date.year(), date.month());
        gregorian(date).as_ref().and_then(format).unwrap_or_else(iso)
    }

    fn periods(&self) -> &Periods {
        self.periods.get_or_init(|| match &self.locale {
            None => Periods { year: None, month: None, year_and_month: None },
            Some(locale) => Periods {
                year: Formatter::try_new(locale.into(), Y::long()).ok(),
                month: Formatter::try_new(locale.into(), M::long()).ok(),
                year_and_month: Formatter::try_new(locale.into(), YM::long()).ok(),
            },
        })
    }

    /// The size of a file: `640 kB`, `1,2 MB`. The space does not break.
    pub fn size(&self, bytes: u64) -> String {
        // Tenths of megabytes are told up to ten, of gigabytes always.
        let (value, tenths, unit) = match bytes {
            0..999_500 => (bytes.div_ceil(1000).max(1), false, "kB"),
            999_500..9_950_000 => ((bytes + 50_000) / 100_000, true, "MB"),
            9_950_000..999_500_000 => ((bytes + 500_000) / 1_000_000, false, "MB"),
            _ => ((bytes + 50_000_000) / 100_000_000, true, "GB"),
        };
        let mut number = Decimal::from(value);
        if tenths {
            number.multiply_pow10(-1);
        }
        match &self.number {
            Some(formatter) => format!("{}\u{a0}{unit}", formatter.format(&number)),
            None => format!("{number}\u{a0}{unit}"),
        }
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
    match (formatter, gregorian(date)) {
        (Some(formatter), Some(day)) => formatter.format(&day).to_string(),
        _ => date.to_string(),
    }
}

fn gregorian(date: Date) -> Option<IcuDate<icu_calendar::Gregorian>> {
    let (month, day) = u8::try_from(date.month()).ok().zip(u8::try_from(date.day()).ok())?;
    IcuDate::try_new_gregorian(i32::from(date.year()), month, day).ok()
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
    fn months_that_stand_alone_are_in_the_nominative() {
        let day = date(2019, 5, 1);
        assert_eq!(Locale::new("hr").month_of_year(day), "svibanj 2019.");
        assert_eq!(Locale::new("hr").month(day), "svibanj");
        assert_eq!(Locale::new("hr").year(day), "2019.");
        assert_eq!(Locale::new("de").month_of_year(day), "Mai 2019");
        assert_eq!(Locale::new("en-GB").month_of_year(day), "May 2019");
        assert_eq!(Locale::new("en").year(day), "2019");
    }

    #[test]
    fn sizes_are_written_as_the_language_writes_them() {
        let (hr, en, de) = (Locale::new("hr"), Locale::new("en"), Locale::new("de"));
        for (bytes, croatian) in [
            (1, "1 kB"),
            (1000, "1 kB"),
            (1001, "2 kB"),
            (640_000, "640 kB"),
            (999_499, "1.000 kB"),
            (999_500, "1,0 MB"),
            (1_249_999, "1,2 MB"),
            (9_949_999, "9,9 MB"),
            (9_950_000, "10 MB"),
            (64_000_000, "64 MB"),
            (1_240_000_000, "1,2 GB"),
        ] {
            assert_eq!(hr.size(bytes), croatian.replace(' ', "\u{a0}"), "{bytes}");
        }
        assert_eq!(en.size(1_249_999), "1.2\u{a0}MB");
        assert_eq!(de.size(1_249_999), "1,2\u{a0}MB");
        assert_eq!(Locale::new("?").size(1_249_999), "1.2\u{a0}MB");
    }

    #[test]
    fn croatian_words_sort_by_the_croatian_alphabet() {
        let hr = Locale::new("hr");
        let mut words = ["njiva", "nula", "lopta", "ljeto", "čaj", "ćup", "cvijet", "džep", "duh", "đak"];
        words.sort_by(|one, other| hr.compare(one, other));
        assert_eq!(words, ["cvijet", "čaj", "ćup", "duh", "džep", "đak", "lopta", "ljeto", "nula", "njiva"]);
    }
}
