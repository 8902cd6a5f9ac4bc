//! Removing what expired: every removal is conditional on what the table, not the index, says.

use jiff::Timestamp;
use store::{KeyedHash, StoreError, Swept, to_nanoseconds};

use crate::DynamoStore;
use crate::erase;
use crate::failure::unless_refused;
use crate::files::{batch_of, forget_empty_batch, marked_place, remove_content, swept, upload_mark};
use crate::item::{Reader, number};
use crate::keys::{self, Key, LARGE_PREFIX, Line, PARCEL_PREFIX, TIMELINE_SHARDS, TOKEN_PREFIX};
use crate::large;
use crate::read::get;
use crate::submission::{Place, file_head};
use crate::timeline;
use crate::transaction::{Attempt, Condition, Purpose, Transaction};

/// Removes files staged before `staged_before`, and parcels, tokens and windows that ended by `now`; goes on with
/// erasures that were interrupted.
pub(crate) async fn sweep(
    store: &DynamoStore,
    now: Timestamp,
    staged_before: Timestamp,
) -> Result<Swept, StoreError> {
    let mut swept = Swept::default();
    for shard in 0..TIMELINE_SHARDS {
        for (_, key) in timeline::until(store, Line::Erasing, shard, now, None).await? {
            erase::finish(store, &keys::reference_of(&key.pk)?).await?;
        }
        for (_, key) in timeline::until(store, Line::Expires, shard, now, None).await? {
            let counted = if key.pk.starts_with(PARCEL_PREFIX) {
                &mut swept.parcels
            } else if key.pk.starts_with(TOKEN_PREFIX) {
                &mut swept.tokens
            } else {
                &mut swept.windows
            };
            if remove(store, key, now).await? {
                *counted = counted.saturating_add(1);
            }
        }
        for (at, key) in timeline::until(store, Line::Staged, shard, staged_before, None).await? {
            if at >= to_nanoseconds(staged_before)? {
                continue;
            }
            if key.pk.starts_with(LARGE_PREFIX) {
                large::sweep(store, &key).await?;
            } else if staged_file(store, &key).await? {
                swept.staged_files = swept.staged_files.saturating_add(1);
            }
        }
    }
    Ok(swept)
}

/// Removes an item that still ends by `now`; false if it is gone or was renewed.
async fn remove(store: &DynamoStore, key: Key, now: Timestamp) -> Result<bool, StoreError> {
    let request = store.client.delete_item().table_name(&store.table);
    let answer = request
        .set_key(Some(key.attributes()))
        .condition_expression("timeline_at <= :now")
        .expression_attribute_values(":now", number(to_nanoseconds(now)?))
        .send()
        .await;
    Ok(unless_refused(answer)?.is_some())
}

/// Removes a staged file, or what a broken upload left; whether it was a whole file.
async fn staged_file(store: &DynamoStore, key: &Key) -> Result<bool, StoreError> {
    let Some((is_head, id)) = swept(&key.sk) else {
        return Err(StoreError::Corrupt("DynamoDB: the timeline holds a foreign item".to_owned()));
    };
    let batch = batch_of(&key.pk)?;
    let place = if is_head {
        unhead(store, key, &batch).await?
    } else {
        let mark = get(store, key.clone()).await?;
        mark.map(|mark| marked_place(&Reader(&mark))).transpose()?
    };
    let Some(place) = place else {
        return Ok(false);
    };
    // Of two requests with the same file the slower one leaves a mark that names the content of the faster one.
    let head = get(store, Key::file_head(&batch, id)).await?;
    let of_head = head.map(|head| file_head(&Reader(&head))).transpose()?.map(|(_, place)| place);
    match (&of_head, &place) {
        (Some(Place::Parts(_)), Place::Parts(_)) => store.delete(Key::upload(&batch, id)).await?,
        (Some(of_head), _) if *of_head == place => store.delete(Key::upload(&batch, id)).await?,
        _ => remove_content(store, &batch, id, &place).await?,
    }
    forget_empty_batch(store, &batch).await;
    Ok(is_head)
}

/// Takes the head away, unless the file became part of a record meanwhile; the content is then an upload's.
async fn unhead(store: &DynamoStore, key: &Key, batch: &KeyedHash) -> Result<Option<Place>, StoreError> {
    let Some(head) = get(store, key.clone()).await? else {
        return Ok(None);
    };
    let (head, place) = file_head(&Reader(&head))?;
    let mut transaction = Transaction::on(&store.table);
    let waits = Condition::plain("attribute_exists(pk) AND attribute_not_exists(#reference)");
    transaction.delete(Purpose::File, key.clone(), Some(waits))?;
    transaction.put_if(Purpose::Unconditional, upload_mark(batch, &head, &place)?, None)?;
    let values = vec![(":fewer", number(-1))];
    transaction.update(Purpose::Unconditional, Key::batch(batch), "ADD #files :fewer", values, None)?;
    // One that met another transaction is swept the next time.
    let written = transaction.commit(&store.client).await? == Attempt::Written;
    Ok(written.then_some(place))
}
