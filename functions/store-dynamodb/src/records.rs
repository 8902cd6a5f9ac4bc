//! Reading back: a whole record, its audit chain, and how many records there are.

use std::collections::HashMap;

use jiff::civil::Date;
use store::{Addition, AuditEntry, Chain, MessageStatus, Record, Reference, StoreError};

use crate::DynamoStore;
use crate::item::{Attributes, Reader, text};
use crate::keys::{
    self, ADDITION_PREFIX, AUDIT_PREFIX, COUNTER_SHARDS, FIRST_LINE, Key, PAYLOAD, REFERENCE_CHARACTERS, SK,
    SUBMISSION,
};
use crate::large::Payload;
use crate::outbox::status_of;
use crate::read::{Range, get, get_all, is_not_erased, range};
use crate::submission;
use crate::transaction::{ATTEMPTS, always_met, wait_before};

/// A submission, its payload, its additions and its audit chain: one partition, as it was at one moment.
pub(crate) async fn read(store: &DynamoStore, reference: &Reference) -> Result<Option<Record>, StoreError> {
    let mut failure = always_met();
    for attempt in 0..ATTEMPTS {
        wait_before(attempt).await;
        let (before, first) = submission_and_first_line(store, reference).await?;
        let Some(before) = before else {
            return Ok(None);
        };
        let partition = Range { partition: keys::record(reference), ..Range::default() };
        let items = range(store, partition).await?;
        // A change in between would mix two versions.
        if !is_still(&before, &items)? {
            continue;
        }
        if let Some(record) = record(store, reference, first.as_ref(), &items).await? {
            return Ok(Some(record));
        }
        // Replaced or erased between the two reads? Then the next attempt sees it.
        failure = StoreError::Corrupt("S3: the object of a payload is missing".to_owned());
    }
    Err(failure)
}

/// The submission's item, unless there is none or it was erased; the first line of its chain, which no change touches.
async fn submission_and_first_line(
    store: &DynamoStore,
    reference: &Reference,
) -> Result<(Option<Attributes>, Option<Attributes>), StoreError> {
    let keys = vec![Key::submission(reference), Key::audit(reference, FIRST_LINE)];
    let (mut submission, mut first) = (None, None);
    for item in get_all(store, keys).await? {
        match Reader(&item).text(SK)?.as_str() {
            SUBMISSION => submission = Some(item),
            _ => first = Some(item),
        }
    }
    Ok((submission.filter(is_not_erased), first))
}

/// Whether the partition was read in the version that was seen before. The submission is its last item, so all
/// others were read between two looks at the version.
fn is_still(before: &Attributes, items: &[Attributes]) -> Result<bool, StoreError> {
    let version = |item: &Attributes| Reader(item).number::<u64>("version");
    match items.last() {
        Some(last) if Reader(last).text(SK)? == SUBMISSION => Ok(version(last)? == version(before)?),
        _ => Ok(false),
    }
}

/// None if the payload's object is gone: replaced meanwhile, or erased.
async fn record(
    store: &DynamoStore,
    reference: &Reference,
    first: Option<&Attributes>,
    items: &[Attributes],
) -> Result<Option<Record>, StoreError> {
    let (mut head, mut payload) = (None, None);
    // Without its first line a chain is a broken one: whoever verifies it sees that.
    let mut audit: Vec<_> = first.map(|line| audit_line(&Reader(line))).transpose()?.into_iter().collect();
    let mut additions = Vec::new();
    for item in items {
        let reader = Reader(item);
        match reader.text(SK)?.as_str() {
            SUBMISSION => head = Some(item),
            PAYLOAD => payload = Some(Payload::of(&reader)?),
            // In order: the sort key holds the line's number in ten digits.
            line if line.starts_with(AUDIT_PREFIX) => audit.push(audit_line(&reader)?),
            addition if addition.starts_with(ADDITION_PREFIX) => additions.push(Addition {
                kind: reader.text("kind")?,
                at: reader.moment("at")?,
                sealed: reader.bytes("sealed")?,
            }),
            // An item of a kind that came with a later version.
            _ => {}
        }
    }
    let missing = || StoreError::Corrupt("DynamoDB: a record is not whole".to_owned());
    let item = Reader(head.ok_or_else(missing)?);
    let Some(payload) = payload.ok_or_else(missing)?.read(store).await? else {
        return Ok(None);
    };
    Ok(Some(Record {
        head: submission::head(reference, &item)?,
        payload,
        additions,
        messages: messages(store, item.list("messages")?).await?,
        audit,
        audit_head: item.text("audit_head")?,
    }))
}

/// What became of these messages, in this order.
async fn messages(store: &DynamoStore, ids: Vec<String>) -> Result<Vec<MessageStatus>, StoreError> {
    let found = get_all(store, ids.iter().map(|id| Key::message(id)).collect()).await?;
    let mut states = HashMap::new();
    for item in &found {
        let status = status_of(&Reader(item))?;
        states.insert(status.id.clone(), status);
    }
    Ok(ids.iter().filter_map(|id| states.remove(id)).collect())
}

/// The sum of a day's counter over its shards.
pub(crate) async fn count(store: &DynamoStore, form: &str, day: Date) -> Result<u64, StoreError> {
    let keys = (0..COUNTER_SHARDS).map(|shard| Key::counter(shard, day, form)).collect();
    let mut sum: u64 = 0;
    for item in get_all(store, keys).await? {
        sum = sum.saturating_add(Reader(&item).number("accepted")?);
    }
    Ok(sum)
}

/// The chain that begins with this line, also an erased record's; `None` if there is no such record.
pub(crate) async fn chain(
    store: &DynamoStore,
    reference: &Reference,
    first: &AuditEntry,
) -> Result<Option<Chain>, StoreError> {
    for attempt in 0..ATTEMPTS {
        wait_before(attempt).await;
        let Some(before) = get(store, Key::submission(reference)).await? else {
            return Ok(None);
        };
        let later = later_lines(store, reference).await?;
        let after = get(store, Key::submission(reference)).await?;
        let head = Reader(&before).text("audit_head")?;
        if after.map(|after| Reader(&after).text("audit_head")).transpose()?.as_ref() != Some(&head) {
            continue;
        }
        let lines = std::iter::once(first.clone()).chain(later).collect();
        return Ok(Some(Chain { reference: reference.clone(), lines, head }));
    }
    Err(always_met())
}

/// All lines of a chain but the first.
pub(crate) async fn later_lines(
    store: &DynamoStore,
    reference: &Reference,
) -> Result<Vec<AuditEntry>, StoreError> {
    let lines = Range {
        partition: keys::record(reference),
        sort: Some(("begins_with(#sort, :from)", text(AUDIT_PREFIX))),
        ..Range::default()
    };
    range(store, lines).await?.iter().map(|line| audit_line(&Reader(line))).collect()
}

fn audit_line(item: &Reader<'_>) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        sequence: item.number("sequence")?,
        event: item.text("event")?,
        at: item.moment("at")?,
        previous: item.text("previous")?,
        key_id: item.text("key_id")?,
        hash: item.text("hash")?,
    })
}

/// The first lines of all chains after a reference, in the order of their references, at most `limit`.
pub(crate) async fn first_lines(
    store: &DynamoStore,
    after: Option<&Reference>,
    limit: usize,
) -> Result<Vec<(Reference, AuditEntry)>, StoreError> {
    let mut found = Vec::new();
    let first = after.and_then(|reference| reference.compact().chars().next());
    for character in REFERENCE_CHARACTERS.chars().filter(|character| first.is_none_or(|it| it <= *character))
    {
        if found.len() >= limit {
            break;
        }
        let partition = Range {
            partition: keys::chains(&character.to_string()),
            sort: after.map(|after| ("#sort > :from", text(after.compact()))),
            most: Some(limit.saturating_sub(found.len())),
            ..Range::default()
        };
        for item in range(store, partition).await? {
            let item = Reader(&item);
            found.push((item.reference(SK)?, audit_line(&item)?));
        }
    }
    Ok(found)
}
