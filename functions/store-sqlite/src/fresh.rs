//! Telling a new database from one that lost its content: an empty file alone does not say which it is.
//!
//! A marker beside the database is there from before its file is made until its tables are on the disk. A file
//! without content and without marker was cut off or emptied, and is never taken for a new one.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Shorter than SQLite's smallest page: nothing can be in it.
const SMALLEST_DATABASE: u64 = 512;

/// What stands where the database belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// This program, or another at the same moment, is making it.
    New,
    /// It was made before.
    Made,
    /// It was made before and holds nothing now.
    Emptied,
}

/// Makes the database's file if there is none, for its owner only.
pub(crate) fn prepare(folder: &Path, file: &Path) -> io::Result<State> {
    // The file is looked for before the marker: whoever makes it writes them the other way round.
    if file.exists() {
        if marker(file).exists() {
            return Ok(State::New);
        }
        let length = fs::metadata(file)?.len();
        return Ok(if length < SMALLEST_DATABASE { State::Emptied } else { State::Made });
    }
    // SQLite would delete such a log, and with it what was committed to it alone.
    let log = beside(file, "-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) && !marker(file).exists() && !file.exists() {
        return Ok(State::Emptied);
    }
    for path in [&marker(file), file] {
        match new_file(path) {
            // A new file's name is on the disk only when its folder is.
            Ok(made) => made.sync_all().and_then(|()| sync(folder))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(State::New)
}

/// The tables are on the disk: from now on an empty file is a loss.
pub(crate) fn made(folder: &Path, file: &Path) -> io::Result<()> {
    match fs::remove_file(marker(file)) {
        Ok(()) => sync(folder),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// The name of a file that belongs to the database.
pub(crate) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn marker(file: &Path) -> PathBuf {
    beside(file, "-new")
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(unix)]
pub(crate) fn new_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
pub(crate) fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}
