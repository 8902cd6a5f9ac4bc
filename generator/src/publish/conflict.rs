//! What stands in the way of new files: our own stale files give way, everything else stops the publication
//! while nothing has changed yet.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use walkdir::WalkDir;

use crate::error::EnvironmentError;

/// Refuses when a new file needs the place of something that is not ours.
pub(super) fn refuse(
    target: &Path,
    staged: &BTreeSet<Arc<str>>,
    stale: &[String],
) -> Result<(), EnvironmentError> {
    let stale: HashSet<&str> = stale.iter().map(String::as_str).collect();
    for path in staged {
        let on_disk = target.join(&**path);
        if on_disk.is_dir() {
            let foreign = WalkDir::new(&on_disk).into_iter().flatten().find(|entry| {
                !entry.file_type().is_dir()
                    && relative(target, entry.path()).is_none_or(|path| !stale.contains(path.as_str()))
            });
            if let Some(foreign) = foreign {
                return Err(EnvironmentError::InTheWay { path: foreign.into_path() });
            }
        }
        for folder in folders_of(path) {
            let on_disk = target.join(folder);
            if on_disk.symlink_metadata().is_ok_and(|found| !found.is_dir()) && !stale.contains(folder) {
                // A link to a folder may be somebody's arrangement: it is followed like a folder.
                if on_disk.is_dir() {
                    continue;
                }
                return Err(EnvironmentError::InTheWay { path: on_disk });
            }
        }
    }
    Ok(())
}

/// Divides stale files into those in the place of a new file or folder, and the rest.
pub(super) fn split(stale: Vec<String>, staged: &BTreeSet<Arc<str>>) -> (Vec<String>, Vec<String>) {
    let folders: HashSet<&str> = staged.iter().flat_map(|path| folders_of(path)).collect();
    stale.into_iter().partition(|path| {
        folders.contains(path.as_str()) || folders_of(path).any(|folder| staged.contains(folder))
    })
}

/// `a/b/c` → `a/b`, `a`.
fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(at, _)| &path[..at])
}

fn relative(target: &Path, path: &Path) -> Option<String> {
    path.strip_prefix(target).ok()?.to_str().map(|path| path.replace('\\', "/"))
}
