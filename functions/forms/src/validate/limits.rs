//! Limits of kinds whose definition names none.

/// Characters of a name.
pub(crate) const NAME: u32 = 100;
/// Characters of an e-mail address: in ASCII it has no fewer octets.
pub(crate) const EMAIL: u32 = crate::email::LONGEST_BYTES as u32;
/// Characters of a postal address.
pub(crate) const ADDRESS: u32 = 500;
/// Characters of an answer with suggestions.
pub(crate) const SELECT_OR_TEXT: u32 = 100;
/// The registers hold nothing older that anybody asks for by this way.
pub(crate) const EARLIEST_YEAR: i16 = 1850;
/// The longest text that a definition may allow, in characters.
pub(crate) const LONGEST_TEXT: u32 = 10_000;
/// The most entries that a definition may allow in a group.
pub(crate) const MOST_ENTRIES: u32 = 50;
