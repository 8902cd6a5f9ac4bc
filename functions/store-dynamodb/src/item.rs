//! Values into attributes and back; what does not have the expected shape is named, never shown.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use store::{Reference, StoreError, from_nanoseconds, to_nanoseconds};

use crate::keys::Key;

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

/// An item to be written: its key and its attributes.
pub(crate) fn item<const N: usize>(key: Key, attributes: [(&str, AttributeValue); N]) -> Attributes {
    let mut item = key.attributes();
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    item
}

/// Reads the attributes of an item that DynamoDB returned.
pub(crate) struct Reader<'a>(pub(crate) &'a Attributes);

impl Reader<'_> {
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
        self.read(name, |value| value.as_s().ok()?.parse().ok())
    }

    pub(crate) fn texts(&self, name: &'static str) -> Result<BTreeMap<String, String>, StoreError> {
        self.read(name, |value| {
            let pairs = value.as_m().ok()?.iter();
            pairs.map(|(name, value)| Some((name.clone(), value.as_s().ok()?.clone()))).collect()
        })
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
