//! Who may touch the files: any number of stores at once, or one restore.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::open::OpenError;

const LOCK: &str = "in-use";
const UNFINISHED: &str = "restore-unfinished";

/// Says that a store has the files open, until the answer is dropped or the process ends.
pub(crate) fn shared(folder: &Path) -> Result<File, OpenError> {
    let failed = |source| OpenError::NotWritable { path: folder.join(LOCK), source };
    let lock = lock_file(folder).map_err(failed)?;
    match lock.try_lock_shared() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(OpenError::BeingRestored { path: folder.to_owned() }),
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    if unfinished(folder).exists() {
        return Err(OpenError::HalfRestored { path: folder.to_owned() });
    }
    Ok(lock)
}

/// Keeps all stores out, until the answer is dropped; nothing if one has the files open.
pub(crate) fn alone(folder: &Path) -> io::Result<Option<File>> {
    let lock = lock_file(folder)?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// A file that is there while a restore has moved some files and not all.
pub(crate) fn unfinished(folder: &Path) -> PathBuf {
    folder.join(UNFINISHED)
}

fn lock_file(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(folder.join(LOCK))
}
