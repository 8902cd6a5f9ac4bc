//! Last stage: only what differs is written, and nothing at all when something is wrong.
//!
//! ```text
//! Output ─► hash ─► same as in the manifest: skipped
//!                └► else: staged beside the target, on the same file system
//! commit ─► what stands in the way? ─► marker ─► renames ─► stale files removed ─► manifest ─► marker removed
//! ```
//!
//! A kill before the renames leaves the site as it was; one between them leaves the marker with the list of the
//! new files, and the next build then trusts no manifest but looks at the files themselves. Files that no build
//! of ours wrote are never removed or replaced.

mod conflict;
mod manifest;
mod precompressed;

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use manifest::{Entry, Manifest};
pub use precompressed::MARK as PRECOMPRESSED;

use rustix::fs::{Mode, OFlags};

use crate::error::EnvironmentError;
use crate::sink::Sink;
use crate::source::AssetFile;

/// The folder of what is not for visitors; never served or uploaded.
pub const PRIVATE: &str = ".zavicaj";

/// While one waits for the disk, another writes.
const WRITERS: usize = 2;

/// A publication in progress.
#[derive(Debug)]
pub struct Publication {
    target: PathBuf,
    staging: PathBuf,
    /// The same, open: from here a path is looked up sooner than from the root.
    staging_folder: File,
    /// What there was before.
    start: Start,
    before: Manifest,
    staged: Mutex<Vec<Arc<str>>>,
    /// Held for as long as the publication runs.
    _lock: File,
    lock_path: PathBuf,
}

/// What there was before a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// No folder: the whole staging folder becomes the target.
    Nothing,
    /// An empty folder (a mount point, say): it is filled.
    Empty,
    /// An earlier publication.
    Published,
}

/// What a publication did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Published {
    /// Files written.
    pub written: usize,
    /// Files that were the same already.
    pub unchanged: usize,
    /// Files of an earlier build that are gone.
    pub removed: usize,
    /// Those of them that were pages.
    pub lost_pages: Vec<String>,
}

impl Publication {
    /// Prepares to publish into `target`.
    pub fn begin(target: &Path) -> Result<Self, EnvironmentError> {
        let start = match fs::read_dir(target).map(|mut entries| entries.next().is_none()) {
            Ok(true) => Start::Empty,
            Ok(false) if target.join(PRIVATE).is_dir() => Start::Published,
            Ok(false) => return Err(EnvironmentError::ForeignOutput { path: target.to_owned() }),
            Err(error) if error.kind() == ErrorKind::NotFound => Start::Nothing,
            Err(error) => return Err(EnvironmentError::io("write", target, error)),
        };
        let (lock_path, staging) = if start == Start::Nothing {
            let parent =
                target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            create_folder(parent)?;
            let name =
                target.file_name().map_or_else(|| "site".into(), |name| name.to_string_lossy().into_owned());
            (parent.join(format!(".{name}.zavicaj-lock")), parent.join(format!(".{name}.zavicaj-staging")))
        } else {
            create_folder(&target.join(PRIVATE))?;
            (target.join(PRIVATE).join("lock"), target.join(PRIVATE).join("staging"))
        };
        let lock = lock(&lock_path, target)?;
        let before = if start == Start::Published { Manifest::read(target)? } else { Manifest::default() };
        remove_folder(&staging)?;
        create_folder(&staging)?;
        let staging_folder =
            File::open(&staging).map_err(|error| EnvironmentError::io("read", &staging, error))?;
        Ok(Self {
            target: target.to_owned(),
            staging,
            staging_folder,
            start,
            before,
            staged: Mutex::default(),
            _lock: lock,
            lock_path,
        })
    }

    /// Stages a content, unless it is there already.
    pub fn stage(&self, path: &Arc<str>, bytes: &[u8], entry: &Entry) -> Result<(), EnvironmentError> {
        if self.has(path, entry) {
            return Ok(());
        }
        let to = || self.staging.join(&**path);
        let mut created = self.create(path);
        if created.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            create_parent(&to())?;
            created = self.create(path);
        }
        let written = created.and_then(|mut file| file.write_all(bytes));
        written.map_err(|error| EnvironmentError::io("write", &to(), error))?;
        self.is_staged(path);
        Ok(())
    }

    /// Stages a copy of a file, unless it is there already.
    fn stage_copy(&self, path: &Arc<str>, file: &AssetFile, entry: &Entry) -> Result<(), EnvironmentError> {
        if self.has(path, entry) {
            return Ok(());
        }
        let to = self.staging.join(&**path);
        create_parent(&to)?;
        file.copy_to(&to)?;
        self.is_staged(path);
        Ok(())
    }

    /// Creates a staged file, whose folder has to be there.
    fn create(&self, path: &str) -> std::io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(&self.staging_folder, path, flags, Mode::from_raw_mode(0o666))?))
    }

    fn create_staged_folder(&self, folder: &str) -> Result<(), EnvironmentError> {
        match rustix::fs::mkdirat(&self.staging_folder, folder, Mode::from_raw_mode(0o777)) {
            Ok(()) => Ok(()),
            // It is there already, or one above it is not.
            Err(_) => create_folder(&self.staging.join(folder)),
        }
    }

    fn is_staged(&self, path: &Arc<str>) {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(path));
    }

    /// Puts everything in place. Until here nothing in the target has changed.
    ///
    /// `outputs` are all that there shall be: staged, or there from before. A private file without content is removed.
    /// `meanwhile` may write more of them into the private folder.
    pub fn commit(
        self,
        outputs: &[(Arc<str>, Entry)],
        private_files: &[(&str, Option<Vec<u8>>)],
        meanwhile: impl FnOnce(&Path) + Send,
    ) -> Result<Published, EnvironmentError> {
        let after = Manifest::new(outputs.iter().cloned().collect());
        let staged = std::mem::take(&mut *self.staged.lock().unwrap_or_else(PoisonError::into_inner));
        let stale = self.before.paths_not_in(&after);
        let published = Published {
            written: staged.len(),
            unchanged: after.len().saturating_sub(staged.len()),
            removed: stale.len(),
            lost_pages: stale.iter().filter(|path| path.ends_with(".html")).cloned().collect(),
        };
        let staged: BTreeSet<Arc<str>> = match self.start {
            Start::Nothing => BTreeSet::new(),
            Start::Empty | Start::Published => {
                let staged = staged.into_iter().collect();
                conflict::refuse(&self.target, &staged, &stale)?;
                staged
            }
        };
        let private = if self.start == Start::Nothing { &self.staging } else { &self.target }.join(PRIVATE);
        create_folder(&private)?;
        let manifest = || (after != self.before).then(|| manifest::json(&private, &after)).transpose();
        let (manifest, ()) = rayon::join(manifest, || meanwhile(&private));
        let manifest = manifest?;
        let write_manifest = || match &manifest {
            Some(text) => write(&private.join(manifest::FILE), text),
            None => Ok(()),
        };
        if self.start == Start::Nothing {
            write_all(&private, private_files)?;
            write_manifest()?;
            rename(&self.staging, &self.target)?;
            return Ok(published);
        }
        let marker = manifest::marker(&self.target);
        if !staged.is_empty() || !stale.is_empty() {
            write(&marker, &manifest::json(&marker, &after.paths())?)?;
        }
        // What is stale and stands where a folder or file has to be goes first; the rest stays until the new pages
        // that no longer need it are in place.
        let (in_the_way, rest) = conflict::split(stale, &staged);
        remove_stale(&self.target, &in_the_way)?;
        for path in &staged {
            let to = self.target.join(&**path);
            if let Some(parent) = to.parent() {
                create_folder(parent)?;
            }
            rename(&self.staging.join(&**path), &to)?;
        }
        remove_stale(&self.target, &rest)?;
        write_all(&private, private_files)?;
        write_manifest()?;
        remove_file(&marker)?;
        Ok(published)
    }
}

/// Called from several threads.
impl Sink for Publication {
    fn has(&self, path: &str, entry: &Entry) -> bool {
        self.before.has(&self.target, path, entry)
    }

    /// A publication over another one writes little.
    fn writers(&self) -> usize {
        if self.start == Start::Published { 0 } else { WRITERS }
    }

    /// Folders are made ahead, where all are new: a file system reads much for each, and holds the folder above
    /// meanwhile. What cannot be made is told by the output that needs it.
    fn expect(&self, paths: &mut dyn Iterator<Item = &str>) {
        if self.start == Start::Published {
            return;
        }
        let mut last = "";
        for path in paths {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if folder != last && self.create_staged_folder(folder).is_err() {
                return;
            }
            last = folder;
        }
    }

    fn take(&self, path: &Arc<str>, bytes: Vec<u8>, entry: &Entry) -> Result<(), EnvironmentError> {
        self.stage(path, &bytes, entry)
    }

    fn copy(&self, path: &Arc<str>, file: &AssetFile, entry: &Entry) -> Result<(), EnvironmentError> {
        self.stage_copy(path, file, entry)
    }
}

impl Drop for Publication {
    /// Nothing is left behind, neither by a build that failed nor by one that is done.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.staging);
        match self.start {
            Start::Nothing => {
                let _ = fs::remove_file(&self.lock_path);
            }
            // A build that failed leaves the empty folder empty.
            Start::Empty if !self.target.join(PRIVATE).join("manifest.json").exists() => {
                let _ = fs::remove_file(&self.lock_path);
                let _ = fs::remove_dir(self.target.join(PRIVATE));
            }
            Start::Empty | Start::Published => {}
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

fn create_parent(path: &Path) -> Result<(), EnvironmentError> {
    path.parent().map_or(Ok(()), create_folder)
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

fn remove_stale(target: &Path, paths: &[String]) -> Result<(), EnvironmentError> {
    for path in paths {
        remove_file(&target.join(path))?;
        remove_empty_parents(target, path);
    }
    Ok(())
}

fn remove_file(path: &Path) -> Result<(), EnvironmentError> {
    match fs::remove_file(path) {
        // Gone already, with its folder perhaps.
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(EnvironmentError::io("remove", path, error))
        }
        _ => Ok(()),
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

fn write_all(folder: &Path, files: &[(&str, Option<Vec<u8>>)]) -> Result<(), EnvironmentError> {
    files.iter().try_for_each(|(name, bytes)| match bytes {
        Some(bytes) => write(&folder.join(name), bytes),
        None => remove_file(&folder.join(name)),
    })
}

/// Replaces a file, or leaves it alone if it is the same; a power cut leaves the old or the new one.
fn write(path: &Path, bytes: &[u8]) -> Result<(), EnvironmentError> {
    let failed = |error| EnvironmentError::io("write", path, error);
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let temporary = path.with_extension("new");
    let mut file = File::create(&temporary).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&temporary, path).map_err(failed)
}
