//! Taking a record's content away for ever.
//!
//! One transaction makes the record an erased one and removes what can be found without it (parcels, letters, the
//! way from a contact or from equal answers) and as much of the rest as fits. What did not fit is named in the
//! erased record and removed after; should that be interrupted, the sweep goes on with it.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use store::{Changed, Erasure, Reference, StoreError};

use crate::DynamoStore;
use crate::beside;
use crate::changes::{UNCHANGED, forget_answers, refusal};
use crate::files;
use crate::item::{Attributes, Reader, item, moment, number, on_timeline, text};
use crate::keys::{self, ADDITION_PREFIX, JOURNAL, Key, Line, SK};
use crate::large;
use crate::read::{Range, get, range, submission};
use crate::submission::{Place, contact_key, files as files_of, set};
use crate::transaction::{ATTEMPTS, Attempt, Condition, Purpose, Transaction, always_met, wait_before};

/// What stays of a submission: how the audit chain goes on, and nothing that the person wrote.
const KEPT: [&str; 5] = [keys::PK, SK, "form", "audit_lines", "audit_head"];

/// Divides the two parts of a key that waits for its removal; no key holds it.
const DIVIDER: char = '\n';

/// Stands in the place of a partition key for what lies in the bucket.
const OBJECT: &str = "object";

/// Removes everything but reference, form and audit lines.
pub(crate) async fn erase(store: &DynamoStore, erasure: &Erasure) -> Result<Changed, StoreError> {
    let reference = &erasure.reference;
    for attempt in 0..ATTEMPTS {
        wait_before(attempt).await;
        let Some(record) = submission(store, reference).await? else {
            return Ok(Changed::Missing);
        };
        let record = Reader(&record);
        let version: u64 = record.number("version")?;
        if erasure.version.is_some_and(|wanted| wanted != version) {
            return refusal(store, reference, erasure.uses.as_ref()).await;
        }
        let (transaction, left) = transaction(store, erasure, &record, version).await?;
        match transaction.commit(&store.client).await? {
            Attempt::Written => {
                if left {
                    // What it cannot reach now, the sweep removes: the record is an erased one in any case.
                    let _ = finish(store, reference).await;
                }
                return Ok(Changed::Done(version.saturating_add(1)));
            }
            Attempt::Refused(Purpose::Token) => {
                return refusal(store, reference, erasure.uses.as_ref()).await;
            }
            Attempt::Refused(Purpose::Id) => {
                return Err(StoreError::Failed("DynamoDB: an id in an erasure is taken".to_owned()));
            }
            // Something is not as it was read; the next attempt reads it again.
            Attempt::Refused(_) | Attempt::Met => {}
        }
    }
    Err(always_met())
}

/// The transaction, and whether something is left to remove after it.
async fn transaction<'a>(
    store: &'a DynamoStore,
    erasure: &Erasure,
    record: &Reader<'_>,
    version: u64,
) -> Result<(Transaction<'a>, bool), StoreError> {
    let Erasure { reference, at, .. } = erasure;
    let mut transaction = Transaction::on(&store.table);
    beside::token(&mut transaction, erasure.uses.as_ref())?;
    let line = beside::next_line(store.audit.current(), reference, record, &erasure.event, *at)?;
    transaction.put_new(Purpose::Record, beside::audit_line(reference, &line)?)?;
    let journal = [("reference", text(reference.compact())), ("at", moment(*at)?)];
    transaction.put_if(Purpose::Unconditional, item(Key::erasure(reference, *at)?, journal), None)?;
    beside::messages(&mut transaction, reference, &erasure.messages, *at)?;
    let form = record.text("form")?;
    if let Some(contact) = record.optional("contact", Reader::keyed_hash)? {
        let key = contact_key(&contact, &form, reference, record.moment("received_at")?)?;
        transaction.delete(Purpose::Unconditional, key, None)?;
    }
    forget_answers(store, &mut transaction, &record.keyed_hash("answers")?, &form, reference).await?;
    // The check key stays used for ever; what was confirmed with it is not known any more.
    let check_key = Key::check(&record.keyed_hash("check_key")?);
    let there = Some("attribute_exists(pk)");
    if get(store, check_key.clone()).await?.is_some() {
        transaction.update(Purpose::Unconditional, check_key, "REMOVE answers", Vec::new(), there)?;
    }

    let (mut gone, objects) = content(store, reference, record).await?;
    // One place is the submission's own.
    let after = gone.split_off(gone.len().min(transaction.room().saturating_sub(1)));
    for key in gone {
        transaction.delete(Purpose::Unconditional, key, None)?;
    }
    let mut erased: Attributes =
        record.0.iter().filter(|(name, _)| KEPT.contains(&name.as_str())).map(owned).collect();
    set(&mut erased, "version", Some(number(version.saturating_add(1))));
    set(&mut erased, "audit_lines", Some(number(line.sequence)));
    set(&mut erased, "audit_head", Some(text(&line.hash)));
    set(&mut erased, "erased_at", Some(moment(*at)?));
    let left = after.iter().map(|key| format!("{}{DIVIDER}{}", key.pk, key.sk));
    let left: Vec<_> = left.chain(objects.iter().map(|it| format!("{OBJECT}{DIVIDER}{it}"))).collect();
    if !left.is_empty() {
        set(&mut erased, "left", Some(AttributeValue::L(left.iter().map(text).collect())));
        erased.extend(on_timeline(Line::Erasing, reference.compact(), *at)?);
    }
    let unchanged = Condition::with(UNCHANGED, ":version", number(version));
    transaction.put_if(Purpose::Record, erased, Some(unchanged))?;
    Ok((transaction, !left.is_empty()))
}

/// The keys of all content, what can be found without the record first, and its objects in the bucket.
async fn content(
    store: &DynamoStore,
    reference: &Reference,
    record: &Reader<'_>,
) -> Result<(Vec<Key>, Vec<String>), StoreError> {
    let mut objects = Vec::new();
    let mut gone: Vec<Key> = record.keyed_hashes("parcels")?.iter().map(Key::parcel).collect();
    gone.extend(record.list("messages")?.iter().map(|id| Key::message(id)));
    gone.push(Key::payload(reference));
    let (named, marked) = large::objects_of(store, reference).await?;
    gone.extend(marked.iter().map(|object| Key::large(reference, object)));
    objects.extend(named.into_iter().chain(marked));
    let additions = Range {
        partition: keys::record(reference),
        sort: Some(("begins_with(#sort, :from)", text(ADDITION_PREFIX))),
        ..Range::default()
    };
    for addition in range(store, additions).await? {
        gone.push(Key::new(keys::record(reference), Reader(&addition).text(SK)?));
    }
    if let Some(batch) = record.optional("files_batch", Reader::keyed_hash)? {
        for (head, place) in files_of(record)? {
            gone.extend(files::keys_of(&batch, &head, &place));
            if let Place::Object(object) = place {
                objects.push(object);
            }
        }
    }
    Ok((gone, objects))
}

/// Removes what an erased record still names as left, and then the names.
pub(crate) async fn finish(store: &DynamoStore, reference: &Reference) -> Result<(), StoreError> {
    let Some(record) = get(store, Key::submission(reference)).await? else {
        return Ok(());
    };
    let Some(left) = Reader(&record).optional("left", Reader::list)? else {
        return Ok(());
    };
    for key in left {
        match key.split_once(DIVIDER) {
            Some((OBJECT, object)) => store.objects()?.remove(object).await?,
            Some((pk, sk)) => store.delete(Key::new(pk.to_owned(), sk)).await?,
            None => return Err(StoreError::Corrupt("DynamoDB: an erased record names no key".to_owned())),
        }
    }
    let request = store.client.update_item().table_name(&store.table);
    let request = request.set_key(Some(Key::submission(reference).attributes()));
    let answer = request.update_expression("REMOVE #left, timeline, timeline_at");
    let answer = answer
        .expression_attribute_names("#left", "left")
        .condition_expression("attribute_exists(erased_at)")
        .send()
        .await;
    crate::failure::unless_refused(answer).map(|_| ())
}

/// Erased references with the moment, oldest first.
pub(crate) async fn journal(store: &DynamoStore) -> Result<Vec<(Reference, Timestamp)>, StoreError> {
    let lines = range(store, Range { partition: JOURNAL.to_owned(), ..Range::default() }).await?;
    let line = |item| {
        let item = Reader(item);
        Ok((item.reference("reference")?, item.moment("at")?))
    };
    lines.iter().map(line).collect()
}

fn owned((name, value): (&String, &AttributeValue)) -> (String, AttributeValue) {
    (name.clone(), value.clone())
}
