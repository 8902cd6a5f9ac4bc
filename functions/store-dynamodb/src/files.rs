//! Attachments: the content first, then the head that makes it a file, so that half a file is never one.
//!
//! ```text
//! upload#<id>   "content may lie here"       written first, removed in the transaction that writes the head
//! part#<id>#…   the content in parts         never overwritten; where the store has a bucket: an object instead
//! head#<id>     what is in the clear         exists = staged; with a reference = part of that record
//! batch         how many files are staged    counted in the same transactions
//! ```
//!
//! An object is tagged as staged, and a rule of the bucket removes what is tagged so after some days. Before the
//! transaction that makes it part of a record, the tag is taken away. A function may end between any two steps:
//!
//! | ended after | what lies there | goes by |
//! |---|---|---|
//! | the upload mark | a mark | the sweep |
//! | the object | a mark that names it, the tag | the sweep; the rule, if the mark is lost |
//! | the head | a staged file | the sweep, if no arrival takes it |
//! | the tag was taken away | a staged file whose object the rule does not see | the sweep, by its head |
//! | the arrival's transaction | a record's file | the erasure of the record |
//! | the erasure's transaction | an erased record that names the object | the sweep |
//!
//! The rule must wait longer than a file may be staged until its arrival takes it ([`LONGEST_STAGED`]), so that the
//! two never meet on one object.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use store::{FILE_LIMIT_BYTES, FileHead, KeyedHash, Reference, Staged, StagedFile, StoreError};

use crate::DynamoStore;
use crate::failure::unless_refused;
use crate::item::{Attributes, Reader, bytes, item, number, on_timeline, text};
use crate::keys::{self, HEAD_PREFIX, Key, Line};
use crate::read::{Range, get, range, submission};
use crate::submission::{Place, file_attributes, file_head, files as files_of};
use crate::transaction::{ATTEMPTS, Attempt, Condition, Purpose, Transaction, always_met, wait_before};

/// How much of a file one item holds: DynamoDB refuses items over 400 KB.
const PART_BYTES: usize = 350 * 1024;

/// How long after its staging a file can still become part of a record; the rule of the bucket waits longer.
pub(crate) const LONGEST_STAGED: SignedDuration = SignedDuration::from_hours(24);

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
    let place = write_content(store, file).await?;
    for attempt in 0..ATTEMPTS {
        wait_before(attempt).await;
        match commit(store, file, &place, most).await? {
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
        // Should this be interrupted, the sweep finds the content by this.
        let (head, place) = file_head(&head)?;
        transaction.put_if(Purpose::Unconditional, upload_mark(batch, &head, &place)?, None)?;
        let values = vec![(":fewer", number(-1))];
        transaction.update(Purpose::Unconditional, Key::batch(batch), "ADD #files :fewer", values, None)?;
        match transaction.commit(&store.client).await? {
            Attempt::Written => {
                remove_content(store, batch, id, &place).await?;
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
    let Some((_, place)) = files_of(&record)?.into_iter().find(|(head, _)| head.id == id) else {
        return Ok(None);
    };
    let content = match place {
        Place::Parts(count) => from_parts(store, &record.keyed_hash("files_batch")?, id, count).await?,
        Place::Object(object) => from_object(store, &object).await?,
    };
    if content.is_some() {
        return Ok(content);
    }
    // Erased between the two reads?
    match submission(store, reference).await? {
        None => Ok(None),
        Some(_) => Err(StoreError::Corrupt("DynamoDB: a part of a file is missing".to_owned())),
    }
}

async fn from_parts(
    store: &DynamoStore,
    batch: &KeyedHash,
    id: &str,
    count: usize,
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut parts = BTreeMap::new();
    let wanted = Range {
        partition: keys::batch(batch),
        sort: Some(("begins_with(#sort, :from)", text(keys::parts(id)))),
        ..Range::default()
    };
    for item in range(store, wanted).await? {
        let item = Reader(&item);
        parts.insert(item.text(keys::SK)?, item.bytes("sealed")?);
    }
    Ok((parts.len() == count).then(|| parts.into_values().flatten().collect()))
}

pub(crate) async fn from_object(store: &DynamoStore, object: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(content) = store.objects()?.read(object).await? else {
        return Ok(None);
    };
    if !object.ends_with(&digest(&content)) {
        return Err(StoreError::Corrupt("S3: an object is not what was written".to_owned()));
    }
    Ok(Some(content))
}

/// The keys of the items that a file of a record is made of.
pub(crate) fn keys_of(batch: &KeyedHash, head: &FileHead, place: &Place) -> Vec<Key> {
    let mut keys = vec![Key::file_head(batch, &head.id)];
    if let Place::Parts(parts) = place {
        keys.extend((0..*parts).map(|number| Key::part(batch, &head.id, number)));
    }
    keys
}

/// Removes the content of a file that has no head, and then the mark that there may be some.
pub(crate) async fn remove_content(
    store: &DynamoStore,
    batch: &KeyedHash,
    id: &str,
    place: &Place,
) -> Result<(), StoreError> {
    match place {
        Place::Object(object) => store.objects()?.remove(object).await?,
        // As many as there may be: of a broken upload nobody counted them.
        Place::Parts(_) => {
            for number in 0..FILE_LIMIT_BYTES.div_ceil(PART_BYTES) {
                store.delete(Key::part(batch, id, number)).await?;
            }
        }
    }
    store.delete(Key::upload(batch, id)).await
}

/// Says that content may lie there which no head leads to.
pub(crate) fn upload_mark(
    batch: &KeyedHash,
    head: &FileHead,
    place: &Place,
) -> Result<Attributes, StoreError> {
    let mut mark = item(Key::upload(batch, &head.id), []);
    if let Place::Object(object) = place {
        mark.insert("object".to_owned(), text(object));
    }
    mark.extend(on_timeline(Line::Staged, &head.id, head.staged_at)?);
    Ok(mark)
}

/// Where the content lies that a mark of an upload speaks of.
pub(crate) fn marked_place(mark: &Reader<'_>) -> Result<Place, StoreError> {
    Ok(mark.optional("object", Reader::text)?.map_or(Place::Parts(0), Place::Object))
}

/// Keeps the objects of these files from the rule of the bucket. Answers those that cannot be part of a record any
/// more: the object is gone, or so old that the rule may take it in this moment.
pub(crate) async fn hold(
    store: &DynamoStore,
    files: &[(FileHead, Place)],
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let mut gone = Vec::new();
    for (head, place) in files {
        let Place::Object(object) = place else { continue };
        let is_old = now.duration_since(head.staged_at) > LONGEST_STAGED;
        if is_old || !store.objects()?.hold(object).await? {
            gone.push(head.id.clone());
        }
    }
    Ok(gone)
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

/// Into the bucket, if there is one, else into parts.
async fn write_content(store: &DynamoStore, file: &StagedFile) -> Result<Place, StoreError> {
    let StagedFile { batch, head, sealed, .. } = file;
    if let Some(objects) = &store.objects {
        // The same content only ever meets itself: another request with this id has another name.
        let object = format!("files/{}-{}", head.id, digest(sealed));
        let place = Place::Object(object.clone());
        store.put(upload_mark(batch, head, &place)?).await?;
        objects.put(&object, sealed).await?;
        return Ok(place);
    }
    let place = Place::Parts(sealed.len().div_ceil(PART_BYTES));
    store.put(upload_mark(batch, head, &place)?).await?;
    for (number, part) in sealed.chunks(PART_BYTES).enumerate() {
        let part = item(Key::part(batch, &head.id, number), [("sealed", bytes(part))]);
        let request = store.client.put_item().table_name(&store.table).set_item(Some(part));
        // A part that is there already came with the same file in an earlier request.
        unless_refused(request.condition_expression("attribute_not_exists(pk)").send().await)?;
    }
    Ok(place)
}

/// SHA-256, in hexadecimal.
pub(crate) fn digest(content: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(content))
}

async fn commit(
    store: &DynamoStore,
    file: &StagedFile,
    place: &Place,
    most: usize,
) -> Result<Attempt, StoreError> {
    let StagedFile { batch, head, form, .. } = file;
    let mut transaction = Transaction::on(&store.table);
    let mut head_item = item(Key::file_head(batch, &head.id), [("form", text(form))]);
    head_item.extend(file_attributes(head, place)?);
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
