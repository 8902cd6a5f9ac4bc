//! One conditional change of a record, parcels, and one-time tokens.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use store::{Change, Changed, KeyedHash, Reference, Set, StoreError};

use crate::DynamoStore;
use crate::beside;
use crate::item::{Attributes, Reader, bytes, item, keyed_hash, moment, number, text, texts};
use crate::keys::Key;
use crate::large;
use crate::read::{get, get_all, submission};
use crate::submission::{contact_key, set, set_renewal, set_stage};
use crate::transaction::{ATTEMPTS, Attempt, Condition, Purpose, Transaction, always_met, wait_before};

/// The condition of everything that changes a record: it is there, and nobody changed it meanwhile.
pub(crate) const UNCHANGED: &str =
    "attribute_exists(pk) AND attribute_not_exists(erased_at) AND version = :version";

/// Does all of a change or nothing.
pub(crate) async fn change(store: &DynamoStore, change: &Change) -> Result<Changed, StoreError> {
    for attempt in 0..ATTEMPTS {
        wait_before(attempt).await;
        let Some(record) = submission(store, &change.reference).await? else {
            return Ok(Changed::Missing);
        };
        let record = Reader(&record);
        if record.number::<u64>("version")? != change.version {
            return refusal(store, &change.reference, change.uses.as_ref()).await;
        }
        match transaction(store, change, &record).await?.commit(&store.client).await? {
            Attempt::Written => {
                if change.replacement.is_some() && store.objects.is_some() {
                    // What it cannot reach now, the sweep removes.
                    let _ = large::tidy(store, &change.reference).await;
                }
                return Ok(Changed::Done(change.version.saturating_add(1)));
            }
            Attempt::Refused(Purpose::Token) => {
                return refusal(store, &change.reference, change.uses.as_ref()).await;
            }
            // No attempt will do better.
            Attempt::Refused(Purpose::Id) => {
                return Err(StoreError::Failed("DynamoDB: an id in a change is taken".to_owned()));
            }
            // Something is not as it was read; the next attempt reads it again.
            Attempt::Refused(_) | Attempt::Met => {}
        }
    }
    Err(always_met())
}

/// Which refusal counts, where several may: no record, a used token, another version.
pub(crate) async fn refusal(
    store: &DynamoStore,
    reference: &Reference,
    uses: Option<&(KeyedHash, Timestamp)>,
) -> Result<Changed, StoreError> {
    if submission(store, reference).await?.is_none() {
        return Ok(Changed::Missing);
    }
    if let Some((token, _)) = uses
        && is_used(store, token).await?
    {
        return Ok(Changed::TokenUsed);
    }
    Ok(Changed::Stale)
}

async fn transaction<'a>(
    store: &'a DynamoStore,
    change: &Change,
    record: &Reader<'_>,
) -> Result<Transaction<'a>, StoreError> {
    let reference = &change.reference;
    let key = store.audit.current();
    let line = beside::next_line(key, reference, record, &change.event, change.at)?;
    let mut transaction = Transaction::on(&store.table);
    beside::token(&mut transaction, change.uses.as_ref())?;

    let mut changed = record.0.clone();
    set(&mut changed, "version", Some(number(change.version.saturating_add(1))));
    set(&mut changed, "changed_at", Some(moment(change.at)?));
    set(&mut changed, "audit_lines", Some(number(line.sequence)));
    set(&mut changed, "audit_head", Some(text(&line.hash)));
    if let Some(stage) = change.stage
        && stage != record.parsed("stage")?
    {
        set_stage(&mut changed, reference, stage, change.at)?;
    }
    apply(&mut changed, "promised", &change.promised, |date| Ok(text(date.to_string())))?;
    apply(&mut changed, "notice", &change.notice, |sealed| Ok(bytes(sealed)))?;
    apply(&mut changed, "contact", &change.contact, |hash| Ok(keyed_hash(hash)))?;
    apply(&mut changed, "contact_sealed", &change.contact_sealed, |sealed| Ok(bytes(sealed)))?;
    apply(&mut changed, "contact_confirmed_at", &change.contact_confirmed_at, |at| moment(*at))?;
    match change.renewal_due_at {
        Set::Keep => {}
        Set::Clear => set_renewal(&mut changed, reference, None)?,
        Set::To(due_at) => set_renewal(&mut changed, reference, Some(due_at))?,
    }
    let messages = change.messages.iter().map(|message| text(&message.id)).collect();
    extend(&mut changed, "messages", messages)?;
    let gone = parcels(store, change, record, &mut changed).await?;
    if let Some(replacement) = &change.replacement {
        set(&mut changed, "fingerprint", Some(text(&replacement.fingerprint)));
        set(&mut changed, "language", Some(text(&replacement.language)));
        set(&mut changed, "facets", Some(texts(&replacement.facets)));
        set(&mut changed, "answers", Some(keyed_hash(&replacement.answers)));
    }
    let unchanged = Condition::with(UNCHANGED, ":version", number(change.version));
    transaction.put_if(Purpose::Record, changed, Some(unchanged))?;
    transaction.put_new(Purpose::Record, beside::audit_line(reference, &line)?)?;
    move_contact(&mut transaction, change, record)?;
    replace(store, &mut transaction, change, record).await?;
    beside::additions(&mut transaction, reference, change.version.saturating_add(1), &change.additions)?;
    beside::parcels(&mut transaction, reference, &change.parcels)?;
    beside::messages(&mut transaction, reference, &change.messages, change.at)?;
    if gone.len() > transaction.room() {
        return Err(StoreError::Full("DynamoDB: a record has too many parcels".to_owned()));
    }
    for parcel in gone {
        transaction.delete(Purpose::Unconditional, Key::parcel(&parcel), None)?;
    }
    Ok(transaction)
}

fn apply<T>(
    item: &mut Attributes,
    name: &str,
    value: &Set<T>,
    attribute: impl Fn(&T) -> Result<AttributeValue, StoreError>,
) -> Result<(), StoreError> {
    match value {
        Set::Keep => {}
        Set::Clear => set(item, name, None),
        Set::To(value) => set(item, name, Some(attribute(value)?)),
    }
    Ok(())
}

/// Adds values to a list.
fn extend(item: &mut Attributes, name: &'static str, more: Vec<AttributeValue>) -> Result<(), StoreError> {
    match item.get_mut(name) {
        Some(AttributeValue::L(values)) => values.extend(more),
        _ => {
            return Err(StoreError::Corrupt(format!(
                "DynamoDB: the attribute {name} is missing or has another shape"
            )));
        }
    }
    Ok(())
}

/// Which parcels the record names from now on; answers those that the change removes.
async fn parcels(
    store: &DynamoStore,
    change: &Change,
    record: &Reader<'_>,
    changed: &mut Attributes,
) -> Result<Vec<KeyedHash>, StoreError> {
    let named = record.keyed_hashes("parcels")?;
    let mut gone = Vec::new();
    if change.removes_parcels {
        let there = get_all(store, named.iter().map(Key::parcel).collect()).await?;
        let there: Vec<_> = there.iter().map(|item| Reader(item).text("pk")).collect::<Result<_, _>>()?;
        gone = named.into_iter().filter(|id| there.contains(&Key::parcel(id).pk)).collect();
        set(changed, "parcels", Some(AttributeValue::L(Vec::new())));
    }
    extend(changed, "parcels", change.parcels.iter().map(|parcel| keyed_hash(&parcel.id)).collect())?;
    Ok(gone)
}

fn move_contact(
    transaction: &mut Transaction<'_>,
    change: &Change,
    record: &Reader<'_>,
) -> Result<(), StoreError> {
    let old = record.optional("contact", Reader::keyed_hash)?;
    let new = match &change.contact {
        Set::Keep => return Ok(()),
        Set::Clear => None,
        Set::To(contact) => Some(contact.clone()),
    };
    if old == new {
        return Ok(());
    }
    let (form, received_at) = (record.text("form")?, record.moment("received_at")?);
    let key = |contact: &KeyedHash| contact_key(contact, &form, &change.reference, received_at);
    if let Some(old) = &old {
        transaction.delete(Purpose::Unconditional, key(old)?, None)?;
    }
    if let Some(new) = &new {
        transaction.put_if(Purpose::Unconditional, item(key(new)?, []), None)?;
    }
    Ok(())
}

/// Overwrites what the applicant wrote; equal answers lead to this record from now on, and the old ones nowhere.
async fn replace(
    store: &DynamoStore,
    transaction: &mut Transaction<'_>,
    change: &Change,
    record: &Reader<'_>,
) -> Result<(), StoreError> {
    let Some(replacement) = &change.replacement else {
        return Ok(());
    };
    let reference = &change.reference;
    let payload = large::write(store, reference, &replacement.payload, change.at).await?;
    large::leave(store, transaction, reference, &payload, change.at).await?;
    let payload_item = item(Key::payload(reference), [payload.attribute()]);
    transaction.put_if(Purpose::Unconditional, payload_item, None)?;
    payload.take(transaction, reference)?;
    let form = record.text("form")?;
    let old = record.keyed_hash("answers")?;
    if old != replacement.answers {
        forget_answers(store, transaction, &old, &form, reference).await?;
    }
    let answers = beside::answers(&replacement.answers, &form, reference, change.at)?;
    transaction.put_if(Purpose::Unconditional, answers, None)
}

/// Removes the way from equal answers to a record, if it leads to this one.
pub(crate) async fn forget_answers(
    store: &DynamoStore,
    transaction: &mut Transaction<'_>,
    answers: &KeyedHash,
    form: &str,
    reference: &Reference,
) -> Result<(), StoreError> {
    let there = get(store, Key::answers(answers, form)).await?;
    if there.map(|item| Reader(&item).reference("reference")).transpose()?.as_ref() != Some(reference) {
        return Ok(());
    }
    let ours = Condition::with("#reference = :reference", ":reference", text(reference.compact()));
    transaction.delete(Purpose::Answers, Key::answers(answers, form), Some(ours))
}

/// The parcel with this id, unless it expired.
pub(crate) async fn parcel(
    store: &DynamoStore,
    id: &KeyedHash,
    now: Timestamp,
) -> Result<Option<(Reference, Vec<u8>)>, StoreError> {
    let Some(item) = get(store, Key::parcel(id)).await? else {
        return Ok(None);
    };
    let item = Reader(&item);
    if item.moment("expires_at")? <= now {
        return Ok(None);
    }
    Ok(Some((item.reference("reference")?, item.bytes("sealed")?)))
}

/// Whether a one-time token was used up.
pub(crate) async fn is_used(store: &DynamoStore, token: &KeyedHash) -> Result<bool, StoreError> {
    Ok(get(store, Key::token(token)).await?.is_some())
}
