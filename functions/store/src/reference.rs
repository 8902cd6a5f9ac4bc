//! The reference that a person writes down: 7 random characters and a check character.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const RANDOM_CHARACTERS: usize = 7;

/// A submission's reference, shown `XXXX-XXXX`.
///
/// The last character checks the others: a weighted sum over GF(32) finds every wrong character and every
/// swap of two neighbours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference([u8; RANDOM_CHARACTERS + 1]);

/// The text is no reference, or a character of it is mistyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a reference: it has 8 letters and digits, like 7Q2M-4XKD, and the last one checks the others")]
pub struct ReferenceError;

impl Reference {
    /// A reference of 35 random bits; the rest of `random` is left unused.
    pub fn from_random(random: [u8; RANDOM_CHARACTERS]) -> Self {
        let values = random.map(|byte| byte & 31);
        Self::from_values(values)
    }

    /// The 8 characters without the hyphen, as stores keep it.
    pub fn compact(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    fn from_values(values: [u8; RANDOM_CHARACTERS]) -> Self {
        let mut characters = [0; RANDOM_CHARACTERS + 1];
        for (character, value) in characters.iter_mut().zip(values) {
            *character = ALPHABET[usize::from(value)];
        }
        characters[RANDOM_CHARACTERS] = ALPHABET[usize::from(check_value(&values))];
        Self(characters)
    }
}

/// Sum of value × αⁿ over GF(32) with the polynomial x⁵ + x² + 1, α = x.
fn check_value(values: &[u8]) -> u8 {
    values.iter().rev().fold(0, |sum, value| {
        let sum: u8 = sum ^ value;
        let doubled = sum << 1;
        if doubled & 32 == 0 { doubled } else { (doubled ^ 0b10_0101) & 31 }
    })
}

impl FromStr for Reference {
    type Err = ReferenceError;

    /// Reads what a person typed: any case, spaces and hyphens, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let mut values = [0; RANDOM_CHARACTERS + 1];
        let mut count = 0;
        for character in text.chars() {
            let upper = match character.to_ascii_uppercase() {
                ' ' | '-' => continue,
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
        let [random @ .., check] = values;
        if count != values.len() || check_value(&random) != check {
            return Err(ReferenceError);
        }
        Ok(Self::from_values(random))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.compact().split_at(4);
        write!(formatter, "{first}-{second}")
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

    fn sample() -> Reference {
        Reference::from_random([3, 31, 0, 17, 200, 8, 255])
    }

    #[test]
    fn what_is_shown_can_be_typed_back_in_any_shape() {
        let reference = sample();
        let shown = reference.to_string();
        assert_eq!(shown.len(), 9);
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), shown.replace('0', "o")] {
            assert_eq!(typed.parse(), Ok(reference.clone()), "{typed}");
        }
    }

    #[test]
    fn every_single_wrong_character_is_found() {
        let good = sample();
        for place in 0..8 {
            for wrong in ALPHABET {
                let mut characters = good.0;
                if characters[place] == *wrong {
                    continue;
                }
                characters[place] = *wrong;
                let typed = String::from_utf8(characters.to_vec()).unwrap();
                assert_eq!(typed.parse::<Reference>(), Err(ReferenceError), "{typed}");
            }
        }
    }

    #[test]
    fn every_swap_of_neighbours_is_found() {
        let good = sample();
        for place in 0..7 {
            let mut characters = good.0;
            characters.swap(place, place + 1);
            if characters == good.0 {
                continue;
            }
            let typed = String::from_utf8(characters.to_vec()).unwrap();
            assert_eq!(typed.parse::<Reference>(), Err(ReferenceError), "{typed}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for typed in ["", "ABC", "ABCD-EFGHI", "ŠĐČĆ-ŽŽŽŽ", "UUUU-UUUU"] {
            assert_eq!(typed.parse::<Reference>(), Err(ReferenceError), "{typed}");
        }
    }
}
