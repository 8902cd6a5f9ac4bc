//! Payloads that an item would hold dearly: objects of the bucket, if there is one.
//!
//! ```text
//! mark       "this object may be nobody's"      written first, removed in the transaction that names the object
//! object     sealed as it came                  its tag is taken away before the transaction
//! payload    names the object instead of holding the bytes
//! ```
//!
//! Whatever a mark names and the record does not is removed: right after a change, by the sweep after an end between
//! two steps. The name is made of reference and content, so that a repeated confirmation meets its own object; that
//! is why a mark alone says nothing, and the record is always asked.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use store::{Reference, StoreError};

use crate::DynamoStore;
use crate::beside::small_enough;
use crate::files::{digest, from_object};
use crate::item::{Attributes, Reader, bytes, item, on_timeline, text};
use crate::keys::{self, Key, LARGE_PREFIX, Line};
use crate::read::{Range, get, range};
use crate::transaction::{Condition, Purpose, Transaction};

/// Writing so much into an item in a transaction costs as much as twenty requests to a bucket.
const LARGE_BYTES: usize = 64 * 1024;

/// Where the bytes of a payload are.
pub(crate) enum Payload {
    /// In the item.
    Here(Vec<u8>),
    /// In the bucket, under this key.
    There(String),
}

/// Writes a large payload into the bucket; a small one, or one without a bucket, stays what it is.
pub(crate) async fn write(
    store: &DynamoStore,
    reference: &Reference,
    payload: &[u8],
    at: Timestamp,
) -> Result<Payload, StoreError> {
    small_enough(payload)?;
    let Some(objects) = store.objects.as_ref().filter(|_| payload.len() > LARGE_BYTES) else {
        return Ok(Payload::Here(payload.to_vec()));
    };
    let object = format!("payloads/{}-{}", reference.compact(), digest(payload));
    store.put(mark(reference, &object, at)?).await?;
    objects.put(&object, payload).await?;
    if !objects.hold(&object).await? {
        return Err(StoreError::Busy("S3: a payload was gone as soon as it came".to_owned()));
    }
    Ok(Payload::There(object))
}

impl Payload {
    /// What the item of the payload holds.
    pub(crate) fn attribute(&self) -> (&'static str, AttributeValue) {
        match self {
            Self::Here(payload) => ("payload", bytes(payload)),
            Self::There(object) => ("object", text(object)),
        }
    }

    /// From this transaction on the object is the record's.
    pub(crate) fn take(
        &self,
        transaction: &mut Transaction<'_>,
        reference: &Reference,
    ) -> Result<(), StoreError> {
        let Self::There(object) = self else { return Ok(()) };
        let marked = Some(Condition::plain("attribute_exists(pk)"));
        transaction.delete(Purpose::Upload, Key::large(reference, object), marked)
    }

    /// Reads what [`Self::attribute`] wrote.
    pub(crate) fn of(item: &Reader<'_>) -> Result<Self, StoreError> {
        match item.optional("object", Reader::text)? {
            Some(object) => Ok(Self::There(object)),
            None => item.bytes("payload").map(Self::Here),
        }
    }

    /// The bytes, unless the object is gone.
    pub(crate) async fn read(self, store: &DynamoStore) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Here(payload) => Ok(Some(payload)),
            Self::There(object) => from_object(store, &object).await,
        }
    }
}

/// Marks the object that a record names until now: another payload takes its place in this transaction.
pub(crate) async fn leave(
    store: &DynamoStore,
    transaction: &mut Transaction<'_>,
    reference: &Reference,
    new: &Payload,
    at: Timestamp,
) -> Result<(), StoreError> {
    let Some(old) = named(store, reference).await? else { return Ok(()) };
    if matches!(new, Payload::There(new) if *new == old) {
        return Ok(());
    }
    transaction.put_if(Purpose::Unconditional, mark(reference, &old, at)?, None)
}

/// Removes every object that a mark of this record names and the record does not.
pub(crate) async fn tidy(store: &DynamoStore, reference: &Reference) -> Result<(), StoreError> {
    for object in marked(store, reference).await? {
        remove_unless_named(store, reference, &object).await?;
    }
    Ok(())
}

/// The same for one mark that the sweep found.
pub(crate) async fn sweep(store: &DynamoStore, key: &Key) -> Result<(), StoreError> {
    remove_unless_named(store, &keys::reference_of(&key.pk)?, &key.sk).await
}

/// All objects of a record's payload: the one that it names, and those that marks name.
pub(crate) async fn objects_of(
    store: &DynamoStore,
    reference: &Reference,
) -> Result<(Option<String>, Vec<String>), StoreError> {
    Ok((named(store, reference).await?, marked(store, reference).await?))
}

async fn remove_unless_named(
    store: &DynamoStore,
    reference: &Reference,
    object: &str,
) -> Result<(), StoreError> {
    if named(store, reference).await?.as_deref() != Some(object) {
        store.objects()?.remove(object).await?;
    }
    store.delete(Key::large(reference, object)).await
}

async fn named(store: &DynamoStore, reference: &Reference) -> Result<Option<String>, StoreError> {
    let payload = get(store, Key::payload(reference)).await?;
    payload.map_or(Ok(None), |payload| Reader(&payload).optional("object", Reader::text))
}

async fn marked(store: &DynamoStore, reference: &Reference) -> Result<Vec<String>, StoreError> {
    let partition = format!("{LARGE_PREFIX}{}", reference.compact());
    let marks = range(store, Range { partition, ..Range::default() }).await?;
    marks.iter().map(|mark| Reader(mark).text(keys::SK)).collect()
}

fn mark(reference: &Reference, object: &str, at: Timestamp) -> Result<Attributes, StoreError> {
    let mut mark = item(Key::large(reference, object), []);
    mark.extend(on_timeline(Line::Staged, reference.compact(), at)?);
    Ok(mark)
}
