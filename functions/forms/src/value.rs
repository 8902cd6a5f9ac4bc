//! One canonical answer.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::ser::{SerializeMap as _, SerializeStruct as _};
use serde::{Serialize, Serializer};

/// What the box of a consent posts when it is ticked; nothing else is a consent.
pub(crate) const TICKED: &str = "1";

/// The answers of one entry of a group, by field.
pub type Entry = BTreeMap<String, Value>;

/// A normalised answer. There is none where a question was left unanswered. `Debug` is not offered: the
/// value is personal.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, name, address, e-mail address, `+` and digits of a telephone number, the digits of a JMB, a
    /// country code or the value of an option.
    Text(String),
    /// A whole number or a year.
    Number(i64),
    /// A day.
    Day(Date),
    /// "Not known", ticked instead of a day.
    UnknownDay,
    /// The values of the chosen options in the order of the definition.
    Many(Vec<String>),
    /// Agreed to this version of the text.
    Agreed(String),
    /// The entries of a group in order.
    Entries(Vec<Entry>),
}

impl Value {
    /// The text of a `Text`.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_)
            | Self::Day(_)
            | Self::UnknownDay
            | Self::Many(_)
            | Self::Agreed(_)
            | Self::Entries(_) => None,
        }
    }

    /// The number of a `Number`.
    pub fn as_number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_)
            | Self::Day(_)
            | Self::UnknownDay
            | Self::Many(_)
            | Self::Agreed(_)
            | Self::Entries(_) => None,
        }
    }

    /// The entries of a group; none for any other answer.
    pub fn entries(&self) -> &[Entry] {
        match self {
            Self::Entries(entries) => entries,
            Self::Text(_)
            | Self::Number(_)
            | Self::Day(_)
            | Self::UnknownDay
            | Self::Many(_)
            | Self::Agreed(_) => &[],
        }
    }

    /// Whether one of these options was chosen.
    pub(crate) fn is_one_of(&self, options: &[String]) -> bool {
        match self {
            Self::Text(text) => options.contains(text),
            Self::Many(chosen) => chosen.iter().any(|value| options.contains(value)),
            Self::Number(_) | Self::Day(_) | Self::UnknownDay | Self::Agreed(_) | Self::Entries(_) => false,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Day(date) => serializer.collect_str(date),
            Self::UnknownDay => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("unknown", &true)?;
                map.end()
            }
            Self::Many(values) => values.serialize(serializer),
            Self::Agreed(version) => {
                let mut agreed = serializer.serialize_struct("Agreed", 1)?;
                agreed.serialize_field("agreed_to_version", version)?;
                agreed.end()
            }
            Self::Entries(entries) => entries.serialize(serializer),
        }
    }
}
