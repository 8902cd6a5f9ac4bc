//! Finding records that were not erased: by arrival, by contact, by the end of their time.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use store::{Head, KeyedHash, QueueFilter, QueuePage, Reference, Stage, StoreError, Trigger, to_nanoseconds};
use tokio::task::JoinSet;

use crate::DynamoStore;
use crate::item::{Attributes, Reader, number, text};
use crate::keys::{
    self, Key, Line, QUEUE_INDEX, QUEUE_ORDER, QUEUE_SHARD, QUEUE_SHARDS, SK, TIMELINE_SHARDS, sortable,
};
use crate::read::{Filter, Range, get_all, range};
use crate::{submission, timeline};

/// How many partitions of the queue are read at once.
const PARTITIONS_AT_ONCE: usize = 12;

/// How many records of one contact address are found.
const MOST_OF_CONTACT: usize = 20;

/// Up to `limit` records from where `after` says, by the moment of their arrival.
pub(crate) async fn list(
    store: &DynamoStore,
    filter: &QueueFilter,
    after: Option<&str>,
    limit: usize,
) -> Result<QueuePage, StoreError> {
    if limit == 0 {
        return Ok(QueuePage { heads: Vec::new(), next: after.map(str::to_owned) });
    }
    let start = after.map_or(Ok(""), |after| keys::reference_of(after).map(|_| after));
    let start = start.map_err(|_| StoreError::Failed("this is no place in the list".to_owned()))?;
    // One more than is asked for tells whether there is a next part.
    let stages = if filter.stages.is_empty() { &Stage::ALL[..] } else { &filter.stages };
    let mut orders = orders(store, stages, &of_form(filter), "#sort > :from", start, limit + 1).await?;
    let more = orders.len() > limit;
    orders.truncate(limit);
    let next = orders.last().filter(|_| more).cloned();
    let mut heads = heads(store, &orders).await?;
    // The index may lag behind the table.
    heads.retain(|head| matches(filter, head));
    Ok(QueuePage { heads, next })
}

/// The records of a form whose contact address has this hash, newest first.
pub(crate) async fn by_contact(
    store: &DynamoStore,
    form: &str,
    contact: &KeyedHash,
) -> Result<Vec<Reference>, StoreError> {
    let ways = Range {
        partition: keys::contact(contact),
        sort: Some(("begins_with(#sort, :from)", text(format!("{form}#")))),
        backwards: true,
        most: Some(MOST_OF_CONTACT),
        ..Range::default()
    };
    let ways = range(store, ways).await?;
    ways.iter().map(|item| keys::reference_of(&Reader(item).text(SK)?)).collect()
}

/// Records of a retention class whose trigger lies at or before `before`.
///
/// No trigger comes before the arrival, so the index is read only that far.
pub(crate) async fn expired(
    store: &DynamoStore,
    class: &str,
    trigger: Trigger,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<Reference>, StoreError> {
    let filter = Filter::default().and("retention", "= :class").value(":class", text(class));
    let limited = |filter: Filter, attribute| -> Result<Filter, StoreError> {
        let before = number(to_nanoseconds(before)?);
        Ok(filter.and(attribute, "<= :before").value(":before", before))
    };
    let filter = match trigger {
        Trigger::Received => filter,
        Trigger::Closed => limited(filter, "closed_at")?,
        Trigger::LastChange => limited(filter, "changed_at")?,
    };
    // `~` sorts after every reference of that moment.
    let end = format!("{}~", sortable(before)?);
    // What is not in a final stage has no end of its work.
    let stages = Stage::ALL.into_iter().filter(|stage| trigger != Trigger::Closed || stage.is_final());
    let stages: Vec<_> = stages.collect();
    let orders = orders(store, &stages, &filter, "#sort <= :from", &end, limit).await?;
    let mut found = Vec::new();
    for head in heads(store, &orders).await? {
        let at = match trigger {
            Trigger::Received => Some(head.received_at),
            Trigger::Closed => head.stage.is_final().then_some(head.stage_since),
            Trigger::LastChange => Some(head.changed_at),
        };
        // The index may lag behind the table.
        found.extend(at.filter(|at| head.retention == class && *at <= before).map(|at| (at, head.reference)));
    }
    found.sort();
    Ok(found.into_iter().map(|(_, reference)| reference).collect())
}

/// Records whose person is due to be asked "still correct?".
pub(crate) async fn renewals_due(
    store: &DynamoStore,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Reference>, StoreError> {
    let mut due = Vec::new();
    for shard in 0..TIMELINE_SHARDS {
        due.extend(timeline::until(store, Line::Renewal, shard, now, Some(limit)).await?);
    }
    due.sort();
    due.truncate(limit);
    let mut found = HashMap::new();
    for item in get_all(store, due.iter().map(|(_, key)| key.clone()).collect()).await? {
        let item = Reader(&item);
        let due_at = item.optional("renewal_due_at", Reader::moment)?;
        if due_at.is_some_and(|due_at| due_at <= now) {
            found.insert(item.text(keys::PK)?, submission::reference(&item)?);
        }
    }
    Ok(due.into_iter().filter_map(|(_, key)| found.remove(&key.pk)).collect())
}

/// The orders of the records in these stages that the filter lets through, first `limit` of all shards.
async fn orders(
    store: &DynamoStore,
    stages: &[Stage],
    filter: &Filter,
    sort: &'static str,
    from: &str,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    // What is absent sorts before every order.
    let from = if from.is_empty() { "0" } else { from };
    let shards: Vec<_> = stages
        .iter()
        .flat_map(|stage| (0..QUEUE_SHARDS).map(|shard| keys::queue_shard(*stage, shard)))
        .collect();
    // In the order of the list, and each once: a record that changes its stage may be in both for a moment.
    let mut orders = BTreeSet::new();
    for shards in shards.chunks(PARTITIONS_AT_ONCE) {
        let mut reads = JoinSet::new();
        for partition in shards {
            let records = Range {
                partition: partition.clone(),
                index: Some((QUEUE_INDEX, QUEUE_SHARD, QUEUE_ORDER)),
                sort: Some((sort, text(from))),
                filter: (!filter.expression.is_empty()).then(|| filter.clone()),
                most: Some(limit),
                ..Range::default()
            };
            let store = store.clone();
            reads.spawn(async move { range(&store, records).await });
        }
        while let Some(read) = reads.join_next().await {
            let read = read.map_err(|_| StoreError::Failed("a part of the queue was not read".to_owned()))?;
            for item in read? {
                orders.insert(Reader(&item).text(QUEUE_ORDER)?);
            }
        }
    }
    Ok(orders.into_iter().take(limit).collect())
}

/// The heads of these records as they are now, in this order, without those that were erased meanwhile.
async fn heads(store: &DynamoStore, orders: &[String]) -> Result<Vec<Head>, StoreError> {
    let references: Vec<_> =
        orders.iter().map(|order| keys::reference_of(order)).collect::<Result<_, _>>()?;
    let items = get_all(store, references.iter().map(Key::submission).collect()).await?;
    let mut found: HashMap<Reference, &Attributes> = HashMap::new();
    for item in &items {
        let reader = Reader(item);
        if !reader.has("erased_at") {
            found.insert(submission::reference(&reader)?, item);
        }
    }
    let heads = references
        .iter()
        .filter_map(|reference| found.get(reference).map(|item| submission::head(reference, &Reader(item))));
    heads.collect()
}

fn of_form(wanted: &QueueFilter) -> Filter {
    let filter = Filter::default();
    match &wanted.form {
        Some(form) => filter.and("form", "= :form").value(":form", text(form)),
        None => filter,
    }
}

fn matches(filter: &QueueFilter, head: &Head) -> bool {
    (filter.stages.is_empty() || filter.stages.contains(&head.stage))
        && filter.form.as_ref().is_none_or(|form| *form == head.form)
}
