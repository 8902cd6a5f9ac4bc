//! Changing a record if it still is what the caller read.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use store::{
    Addition, Change, Changed, Changes, Erasure, Head, KeyedHash, Parcel, Reference, Replacement, StoreError,
    to_nanoseconds,
};

use crate::audit::{self, End};
use crate::intake::{encrypted, within_limit, write_answers};
use crate::record;
use crate::sql::{execute, exists, json, nanoseconds, one, reference as reference_of};
use crate::vault::{Kind, RecordKey};
use crate::{SqliteStore, Tools, erase, outbox};

#[async_trait]
impl Changes for SqliteStore {
    async fn change(&self, change: &Change) -> Result<Changed, StoreError> {
        let payloads = change.replacement.iter().map(|replacement| &replacement.payload);
        let additions = change.additions.iter().map(|addition| &addition.sealed);
        let parcels = change.parcels.iter().map(|parcel| &parcel.sealed);
        payloads.chain(additions).chain(parcels).try_for_each(|sealed| within_limit(sealed))?;
        let (change, tools) = (change.clone(), self.tools());
        self.write(move |connection| do_change(connection, &tools, &change)).await
    }

    async fn erase(&self, erasure: &Erasure) -> Result<Changed, StoreError> {
        let (erasure, tools) = (erasure.clone(), self.tools());
        let changed = self.write(move |connection| erase::erase(connection, &tools, &erasure)).await?;
        self.delete_keys().await?;
        Ok(changed)
    }

    async fn erasures(&self) -> Result<Vec<(Reference, Timestamp)>, StoreError> {
        self.look(|connection| erase::journal(connection)).await
    }

    async fn parcel(
        &self,
        id: &KeyedHash,
        now: Timestamp,
    ) -> Result<Option<(Reference, Vec<u8>)>, StoreError> {
        let (id, tools) = (id.clone(), self.tools());
        let now = to_nanoseconds(now)?;
        self.look(move |connection| {
            let found: Option<(Reference, String, Vec<u8>)> = one(
                connection,
                "SELECT reference, record_key, sealed FROM parcel JOIN record USING (reference)
                 WHERE key_id = ?1 AND hash = ?2 AND expires_at > ?3",
                params![id.key_id, id.hash, now],
                |row| Ok((reference_of(row, "reference")?, row.get("record_key")?, row.get("sealed")?)),
            )?;
            found
                .map(|(reference, key, sealed)| {
                    Ok((reference, tools.vault.key(&key)?.decrypt(Kind::Parcel, &sealed)?))
                })
                .transpose()
        })
        .await
    }

    async fn is_used(&self, token: &KeyedHash) -> Result<bool, StoreError> {
        let token = token.clone();
        self.look(move |connection| is_used(connection, &token)).await
    }
}

fn do_change(connection: &Connection, tools: &Tools, change: &Change) -> Result<Changed, StoreError> {
    let reference = &change.reference;
    let Some(found) = record::find(connection, reference)? else {
        return Ok(Changed::Missing);
    };
    let key = tools.vault.key(&found.key_id)?;
    let mut head = found.whole(connection, tools)?;
    if let Some(refusal) = refusal(connection, change.uses.as_ref(), Some(change.version), &head)? {
        return Ok(refusal);
    }
    apply(change, &mut head);
    write_head(connection, &key, &head)?;
    if let Some(replacement) = &change.replacement {
        replace(connection, &key, &head, replacement, change.at)?;
    }
    write_additions(connection, &key, reference, &change.additions)?;
    if change.removes_parcels {
        execute(connection, "DELETE FROM parcel WHERE reference = ?1", [reference.compact()])?;
    }
    write_parcels(connection, &key, reference, &change.parcels)?;
    outbox::write(connection, Some(&key), reference, &change.messages, change.at)?;
    use_up(connection, change.uses.as_ref())?;
    add_line(connection, tools, reference, &change.event, change.at)?;
    Ok(Changed::Done(head.version))
}

/// Why nothing is written, if so.
pub(crate) fn refusal(
    connection: &Connection,
    uses: Option<&(KeyedHash, Timestamp)>,
    version: Option<u64>,
    head: &Head,
) -> Result<Option<Changed>, StoreError> {
    if let Some((token, _)) = uses
        && is_used(connection, token)?
    {
        return Ok(Some(Changed::TokenUsed));
    }
    Ok(version.is_some_and(|version| version != head.version).then_some(Changed::Stale))
}

fn apply(change: &Change, head: &mut Head) {
    head.version = head.version.saturating_add(1);
    head.changed_at = change.at;
    if let Some(stage) = change.stage
        && stage != head.stage
    {
        head.stage = stage;
        head.stage_since = change.at;
    }
    change.promised.apply(&mut head.promised);
    change.notice.apply(&mut head.notice);
    change.contact.apply(&mut head.contact);
    change.contact_sealed.apply(&mut head.contact_sealed);
    change.contact_confirmed_at.apply(&mut head.contact_confirmed_at);
    change.renewal_due_at.apply(&mut head.renewal_due_at);
    if let Some(replacement) = &change.replacement {
        head.fingerprint.clone_from(&replacement.fingerprint);
        head.language.clone_from(&replacement.language);
        head.facets.clone_from(&replacement.facets);
    }
}

fn write_head(connection: &Connection, key: &RecordKey, head: &Head) -> Result<(), StoreError> {
    execute(
        connection,
        "UPDATE record SET fingerprint = ?2, language = ?3, facets = ?4, stage = ?5, stage_since = ?6,
         version = ?7, changed_at = ?8, promised = ?9, notice = ?10, contact_key_id = ?11, contact_hash = ?12,
         contact_sealed = ?13, contact_confirmed_at = ?14, renewal_due_at = ?15
         WHERE reference = ?1",
        params![
            head.reference.compact(),
            head.fingerprint,
            head.language,
            json(&head.facets)?,
            head.stage.name(),
            to_nanoseconds(head.stage_since)?,
            i64::try_from(head.version).unwrap_or(i64::MAX),
            to_nanoseconds(head.changed_at)?,
            head.promised.map(|date| date.to_string()),
            encrypted(key, Kind::Notice, head.notice.as_deref())?,
            head.contact.as_ref().map(|contact| &contact.key_id),
            head.contact.as_ref().map(|contact| &contact.hash),
            encrypted(key, Kind::Contact, head.contact_sealed.as_deref())?,
            nanoseconds(head.contact_confirmed_at)?,
            nanoseconds(head.renewal_due_at)?
        ],
    )?;
    Ok(())
}

fn replace(
    connection: &Connection,
    key: &RecordKey,
    head: &Head,
    replacement: &Replacement,
    at: Timestamp,
) -> Result<(), StoreError> {
    let reference = head.reference.compact();
    execute(
        connection,
        "UPDATE content SET payload = ?2 WHERE reference = ?1",
        params![reference, key.encrypt(Kind::Payload, &replacement.payload)?],
    )?;
    forget_answers(connection, &head.reference)?;
    let answers = &replacement.answers;
    execute(
        connection,
        "UPDATE record SET answers_key_id = ?2, answers_hash = ?3 WHERE reference = ?1",
        params![reference, answers.key_id, answers.hash],
    )?;
    write_answers(connection, &head.reference, &head.form, answers, at)
}

/// The record's answers are no longer known, unless another record has equal ones.
pub(crate) fn forget_answers(connection: &Connection, reference: &Reference) -> Result<(), StoreError> {
    execute(
        connection,
        "DELETE FROM answers WHERE reference = ?1 AND (form, key_id, hash) =
         (SELECT form, answers_key_id, answers_hash FROM record WHERE reference = ?1)",
        [reference.compact()],
    )?;
    Ok(())
}

fn write_additions(
    connection: &Connection,
    key: &RecordKey,
    reference: &Reference,
    additions: &[Addition],
) -> Result<(), StoreError> {
    for addition in additions {
        execute(
            connection,
            "INSERT INTO addition (reference, kind, at, sealed) VALUES (?1, ?2, ?3, ?4)",
            params![
                reference.compact(),
                addition.kind,
                to_nanoseconds(addition.at)?,
                key.encrypt(Kind::Addition, &addition.sealed)?
            ],
        )?;
    }
    Ok(())
}

/// Adds parcels to a record.
pub(crate) fn write_parcels(
    connection: &Connection,
    key: &RecordKey,
    reference: &Reference,
    parcels: &[Parcel],
) -> Result<(), StoreError> {
    for parcel in parcels {
        execute(
            connection,
            "INSERT INTO parcel (key_id, hash, reference, expires_at, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                parcel.id.key_id,
                parcel.id.hash,
                reference.compact(),
                to_nanoseconds(parcel.expires_at)?,
                key.encrypt(Kind::Parcel, &parcel.sealed)?
            ],
        )?;
    }
    Ok(())
}

fn is_used(connection: &Connection, token: &KeyedHash) -> Result<bool, StoreError> {
    exists(
        connection,
        "SELECT 1 FROM used_token WHERE key_id = ?1 AND hash = ?2",
        params![token.key_id, token.hash],
    )
}

/// Marks a one-time token as used.
pub(crate) fn use_up(
    connection: &Connection,
    uses: Option<&(KeyedHash, Timestamp)>,
) -> Result<(), StoreError> {
    if let Some((token, useless_from)) = uses {
        execute(
            connection,
            "INSERT INTO used_token (key_id, hash, useless_from) VALUES (?1, ?2, ?3)",
            params![token.key_id, token.hash, to_nanoseconds(*useless_from)?],
        )?;
    }
    Ok(())
}

/// Adds a line to the record's audit chain.
pub(crate) fn add_line(
    connection: &Connection,
    tools: &Tools,
    reference: &Reference,
    event: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let end = one(
        connection,
        "SELECT audit_lines, audit_head FROM record WHERE reference = ?1",
        [reference.compact()],
        End::read,
    )?
    .ok_or_else(|| StoreError::Corrupt("a record has no audit trail".to_owned()))?;
    let line = end.next(tools.audit.current(), reference, event, at);
    audit::write(connection, reference, &line)?;
    execute(
        connection,
        "UPDATE record SET audit_lines = ?2, audit_head = ?3 WHERE reference = ?1",
        params![reference.compact(), i64::try_from(line.sequence).unwrap_or(i64::MAX), line.hash],
    )?;
    Ok(())
}
