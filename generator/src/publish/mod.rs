//! Last stage: only what differs is written, and nothing at all when something is wrong.
//!
//! ```text
//! Output ─► hash ─► same as in the manifest: skipped
//!                └► else: staged beside the target, on the same file system
//! commit ─► marker ─► renames ─► stale files pruned ─► manifest ─► marker removed
//! ```
//!
//! A kill before the renames leaves the site as it was; one between them leaves the marker, and the next build
//! then trusts no manifest but looks at the files themselves.

mod manifest;

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

pub use manifest::Manifest;

use crate::error::EnvironmentError;
use crate::render::Output;

/// The folder of what is not for visitors; never served or uploaded.
pub const PRIVATE: &str = ".zavicaj";

/// A publication in progress.
#[derive(Debug)]
pub struct Publication {
    target: PathBuf,
    staging: PathBuf,
    /// Nothing was there: the whole staging folder becomes the target.
    is_first: bool,
    before: Manifest,
    after: Mutex<BTreeMap<String, manifest::Entry>>,
    staged: Mutex<Vec<String>>,
    /// Held for as long as the publication runs.
    _lock: File,
}

/// What a publication did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Published {
    /// Files written.
    pub written: usize,
    /// Files that were the same already.
    pub unchanged: usize,
    /// Files of an earlier build that are gone.
    pub removed: usize,
}

impl Publication {
    /// Prepares to publish into `target`.
    pub fn begin(target: &Path) -> Result<Self, EnvironmentError> {
        let is_first = match fs::read_dir(target) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) => return Err(EnvironmentError::io("write", target, error)),
        };
        let private = target.join(PRIVATE);
        if !is_first && !private.is_dir() {
            return Err(EnvironmentError::ForeignOutput { path: target.to_owned() });
        }
        let (lock, staging) = if is_first {
            let parent =
                target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            create_folder(parent)?;
            let name =
                target.file_name().map_or_else(|| "site".into(), |name| name.to_string_lossy().into_owned());
            let staging = parent.join(format!(".{name}.zavicaj-staging"));
            let lock = lock(&parent.join(format!(".{name}.zavicaj-lock")), target)?;
            (lock, staging)
        } else {
            (lock(&private.join("lock"), target)?, private.join("staging"))
        };
        remove_folder(&staging)?;
        create_folder(&staging)?;
        let before = if is_first { Manifest::default() } else { Manifest::read(target)? };
        Ok(Self {
            target: target.to_owned(),
            staging,
            is_first,
            before,
            after: Mutex::default(),
            staged: Mutex::default(),
            _lock: lock,
        })
    }

    /// Takes an output; called from several threads.
    pub fn add(&self, output: &Output) -> Result<(), EnvironmentError> {
        let entry = manifest::Entry::of(&output.bytes);
        let same = self.before.has(&self.target, &output.path, &entry);
        if !same {
            let path = self.staging.join(&output.path);
            if let Some(parent) = path.parent() {
                create_folder(parent)?;
            }
            fs::write(&path, &output.bytes).map_err(|error| EnvironmentError::io("write", &path, error))?;
            self.staged.lock().unwrap_or_else(PoisonError::into_inner).push(output.path.clone());
        }
        self.after.lock().unwrap_or_else(PoisonError::into_inner).insert(output.path.clone(), entry);
        Ok(())
    }

    /// Puts everything in place. Until here nothing in the target has changed.
    pub fn commit(self, private_files: &[(&str, Vec<u8>)]) -> Result<Published, EnvironmentError> {
        let after =
            Manifest::new(std::mem::take(&mut *self.after.lock().unwrap_or_else(PoisonError::into_inner)));
        let mut staged = std::mem::take(&mut *self.staged.lock().unwrap_or_else(PoisonError::into_inner));
        staged.sort();
        let unchanged = after.len() - staged.len();
        if self.is_first {
            let private = self.staging.join(PRIVATE);
            create_folder(&private)?;
            for (name, bytes) in private_files {
                write(&private.join(name), bytes)?;
            }
            after.write(&self.staging)?;
            // An empty folder gives way; anything else was refused at the start.
            if self.target.exists() {
                fs::remove_dir(&self.target)
                    .map_err(|error| EnvironmentError::io("write", &self.target, error))?;
            }
            rename(&self.staging, &self.target)?;
            return Ok(Published { written: staged.len(), unchanged, removed: 0 });
        }
        let stale = self.before.paths_not_in(&after);
        let marker = manifest::marker(&self.target);
        if !staged.is_empty() || !stale.is_empty() {
            write(&marker, b"A publication was begun; the next build completes it.\n")?;
        }
        // Pages before the assets they name are gone would show holes: new files first, removals last.
        for path in &staged {
            let to = self.target.join(path);
            if let Some(parent) = to.parent() {
                make_room(&self.target, parent)?;
            }
            if to.is_dir() {
                self.prune_folder(&to, &after)?;
            }
            rename(&self.staging.join(path), &to)?;
        }
        for path in &stale {
            remove_file(&self.target.join(path))?;
            remove_empty_parents(&self.target, path);
        }
        for (name, bytes) in private_files {
            write(&self.target.join(PRIVATE).join(name), bytes)?;
        }
        if after != self.before {
            after.write(&self.target)?;
        }
        remove_file(&marker)?;
        remove_folder(&self.staging)?;
        Ok(Published { written: staged.len(), unchanged, removed: stale.len() })
    }

    /// A folder stands where a file has to be: our own files in it are stale, others stay and stop the build.
    fn prune_folder(&self, folder: &Path, after: &Manifest) -> Result<(), EnvironmentError> {
        for path in self.before.paths_not_in(after) {
            let on_disk = self.target.join(&path);
            if on_disk.starts_with(folder) {
                remove_file(&on_disk)?;
                remove_empty_parents(&self.target, &path);
            }
        }
        Ok(())
    }
}

impl Drop for Publication {
    /// Nothing is left behind by a build that failed. (After a commit there is no staging folder.)
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.staging);
        if self.is_first
            && let (Some(parent), Some(name)) = (self.staging.parent(), self.target.file_name())
        {
            let _ = fs::remove_file(parent.join(format!(".{}.zavicaj-lock", name.to_string_lossy())));
        }
    }
}

fn lock(path: &Path, target: &Path) -> Result<File, EnvironmentError> {
    let file = File::create(path).map_err(|error| EnvironmentError::io("write", path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(EnvironmentError::OutputLocked { path: target.to_owned() }),
        Err(TryLockError::Error(error)) => Err(EnvironmentError::io("write", path, error)),
    }
}

/// A file stands where a folder has to be: it is stale and gives way.
fn make_room(target: &Path, folder: &Path) -> Result<(), EnvironmentError> {
    for part in folder.ancestors().take_while(|part| part.starts_with(target) && *part != target) {
        if part.is_file() {
            remove_file(part)?;
        }
    }
    create_folder(folder)
}

fn create_folder(path: &Path) -> Result<(), EnvironmentError> {
    fs::create_dir_all(path).map_err(|error| EnvironmentError::io("write", path, error))
}

fn remove_folder(path: &Path) -> Result<(), EnvironmentError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(EnvironmentError::io("remove", path, error)),
        _ => Ok(()),
    }
}

fn remove_file(path: &Path) -> Result<(), EnvironmentError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        // Gone already; or this build put a file where its folder was, or a folder where it was.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
            ) =>
        {
            Ok(())
        }
        Err(error) => Err(EnvironmentError::io("remove", path, error)),
    }
}

fn remove_empty_parents(target: &Path, path: &str) {
    let mut folder = target.join(path);
    while folder.pop() && folder != target {
        // Fails for a folder that is not empty, which is the end of the climb.
        if fs::remove_dir(&folder).is_err() {
            break;
        }
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), EnvironmentError> {
    fs::rename(from, to).map_err(|error| EnvironmentError::io("write", to, error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), EnvironmentError> {
    let failed = |error| EnvironmentError::io("write", path, error);
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let temporary = path.with_extension("new");
    fs::write(&temporary, bytes).map_err(failed)?;
    fs::rename(&temporary, path).map_err(failed)
}
