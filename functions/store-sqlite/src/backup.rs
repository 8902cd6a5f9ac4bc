//! A copy of both databases while they are in use.
//!
//! The database is copied first: every key that it needs was on the disk before its record, so it is in the copy
//! of the keys, unless its record was erased meanwhile; then that copy says so.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use crate::fresh::{beside, new_file};
use crate::open::{self, BUSY_TIMEOUT, FILE_NAME, KEYS_FILE_NAME, OpenError};

/// What is added to the name of a backup for the keys that belong to it.
pub const KEYS_SUFFIX: &str = ".keys";

/// Holds the moment of the newest backup.
const LAST_BACKUP: &str = "last-backup";

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("there is no database in {}", folder.display())]
    NoDatabase {
        /// The folder.
        folder: PathBuf,
    },
    /// A file with this name is there already; backups are never overwritten.
    #[error("{} is there already; choose another name", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The copy cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The database cannot be read.
    #[error(transparent)]
    Database(#[from] OpenError),
}

/// The two files of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// What people sent.
    pub file: PathBuf,
    /// The keys without which it is useless. Only the newest is to be kept.
    pub keys: PathBuf,
    /// How many records it holds, erased ones not counted.
    pub records: u64,
}

/// Writes `file` and `file` + [`KEYS_SUFFIX`], both for their owner only and on the disk when this answers.
///
/// Stores may write meanwhile: each of the two is of one moment. A stop in between leaves no file with these
/// names that is not whole.
pub fn backup(folder: &Path, file: &Path, now: Timestamp) -> Result<Backup, BackupError> {
    let keys = beside(file, KEYS_SUFFIX);
    for path in [file, &keys] {
        if path.exists() {
            return Err(BackupError::Exists { path: path.to_owned() });
        }
    }
    let (database, database_keys) = (folder.join(FILE_NAME), folder.join(KEYS_FILE_NAME));
    if !database.exists() || !database_keys.exists() {
        return Err(BackupError::NoDatabase { folder: folder.to_owned() });
    }
    let part = copy(&database, file)?;
    let keys_part = copy(&database_keys, &keys)?;
    let records = count(&part)?;
    for (part, path) in [(&keys_part, &keys), (&part, &file.to_owned())] {
        fs::rename(part, path).map_err(|source| not_writable(path, source))?;
    }
    sync_folder_of(file).map_err(|source| not_writable(file, source))?;
    let noted = folder.join(LAST_BACKUP);
    note(&noted, now).map_err(|source| not_writable(&noted, source))?;
    Ok(Backup { file: file.to_owned(), keys, records })
}

/// Writes beside the place and renames: what is read is never half a moment.
fn note(path: &Path, now: Timestamp) -> io::Result<()> {
    let part = beside(path, ".part");
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    new_file(&part)?.write_all(format!("{now}\n").as_bytes())?;
    fs::rename(&part, path)
}

/// When the newest backup of the databases in `folder` was made; nothing if there is none, or nobody can say.
pub fn last_backup(folder: &Path) -> Option<Timestamp> {
    fs::read_to_string(folder.join(LAST_BACKUP)).ok()?.trim().parse().ok()
}

/// Copies one database, as it is at one moment, beside the place of its copy.
fn copy(from: &Path, to: &Path) -> Result<PathBuf, BackupError> {
    let part = beside(to, ".part");
    let written = |source| not_writable(&part, source);
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(written(error)),
        _ => {}
    }
    let made = new_file(&part).map_err(written)?;
    let failed = |source| BackupError::Database(open::sqlite_error(from, source));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(from, flags).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    let name = part.to_str().ok_or_else(|| written(io::Error::from(io::ErrorKind::InvalidFilename)))?;
    connection.execute("VACUUM INTO ?1", [name]).map_err(failed)?;
    made.sync_all().map_err(written)?;
    Ok(part)
}

fn count(copy: &Path) -> Result<u64, BackupError> {
    let count = || {
        let connection = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let sql = "SELECT count(*) FROM record WHERE erased_at IS NULL";
        connection.query_row(sql, [], |row| crate::sql::number(row, 0))
    };
    count().map_err(|source| BackupError::Database(open::sqlite_error(copy, source)))
}

fn not_writable(path: &Path, source: io::Error) -> BackupError {
    BackupError::NotWritable { path: path.to_owned(), source }
}

/// A new name is on the disk only when its folder is.
pub(crate) fn sync_folder_of(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
