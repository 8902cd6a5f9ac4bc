//! Attachments: parts first, then the head that makes them a file, so that half a file is never one.
//!
//! ```text
//! upload#<id>   "parts may lie here"         written first, removed in the transaction that writes the head
//! part#<id>#…   the content in parts         never overwritten
//! head#<id>     what is in the clear         exists = staged; with a reference = part of that record
//! batch         how many files are staged    counted in the same transactions
//! ```

use std::collections::BTreeMap;

use store::{FILE_LIMIT_BYTES, FileHead, KeyedHash, Reference, Staged, StagedFile, StoreError};

use crate::DynamoStore;
use crate::failure::unless_refused;
use crate::item::{Reader, bytes, item, number, on_timeline, text};
use crate::keys::{self, HEAD_PREFIX, Key, Line};
use crate::read::{Range, get, range, submission};
use crate::submission::{file_attributes, file_head, files as files_of};
use crate::transaction::{ATTEMPTS, Attempt, Condition, Purpose, Transaction, always_met, wait_before};

/// How much of a file one item holds: DynamoDB refuses items over 400 KB.
const PART_BYTES: usize = 350 * 1024;

/// A head that is staged and not part of a record.
const WAITS: &str = "attribute_exists(pk) AND attribute_not_exists(#reference)";

/// Stages a file unless its batch is full; the same id again changes nothing.
pub(crate) async fn stage(store: &DynamoStore, file: &StagedFile, most: usize) -> Result<Staged, StoreError> {
    if file.sealed.len() > FILE_LIMIT_BYTES {
        return Err(StoreError::Failed(format!("a file is larger than {FILE_LIMIT_BYTES} bytes")));
    }
    let StagedFile { batch, head, .. } = file;
    if get(store, Key::file_head(batch, &head.id)).await?.is_some() {
        return Ok(Staged::Stored);
    }
    if counted(store, batch).await? >= most {
        return Ok(Staged::Full);
    }
    write_parts(store, file).await?;
    for attempt in 0..ATTEMPTS {
        wait_before(attempt).await;
        match commit(store, file, most).await? {
            Attempt::Written => return Ok(Staged::Stored),
            // The same file in another request was faster, or a sweep took the parts for forgotten ones.
            Attempt::Refused(Purpose::File) => {
                return match get(store, Key::file_head(batch, &head.id)).await? {
                    Some(_) => Ok(Staged::Stored),
                    None => Err(StoreError::Busy("DynamoDB: a file was swept while it came".to_owned())),
                };
            }
            // Another file took the last place meanwhile. The parts are left to the sweep: removed here, they could be
            // those of a request with the same file that finds a place a moment later.
            Attempt::Refused(_) => return Ok(Staged::Full),
            Attempt::Met => {}
        }
    }
    Err(always_met())
}

/// The files of a batch that are staged and not part of a record, oldest first.
pub(crate) async fn staged(store: &DynamoStore, batch: &KeyedHash) -> Result<Vec<FileHead>, StoreError> {
    let heads = Range {
        partition: keys::batch(batch),
        sort: Some(("begins_with(#sort, :from)", text(HEAD_PREFIX))),
        ..Range::default()
    };
    let mut staged = Vec::new();
    for item in range(store, heads).await? {
        let item = Reader(&item);
        if !item.has("reference") {
            staged.push(file_head(&item)?.0);
        }
    }
    staged.sort_by(|one, other| (one.staged_at, &one.id).cmp(&(other.staged_at, &other.id)));
    Ok(staged)
}

/// Removes a staged file; false if there is none.
pub(crate) async fn unstage(store: &DynamoStore, batch: &KeyedHash, id: &str) -> Result<bool, StoreError> {
    for attempt in 0..ATTEMPTS {
        wait_before(attempt).await;
        let Some(head) = get(store, Key::file_head(batch, id)).await? else {
            return Ok(false);
        };
        let head = Reader(&head);
        if head.has("reference") {
            return Ok(false);
        }
        let mut transaction = Transaction::on(&store.table);
        transaction.delete(Purpose::File, Key::file_head(batch, id), Some(Condition::plain(WAITS)))?;
        // Should this be interrupted, the sweep finds the parts by this.
        let mut upload = item(Key::upload(batch, id), []);
        upload.extend(on_timeline(Line::Staged, id, head.moment("staged_at")?)?);
        transaction.put_if(Purpose::Unconditional, upload, None)?;
        let values = vec![(":fewer", number(-1))];
        transaction.update(Purpose::Unconditional, Key::batch(batch), "ADD #files :fewer", values, None)?;
        match transaction.commit(&store.client).await? {
            Attempt::Written => {
                remove_parts(store, batch, id).await?;
                forget_empty_batch(store, batch).await;
                return Ok(true);
            }
            Attempt::Refused(_) => return Ok(false),
            Attempt::Met => {}
        }
    }
    Err(always_met())
}

/// The sealed content of a record's file.
pub(crate) async fn file(
    store: &DynamoStore,
    reference: &Reference,
    id: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(record) = submission(store, reference).await? else {
        return Ok(None);
    };
    let record = Reader(&record);
    let Some((_, count)) = files_of(&record)?.into_iter().find(|(head, _)| head.id == id) else {
        return Ok(None);
    };
    let batch = record.keyed_hash("files_batch")?;
    let mut parts = BTreeMap::new();
    let wanted = Range {
        partition: keys::batch(&batch),
        sort: Some(("begins_with(#sort, :from)", text(keys::parts(id)))),
        ..Range::default()
    };
    for item in range(store, wanted).await? {
        let item = Reader(&item);
        parts.insert(item.text(keys::SK)?, item.bytes("sealed")?);
    }
    if parts.len() == count {
        return Ok(Some(parts.into_values().flatten().collect()));
    }
    // Erased between the two reads?
    match submission(store, reference).await? {
        None => Ok(None),
        Some(_) => Err(StoreError::Corrupt("DynamoDB: a part of a file is missing".to_owned())),
    }
}

/// The keys of everything that a file of a record is made of.
pub(crate) fn keys_of(batch: &KeyedHash, head: &FileHead, parts: usize) -> Vec<Key> {
    let mut keys = vec![Key::file_head(batch, &head.id)];
    keys.extend((0..parts).map(|number| Key::part(batch, &head.id, number)));
    keys
}

/// Removes the parts of a file that has no head, and then the mark that there may be some.
pub(crate) async fn remove_parts(store: &DynamoStore, batch: &KeyedHash, id: &str) -> Result<(), StoreError> {
    for number in 0..FILE_LIMIT_BYTES.div_ceil(PART_BYTES) {
        store.delete(Key::part(batch, id, number)).await?;
    }
    store.delete(Key::upload(batch, id)).await
}

/// Removes the count of a batch that has no staged file any more. Should it stay, it does no harm.
pub(crate) async fn forget_empty_batch(store: &DynamoStore, batch: &KeyedHash) {
    let request = store
        .client
        .delete_item()
        .table_name(&store.table)
        .set_key(Some(Key::batch(batch).attributes()))
        .condition_expression("#files <= :none")
        .expression_attribute_names("#files", "files")
        .expression_attribute_values(":none", number(0));
    let _ = request.send().await;
}

async fn counted(store: &DynamoStore, batch: &KeyedHash) -> Result<usize, StoreError> {
    let count = get(store, Key::batch(batch)).await?;
    let count: i64 = count.map_or(Ok(0), |item| Reader(&item).number("files"))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

async fn write_parts(store: &DynamoStore, file: &StagedFile) -> Result<(), StoreError> {
    let StagedFile { batch, head, sealed, .. } = file;
    let mut upload = item(Key::upload(batch, &head.id), []);
    upload.extend(on_timeline(Line::Staged, &head.id, head.staged_at)?);
    store.put(upload).await?;
    for (number, part) in sealed.chunks(PART_BYTES).enumerate() {
        let part = item(Key::part(batch, &head.id, number), [("sealed", bytes(part))]);
        let request = store.client.put_item().table_name(&store.table).set_item(Some(part));
        // A part that is there already came with the same file in an earlier request.
        unless_refused(request.condition_expression("attribute_not_exists(pk)").send().await)?;
    }
    Ok(())
}

async fn commit(store: &DynamoStore, file: &StagedFile, most: usize) -> Result<Attempt, StoreError> {
    let StagedFile { batch, head, sealed, form } = file;
    let mut transaction = Transaction::on(&store.table);
    let mut head_item = item(Key::file_head(batch, &head.id), [("form", text(form))]);
    head_item.extend(file_attributes(head, sealed.len().div_ceil(PART_BYTES))?);
    head_item.extend(on_timeline(Line::Staged, &head.id, head.staged_at)?);
    transaction.put_new(Purpose::File, head_item)?;
    let uploaded = Some(Condition::plain("attribute_exists(pk)"));
    transaction.delete(Purpose::File, Key::upload(batch, &head.id), uploaded)?;
    let values = vec![(":one", number(1)), (":most", number(most))];
    let room = Some("attribute_not_exists(#files) OR #files < :most");
    transaction.update(Purpose::Batch, Key::batch(batch), "ADD #files :one", values, room)?;
    let attempt = transaction.commit(&store.client).await?;
    Ok(attempt)
}

/// What a sweep needs to know of a key on the list of staged files: whether it is a head, and the file's id.
pub(crate) fn swept(sk: &str) -> Option<(bool, &str)> {
    sk.strip_prefix(HEAD_PREFIX)
        .map(|id| (true, id))
        .or_else(|| sk.strip_prefix(keys::UPLOAD_PREFIX).map(|id| (false, id)))
}

/// The batch in the partition key of its items.
pub(crate) fn batch_of(pk: &str) -> Result<KeyedHash, StoreError> {
    let mut parts = pk.splitn(3, '#').skip(1);
    match (parts.next(), parts.next()) {
        (Some(hash), Some(key_id)) => Ok(KeyedHash { key_id: key_id.to_owned(), hash: hash.to_owned() }),
        _ => Err(StoreError::Corrupt("DynamoDB: a key names no batch".to_owned())),
    }
}
