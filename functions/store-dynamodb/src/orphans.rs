//! Objects that nothing in the table names. A table that was recovered to an earlier moment knows nothing of records
//! that came after it; their objects are not tagged any more, so the rule of the bucket leaves them.
//!
//! The bucket is listed first, the table read after: what is listed and named by an item was named all the time, for an
//! object's mark is written before it. While one item takes the place of another a scan may miss both, so nothing that
//! came in the last days is looked at.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use store::StoreError;

use crate::DynamoStore;
use crate::failure::store_error;
use crate::item::Reader;

/// How old an object is at least.
const OLD: SignedDuration = SignedDuration::from_hours(3 * 24);

/// The attribute by which heads of files, payloads and marks name an object.
const OBJECT: &str = "object";

/// The objects of a bucket that are some days old.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Orphans {
    /// The keys of those that nothing in the table names, in order.
    pub keys: Vec<String>,
    /// How many others there are.
    pub named: usize,
}

pub(crate) async fn find(store: &DynamoStore, now: Timestamp) -> Result<Orphans, StoreError> {
    let mut unnamed = BTreeSet::new();
    for folder in ["files/", "payloads/"] {
        let mut after = String::new();
        loop {
            let listed = store.objects()?.list(folder, &after).await?;
            let Some(last) = listed.last() else { break };
            after.clone_from(&last.key);
            let old = listed.into_iter().filter(|object| now.duration_since(object.changed_at) >= OLD);
            unnamed.extend(old.map(|object| object.key));
        }
    }
    let all = unnamed.len();
    let mut from = None;
    // Without old objects there is nothing to read the whole table for.
    while !unnamed.is_empty() {
        let scan = store.client.scan().table_name(&store.table).consistent_read(true);
        let answer = scan
            .filter_expression("attribute_exists(#object)")
            .projection_expression("#object")
            .expression_attribute_names("#object", OBJECT)
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| store_error(&error))?;
        for item in answer.items.unwrap_or_default() {
            unnamed.remove(&Reader(&item).text(OBJECT)?);
        }
        from = answer.last_evaluated_key;
        if from.is_none() {
            break;
        }
    }
    let keys: Vec<String> = unnamed.into_iter().collect();
    Ok(Orphans { named: all - keys.len(), keys })
}
