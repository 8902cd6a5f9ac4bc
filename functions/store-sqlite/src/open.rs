//! Opening the two databases: their folder, their files (readable by their owner only), their settings.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction};
use sealing::HashKeys;
use store::StoreError;

use crate::fresh::{self, State};
use crate::in_use;
use crate::schema::{self, KEYS, SUBMISSIONS, Schema, SchemaError};
use crate::unkeyed;
use crate::vault::Vault;

/// The database's name in its folder.
pub const FILE_NAME: &str = "submissions.sqlite3";

/// The name of the file with the keys of single records, in the same folder.
pub const KEYS_FILE_NAME: &str = "record-keys.sqlite3";

/// How long a statement waits for another program (the desk) to finish its transaction.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Between two looks whether it is this program's turn.
const TURN_PAUSE: Duration = Duration::from_millis(5);

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or file cannot be made or written.
    #[error("cannot write {}: {source}", path.display())]
    NotWritable {
        /// The folder or file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is something else than a database.
    #[error("{} is not a database; if it was one, restore a backup", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is a database of another program.
    #[error("{} is a database of another program", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The database is damaged.
    #[error("the database {} is damaged; keep the file, and restore a backup beside it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The database was there before and holds nothing now, or only its log is left.
    #[error("{} was cut off or emptied; keep what is there, and restore a backup beside it", path.display())]
    Emptied {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of this program wrote the database.
    #[error("{} was written by a newer version (schema {found}, known up to {known}): update this program", path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// Another program holds the database and does not let go.
    #[error("another program holds {} locked", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("no space is left for {}", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// There are records, and none of the keys that their content needs.
    #[error("{} holds none of the keys of the records in {}; restore the newest copy of it", keys.display(), path.display())]
    RecordKeysMissing {
        /// The database.
        path: PathBuf,
        /// The file that the keys belong in.
        keys: PathBuf,
    },
    /// A restore was cut short.
    #[error("a restore of {} was cut short; restore again", path.display())]
    HalfRestored {
        /// The folder.
        path: PathBuf,
    },
    /// A restore is running.
    #[error("{} is being restored", path.display())]
    BeingRestored {
        /// The folder.
        path: PathBuf,
    },
    /// What an older version stored could not be brought over.
    #[error("{} could not be brought to this version: {source}", path.display())]
    NotBroughtOver {
        /// The file.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
    /// SQLite failed in another way.
    #[error("cannot open {}: {source}", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

/// What a store works with.
pub(crate) struct Opened {
    pub(crate) writer: Connection,
    pub(crate) reader: Connection,
    pub(crate) vault: Vault,
    /// Held as long as the store is open.
    pub(crate) in_use: File,
}

/// Opens the databases in `folder`, making all that is missing.
pub(crate) fn open(folder: &Path, audit: &HashKeys, busy_timeout: Duration) -> Result<Opened, OpenError> {
    let path = folder.join(FILE_NAME);
    make_folder_if_missing(folder)?;
    let in_use = in_use::shared(folder)?;
    let _turn = turn(folder, &path, busy_timeout)?;
    let keys = folder.join(KEYS_FILE_NAME);
    let vault = Vault::new(open_file(folder, &keys, &KEYS, busy_timeout, |_| Ok(()))?);
    let writer = open_file(folder, &path, &SUBMISSIONS, busy_timeout, |transaction| {
        unkeyed::bring_over(transaction, audit.current(), &vault)
    })?;
    let needs_keys = writer
        .prepare("SELECT 1 FROM record WHERE record_key <> ''")
        .and_then(|mut statement| statement.exists([]))
        .map_err(|source| sqlite_error(&path, source))?;
    let has_none =
        vault.is_empty().map_err(|source| OpenError::NotBroughtOver { path: keys.clone(), source })?;
    if needs_keys && has_none {
        return Err(OpenError::RecordKeysMissing { path, keys });
    }
    let reader = open_reader(&path, busy_timeout).map_err(|source| sqlite_error(&path, source))?;
    Ok(Opened { writer, reader, vault, in_use })
}

/// Opens one of the files for writing.
pub(crate) fn open_file(
    folder: &Path,
    path: &Path,
    schema: &Schema,
    busy_timeout: Duration,
    finish: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError>,
) -> Result<Connection, OpenError> {
    let state = make_private(folder, path)?;
    if state == State::Emptied {
        return Err(OpenError::Emptied { path: path.to_owned() });
    }
    let writer = open_writer(path, schema, busy_timeout, state, finish)?;
    if state == State::New {
        keep(&writer).map_err(|source| sqlite_error(path, source))?;
        fresh::made(folder, path)
            .map_err(|source| OpenError::NotWritable { path: path.to_owned(), source })?;
    }
    Ok(writer)
}

/// Brings the new tables from the log into the file itself, so that even the file alone is known as ours.
fn keep(writer: &Connection) -> Result<(), rusqlite::Error> {
    writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn open_writer(
    path: &Path,
    schema: &Schema,
    busy_timeout: Duration,
    state: State,
    finish: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError>,
) -> Result<Connection, OpenError> {
    let failed = |source| sqlite_error(path, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(busy_timeout).map_err(failed)?;
    // SQLite falls back to reading only, without an error, where it may not write.
    if connection.is_readonly("main").map_err(failed)? {
        return Err(OpenError::NotWritable {
            path: path.to_owned(),
            source: io::Error::from(io::ErrorKind::PermissionDenied),
        });
    }
    // Before any setting that writes: what is not ours stays as it is.
    schema::check_owner(&connection, schema, state).map_err(|error| schema_error(path, error))?;
    configure(&connection).map_err(failed)?;
    let health: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(failed)?;
    if health != "ok" {
        return Err(OpenError::Damaged { path: path.to_owned() });
    }
    schema::migrate(&mut connection, schema, state, finish).map_err(|error| schema_error(path, error))?;
    Ok(connection)
}

fn configure(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Every commit is on the disk before it is answered; on macOS only fullfsync reaches the disk.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    // Erased bytes are overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A damaged or doctored file must not run functions or read past a cell.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)
}

/// Reads beside the writer (WAL), so that a receipt never waits for a queue of submissions.
fn open_reader(path: &Path, busy_timeout: Duration) -> Result<Connection, rusqlite::Error> {
    // Not SQLITE_OPEN_READ_ONLY: a WAL reader may have to make the shared-memory file.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(busy_timeout)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

fn make_folder_if_missing(folder: &Path) -> Result<(), OpenError> {
    if folder.is_dir() {
        return Ok(());
    }
    make_folder(folder).map_err(|source| OpenError::NotWritable { path: folder.to_owned(), source })
}

/// Programs that open the database at once take turns: SQLite waits for others in a transaction, but not while
/// the journal mode changes. The lock is the folder's and ends with the answer or the process.
#[cfg(unix)]
fn turn(folder: &Path, path: &Path, patience: Duration) -> Result<File, OpenError> {
    let failed = |source| OpenError::NotWritable { path: folder.to_owned(), source };
    let lock = File::open(folder).map_err(failed)?;
    let deadline = Instant::now() + patience;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(TURN_PAUSE),
            Err(TryLockError::WouldBlock) => return Err(OpenError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
    }
}

#[cfg(not(unix))]
fn turn(_folder: &Path, _path: &Path, _patience: Duration) -> Result<(), OpenError> {
    Ok(())
}

/// Makes the file for its owner only. SQLite gives its `-wal` and `-shm` files the mode of the
/// database; files that were there before are tightened.
fn make_private(folder: &Path, file: &Path) -> Result<State, OpenError> {
    let not_writable = |path: &Path, source| OpenError::NotWritable { path: path.to_owned(), source };
    let state = fresh::prepare(folder, file).map_err(|source| not_writable(file, source))?;
    for suffix in ["", "-wal", "-shm"] {
        let path = fresh::beside(file, suffix);
        if path.exists() {
            tighten(&path).map_err(|source| not_writable(&path, source))?;
        }
    }
    Ok(state)
}

#[cfg(unix)]
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn tighten(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { fs::set_permissions(path, fs::Permissions::from_mode(0o600)) }
}

#[cfg(not(unix))]
fn tighten(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn schema_error(path: &Path, error: SchemaError) -> OpenError {
    let path = path.to_owned();
    match error {
        SchemaError::Emptied => OpenError::Emptied { path },
        SchemaError::Foreign => OpenError::Foreign { path },
        SchemaError::Newer { found, known } => OpenError::NewerSchema { path, found, known },
        SchemaError::Store(source) => OpenError::NotBroughtOver { path, source },
        SchemaError::Sqlite(source) => sqlite_error(&path, source),
    }
}

pub(crate) fn sqlite_error(path: &Path, source: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::NotADatabase { path },
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked { path },
        Some(ErrorCode::DiskFull) => OpenError::Full { path },
        _ => OpenError::Failed { path, source },
    }
}
