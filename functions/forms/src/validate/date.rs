//! Days in three inputs, and years.

use jiff::civil::Date;

use super::limits::EARLIEST_YEAR;
use crate::clean;
use crate::raw::RawAnswers;
use crate::value::Value;
use crate::violation::Rule;

/// A day that has come, or "not known" where the form allows it.
pub(super) fn day(
    name: &str,
    raw: &RawAnswers,
    unknown_allowed: bool,
    today: Date,
) -> Result<Option<Value>, Rule> {
    let part = |part: &str| {
        let typed = raw.get(&format!("{name}.{part}")).unwrap_or_default();
        // "15." is how a day is written in Croatian and German.
        clean::line(typed).trim_end_matches('.').trim_end().to_owned()
    };
    let unknown = unknown_allowed && !part("unknown").is_empty();
    let (day, month, year) = (part("day"), part("month"), part("year"));
    let empty = day.is_empty() && month.is_empty() && year.is_empty();
    match (unknown, empty) {
        (true, true) => return Ok(Some(Value::UnknownDay)),
        (true, false) => return Err(Rule::DateAndUnknown),
        (false, true) => return Ok(None),
        (false, false) => {}
    }
    for (part, rule) in
        [(&day, Rule::DateWithoutDay), (&month, Rule::DateWithoutMonth), (&year, Rule::DateWithoutYear)]
    {
        if part.is_empty() {
            return Err(rule);
        }
    }
    let number = |text: &str, digits: usize| {
        (text.len() <= digits && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<i16>().ok())
            .flatten()
            .ok_or(Rule::NotADate)
    };
    let (day, month) = (number(&day, 2)?, number(&month, 2)?);
    let year = number(&year, 4).ok().filter(|_| year.len() == 4).ok_or(Rule::DateYearDigits)?;
    let (Ok(day), Ok(month)) = (i8::try_from(day), i8::try_from(month)) else { return Err(Rule::NotADate) };
    let date = Date::new(year, month, day).map_err(|_| Rule::NoSuchDay)?;
    if year < EARLIEST_YEAR {
        return Err(Rule::DateBefore(EARLIEST_YEAR));
    }
    if date > today {
        return Err(Rule::DateInFuture);
    }
    Ok(Some(Value::Day(date)))
}

/// A year that has begun.
pub(super) fn year(typed: &str, today: Date) -> Result<Option<Value>, Rule> {
    let typed = clean::line(typed);
    let typed = typed.trim_end_matches('.');
    if typed.is_empty() {
        return Ok(None);
    }
    if typed.len() != 4 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Rule::NotAYear);
    }
    let year: i64 = typed.parse().map_err(|_| Rule::NotAYear)?;
    let (from, to) = (i64::from(EARLIEST_YEAR), i64::from(today.year()));
    if (from..=to).contains(&year) { Ok(Some(Value::Number(year))) } else { Err(Rule::YearOutside(from, to)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 23);

    fn typed(day_typed: &str, month: &str, year: &str) -> Result<Option<Value>, Rule> {
        let pairs = [("born.day", day_typed), ("born.month", month), ("born.year", year)];
        let raw = RawAnswers::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        day("born", &raw, true, TODAY)
    }

    #[test]
    fn a_day_may_be_written_with_dots_and_zeros() {
        for (d, m, y) in [("1", "2", "1931"), ("01.", "02.", "1931."), (" 1 ", "2.", "1931")] {
            assert!(typed(d, m, y) == Ok(Some(Value::Day(Date::constant(1931, 2, 1)))), "{d} {m} {y}");
        }
    }

    #[test]
    fn days_that_do_not_exist_or_have_not_come_are_noticed() {
        for (d, m, y, rule) in [
            ("29", "2", "1931", Rule::NoSuchDay),
            ("31", "4", "2000", Rule::NoSuchDay),
            ("1", "13", "2000", Rule::NoSuchDay),
            ("0", "1", "2000", Rule::NoSuchDay),
            ("99", "99", "2000", Rule::NoSuchDay),
            ("1", "1", "31", Rule::DateYearDigits),
            ("1", "1", "19 31", Rule::DateYearDigits),
            ("1", "1", "19311", Rule::DateYearDigits),
            ("-1", "1", "1931", Rule::NotADate),
            ("1", "siječanj", "1931", Rule::NotADate),
            ("24", "11", "2026", Rule::DateInFuture),
            ("1", "1", "1849", Rule::DateBefore(1850)),
            ("", "1", "1931", Rule::DateWithoutDay),
            ("1", "", "1931", Rule::DateWithoutMonth),
            ("1", "1", "", Rule::DateWithoutYear),
        ] {
            assert!(typed(d, m, y) == Err(rule), "{d} {m} {y}");
        }
        assert!(typed("23", "11", "2026").is_ok(), "today has come");
    }

    #[test]
    fn not_known_is_an_answer_but_not_beside_a_day() {
        let mut raw = RawAnswers::default();
        raw.set("born.unknown", "1");
        assert!(day("born", &raw, true, TODAY) == Ok(Some(Value::UnknownDay)));
        assert!(day("born", &raw, false, TODAY) == Ok(None), "where the form does not offer it");
        raw.set("born.year", "1931");
        assert!(day("born", &raw, true, TODAY) == Err(Rule::DateAndUnknown));
    }

    #[test]
    fn years_lie_between_the_registers_and_today() {
        assert!(year("1931.", TODAY) == Ok(Some(Value::Number(1931))));
        assert!(year("2027", TODAY) == Err(Rule::YearOutside(1850, 2026)));
        assert!(year("31", TODAY) == Err(Rule::NotAYear));
    }
}
