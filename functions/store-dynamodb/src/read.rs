//! Reading items: one, many by their keys, all of a partition, a part of an index.

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use store::{Reference, StoreError};

use crate::DynamoStore;
use crate::failure::store_error;
use crate::item::{Attributes, Reader, text};
use crate::keys::{Key, PK, SK};
use crate::transaction::{names_in, not_built, wait_before};

/// How often keys that DynamoDB left unread are asked for again.
const ATTEMPTS: usize = 5;

/// How many items DynamoDB reads by their keys in one request.
const MOST_KEYS: usize = 100;

/// One item as it is now.
pub(crate) async fn get(store: &DynamoStore, key: Key) -> Result<Option<Attributes>, StoreError> {
    let request = store.client.get_item().table_name(&store.table);
    let answer = request.set_key(Some(key.attributes())).consistent_read(true).send().await;
    Ok(answer.map_err(|error| store_error(&error))?.item)
}

/// A submission's item, unless there is none or it was erased.
pub(crate) async fn submission(
    store: &DynamoStore,
    reference: &Reference,
) -> Result<Option<Attributes>, StoreError> {
    Ok(get(store, Key::submission(reference)).await?.filter(is_not_erased))
}

/// Whether a submission's item still has what the person sent.
pub(crate) fn is_not_erased(submission: &Attributes) -> bool {
    !Reader(submission).has("erased_at")
}

/// The items with these keys, as they are now, in any order; those that are not there are left out.
pub(crate) async fn get_all(store: &DynamoStore, keys: Vec<Key>) -> Result<Vec<Attributes>, StoreError> {
    let mut found = Vec::new();
    for keys in keys.chunks(MOST_KEYS) {
        found.extend(get_some(store, keys).await?);
    }
    Ok(found)
}

async fn get_some(store: &DynamoStore, keys: &[Key]) -> Result<Vec<Attributes>, StoreError> {
    let keys = keys.iter().map(|key| key.clone().attributes()).collect();
    let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
    let mut left = Some(wanted.build().map_err(not_built)?);
    let mut found = Vec::new();
    for attempt in 0..ATTEMPTS {
        let Some(wanted) = left.take() else {
            return Ok(found);
        };
        wait_before(attempt).await;
        let request = store.client.batch_get_item().request_items(&store.table, wanted);
        let answer = request.send().await.map_err(|error| store_error(&error))?;
        if let Some(items) = answer.responses.and_then(|mut tables| tables.remove(&store.table)) {
            found.extend(items);
        }
        left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&store.table));
    }
    match left {
        None => Ok(found),
        Some(_) => Err(StoreError::Busy("DynamoDB: a part was not read".to_owned())),
    }
}

/// What must hold for items beside their keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// With `#<attribute>` for each attribute.
    pub(crate) expression: String,
    /// The values that it names.
    pub(crate) values: Vec<(String, AttributeValue)>,
}

impl Filter {
    /// Adds a condition that must hold as well.
    pub(crate) fn and(mut self, attribute: &str, condition: &str) -> Self {
        let divider = if self.expression.is_empty() { "" } else { " AND " };
        self.expression = format!("{}{divider}#{attribute} {condition}", self.expression);
        self
    }

    /// Gives a value to a name of a condition.
    pub(crate) fn value(mut self, name: impl Into<String>, value: AttributeValue) -> Self {
        self.values.push((name.into(), value));
        self
    }
}

/// Which items of a partition of the table or of an index are read, and in which order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Range {
    /// The partition.
    pub(crate) partition: String,
    /// The index and the names of its two keys; the table itself, if absent.
    pub(crate) index: Option<(&'static str, &'static str, &'static str)>,
    /// What the sort key must be, with `#sort` and `:from`, for example `#sort > :from`.
    pub(crate) sort: Option<(&'static str, AttributeValue)>,
    /// What else must hold.
    pub(crate) filter: Option<Filter>,
    /// From the end.
    pub(crate) backwards: bool,
    /// At most so many; all, if absent.
    pub(crate) most: Option<usize>,
}

/// The items of a range. The table is read as it is now; an index may lag behind it.
pub(crate) async fn range(store: &DynamoStore, range: Range) -> Result<Vec<Attributes>, StoreError> {
    let most = range.most.unwrap_or(usize::MAX);
    let mut items = Vec::new();
    let mut from = None;
    while items.len() < most {
        let (index, partition_key, sort_key) = match range.index {
            Some((index, partition_key, sort_key)) => (Some(index), partition_key, sort_key),
            None => (None, PK, SK),
        };
        let mut query = store
            .client
            .query()
            .table_name(&store.table)
            .set_index_name(index.map(str::to_owned))
            .expression_attribute_names("#partition", partition_key)
            .expression_attribute_values(":partition", text(&range.partition))
            .consistent_read(index.is_none())
            .scan_index_forward(!range.backwards)
            .set_exclusive_start_key(from);
        let mut condition = "#partition = :partition".to_owned();
        if let Some((expression, value)) = &range.sort {
            condition = format!("{condition} AND {expression}");
            query = query
                .expression_attribute_names("#sort", sort_key)
                .expression_attribute_values(":from", value.clone());
        }
        if let Some(filter) = &range.filter {
            query = query.filter_expression(&filter.expression);
            for (name, attribute) in names_in(&filter.expression).unwrap_or_default() {
                query = query.expression_attribute_names(name, attribute);
            }
            for (name, value) in &filter.values {
                query = query.expression_attribute_values(name, value.clone());
            }
        } else if range.most.is_some() {
            // With a filter DynamoDB counts what it looks at, not what it finds.
            query = query.limit(i32::try_from(most - items.len()).unwrap_or(i32::MAX));
        }
        let answer = query.key_condition_expression(condition).send().await;
        let answer = answer.map_err(|error| store_error(&error))?;
        items.extend(answer.items.unwrap_or_default());
        from = answer.last_evaluated_key.filter(|key| !key.is_empty());
        if from.is_none() {
            break;
        }
    }
    items.truncate(most);
    Ok(items)
}
