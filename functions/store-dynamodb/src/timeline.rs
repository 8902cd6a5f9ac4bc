//! The index of what has to be done or looked at from some moment on.

use jiff::Timestamp;
use store::{StoreError, to_nanoseconds};

use crate::DynamoStore;
use crate::item::{Reader, number};
use crate::keys::{Key, Line, PK, SK, TIMELINE, TIMELINE_AT, TIMELINE_INDEX};
use crate::read::{Range, range};

const INDEX: (&str, &str, &str) = (TIMELINE_INDEX, TIMELINE, TIMELINE_AT);

/// Items of a shard whose moment lies at or before `until`, earliest first, with that moment (nanoseconds since
/// 1970); at most `most`, if given. The index may lag behind the table: what it names is only a candidate.
pub(crate) async fn until(
    store: &DynamoStore,
    line: Line,
    shard: usize,
    until: Timestamp,
    most: Option<usize>,
) -> Result<Vec<(i64, Key)>, StoreError> {
    let sort = Some(("#sort <= :from", number(to_nanoseconds(until)?)));
    let due = Range { partition: line.shard(shard), index: Some(INDEX), sort, most, ..Range::default() };
    range(store, due).await?.iter().map(|item| entry(&Reader(item))).collect()
}

/// The items of a shard whose moment is the latest, the latest first.
pub(crate) async fn latest(
    store: &DynamoStore,
    line: Line,
    shard: usize,
    most: usize,
) -> Result<Vec<(i64, Key)>, StoreError> {
    let latest = Range {
        partition: line.shard(shard),
        index: Some(INDEX),
        backwards: true,
        most: Some(most),
        ..Range::default()
    };
    range(store, latest).await?.iter().map(|item| entry(&Reader(item))).collect()
}

fn entry(item: &Reader<'_>) -> Result<(i64, Key), StoreError> {
    Ok((item.number(TIMELINE_AT)?, Key::new(item.text(PK)?, item.text(SK)?)))
}
