//! The folder in which mail that came back lies, one message per file (`new/` of a Maildir will do).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use store::{Outbox, StoreError};

use crate::bounce::{self, Notification};

/// Larger messages are not read: a notification returns the headers, or a letter of a few kilobytes.
const LIMIT_BYTES: u64 = 1_000_000;
/// In one round.
const AT_ONCE: usize = 100;
/// Where messages go that are about none of our letters, so that somebody may look at them.
const OTHERS: &str = "ostalo";

/// What one look into the folder found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// Ids and status codes of the letters that came back.
    pub bounced: Vec<(String, String)>,
    /// How many messages were about something else and were put aside.
    pub others: usize,
}

/// The folder or the store did not let a look end; the next one goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ReturnedError {
    /// The folder.
    #[error("{path}: {source}")]
    Folder {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records the notifications that lie in a folder, then removes them: they hold addresses.
pub async fn collect_returned(
    outbox: &(impl Outbox + ?Sized),
    folder: &Path,
    domain: &str,
    now: Timestamp,
) -> Result<Returned, ReturnedError> {
    let mut returned = Returned::default();
    for path in messages(folder).map_err(|source| at(folder, source))? {
        let message = match fs::metadata(&path) {
            Ok(found) if found.len() <= LIMIT_BYTES => fs::read(&path).map_err(|source| at(&path, source))?,
            Ok(_) => Vec::new(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => return Err(at(&path, source)),
        };
        let ours = match bounce::read(&message, domain) {
            Some(Notification::Harmless) => true,
            Some(Notification::Failed { id, status }) => {
                let known = outbox.bounced(&id, now, &status).await?;
                if known {
                    returned.bounced.push((id, status));
                }
                known
            }
            None => false,
        };
        if ours {
            fs::remove_file(&path).map_err(|source| at(&path, source))?;
        } else {
            put_aside(folder, &path).map_err(|source| at(&path, source))?;
            returned.others += 1;
        }
    }
    Ok(returned)
}

/// Files in the order of their names; what a mail program is still writing begins with a dot.
fn messages(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && entry.file_type()?.is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    found.truncate(AT_ONCE);
    Ok(found)
}

fn put_aside(folder: &Path, path: &Path) -> io::Result<()> {
    let others = folder.join(OTHERS);
    fs::create_dir_all(&others)?;
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    fs::rename(path, others.join(name))
}

fn at(path: &Path, source: io::Error) -> ReturnedError {
    ReturnedError::Folder { path: path.to_owned(), source }
}
