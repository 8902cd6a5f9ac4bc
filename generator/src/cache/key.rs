//! A condensed value: what has the same key is the same.

use borsh::{BorshDeserialize, BorshSerialize};

/// 128 bits of BLAKE3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, BorshSerialize, BorshDeserialize)]
pub struct Key([u8; 16]);

impl Key {
    /// Of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::of_hash(&blake3::hash(bytes))
    }

    /// Of bytes with this hash.
    pub fn of_hash(hash: &blake3::Hash) -> Self {
        let mut key = [0; 16];
        key.copy_from_slice(&hash.as_bytes()[..16]);
        Self(key)
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
