//! The keys of all items, in one place: the table in the crate's documentation, as code.
//!
//! Where a key is put together, the parts of known length come first, so that no two sets of parts share a key.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use jiff::civil::Date;
use store::{KeyedHash, Reference, Stage, StoreError, to_nanoseconds};

pub(crate) const PK: &str = "pk";
pub(crate) const SK: &str = "sk";

/// The index of messages that wait.
pub(crate) const DUE_INDEX: &str = "outbox-due";
/// Partition key of [`DUE_INDEX`]; only messages that wait have it.
pub(crate) const OUTBOX_SHARD: &str = "outbox_shard";
/// Sort key of [`DUE_INDEX`].
pub(crate) const NEXT_ATTEMPT_AT: &str = "next_attempt_at";

/// The index of records by their stage and arrival.
pub(crate) const QUEUE_INDEX: &str = "queue";
/// Partition key of [`QUEUE_INDEX`]; only records that were not erased have it.
pub(crate) const QUEUE_SHARD: &str = "queue_shard";
/// Sort key of [`QUEUE_INDEX`]: see [`order`].
pub(crate) const QUEUE_ORDER: &str = "queue_order";
/// What [`QUEUE_INDEX`] holds besides keys, so that a list reads only the records that it shows.
pub(crate) const QUEUE_HOLDS: [&str; 5] = ["stage", "form", "retention", "changed_at", "closed_at"];

/// The index of what has to be done or looked at from some moment on.
pub(crate) const TIMELINE_INDEX: &str = "timeline";
/// Partition key of [`TIMELINE_INDEX`].
pub(crate) const TIMELINE: &str = "timeline";
/// Sort key of [`TIMELINE_INDEX`].
pub(crate) const TIMELINE_AT: &str = "timeline_at";

/// Seconds since 1970 from which DynamoDB may remove an item by itself, where the table has this time to live.
pub(crate) const TIME_TO_LIVE: &str = "removable_from_s";

pub(crate) const SUBMISSION: &str = "submission";
pub(crate) const PAYLOAD: &str = "payload";
pub(crate) const AUDIT_PREFIX: &str = "audit#";
pub(crate) const ADDITION_PREFIX: &str = "addition#";
pub(crate) const HEAD_PREFIX: &str = "head#";
pub(crate) const UPLOAD_PREFIX: &str = "upload#";
pub(crate) const PARCEL_PREFIX: &str = "parcel#";
pub(crate) const TOKEN_PREFIX: &str = "token#";
pub(crate) const JOURNAL: &str = "journal";
pub(crate) const CHECKPOINTS: &str = "checkpoints";
pub(crate) const LARGE_PREFIX: &str = "large#";
const OUTBOX_PREFIX: &str = "outbox#";

/// What a reference may begin with, in order.
pub(crate) const REFERENCE_CHARACTERS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The number of an audit chain's first line.
pub(crate) const FIRST_LINE: u64 = 1;

/// How many items one counter is spread over, so that arrivals of one moment seldom meet on one.
pub(crate) const COUNTER_SHARDS: usize = 64;
/// How many partitions the index of due messages is spread over.
pub(crate) const OUTBOX_SHARDS: usize = 4;
/// How many partitions the records of one stage are spread over.
pub(crate) const QUEUE_SHARDS: usize = 4;
/// How many partitions each list of the timeline is spread over.
pub(crate) const TIMELINE_SHARDS: usize = 4;

/// A list of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Parcels, tokens and windows, by the end of their use.
    Expires,
    /// Staged files and broken uploads, by the moment of their staging.
    Staged,
    /// Records whose person is to be asked "still correct?".
    Renewal,
    /// Messages that were given up or came back.
    Failed,
    /// Erased records of which something is left to remove.
    Erasing,
}

impl Line {
    fn name(self) -> &'static str {
        match self {
            Self::Expires => "expires",
            Self::Staged => "staged",
            Self::Renewal => "renewal",
            Self::Failed => "failed",
            Self::Erasing => "erasing",
        }
    }

    /// The index partition of a shard.
    pub(crate) fn shard(self, shard: usize) -> String {
        format!("{}#{shard}", self.name())
    }

    /// The index partition of the shard that a name belongs to.
    pub(crate) fn shard_for(self, name: &str) -> String {
        self.shard(shard_of(name, 0, TIMELINE_SHARDS))
    }
}

/// The key of one item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    pub(crate) fn submission(reference: &Reference) -> Self {
        Self::new(record(reference), SUBMISSION)
    }

    pub(crate) fn payload(reference: &Reference) -> Self {
        Self::new(record(reference), PAYLOAD)
    }

    /// Says that there may be an object which this record does not name.
    pub(crate) fn large(reference: &Reference, object: &str) -> Self {
        Self::new(format!("{LARGE_PREFIX}{}", reference.compact()), object)
    }

    /// A line of the record's chain. The first one is what makes the chain part of the list of all chains, which erased
    /// records stay in.
    pub(crate) fn audit(reference: &Reference, sequence: u64) -> Self {
        if sequence == FIRST_LINE {
            let reference = reference.compact();
            return Self::new(chains(reference.get(..1).unwrap_or_default()), reference);
        }
        Self::new(record(reference), format!("{AUDIT_PREFIX}{sequence:010}"))
    }

    /// The `number`th addition of the change that made this version.
    pub(crate) fn addition(reference: &Reference, version: u64, number: usize) -> Self {
        Self::new(record(reference), format!("{ADDITION_PREFIX}{version:010}#{number:03}"))
    }

    pub(crate) fn check(key: &KeyedHash) -> Self {
        Self::new(hashed("check#", key), "check")
    }

    pub(crate) fn answers(answers: &KeyedHash, form: &str) -> Self {
        Self::new(hashed("answers#", answers), form)
    }

    pub(crate) fn message(id: &str) -> Self {
        Self::new(format!("{OUTBOX_PREFIX}{id}"), "message")
    }

    pub(crate) fn counter(shard: usize, day: Date, form: &str) -> Self {
        Self::new(format!("count#{shard:02}#{day}#{form}"), "count")
    }

    /// Leads from a contact address to a record.
    pub(crate) fn contact(contact: &KeyedHash, form: &str, order: &str) -> Self {
        Self::new(self::contact(contact), format!("{form}#{order}"))
    }

    pub(crate) fn parcel(id: &KeyedHash) -> Self {
        Self::new(hashed(PARCEL_PREFIX, id), "parcel")
    }

    pub(crate) fn token(token: &KeyedHash) -> Self {
        Self::new(hashed(TOKEN_PREFIX, token), "token")
    }

    /// How many files of a batch are staged.
    pub(crate) fn batch(batch: &KeyedHash) -> Self {
        Self::new(self::batch(batch), "batch")
    }

    /// What is in the clear about a file.
    pub(crate) fn file_head(batch: &KeyedHash, id: &str) -> Self {
        Self::new(self::batch(batch), format!("{HEAD_PREFIX}{id}"))
    }

    /// Says that there may be parts of this file that no head leads to.
    pub(crate) fn upload(batch: &KeyedHash, id: &str) -> Self {
        Self::new(self::batch(batch), format!("{UPLOAD_PREFIX}{id}"))
    }

    /// One part of a file's content.
    pub(crate) fn part(batch: &KeyedHash, id: &str, number: usize) -> Self {
        Self::new(self::batch(batch), format!("{}{number:03}", parts(id)))
    }

    pub(crate) fn window(bucket: &KeyedHash, end: Timestamp) -> Result<Self, StoreError> {
        Ok(Self::new(hashed("window#", bucket), sortable(end)?))
    }

    pub(crate) fn erasure(reference: &Reference, at: Timestamp) -> Result<Self, StoreError> {
        Ok(Self::new(JOURNAL.to_owned(), order(at, reference)?))
    }

    pub(crate) fn checkpoint(at: Timestamp) -> Result<Self, StoreError> {
        Ok(Self::new(CHECKPOINTS.to_owned(), sortable(at)?))
    }

    /// Which checkpoint is the newest, and how far the next one is.
    pub(crate) fn signing() -> Self {
        Self::new("signing".to_owned(), "signing")
    }

    pub(crate) fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// As DynamoDB takes it.
    pub(crate) fn attributes(self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk)),
            (SK.to_owned(), AttributeValue::S(self.sk)),
        ])
    }
}

/// The partition of a submission, its payload, its additions and all audit lines but the first.
pub(crate) fn record(reference: &Reference) -> String {
    format!("record#{}", reference.compact())
}

/// The partition of the files of one filling-in.
pub(crate) fn batch(batch: &KeyedHash) -> String {
    hashed("batch#", batch)
}

/// The partition of the records of one contact address.
pub(crate) fn contact(contact: &KeyedHash) -> String {
    hashed("contact#", contact)
}

/// The partition of the first lines of the chains whose references begin with this character.
pub(crate) fn chains(first: &str) -> String {
    format!("chains#{first}")
}

/// What the keys of a file's parts begin with.
pub(crate) fn parts(id: &str) -> String {
    format!("part#{id}#")
}

/// The id in a message's partition key.
pub(crate) fn message_id(pk: &str) -> Option<&str> {
    pk.strip_prefix(OUTBOX_PREFIX)
}

/// The index partition of a shard of messages that wait.
pub(crate) fn outbox_shard(shard: usize) -> String {
    format!("due#{shard}")
}

/// The index partition of a shard of the records in a stage: the few that wait are found without reading past the
/// many that are done.
pub(crate) fn queue_shard(stage: Stage, shard: usize) -> String {
    format!("{}#{shard}", stage.name())
}

/// The shard that a name belongs to; `turn` moves on to the next ones.
pub(crate) fn shard_of(name: &str, turn: usize, shards: usize) -> usize {
    let sum: usize = name.bytes().map(usize::from).sum();
    sum.wrapping_add(turn) % shards
}

/// A text that sorts by the moment, then by the reference.
pub(crate) fn order(at: Timestamp, reference: &Reference) -> Result<String, StoreError> {
    Ok(format!("{}#{}", sortable(at)?, reference.compact()))
}

/// The reference in an [`order`].
pub(crate) fn reference_of(order: &str) -> Result<Reference, StoreError> {
    let reference = order.rsplit('#').next().unwrap_or_default();
    reference.parse().map_err(|_| StoreError::Corrupt("DynamoDB: a key holds no reference".to_owned()))
}

/// A text of 20 digits that sorts by the moment, also before 1970.
pub(crate) fn sortable(at: Timestamp) -> Result<String, StoreError> {
    let from_the_earliest = i128::from(to_nanoseconds(at)?) - i128::from(i64::MIN);
    Ok(format!("{from_the_earliest:020}"))
}

fn hashed(prefix: &str, hash: &KeyedHash) -> String {
    format!("{prefix}{}#{}", hash.hash, hash.key_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_moments_sort_as_the_moments_do() {
        let moments = [
            "1900-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00Z",
            "2026-11-26T10:00:00.5Z",
        ];
        let texts: Vec<_> = moments.iter().map(|moment| sortable(moment.parse().unwrap()).unwrap()).collect();
        assert!(texts.is_sorted() && texts.iter().all(|text| text.len() == 20), "{texts:?}");
    }

    #[test]
    fn every_reference_begins_with_a_known_character() {
        for value in 0..32 {
            let reference = Reference::from_random([value, 0, 0, 0, 0, 0, 0]);
            let first = reference.compact().chars().next().unwrap();
            assert_eq!(REFERENCE_CHARACTERS.chars().nth(usize::from(value)), Some(first));
        }
        assert!(REFERENCE_CHARACTERS.chars().collect::<Vec<_>>().is_sorted());
    }

    #[test]
    fn an_order_gives_its_reference_back() {
        let reference = Reference::from_random([1, 2, 3, 4, 5, 6, 7]);
        let order = order("2026-11-26T10:00:00Z".parse().unwrap(), &reference).unwrap();
        assert_eq!(reference_of(&order).unwrap(), reference);
        assert!(reference_of("00000").is_err());
    }
}
