//! A condensed value: what has the same key is the same.
//!
//! XXH3, 128 bits: it tells whether something has changed, and keeps nobody from anything. Whoever could make two texts
//! with one key may as well write what he likes into one.

use borsh::{BorshDeserialize, BorshSerialize};
use twox_hash::XxHash3_128;

/// 128 bits of XXH3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, BorshSerialize, BorshDeserialize)]
pub struct Key([u8; 16]);

impl Key {
    /// Length of a key in bytes.
    pub const BYTES: usize = 16;

    /// Of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(XxHash3_128::oneshot(bytes).to_be_bytes())
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// Its hexadecimal digits.
    pub fn to_hex(self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }

    /// The key with these hexadecimal digits.
    pub fn from_hex(digits: &str) -> Option<Self> {
        let is_one = digits.len() == 2 * Self::BYTES && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = is_one.then(|| u128::from_str_radix(digits, 16).ok()).flatten()?;
        Some(Self(number.to_be_bytes()))
    }
}

/// Makes the key of bytes that come piece by piece.
#[derive(Default)]
pub struct Hasher(XxHash3_128);

impl Hasher {
    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    /// The key of all of them.
    pub fn finish(&self) -> Key {
        Key(self.0.finish_128().to_be_bytes())
    }
}

/// What a key is made of, one after the other; no two lists of ingredients give the same bytes.
#[derive(Debug, Default)]
pub struct Ingredients(Vec<u8>);

impl Ingredients {
    /// None yet; the name divides kinds of keys from each other.
    pub fn of(kind: &str) -> Self {
        let mut ingredients = Self(Vec::with_capacity(512));
        ingredients.text(kind);
        ingredients
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// A text that may be missing.
    pub fn optional(&mut self, text: Option<&str>) {
        self.number(text.is_some().into());
        self.text(text.unwrap_or_default());
    }

    /// A number.
    pub fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// Another key.
    pub fn key(&mut self, key: Key) {
        self.0.extend_from_slice(&key.0);
    }

    /// A key that may be missing.
    pub fn optional_key(&mut self, key: Option<Key>) {
        self.number(key.is_some().into());
        self.key(key.unwrap_or_default());
    }

    /// The key of them all.
    pub fn finish(self) -> Key {
        Key::of(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(texts: &[&str]) -> Key {
        let mut ingredients = Ingredients::of("test");
        texts.iter().for_each(|text| ingredients.text(text));
        ingredients.finish()
    }

    #[test]
    fn a_key_is_the_published_one_of_its_bytes_however_they_come() {
        // XXH3_128bits of nothing, from the specification's reference.
        assert_eq!(Key::of(b"").to_hex(), "99aa06d3014798d86001c324468d497f");
        let long = b"Grad Ljubu\xc5\xa1ki".repeat(1000);
        for cut in [0, 1, 240, 241, 1024, long.len()] {
            let mut hasher = Hasher::default();
            hasher.update(&long[..cut]);
            hasher.update(&long[cut..]);
            assert_eq!(hasher.finish(), Key::of(&long), "{cut}");
        }
    }

    #[test]
    fn a_key_is_read_from_its_digits_and_from_nothing_else() {
        let key = Key::of(b"a");
        assert_eq!(Key::from_hex(&key.to_hex()), Some(key));
        for digits in ["", "+9aa06d3014798d86001c324468d497f", "99aa", &"0".repeat(64), &"g".repeat(32)] {
            assert_eq!(Key::from_hex(digits), None, "{digits}");
        }
    }

    #[test]
    fn ingredients_do_not_run_into_each_other() {
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
        assert_ne!(key(&["ab", ""]), key(&["a", "b"]));
        assert_ne!(key(&["a"]), key(&["a", ""]));
        let (mut none, mut empty) = (Ingredients::of("test"), Ingredients::of("test"));
        none.optional(None);
        empty.optional(Some(""));
        assert_ne!(none.finish(), empty.finish());
    }
}
