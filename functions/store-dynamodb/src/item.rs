//! Values into attributes and back; what does not have the expected shape is named, never shown.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use store::{KeyedHash, Reference, StoreError, from_nanoseconds, to_nanoseconds};

use crate::keys::{Key, Line, TIME_TO_LIVE, TIMELINE, TIMELINE_AT};

/// The attributes of one item.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn bytes(value: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(value))
}

pub(crate) fn moment(value: Timestamp) -> Result<AttributeValue, StoreError> {
    to_nanoseconds(value).map(number)
}

pub(crate) fn texts(values: &BTreeMap<String, String>) -> AttributeValue {
    AttributeValue::M(values.iter().map(|(name, value)| (name.clone(), text(value))).collect())
}

pub(crate) fn list<'a>(values: impl IntoIterator<Item = &'a String>) -> AttributeValue {
    AttributeValue::L(values.into_iter().map(text).collect())
}

pub(crate) fn keyed_hash(value: &KeyedHash) -> AttributeValue {
    let pair = [("key_id", &value.key_id), ("hash", &value.hash)];
    AttributeValue::M(pair.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect())
}

/// An item to be written: its key and its attributes.
pub(crate) fn item<const N: usize>(key: Key, attributes: [(&str, AttributeValue); N]) -> Attributes {
    let mut item = key.attributes();
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    item
}

/// The attributes that put an item on a list of the timeline.
pub(crate) fn on_timeline(
    line: Line,
    name: &str,
    at: Timestamp,
) -> Result<[(String, AttributeValue); 2], StoreError> {
    Ok([(TIMELINE.to_owned(), text(line.shard_for(name))), (TIMELINE_AT.to_owned(), moment(at)?)])
}

/// The attributes of an item that is worth nothing from a moment on.
pub(crate) fn expiring(name: &str, at: Timestamp) -> Result<Vec<(String, AttributeValue)>, StoreError> {
    let mut attributes = Vec::from(on_timeline(Line::Expires, name, at)?);
    attributes.push((TIME_TO_LIVE.to_owned(), number(at.as_second().saturating_add(1))));
    Ok(attributes)
}

/// Reads the attributes of an item that DynamoDB returned.
pub(crate) struct Reader<'a>(pub(crate) &'a Attributes);

impl Reader<'_> {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<String, StoreError> {
        self.read(name, |value| value.as_s().ok().cloned())
    }

    pub(crate) fn bytes(&self, name: &'static str) -> Result<Vec<u8>, StoreError> {
        self.read(name, |value| value.as_b().ok().map(|blob| blob.as_ref().to_vec()))
    }

    pub(crate) fn number<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, StoreError> {
        self.read(name, |value| value.as_n().ok()?.parse().ok())
    }

    pub(crate) fn moment(&self, name: &'static str) -> Result<Timestamp, StoreError> {
        self.number(name).and_then(from_nanoseconds)
    }

    pub(crate) fn reference(&self, name: &'static str) -> Result<Reference, StoreError> {
        self.parsed(name)
    }

    /// A text that another type is read from.
    pub(crate) fn parsed<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, StoreError> {
        self.read(name, |value| value.as_s().ok()?.parse().ok())
    }

    pub(crate) fn texts(&self, name: &'static str) -> Result<BTreeMap<String, String>, StoreError> {
        self.read(name, |value| {
            let pairs = value.as_m().ok()?.iter();
            pairs.map(|(name, value)| Some((name.clone(), value.as_s().ok()?.clone()))).collect()
        })
    }

    pub(crate) fn list(&self, name: &'static str) -> Result<Vec<String>, StoreError> {
        self.read(name, |value| value.as_l().ok()?.iter().map(|text| text.as_s().ok().cloned()).collect())
    }

    pub(crate) fn keyed_hash(&self, name: &'static str) -> Result<KeyedHash, StoreError> {
        self.read(name, as_keyed_hash)
    }

    pub(crate) fn keyed_hashes(&self, name: &'static str) -> Result<Vec<KeyedHash>, StoreError> {
        self.read(name, |value| value.as_l().ok()?.iter().map(as_keyed_hash).collect())
    }

    /// A list whose members have attributes of their own.
    pub(crate) fn members<T>(
        &self,
        name: &'static str,
        convert: impl Fn(&Reader<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let members: Vec<Attributes> = self.read(name, |value| {
            value.as_l().ok()?.iter().map(|value| value.as_m().ok().cloned()).collect()
        })?;
        members.iter().map(|member| convert(&Reader(member))).collect()
    }

    /// What one of the other methods reads, or nothing where the attribute is absent.
    pub(crate) fn optional<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&Self, &'static str) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.has(name).then(|| read(self, name)).transpose()
    }

    fn read<T>(
        &self,
        name: &'static str,
        convert: impl FnOnce(&AttributeValue) -> Option<T>,
    ) -> Result<T, StoreError> {
        self.0.get(name).and_then(convert).ok_or_else(|| {
            StoreError::Corrupt(format!("DynamoDB: the attribute {name} is missing or has another shape"))
        })
    }
}

fn as_keyed_hash(value: &AttributeValue) -> Option<KeyedHash> {
    let part = |name: &str| value.as_m().ok()?.get(name)?.as_s().ok().cloned();
    Some(KeyedHash { key_id: part("key_id")?, hash: part("hash")? })
}
