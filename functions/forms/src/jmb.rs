//! The unique master citizen number (jedinstveni matični broj): 13 digits DDMMYYYRRBBBK.

use std::fmt;

use jiff::civil::Date;

pub use crate::personal::Personal;

/// A number whose check digit is right. Personal data: `Debug` prints no digit.
#[derive(Clone, PartialEq, Eq)]
pub struct Jmb {
    digits: [u8; 13],
}

/// Why a text is no such number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JmbError {
    /// Something other than digits and spaces.
    NotDigits,
    /// Not 13 digits.
    Length(usize),
    /// The first four digits are no day and month, so the number was never issued.
    DayOrMonth,
    /// The last digit does not follow from the others: a typing mistake.
    CheckDigit,
}

const WEIGHTS: [u32; 12] = [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

impl Jmb {
    /// Reads a number; spaces between digits are fine. The region code is never a reason to refuse.
    pub fn parse(text: &str) -> Result<Self, JmbError> {
        let typed: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        if !typed.iter().all(char::is_ascii_digit) {
            return Err(JmbError::NotDigits);
        }
        let read: Vec<u8> =
            typed.iter().filter_map(|c| c.to_digit(10)).filter_map(|d| u8::try_from(d).ok()).collect();
        let digits: [u8; 13] = read.try_into().map_err(|read: Vec<u8>| JmbError::Length(read.len()))?;
        let number = Self { digits };
        let (day, month) = (number.part(0, 2), number.part(2, 4));
        if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
            return Err(JmbError::DayOrMonth);
        }
        // A raw 11 is written as 0, and so is a raw 10 by the offices whose rules are published.
        let expected = match number.raw_check() {
            10 | 11 => 0,
            raw => raw,
        };
        if u32::from(digits[12]) == expected { Ok(number) } else { Err(JmbError::CheckDigit) }
    }

    /// The 13 digits.
    pub fn digits(&self) -> Personal<String> {
        Personal::new(self.digits.iter().map(|digit| char::from(b'0' + digit)).collect())
    }

    /// Whether the computed check value is 10, which sources treat differently: for the registrar's eyes.
    pub fn check_is_ten(&self) -> bool {
        self.raw_check() == 10
    }

    /// The date of birth that the number says; none where the digits give no year (100 to 899) or no real day.
    pub fn birth_date(&self) -> Option<Date> {
        let year = match self.part(4, 7) {
            year @ 0..=99 => 2000 + year,
            year @ 900..=999 => 1000 + year,
            _ => return None,
        };
        let year = i16::try_from(year).ok()?;
        let month = i8::try_from(self.part(2, 4)).ok()?;
        let day = i8::try_from(self.part(0, 2)).ok()?;
        Date::new(year, month, day).ok()
    }

    fn raw_check(&self) -> u32 {
        let sum: u32 = WEIGHTS.iter().zip(self.digits).map(|(weight, digit)| weight * u32::from(digit)).sum();
        11 - sum % 11
    }

    fn part(&self, from: usize, to: usize) -> u32 {
        self.digits.iter().take(to).skip(from).fold(0, |number, digit| number * 10 + u32::from(*digit))
    }
}

impl fmt::Debug for Jmb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jmb(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_a_right_check_digit_are_accepted() {
        for number in ["0101990360007", "0101100710006", "0101001250028", "0101000805018", "0101 990 360 007"]
        {
            assert!(Jmb::parse(number).is_ok(), "{number}");
        }
    }

    #[test]
    fn a_wrong_digit_is_noticed() {
        assert_eq!(Jmb::parse("0101001890123").err(), Some(JmbError::CheckDigit));
        assert_eq!(Jmb::parse("0101990360006").err(), Some(JmbError::CheckDigit));
    }

    #[test]
    fn a_check_value_of_ten_is_written_as_zero_and_noted() {
        assert!(Jmb::parse("0101990360040").is_ok_and(|number| number.check_is_ten()));
        assert!(Jmb::parse("0101990360007").is_ok_and(|number| !number.check_is_ten()));
    }

    #[test]
    fn every_mistake_of_one_digit_is_noticed_or_leads_to_a_value_of_ten() {
        let right = "0101990360007";
        for place in 0..12 {
            for digit in '0'..='9' {
                let mut typed: Vec<char> = right.chars().collect();
                if typed[place] == digit {
                    continue;
                }
                typed[place] = digit;
                let typed: String = typed.into_iter().collect();
                if let Ok(number) = Jmb::parse(&typed) {
                    assert!(number.check_is_ten(), "{typed}");
                }
            }
        }
    }

    #[test]
    fn numbers_that_were_never_issued_are_refused() {
        assert_eq!(Jmb::parse("0000000000000").err(), Some(JmbError::DayOrMonth));
        assert_eq!(Jmb::parse("12345").err(), Some(JmbError::Length(5)));
        assert_eq!(Jmb::parse("").err(), Some(JmbError::Length(0)));
        assert_eq!(Jmb::parse("01O1990360007").err(), Some(JmbError::NotDigits));
    }

    #[test]
    fn the_date_of_birth_can_be_read() {
        let born = |number| Jmb::parse(number).unwrap().birth_date().map(|date| date.to_string());
        assert_eq!(born("0101990360007").as_deref(), Some("1990-01-01"));
        assert_eq!(born("0101001250028").as_deref(), Some("2001-01-01"));
        assert_eq!(born("0101100710006"), None);
    }

    #[test]
    fn no_digit_is_printed_by_debug() {
        let number = Jmb::parse("0101990360007").unwrap();
        assert_eq!(format!("{number:?} {:?}", number.digits()), "Jmb(…) …");
    }
}
