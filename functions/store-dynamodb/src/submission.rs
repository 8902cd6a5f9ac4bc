//! The item of a submission: from an arrival, into a head.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use store::{
    Arrival, AuditEntry, FileHead, Head, KeyedHash, ReceiptRecord, Reference, Stage, StoreError,
    payload_sha256,
};

use crate::item::{
    Attributes, Reader, bytes, item, keyed_hash, list, moment, number, on_timeline, text, texts,
};
use crate::keys::{self, Key, Line, QUEUE_ORDER, QUEUE_SHARD, QUEUE_SHARDS, TIMELINE, TIMELINE_AT};

/// Where the sealed content of an attachment lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In so many items of its batch.
    Parts(usize),
    /// In the bucket, under this key.
    Object(String),
}

/// The item that an arrival makes.
pub(crate) fn of_arrival(
    arrival: &Arrival,
    files: &[(FileHead, Place)],
    audit: &AuditEntry,
) -> Result<Attributes, StoreError> {
    let reference = &arrival.reference;
    let received_at = moment(arrival.received_at)?;
    let mut submission = item(
        Key::submission(reference),
        [
            ("form", text(&arrival.form)),
            ("fingerprint", text(&arrival.fingerprint)),
            ("language", text(&arrival.language)),
            ("received_at", received_at.clone()),
            ("retention", text(&arrival.retention)),
            ("facets", texts(&arrival.facets)),
            ("version", number(1)),
            ("changed_at", received_at),
            ("doubts", list(&arrival.doubts)),
            ("payload_sha256", text(payload_sha256(&arrival.payload))),
            ("check_key", keyed_hash(&arrival.check_key)),
            ("answers", keyed_hash(&arrival.answers)),
            ("files", AttributeValue::L(files.iter().map(file).collect::<Result<_, _>>()?)),
            ("messages", list(arrival.messages.iter().map(|message| &message.id))),
            ("parcels", AttributeValue::L(arrival.parcels.iter().map(|it| keyed_hash(&it.id)).collect())),
            ("audit_lines", number(audit.sequence)),
            ("audit_head", text(&audit.hash)),
            (QUEUE_ORDER, text(keys::order(arrival.received_at, reference)?)),
        ],
    );
    set_stage(&mut submission, reference, arrival.stage, arrival.received_at)?;
    set(&mut submission, "promised", arrival.promised.map(|date| text(date.to_string())));
    set(&mut submission, "contact", arrival.contact.as_ref().map(keyed_hash));
    set(&mut submission, "contact_sealed", arrival.contact_sealed.as_deref().map(bytes));
    set(&mut submission, "files_batch", arrival.files.as_ref().map(|(batch, _)| keyed_hash(batch)));
    set_renewal(&mut submission, reference, arrival.renewal_due_at)?;
    Ok(submission)
}

/// Everything but the sealed content.
pub(crate) fn head(reference: &Reference, item: &Reader<'_>) -> Result<Head, StoreError> {
    Ok(Head {
        reference: reference.clone(),
        form: item.text("form")?,
        fingerprint: item.text("fingerprint")?,
        language: item.text("language")?,
        received_at: item.moment("received_at")?,
        retention: item.text("retention")?,
        facets: item.texts("facets")?,
        stage: item.parsed("stage")?,
        stage_since: item.moment("stage_since")?,
        version: item.number("version")?,
        changed_at: item.moment("changed_at")?,
        promised: item.optional("promised", Reader::parsed)?,
        notice: item.optional("notice", Reader::bytes)?,
        contact: item.optional("contact", Reader::keyed_hash)?,
        contact_sealed: item.optional("contact_sealed", Reader::bytes)?,
        contact_confirmed_at: item.optional("contact_confirmed_at", Reader::moment)?,
        renewal_due_at: item.optional("renewal_due_at", Reader::moment)?,
        doubts: item.list("doubts")?,
        files: files(item)?.into_iter().map(|(head, _)| head).collect(),
    })
}

/// The part of a submission's item that a receipt shows.
pub(crate) fn receipt(reference: &Reference, item: &Reader<'_>) -> Result<ReceiptRecord, StoreError> {
    Ok(ReceiptRecord {
        reference: reference.clone(),
        form: item.text("form")?,
        language: item.text("language")?,
        received_at: item.moment("received_at")?,
        stage: item.parsed("stage")?,
        promised: item.optional("promised", Reader::parsed)?,
        payload_sha256: item.optional("payload_sha256", Reader::text)?,
    })
}

/// The reference in a submission's key.
pub(crate) fn reference(item: &Reader<'_>) -> Result<Reference, StoreError> {
    let pk = item.text(keys::PK)?;
    keys::reference_of(&pk)
}

/// The attachments, each with where its content lies.
pub(crate) fn files(item: &Reader<'_>) -> Result<Vec<(FileHead, Place)>, StoreError> {
    item.members("files", file_head)
}

/// What is in the clear about a file, and where its content lies.
pub(crate) fn file_head(item: &Reader<'_>) -> Result<(FileHead, Place), StoreError> {
    let head = FileHead {
        id: item.text("id")?,
        field: item.text("field")?,
        kind: item.text("kind")?,
        size_bytes: item.number("size_bytes")?,
        digest: item.text("digest")?,
        staged_at: item.moment("staged_at")?,
    };
    let place = match item.optional("object", Reader::text)? {
        Some(object) => Place::Object(object),
        None => Place::Parts(item.number("parts")?),
    };
    Ok((head, place))
}

/// The attributes that [`file_head`] reads.
pub(crate) fn file_attributes(head: &FileHead, place: &Place) -> Result<Attributes, StoreError> {
    let attributes = [
        ("id", text(&head.id)),
        ("field", text(&head.field)),
        ("kind", text(&head.kind)),
        ("size_bytes", number(head.size_bytes)),
        ("digest", text(&head.digest)),
        ("staged_at", moment(head.staged_at)?),
        match place {
            Place::Parts(parts) => ("parts", number(parts)),
            Place::Object(object) => ("object", text(object)),
        },
    ];
    Ok(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn file((head, place): &(FileHead, Place)) -> Result<AttributeValue, StoreError> {
    file_attributes(head, place).map(AttributeValue::M)
}

/// Sets an attribute, or removes it.
pub(crate) fn set(item: &mut Attributes, name: &str, value: Option<AttributeValue>) {
    match value {
        Some(value) => item.insert(name.to_owned(), value),
        None => item.remove(name),
    };
}

/// Sets the stage, and since when, and puts the record into that stage's queue.
pub(crate) fn set_stage(
    item: &mut Attributes,
    reference: &Reference,
    stage: Stage,
    since: Timestamp,
) -> Result<(), StoreError> {
    let shard = keys::shard_of(reference.compact(), 0, QUEUE_SHARDS);
    set(item, QUEUE_SHARD, Some(text(keys::queue_shard(stage, shard))));
    set(item, "stage", Some(text(stage.name())));
    set(item, "stage_since", Some(moment(since)?));
    set(item, "closed_at", if stage.is_final() { Some(moment(since)?) } else { None });
    Ok(())
}

/// Sets when the person is asked, and puts the record on that list of the timeline.
pub(crate) fn set_renewal(
    item: &mut Attributes,
    reference: &Reference,
    due_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    set(item, "renewal_due_at", due_at.map(moment).transpose()?);
    match due_at {
        Some(due_at) => item.extend(on_timeline(Line::Renewal, reference.compact(), due_at)?),
        None => {
            item.remove(TIMELINE);
            item.remove(TIMELINE_AT);
        }
    }
    Ok(())
}

/// Leads from a contact address to the record.
pub(crate) fn contact_key(
    contact: &KeyedHash,
    form: &str,
    reference: &Reference,
    received_at: Timestamp,
) -> Result<Key, StoreError> {
    Ok(Key::contact(contact, form, &keys::order(received_at, reference)?))
}
