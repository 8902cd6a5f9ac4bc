//! Taking an arrival in: one transaction that writes everything or nothing, and what its cancellation means.

use std::time::Duration;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
use store::{Arrival, Outcome, PAYLOAD_LIMIT_BYTES, ReceiptRecord, Reference, StoreError};

use crate::DynamoStore;
use crate::failure::{from_code, store_error};
use crate::item::{Attributes, Reader};
use crate::keys::Key;
use crate::transaction::{Purpose, actions};

/// How often a transaction that met another one is tried before the caller is asked to come back.
const ATTEMPTS: usize = 8;
const FIRST_WAIT_MS: u64 = 20;
const LONGEST_WAIT_MS: u64 = 1000;

/// What DynamoDB said to one attempt.
enum Attempt {
    Written,
    /// Refused because of an item that this action found.
    Refused(Purpose),
    /// Met another transaction, or too many.
    Met,
}

/// Decides what an arrival is and, if it is new, stores it.
///
/// About idempotency tokens: the SDK gives each `TransactWriteItems` call a random client request token and
/// keeps it when it repeats the call itself after a lost answer, so that such a repetition cannot refuse
/// itself. The token is deliberately not derived from the check key: DynamoDB answers a repeated token with
/// success for ten minutes, and a second confirmation must learn that it is a replay. The check key's item,
/// which is never deleted, is what makes an arrival happen once. If every answer was lost and the person
/// confirms again, that item leads to the reference.
pub(crate) async fn accept(store: &DynamoStore, arrival: &Arrival) -> Result<Outcome, StoreError> {
    if arrival.payload.len() > PAYLOAD_LIMIT_BYTES {
        return Err(StoreError::Failed(format!("a payload is larger than {PAYLOAD_LIMIT_BYTES} bytes")));
    }
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            tokio::time::sleep(wait_before(attempt)).await;
        }
        let outcome = match write(store, arrival, attempt).await? {
            Attempt::Written => Some(Outcome::Accepted),
            Attempt::Refused(Purpose::CheckKey) => check_key_used(store, arrival).await?,
            Attempt::Refused(Purpose::Answers) => equal_answers(store, arrival).await?,
            Attempt::Refused(Purpose::Record) => Some(Outcome::ReferenceTaken),
            Attempt::Refused(Purpose::Message | Purpose::Counter) => {
                return Err(StoreError::Failed("DynamoDB: the id of a message is taken".to_owned()));
            }
            Attempt::Met => None,
        };
        if let Some(outcome) = outcome {
            return Ok(outcome);
        }
    }
    Err(StoreError::Busy("DynamoDB: other transactions were always faster".to_owned()))
}

/// What the receipt of a reference may show.
pub(crate) async fn receipt(
    store: &DynamoStore,
    reference: &Reference,
) -> Result<Option<ReceiptRecord>, StoreError> {
    let Some(item) = get(store, Key::submission(reference)).await? else {
        return Ok(None);
    };
    receipt_of(reference, &Reader(&item)).map(Some)
}

/// The part of a submission's item that a receipt shows.
pub(crate) fn receipt_of(reference: &Reference, item: &Reader<'_>) -> Result<ReceiptRecord, StoreError> {
    Ok(ReceiptRecord {
        reference: reference.clone(),
        form: item.text("form")?,
        language: item.text("language")?,
        received_at: item.moment("received_at")?,
    })
}

async fn write(store: &DynamoStore, arrival: &Arrival, attempt: usize) -> Result<Attempt, StoreError> {
    let (purposes, actions): (Vec<_>, Vec<_>) = actions(&store.table, arrival, attempt)?.into_iter().unzip();
    let answer = store.client.transact_write_items().set_transact_items(Some(actions)).send().await;
    let Err(error) = answer else {
        return Ok(Attempt::Written);
    };
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
        return decide(&purposes, cancelled.cancellation_reasons());
    }
    // The SDK has waited and repeated by now, where that could help.
    Err(store_error(&error))
}

/// The first action that was not content decides: a refusal behind a conflict may be of another kind once the
/// conflict is over (identical arrivals meet on the check key *and* on the reference).
fn decide(purposes: &[Purpose], reasons: &[CancellationReason]) -> Result<Attempt, StoreError> {
    for (purpose, reason) in purposes.iter().zip(reasons) {
        match reason.code() {
            None | Some("None") => {}
            Some("ConditionalCheckFailed") => return Ok(Attempt::Refused(*purpose)),
            Some(code) => {
                return match from_code(code) {
                    StoreError::Busy(_) => Ok(Attempt::Met),
                    other => Err(other),
                };
            }
        }
    }
    Err(StoreError::Failed("DynamoDB: a transaction was cancelled without a reason".to_owned()))
}

/// `None` if the item is gone meanwhile: then the arrival may be new after all.
async fn check_key_used(store: &DynamoStore, arrival: &Arrival) -> Result<Option<Outcome>, StoreError> {
    let Some(item) = get(store, Key::check(&arrival.check_key)).await? else {
        return Ok(None);
    };
    let item = Reader(&item);
    let same = item.text("form")? == arrival.form
        && item.text("answers_key_id")? == arrival.answers.key_id
        && item.text("answers_hash")? == arrival.answers.hash;
    Ok(Some(if same { Outcome::Replayed(item.reference("reference")?) } else { Outcome::KeyUsed }))
}

async fn equal_answers(store: &DynamoStore, arrival: &Arrival) -> Result<Option<Outcome>, StoreError> {
    let Some(item) = get(store, Key::answers(&arrival.answers, &arrival.form)).await? else {
        return Ok(None);
    };
    Reader(&item).reference("reference").map(|reference| Some(Outcome::Double(reference)))
}

async fn get(store: &DynamoStore, key: Key) -> Result<Option<Attributes>, StoreError> {
    let request = store.client.get_item().table_name(&store.table);
    let answer = request.set_key(Some(key.attributes())).consistent_read(true).send().await;
    Ok(answer.map_err(|error| store_error(&error))?.item)
}

/// Twice as long each time, and anything up to that, so that those who met do not meet again. This randomness
/// decides nothing but a wait, hence it is not an argument.
fn wait_before(attempt: usize) -> Duration {
    let doublings = u32::try_from(attempt).unwrap_or(u32::MAX).saturating_sub(1);
    let longest = FIRST_WAIT_MS.saturating_mul(2_u64.saturating_pow(doublings)).min(LONGEST_WAIT_MS);
    let random = getrandom::u64().unwrap_or(longest);
    Duration::from_millis(1 + random % longest)
}
