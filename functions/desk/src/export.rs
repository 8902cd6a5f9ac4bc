//! Everything that is kept about a record, as one JSON document: for the person who asked for it, or for moving
//! to another system.

use std::io::Write as _;

use age::armor::{ArmoredWriter, Format};
use age::secrecy::SecretString;
use data_encoding::BASE64;
use functions::{LinkAction, link};
use mail::LetterKind;
use sealing::ParcelKey;
use serde_json::{Value as Json, json};
use store::{Change, Changed, Parcel, Reference, Store};

use crate::letter::{self, Words};
use crate::{Desk, DeskError, Need, record};

/// The whole record, attachments included (base64). Nothing in it is masked: it is the person's own.
pub async fn document(
    store: &dyn Store,
    reference: &Reference,
    identity: Option<&sealing::Identity>,
) -> Result<Json, DeskError> {
    let stored = store.read(reference).await?.ok_or_else(|| DeskError::Missing(reference.clone()))?;
    let opened = record::open(stored, identity)?;
    let head = &opened.record.head;
    let mut files = Vec::new();
    for file in &head.files {
        let sealed = store.file(reference, &file.id).await?.ok_or(DeskError::Foreign(reference.clone()))?;
        let content =
            record::unseal(&sealed, identity).ok_or_else(|| DeskError::Locked(reference.clone()))?;
        files.push(json!({
            "field": file.field,
            "kind": file.kind,
            "size_bytes": file.size_bytes,
            "content_base64": BASE64.encode(&content),
        }));
    }
    let additions: Vec<_> = opened
        .additions
        .iter()
        .map(|addition| json!({ "kind": addition.kind, "at": addition.at, "text": addition.text }))
        .collect();
    let audit: Vec<_> =
        opened.record.audit.iter().map(|line| json!({ "at": line.at, "event": line.event })).collect();
    Ok(json!({
        "reference": head.reference.to_string(),
        "form": head.form,
        "language": head.language,
        "received_at": head.received_at,
        "stage": head.stage,
        "stage_since": head.stage_since,
        "promised": head.promised,
        "retention": head.retention,
        "contact_confirmed_at": head.contact_confirmed_at,
        "facets": head.facets,
        "content": opened.content,
        "additions": additions,
        "files": files,
        "history": audit,
    }))
}

/// Hands the document to the person through a mailed link, as the answer to "send me what you keep".
pub async fn mail(desk: &Desk<'_>, reference: &Reference) -> Result<u64, DeskError> {
    let document = document(desk.store, reference, desk.identity).await?;
    let head = desk.store.head(reference).await?.ok_or_else(|| DeskError::Missing(reference.clone()))?;
    let contact = desk.contact(&head)?.ok_or(DeskError::Needs(Need::AddressForExport))?;
    let json = serde_json::to_vec_pretty(&document).map_err(|error| DeskError::Export(error.to_string()))?;
    let expires_at = LinkAction::Export.expires_at(desk.now, desk.bundle);
    let path = link::issue(desk.hashing, LinkAction::Export, reference, expires_at, desk.random()?);
    let (id, key) = link::parcel(&path).ok_or(DeskError::NoRandomness)?;
    let sealed = ParcelKey::new(key).seal(&json, desk.random()?)?;
    if sealed.len() > store::PAYLOAD_LIMIT_BYTES {
        return Err(DeskError::Needs(Need::SmallerExport));
    }
    let words = Words { link: Some((path, expires_at)), ..Words::default() };
    let mut change = Change::new(reference.clone(), head.version, desk.now, "export_sent by office");
    change.parcels.push(Parcel { id, sealed, expires_at });
    change.messages.push(letter::write(desk, &head, LetterKind::ExportReady, &contact, &words)?);
    match desk.store.change(&change).await? {
        Changed::Done(version) => Ok(version),
        Changed::Stale | Changed::TokenUsed => Err(DeskError::Stale(reference.clone())),
        Changed::Missing => Err(DeskError::Missing(reference.clone())),
    }
}

/// Seals a document with a passphrase, as text that any `age` tool opens (`age -d`).
pub fn protected(document: &[u8], passphrase: &SecretString) -> Result<Vec<u8>, DeskError> {
    let failed = |error: &dyn std::fmt::Display| DeskError::Export(error.to_string());
    let encryptor = age::Encryptor::with_user_passphrase(passphrase.clone());
    let mut out = Vec::with_capacity(document.len() * 4 / 3 + 1024);
    let armor = ArmoredWriter::wrap_output(&mut out, Format::AsciiArmor).map_err(|error| failed(&error))?;
    let mut writer = encryptor.wrap_output(armor).map_err(|error| failed(&error))?;
    writer.write_all(document).map_err(|error| failed(&error))?;
    writer.finish().and_then(ArmoredWriter::finish).map_err(|error| failed(&error))?;
    Ok(out)
}
