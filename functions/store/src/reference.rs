//! The reference that a person writes down: random characters and a check character.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters between two hyphens.
const GROUP: usize = 4;
const MOST_CHARACTERS: usize = 16;
/// More are never needed.
pub const REFERENCE_RANDOM_BYTES: usize = MOST_CHARACTERS - 1;

/// How many characters a new reference has, the check character among them: 8, 12 or 16, whole groups of four.
///
/// It is a setting of the site. References of every length are understood, whatever the setting says today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct ReferenceLength(usize);

/// No reference has so many characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reference has 8, 12 or 16 characters, not {0}")]
pub struct ReferenceLengthError(u64);

/// A submission's reference, shown in groups of four: `XXXX-XXXX`.
///
/// The last character checks the others: a weighted sum over GF(32) finds every wrong character and every
/// swap of two neighbours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference {
    /// Behind the characters zeros, so that references sort as their texts do.
    characters: [u8; MOST_CHARACTERS],
    count: usize,
}

/// The text is no reference, or a character of it is mistyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a reference: it is made of letters and digits, like 7Q2M-4XKD, and the last one checks the others"
)]
pub struct ReferenceError;

impl ReferenceLength {
    /// All lengths, the usual one first.
    pub const ALL: [Self; 3] = [Self(2 * GROUP), Self(3 * GROUP), Self(4 * GROUP)];

    /// How many characters.
    pub fn characters(self) -> usize {
        self.0
    }
}

impl Default for ReferenceLength {
    fn default() -> Self {
        Self(2 * GROUP)
    }
}

impl TryFrom<u64> for ReferenceLength {
    type Error = ReferenceLengthError;

    fn try_from(characters: u64) -> Result<Self, ReferenceLengthError> {
        let is_asked = |length: &Self| u64::try_from(length.0) == Ok(characters);
        Self::ALL.into_iter().find(is_asked).ok_or(ReferenceLengthError(characters))
    }
}

impl From<ReferenceLength> for u64 {
    fn from(length: ReferenceLength) -> Self {
        Self::try_from(length.0).unwrap_or(Self::MAX)
    }
}

impl Reference {
    /// A reference of the usual length: 35 random bits.
    pub fn from_random(random: [u8; 7]) -> Self {
        Self::from_values(&random)
    }

    /// A reference of a chosen length: five random bits for each character but the last; the rest of `random` is
    /// left unused.
    pub fn of_length(length: ReferenceLength, random: [u8; REFERENCE_RANDOM_BYTES]) -> Self {
        Self::from_values(random.get(..length.0 - 1).unwrap_or(&random))
    }

    /// The characters without hyphens, as stores keep it.
    pub fn compact(&self) -> &str {
        self.characters.get(..self.count).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }

    /// The check character comes behind the values, which may be one fewer than the characters.
    fn from_values(values: &[u8]) -> Self {
        let mut characters = [0; MOST_CHARACTERS];
        let check = check_value(values.iter().map(|value| value & 31));
        for (character, value) in characters.iter_mut().zip(values.iter().chain([&check])) {
            *character = ALPHABET[usize::from(value & 31)];
        }
        Self { characters, count: values.len() + 1 }
    }
}

/// Sum of value × αⁿ over GF(32) with the polynomial x⁵ + x² + 1, α = x.
///
/// α has order 31, so all weights differ as long as there are fewer than 31 characters.
fn check_value(values: impl DoubleEndedIterator<Item = u8>) -> u8 {
    values.rev().fold(0, |sum, value| {
        let sum: u8 = sum ^ value;
        let doubled = sum << 1;
        if doubled & 32 == 0 { doubled } else { (doubled ^ 0b10_0101) & 31 }
    })
}

impl FromStr for Reference {
    type Err = ReferenceError;

    /// Reads what a person typed: any case, spaces and hyphens of every kind, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let mut values = [0; MOST_CHARACTERS];
        let mut count = 0;
        for character in text.chars() {
            let upper = match character.to_ascii_uppercase() {
                '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' => continue,
                // What comes along when a number is copied out of a letter or a page.
                '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
                    continue;
                }
                space if space.is_whitespace() => continue,
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = ALPHABET.iter().position(|known| char::from(*known) == upper);
            let (Some(value), Some(slot)) = (value, values.get_mut(count)) else {
                return Err(ReferenceError);
            };
            *slot = u8::try_from(value).map_err(|_| ReferenceError)?;
            count += 1;
        }
        let values = values.get(..count).unwrap_or_default();
        let is_length = ReferenceLength::ALL.into_iter().any(|length| length.0 == count);
        match values.split_last() {
            Some((check, random)) if is_length && check_value(random.iter().copied()) == *check => {
                Ok(Self::from_values(random))
            }
            _ => Err(ReferenceError),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.compact();
        while let Some((group, behind)) =
            rest.split_at_checked(GROUP).filter(|(_, behind)| !behind.is_empty())
        {
            write!(formatter, "{group}-")?;
            rest = behind;
        }
        formatter.write_str(rest)
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<Self, ReferenceError> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.compact().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Always the same numbers that look random, many for each length.
    fn samples() -> impl Iterator<Item = Reference> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut byte = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        };
        let mut random = move || std::array::from_fn(|_| byte());
        let extremes = [[0; REFERENCE_RANDOM_BYTES], [255; REFERENCE_RANDOM_BYTES]];
        let all: Vec<_> = extremes.into_iter().chain((0..60).map(|_| random())).collect();
        ReferenceLength::ALL.into_iter().flat_map(move |length| {
            all.clone().into_iter().map(move |random| Reference::of_length(length, random))
        })
    }

    #[test]
    fn a_reference_is_shown_in_groups_of_four_at_every_length() {
        for (length, shown) in [(8, 9), (12, 14), (16, 19)] {
            let length = ReferenceLength::try_from(length).unwrap();
            let reference = Reference::of_length(length, [9; REFERENCE_RANDOM_BYTES]);
            let text = reference.to_string();
            assert_eq!((reference.compact().len(), text.len()), (length.characters(), shown), "{text}");
            assert!(text.split('-').all(|group| group.len() == 4), "{text}");
        }
    }

    #[test]
    fn what_is_shown_can_be_typed_back_in_any_shape() {
        for reference in samples() {
            let shown = reference.to_string();
            for typed in [
                shown.clone(),
                shown.to_lowercase(),
                shown.replace('-', " "),
                shown.replace('-', ""),
                shown.replace('-', "–"),
                shown.replace('-', "\u{a0}"),
                shown.replace('0', "o").replace('1', "l"),
                shown.replace('0', "O").replace('1', "I"),
                shown.replace('1', "i"),
                format!("\t {shown}\u{200e}\n"),
                shown.chars().flat_map(|character| [character, ' ']).collect(),
            ] {
                assert_eq!(typed.parse(), Ok(reference.clone()), "{typed}");
            }
            let json = serde_json::to_string(&reference).unwrap();
            assert_eq!(serde_json::from_str::<Reference>(&json).unwrap(), reference);
        }
    }

    #[test]
    fn every_single_wrong_character_is_found_at_every_length() {
        for good in samples() {
            let text = good.compact().as_bytes();
            for place in 0..text.len() {
                for wrong in ALPHABET.iter().filter(|wrong| **wrong != text[place]) {
                    let mut characters = text.to_vec();
                    characters[place] = *wrong;
                    let typed = String::from_utf8(characters).unwrap();
                    assert_eq!(typed.parse::<Reference>(), Err(ReferenceError), "{typed} for {good}");
                }
            }
        }
    }

    #[test]
    fn every_swap_of_two_different_neighbours_is_found_at_every_length() {
        for good in samples() {
            let text = good.compact().as_bytes();
            for place in (1..text.len()).filter(|place| text[place - 1] != text[*place]) {
                let mut characters = text.to_vec();
                characters.swap(place - 1, place);
                let typed = String::from_utf8(characters).unwrap();
                assert_eq!(typed.parse::<Reference>(), Err(ReferenceError), "{typed} for {good}");
            }
        }
    }

    #[test]
    fn references_sort_as_their_texts_do_whatever_their_length() {
        let mut references: Vec<_> = samples().collect();
        references.sort();
        let texts: Vec<_> = references.iter().map(Reference::compact).collect();
        assert!(texts.is_sorted(), "{texts:?}");
    }

    #[test]
    fn other_lengths_are_no_setting() {
        for characters in [0, 7, 9, 10, 15, 17, 20, u64::MAX] {
            assert!(ReferenceLength::try_from(characters).is_err(), "{characters}");
        }
        assert!(serde_json::from_str::<ReferenceLength>("9").is_err());
        assert_eq!(u64::from(serde_json::from_str::<ReferenceLength>("12").unwrap()), 12);
    }

    #[test]
    fn other_texts_are_refused() {
        let long = "0".repeat(17);
        for typed in
            ["", "-", "0", "ABC", "ABCD-EFGHI", "ŠĐČĆ-ŽŽŽŽ", "UUUU-UUUU", "0000-00000", "0000_0000", &long]
        {
            assert_eq!(typed.parse::<Reference>(), Err(ReferenceError), "{typed}");
        }
        for length in [8, 12, 16] {
            assert!("0".repeat(length).parse::<Reference>().is_ok(), "only the length was wrong above");
        }
    }
}
