//! A backup put in the place of the databases; what was erased since stays erased.
//!
//! ```text
//! FILE, FILE.keys ─► copies beside the place ─► opened, checked, brought to this version
//!   journals of FILE, FILE.keys and what lies in the place ─► erased again, keys deleted
//!   ─► marker ─► what lies in the place is moved aside ─► the copies get its names ─► marker gone
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use sealing::HashKeys;
use store::{Changed, Erasure, Reference, StoreError, to_nanoseconds};

use crate::backup::{KEYS_SUFFIX, sync_folder_of};
use crate::fresh::{beside, new_file};
use crate::open::{FILE_NAME, KEYS_FILE_NAME, OpenError};
use crate::sql::{all, moment, reference as reference_of};
use crate::vault::Worthless;
use crate::{SqliteStore, in_use};

/// What the audit line of a record says that a restore erased again.
const EVENT_ERASED_AGAIN: &str = "erased again after restore";

/// What the names of folders begin with in which a restore keeps what lay in the place before.
const ASIDE: &str = "before-restore-";

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A file of the backup is missing.
    #[error("there is no {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A program has the databases open.
    #[error("a program has {} open; stop it first", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// Files cannot be copied or moved.
    #[error("cannot write {}: {source}", path.display())]
    NotWritable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The backup cannot be used.
    #[error("this backup cannot be used: {0}")]
    Unusable(OpenError),
    /// What was erased could not be erased again.
    #[error("what was erased since could not be erased again: {0}")]
    NotErased(StoreError),
}

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// How many records there are now, erased ones not counted.
    pub records: u64,
    /// Which records were erased again: the backup was older than their erasure.
    pub erased_again: Vec<Reference>,
    /// Records whose content cannot be opened: the keys are older than the database.
    pub without_key: Vec<Reference>,
    /// Where the databases lie that were in the place before.
    pub moved_aside: Option<PathBuf>,
}

/// Puts the backup `file`, with `keys` (or `file` + [`KEYS_SUFFIX`]), into `folder`; no store may be open there.
///
/// What lies in the folder is moved aside whole, never deleted. A stop in between is noticed at the next start,
/// and restoring again completes it.
pub fn restore(
    folder: &Path,
    file: &Path,
    keys: Option<&Path>,
    audit: HashKeys,
    now: Timestamp,
) -> Result<Restored, RestoreError> {
    let keys = keys.map_or_else(|| beside(file, KEYS_SUFFIX), Path::to_owned);
    for path in [file, &keys] {
        if !path.is_file() {
            return Err(RestoreError::Missing { path: path.to_owned() });
        }
    }
    fs::create_dir_all(folder).map_err(|source| not_writable(folder, source))?;
    let Some(_alone) = in_use::alone(folder).map_err(|source| not_writable(folder, source))? else {
        return Err(RestoreError::InUse { folder: folder.to_owned() });
    };
    let work = folder.join("restoring");
    remove_folder(&work)?;
    make_folder(&work)?;
    copy(file, &work.join(FILE_NAME))?;
    copy(&keys, &work.join(KEYS_FILE_NAME))?;

    let mut erased = Vec::new();
    for journal in erased_in(&work) {
        erased.extend(journal.map_err(RestoreError::Unusable)?);
    }
    // What lies in the place, or was moved aside before, may be damaged; what it still tells counts.
    for earlier in std::iter::once(folder.to_owned()).chain(moved_aside(folder)?) {
        erased.extend(erased_in(&earlier).into_iter().flatten().flatten());
    }
    let mut restored = erase_again(&work, audit, &erased, now)?;
    restored.moved_aside = swap(folder, &work, now)?;
    Ok(restored)
}

/// Opens the copies as a store would, and erases what the journals say.
fn erase_again(
    work: &Path,
    audit: HashKeys,
    erased: &[(Reference, Timestamp)],
    now: Timestamp,
) -> Result<Restored, RestoreError> {
    let store = SqliteStore::open(work, audit).map_err(RestoreError::Unusable)?;
    let tools = store.tools();
    let failed = RestoreError::NotErased;
    let mut connection = store
        .writer
        .connection
        .try_lock()
        .map_err(|_| failed(StoreError::Busy("the copy is in use".to_owned())))?;
    let transaction = connection.transaction().map_err(|error| failed(crate::failure::store_error(error)))?;
    let mut erased_again = Vec::new();
    for (reference, _) in erased {
        let erasure = Erasure {
            reference: reference.clone(),
            version: None,
            at: now,
            event: EVENT_ERASED_AGAIN.to_owned(),
            uses: None,
            messages: Vec::new(),
        };
        if let Changed::Done(_) = crate::erase::erase(&transaction, &tools, &erasure).map_err(failed)? {
            erased_again.push(reference.clone());
        }
    }
    let mut worthless = crate::erase::worthless(&transaction).map_err(failed)?;
    // Also what this backup never held: a later restore may bring it.
    for (reference, at) in erased {
        let at = to_nanoseconds(*at).map_err(failed)?;
        worthless.push(Worthless { id: String::new(), erased: Some((reference.clone(), at)) });
    }
    tools.vault.delete(&worthless).map_err(failed)?;
    crate::sql::execute(&transaction, "DELETE FROM worthless_key", []).map_err(failed)?;
    transaction.commit().map_err(|error| failed(crate::failure::store_error(error)))?;

    let records: Vec<(Reference, String)> = all(
        &connection,
        "SELECT reference, record_key FROM record WHERE erased_at IS NULL ORDER BY reference",
        [],
        |row| Ok((reference_of(row, "reference")?, row.get("record_key")?)),
    )
    .map_err(failed)?;
    let mut without_key = Vec::new();
    for (reference, key) in &records {
        if tools.vault.key_if_any(key).map_err(failed)?.is_none() {
            without_key.push(reference.clone());
        }
    }
    let records = u64::try_from(records.len()).unwrap_or(u64::MAX);
    Ok(Restored { records, erased_again, without_key, moved_aside: None })
}

/// Where earlier restores moved what lay in the place.
fn moved_aside(folder: &Path) -> Result<Vec<PathBuf>, RestoreError> {
    let failed = |source| not_writable(folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_string_lossy().starts_with(ASIDE) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// What each of the two files in a folder says was erased.
fn erased_in(folder: &Path) -> [Result<Vec<(Reference, Timestamp)>, OpenError>; 2] {
    [
        journal_of(&folder.join(FILE_NAME), "erasure", "SELECT reference, at FROM erasure ORDER BY at"),
        journal_of(&folder.join(KEYS_FILE_NAME), "erased", "SELECT reference, at FROM erased ORDER BY at"),
    ]
}

fn journal_of(path: &Path, table: &str, sql: &str) -> Result<Vec<(Reference, Timestamp)>, OpenError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let read = || {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // A database of the first version has no journal.
        let mut has_journal = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?1")?;
        if !has_journal.exists([table])? {
            return Ok(Vec::new());
        }
        let mut statement = connection.prepare(sql)?;
        let rows =
            statement.query_map([], |row| Ok((reference_of(row, "reference")?, moment(row, "at")?)))?;
        rows.collect()
    };
    read().map_err(|source| crate::open::sqlite_error(path, source))
}

/// Moves what is in the place aside, and the copies into the place; answers where the former lies now.
fn swap(folder: &Path, work: &Path, now: Timestamp) -> Result<Option<PathBuf>, RestoreError> {
    let marker = in_use::unfinished(folder);
    if !marker.exists() {
        new_file(&marker)
            .and_then(|file| file.sync_all())
            .and_then(|()| sync_folder_of(&marker))
            .map_err(|source| not_writable(&marker, source))?;
    }
    let aside = folder.join(format!("{ASIDE}{}", now.strftime("%Y%m%dT%H%M%SZ")));
    let mut moved_aside = None;
    for name in [FILE_NAME, KEYS_FILE_NAME] {
        for suffix in ["", "-wal", "-shm", "-new"] {
            let file = beside(&folder.join(name), suffix);
            if file.exists() {
                make_folder(&aside)?;
                moved_aside = Some(aside.clone());
                rename(&file, &beside(&aside.join(name), suffix))?;
            }
        }
    }
    for name in [KEYS_FILE_NAME, FILE_NAME] {
        for suffix in ["-wal", ""] {
            let file = beside(&work.join(name), suffix);
            if file.exists() {
                rename(&file, &beside(&folder.join(name), suffix))?;
            }
        }
    }
    sync_folder_of(&marker).map_err(|source| not_writable(folder, source))?;
    fs::remove_file(&marker).map_err(|source| not_writable(&marker, source))?;
    remove_folder(work)?;
    Ok(moved_aside)
}

fn copy(from: &Path, to: &Path) -> Result<(), RestoreError> {
    let mut source = fs::File::open(from).map_err(|source| not_writable(from, source))?;
    let failed = |source| not_writable(to, source);
    let mut target = new_file(to).map_err(failed)?;
    io::copy(&mut source, &mut target).map_err(failed)?;
    target.sync_all().map_err(failed)
}

fn rename(from: &Path, to: &Path) -> Result<(), RestoreError> {
    fs::rename(from, to).map_err(|source| not_writable(to, source))
}

fn make_folder(folder: &Path) -> Result<(), RestoreError> {
    crate::open::make_folder(folder).map_err(|source| not_writable(folder, source))
}

fn remove_folder(folder: &Path) -> Result<(), RestoreError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(not_writable(folder, error)),
        _ => Ok(()),
    }
}

fn not_writable(path: &Path, source: io::Error) -> RestoreError {
    RestoreError::NotWritable { path: path.to_owned(), source }
}
