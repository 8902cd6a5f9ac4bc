//! A value of the front matter with the place where it is written.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer};
use serde_yaml::Spanned;

/// Lines before the YAML: the opening `---`.
pub(super) const LINE_OFFSET: usize = 1;

/// A 1-based line and column of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Spot {
    /// Line.
    pub line: usize,
    /// Column in characters.
    pub column: usize,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Written<T> {
    /// What is written.
    pub value: T,
    /// Where.
    pub spot: Spot,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        let number = |value: u64| usize::try_from(value).unwrap_or(1).max(1);
        let spot = Spot {
            line: number(spanned.referenced.line()) + LINE_OFFSET,
            column: number(spanned.referenced.column()),
        };
        Ok(Self { value: spanned.value, spot })
    }
}
