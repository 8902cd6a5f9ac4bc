//! Taking an arrival in: one transaction that writes everything or nothing, and what its cancellation means.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use store::{
    Arrival, AuditEntry, Doubles, EVENT_RECEIVED, FileHead, KeyedHash, Outcome, Reference, StoreError,
    utc_day,
};

use crate::DynamoStore;
use crate::beside;
use crate::files;
use crate::item::{Reader, item, keyed_hash, moment, number, text};
use crate::keys::{self, COUNTER_SHARDS, Key};
use crate::large::{self, Payload};
use crate::read::{get, get_all};
use crate::submission::{self, Place};
use crate::transaction::{ATTEMPTS, Attempt, Condition, Purpose, Transaction, always_met, wait_before};

/// With files there are several requests for each, and none of them may use up the time of a function.
const DECIDED_WITHIN: Duration = Duration::from_secs(18);

/// Decides what an arrival is and, if it is new, stores it.
///
/// About idempotency tokens: the SDK gives each `TransactWriteItems` call a random client request token and
/// keeps it when it repeats the call itself after a lost answer, so that such a repetition cannot refuse
/// itself. The token is deliberately not derived from the check key: DynamoDB answers a repeated token with
/// success for ten minutes, and a second confirmation must learn that it is a replay. The check key's item,
/// which is never deleted, is what makes an arrival happen once. If every answer was lost and the person
/// confirms again, that item leads to the reference.
///
/// It ends in time for the page that says "nothing is lost, send again"; whether it was written all the same, the
/// check key tells whoever sends again.
pub(crate) async fn accept(store: &DynamoStore, arrival: &Arrival) -> Result<Outcome, StoreError> {
    let decided = tokio::time::timeout(DECIDED_WITHIN, decide(store, arrival)).await;
    decided.unwrap_or_else(|_| Err(StoreError::Busy("DynamoDB: an arrival took too long".to_owned())))
}

async fn decide(store: &DynamoStore, arrival: &Arrival) -> Result<Outcome, StoreError> {
    let payload = large::write(store, &arrival.reference, &arrival.payload, arrival.received_at).await?;
    for attempt in 0..ATTEMPTS {
        wait_before(attempt).await;
        let files = staged(store, arrival).await?;
        let gone = files::hold(store, &files, arrival.received_at).await?;
        let transaction = transaction(store, arrival, &payload, &files, &gone, attempt)?;
        let outcome = match transaction.commit(&store.client).await? {
            Attempt::Written => Some(Outcome::Accepted),
            Attempt::Refused(Purpose::CheckKey) => check_key_used(store, arrival).await?,
            Attempt::Refused(Purpose::Answers) => equal_answers(store, arrival).await?,
            Attempt::Refused(Purpose::File) => Some(Outcome::FilesMissing),
            Attempt::Refused(Purpose::Record) => Some(Outcome::ReferenceTaken),
            Attempt::Refused(Purpose::Upload) => {
                return Err(StoreError::Busy("DynamoDB: a payload was swept while it came".to_owned()));
            }
            Attempt::Refused(_) => {
                return Err(StoreError::Failed("DynamoDB: an id in an arrival is taken".to_owned()));
            }
            Attempt::Met => None,
        };
        if let Some(outcome) = outcome {
            if let (Outcome::Accepted, Some((batch, _))) = (&outcome, &arrival.files) {
                files::forget_empty_batch(store, batch).await;
            }
            return Ok(outcome);
        }
    }
    Err(always_met())
}

/// The staged files that the arrival names, each once; one that is not there gets a head that no record can take.
async fn staged(store: &DynamoStore, arrival: &Arrival) -> Result<Vec<(FileHead, Place)>, StoreError> {
    let Some((batch, ids)) = &arrival.files else {
        return Ok(Vec::new());
    };
    let mut different: Vec<&String> = Vec::new();
    for id in ids {
        if !different.contains(&id) {
            different.push(id);
        }
    }
    let keys = different.iter().map(|id| Key::file_head(batch, id)).collect();
    let found = get_all(store, keys).await?;
    let found: Vec<_> =
        found.iter().map(|item| submission::file_head(&Reader(item))).collect::<Result<_, _>>()?;
    let of = |id: &String| {
        found.iter().find(|(head, _)| head.id == *id).cloned().unwrap_or_else(|| {
            let (field, kind, digest) = (String::new(), String::new(), String::new());
            let staged_at = arrival.received_at;
            let head = FileHead { id: id.clone(), field, kind, size_bytes: 0, digest, staged_at };
            (head, Place::Parts(0))
        })
    };
    let mut files: Vec<_> = different.into_iter().map(of).collect();
    files.sort_by(|(one, _), (other, _)| (one.staged_at, &one.id).cmp(&(other.staged_at, &other.id)));
    Ok(files)
}

/// What an arrival writes, in the order in which refusals count. `attempt` chooses the counter's shard: an attempt
/// after a conflict takes the next one, so that two arrivals never meet on a counter for long.
pub(crate) fn transaction<'a>(
    store: &'a DynamoStore,
    arrival: &Arrival,
    payload: &Payload,
    files: &[(FileHead, Place)],
    gone: &[String],
    attempt: usize,
) -> Result<Transaction<'a>, StoreError> {
    let reference = &arrival.reference;
    let key = store.audit.current();
    let audit = AuditEntry::first(key, reference, EVENT_RECEIVED, arrival.received_at);
    let mut transaction = Transaction::on(&store.table);

    let check = [
        ("reference", text(reference.compact())),
        ("form", text(&arrival.form)),
        ("answers", keyed_hash(&arrival.answers)),
    ];
    transaction.put_new(Purpose::CheckKey, item(Key::check(&arrival.check_key), check))?;
    // The newest submission leads: it takes the place of older equal answers.
    let answers = beside::answers(&arrival.answers, &arrival.form, reference, arrival.received_at)?;
    match arrival.doubles {
        Doubles::Accept => transaction.put_if(Purpose::Answers, answers, None)?,
        Doubles::RefuseSince(since) => {
            let since = moment(since)?;
            let old = || {
                let expression = "attribute_not_exists(pk) OR received_at < :since";
                Condition::with(expression, ":since", since.clone())
            };
            transaction.put_if(Purpose::Answers, answers, Some(old()))?;
            for other in &arrival.answers_by_other_keys {
                transaction.check(Purpose::Answers, Key::answers(other, &arrival.form), old())?;
            }
        }
    }
    if let Some((batch, _)) = &arrival.files {
        take_files(&mut transaction, batch, files, gone, &arrival.form, reference)?;
    }
    transaction.put_new(Purpose::Record, submission::of_arrival(arrival, files, &audit)?)?;
    transaction.put_new(Purpose::Record, item(Key::payload(reference), [payload.attribute()]))?;
    payload.take(&mut transaction, reference)?;
    transaction.put_new(Purpose::Record, beside::audit_line(reference, &audit)?)?;
    if let Some(contact) = &arrival.contact {
        let key = submission::contact_key(contact, &arrival.form, reference, arrival.received_at)?;
        transaction.put_if(Purpose::Unconditional, item(key, []), None)?;
    }
    beside::parcels(&mut transaction, reference, &arrival.parcels)?;
    beside::messages(&mut transaction, reference, &arrival.messages, arrival.received_at)?;
    let shard = keys::shard_of(reference.compact(), attempt, COUNTER_SHARDS);
    let counter = Key::counter(shard, utc_day(arrival.received_at), &arrival.form);
    transaction.update(
        Purpose::Unconditional,
        counter,
        "ADD accepted :one",
        vec![(":one", number(1))],
        None,
    )?;
    Ok(transaction)
}

/// The heads of the files say from now on whose they are, so that no sweep takes their parts away.
fn take_files(
    transaction: &mut Transaction<'_>,
    batch: &KeyedHash,
    files: &[(FileHead, Place)],
    gone: &[String],
    form: &str,
    reference: &Reference,
) -> Result<(), StoreError> {
    for (file, _) in files {
        transaction.update(
            Purpose::File,
            Key::file_head(batch, &file.id),
            "SET #reference = :reference REMOVE timeline, timeline_at",
            vec![(":reference", text(reference.compact())), (":form", text(form))],
            // An absent head has no form. Without its content a file is as good as absent: the second holds never.
            Some(match gone.contains(&file.id) {
                false => "form = :form AND attribute_not_exists(#reference)",
                true => "form = :form AND attribute_not_exists(form)",
            }),
        )?;
    }
    if !files.is_empty() {
        let fewer: AttributeValue = number(format!("-{}", files.len()));
        let values = vec![(":fewer", fewer)];
        transaction.update(Purpose::Unconditional, Key::batch(batch), "ADD #files :fewer", values, None)?;
    }
    Ok(())
}

/// `None` if the item is gone meanwhile: then the arrival may be new after all.
async fn check_key_used(store: &DynamoStore, arrival: &Arrival) -> Result<Option<Outcome>, StoreError> {
    let Some(item) = get(store, Key::check(&arrival.check_key)).await? else {
        return Ok(None);
    };
    let item = Reader(&item);
    // Without answers: the record was erased, and nothing tells any more what was in it.
    let answers = item.optional("answers", Reader::keyed_hash)?;
    let same = item.text("form")? == arrival.form && answers.as_ref() == Some(&arrival.answers);
    Ok(Some(if same { Outcome::Replayed(item.reference("reference")?) } else { Outcome::KeyUsed }))
}

/// The same: none within the window means that the item is gone or older meanwhile.
async fn equal_answers(store: &DynamoStore, arrival: &Arrival) -> Result<Option<Outcome>, StoreError> {
    let Doubles::RefuseSince(since) = arrival.doubles else { return Ok(None) };
    for answers in std::iter::once(&arrival.answers).chain(&arrival.answers_by_other_keys) {
        let Some(item) = get(store, Key::answers(answers, &arrival.form)).await? else { continue };
        let item = Reader(&item);
        if item.moment("received_at")? >= since {
            return item.reference("reference").map(|reference| Some(Outcome::Double(reference)));
        }
    }
    Ok(None)
}
