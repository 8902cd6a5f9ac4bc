//! Attachments: staged before the confirmation, then moved into the record without copying their content.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use store::{
    FILE_LIMIT_BYTES, FileHead, Files, KeyedHash, Reference, Staged, StagedFile, StoreError, to_nanoseconds,
};

use crate::sql::{all, execute, exists, moment, number, one};
use crate::vault::Kind;
use crate::{SqliteStore, Tools};

#[async_trait]
impl Files for SqliteStore {
    async fn stage(&self, file: &StagedFile, most: usize) -> Result<Staged, StoreError> {
        if file.sealed.len() > FILE_LIMIT_BYTES {
            return Err(StoreError::Failed(format!("a file is larger than {FILE_LIMIT_BYTES} bytes")));
        }
        let (file, tools) = (file.clone(), self.tools());
        self.write(move |connection| stage(connection, &tools, &file, most)).await
    }

    async fn staged(&self, batch: &KeyedHash) -> Result<Vec<FileHead>, StoreError> {
        let batch = batch.clone();
        self.look(move |connection| staged(connection, &batch)).await
    }

    async fn unstage(&self, batch: &KeyedHash, id: &str) -> Result<bool, StoreError> {
        let (batch, id) = (batch.clone(), id.to_owned());
        let was_staged = self
            .write(move |connection| {
                let is_staged = exists(
                    connection,
                    "SELECT 1 FROM file
                 WHERE id = ?1 AND batch_hash = ?2 AND batch_key_id = ?3 AND reference IS NULL",
                    params![id, batch.hash, batch.key_id],
                )?;
                if is_staged {
                    remove(connection, &id)?;
                }
                Ok(is_staged)
            })
            .await?;
        self.delete_keys().await?;
        Ok(was_staged)
    }

    async fn file(&self, reference: &Reference, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let (reference, id, tools) = (reference.clone(), id.to_owned(), self.tools());
        self.look(move |connection| {
            let found: Option<(String, Vec<u8>)> = one(
                connection,
                "SELECT file_key, sealed FROM file JOIN file_content USING (id)
                 WHERE id = ?1 AND reference = ?2",
                params![id, reference.compact()],
                |row| Ok((row.get("file_key")?, row.get("sealed")?)),
            )?;
            found.map(|(key, sealed)| tools.vault.key(&key)?.decrypt(Kind::File, &sealed)).transpose()
        })
        .await
    }
}

fn stage(
    connection: &Connection,
    tools: &Tools,
    file: &StagedFile,
    most: usize,
) -> Result<Staged, StoreError> {
    let (batch, head) = (&file.batch, &file.head);
    let known = one(
        connection,
        "SELECT batch_hash = ?2 AND batch_key_id = ?3 FROM file WHERE id = ?1",
        params![head.id, batch.hash, batch.key_id],
        |row| row.get(0),
    )?;
    match known {
        Some(true) => return Ok(Staged::Stored),
        Some(false) => return Err(StoreError::Failed("another batch has a file with this id".to_owned())),
        None => {}
    }
    if staged(connection, batch)?.len() >= most {
        return Ok(Staged::Full);
    }
    let key = tools.vault.fresh()?;
    execute(
        connection,
        "INSERT INTO file
         (id, batch_key_id, batch_hash, form, reference, file_key, field, kind, size_bytes, digest, staged_at)
         VALUES (?1, ?2, ?3, ?4, NULL, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            head.id,
            batch.key_id,
            batch.hash,
            file.form,
            key.id(),
            head.field,
            head.kind,
            i64::try_from(head.size_bytes).unwrap_or(i64::MAX),
            head.digest,
            to_nanoseconds(head.staged_at)?
        ],
    )?;
    execute(
        connection,
        "INSERT INTO file_content (id, sealed) VALUES (?1, ?2)",
        params![head.id, key.encrypt(Kind::File, &file.sealed)?],
    )?;
    Ok(Staged::Stored)
}

/// The files of a batch that wait, oldest first.
pub(crate) fn staged(connection: &Connection, batch: &KeyedHash) -> Result<Vec<FileHead>, StoreError> {
    all(
        connection,
        "SELECT id, field, kind, size_bytes, digest, staged_at FROM file
         WHERE batch_hash = ?1 AND batch_key_id = ?2 AND reference IS NULL ORDER BY staged_at, id",
        params![batch.hash, batch.key_id],
        head_of,
    )
}

/// The files of a record, oldest first.
pub(crate) fn of_record(connection: &Connection, reference: &Reference) -> Result<Vec<FileHead>, StoreError> {
    all(
        connection,
        "SELECT id, field, kind, size_bytes, digest, staged_at FROM file
         WHERE reference = ?1 ORDER BY staged_at, id",
        [reference.compact()],
        head_of,
    )
}

/// Whether each of these files waits in the batch for this form.
pub(crate) fn all_wait(
    connection: &Connection,
    batch: &KeyedHash,
    form: &str,
    ids: &[String],
) -> Result<bool, StoreError> {
    for id in ids {
        let waits = exists(
            connection,
            "SELECT 1 FROM file WHERE id = ?1 AND batch_hash = ?2 AND batch_key_id = ?3 AND form = ?4
             AND reference IS NULL",
            params![id, batch.hash, batch.key_id, form],
        )?;
        if !waits {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Moves files that wait into a record.
pub(crate) fn attach(
    connection: &Connection,
    reference: &Reference,
    ids: &[String],
) -> Result<(), StoreError> {
    for id in ids {
        execute(
            connection,
            "UPDATE file SET reference = ?2 WHERE id = ?1",
            params![id, reference.compact()],
        )?;
    }
    Ok(())
}

/// Removes all files of a record.
pub(crate) fn remove_of_record(connection: &Connection, reference: &Reference) -> Result<(), StoreError> {
    of_record(connection, reference)?.iter().try_for_each(|file| remove(connection, &file.id))
}

/// Removes what was staged before a moment and never confirmed; answers how many.
pub(crate) fn remove_staged_before(connection: &Connection, moment: i64) -> Result<u64, StoreError> {
    let ids: Vec<String> =
        all(connection, "SELECT id FROM file WHERE reference IS NULL AND staged_at < ?1", [moment], |row| {
            row.get(0)
        })?;
    ids.iter().try_for_each(|id| remove(connection, id))?;
    Ok(ids.len() as u64)
}

fn remove(connection: &Connection, id: &str) -> Result<(), StoreError> {
    execute(connection, "INSERT INTO worthless_key (id) SELECT file_key FROM file WHERE id = ?1", [id])?;
    execute(connection, "DELETE FROM file_content WHERE id = ?1", [id])?;
    execute(connection, "DELETE FROM file WHERE id = ?1", [id])?;
    Ok(())
}

fn head_of(row: &Row<'_>) -> Result<FileHead, rusqlite::Error> {
    Ok(FileHead {
        id: row.get("id")?,
        field: row.get("field")?,
        kind: row.get("kind")?,
        size_bytes: number(row, "size_bytes")?,
        digest: row.get("digest")?,
        staged_at: moment(row, "staged_at")?,
    })
}
