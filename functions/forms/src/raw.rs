//! What a browser posted, before anything is believed.

use std::fmt;

/// Posted names and values in their order. `Debug` prints neither.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawAnswers {
    pairs: Vec<(String, String)>,
}

impl RawAnswers {
    /// The pairs as they were posted.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { pairs: pairs.into_iter().collect() }
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of a name, in their order.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All pairs in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether nothing was posted.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Gives a name exactly one value.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.pairs.push((name.to_owned(), value.into()));
    }

    /// Takes out all values of a name.
    pub fn remove(&mut self, name: &str) {
        self.pairs.retain(|(key, _)| key != name);
    }
}

impl fmt::Debug for RawAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Posted names are input as well: only their number is safe to print.
        write!(f, "RawAnswers({} values)", self.pairs.len())
    }
}
