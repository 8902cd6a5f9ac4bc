//! What happens to the sources, as the system tells it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use notify::event::{DataChange, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::error::EnvironmentError;
use crate::source::Happened;

/// The folders that are watched with all that lies below.
const FOLDERS: [&str; 2] = ["content", "themes"];

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// A file that was there was written.
    Written(String),
    /// Any source may have come, gone or changed.
    Sources,
    /// One of the watched folders came or went.
    Folders,
}

/// Changes that belong to one build.
#[derive(Debug, Default)]
pub(super) struct Changes {
    written: BTreeSet<String>,
    others: bool,
    folders: bool,
}

impl Changes {
    pub(super) fn add(&mut self, change: Change) {
        match change {
            Change::Written(path) => drop(self.written.insert(path)),
            Change::Sources => self.others = true,
            Change::Folders => self.folders = true,
        }
    }

    /// Whether files may have come or gone.
    pub(super) fn is_of_more_than_writing(&self) -> bool {
        self.others || self.folders
    }

    /// Whether the folders have to be watched anew.
    pub(super) fn are_of_folders(&self) -> bool {
        self.folders
    }

    /// What a build may rely on.
    pub(super) fn happened(&self) -> Happened {
        if self.others || self.folders { Happened::Anything } else { Happened::Written(self.written.clone()) }
    }
}

/// Watches as long as it lives.
pub(super) struct Watcher {
    root: PathBuf,
    watcher: RecommendedWatcher,
}

impl Watcher {
    /// `root` is absolute, as the events' paths are.
    pub(super) fn start(
        root: PathBuf,
        changed: mpsc::UnboundedSender<Change>,
    ) -> Result<Self, EnvironmentError> {
        let of = root.clone();
        let tell = move |event: notify::Result<Event>| {
            // Events were lost: everything is looked at.
            let changes = event.map_or_else(|_| vec![Change::Folders], |event| seen(&event, &of));
            for change in changes {
                let _ = changed.send(change);
            }
        };
        let watcher = notify::recommended_watcher(tell).map_err(|error| cannot_watch(&root, &error))?;
        let mut watcher = Self { root, watcher };
        // The folder of site.yaml is watched without what lies below it: data/, keys/, target/ change all the time.
        watcher
            .watcher
            .watch(&watcher.root, RecursiveMode::NonRecursive)
            .map_err(|error| cannot_watch(&watcher.root, &error))?;
        for folder in FOLDERS {
            watcher.watch(folder)?;
        }
        Ok(watcher)
    }

    /// content/ or themes/ is another folder under the same name now. Answers with what cannot be watched.
    pub(super) fn watch_folders_anew(&mut self) -> Vec<EnvironmentError> {
        let mut failed = Vec::new();
        for folder in FOLDERS {
            let path = self.root.join(folder);
            let _ = self.watcher.unwatch(&path);
            // A folder that is gone is told by the build that misses it.
            if path.is_dir() {
                failed.extend(self.watch(folder).err());
            }
        }
        failed
    }

    fn watch(&mut self, folder: &str) -> Result<(), EnvironmentError> {
        let path = self.root.join(folder);
        self.watcher.watch(&path, RecursiveMode::Recursive).map_err(|error| cannot_watch(&path, &error))
    }
}

fn cannot_watch(path: &Path, error: &dyn std::fmt::Display) -> EnvironmentError {
    EnvironmentError::io("watch", path, std::io::Error::other(error.to_string()))
}

fn seen(event: &Event, root: &Path) -> Vec<Change> {
    if event.need_rescan() {
        return vec![Change::Folders];
    }
    if matches!(event.kind, EventKind::Access(_)) {
        return Vec::new();
    }
    let is_write = matches!(
        event.kind,
        EventKind::Modify(ModifyKind::Data(DataChange::Any | DataChange::Size | DataChange::Content))
    );
    event.paths.iter().filter_map(|path| seen_at(path, root, is_write)).collect()
}

fn seen_at(path: &Path, root: &Path, is_write: bool) -> Option<Change> {
    if FOLDERS.iter().any(|folder| path == root.join(folder)) {
        return Some(Change::Folders);
    }
    let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let is_source = path == root.join(crate::config::FILE)
        || FOLDERS.iter().any(|folder| path.starts_with(root.join(folder)));
    if !is_source || is_hidden {
        return None;
    }
    let below = path.strip_prefix(root).ok().and_then(Path::to_str).filter(|_| is_write);
    Some(below.map_or(Change::Sources, |below| Change::Written(below.replace('\\', "/"))))
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, MetadataKind};

    use super::*;

    fn seen_of(kind: EventKind, path: &str) -> Vec<Change> {
        seen(&Event::new(kind).add_path(PathBuf::from(path)), Path::new("/site"))
    }

    #[test]
    fn only_the_writing_of_a_file_spares_the_others() {
        let write = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let written = |path: &str| vec![Change::Written(path.to_owned())];
        assert_eq!(seen_of(write, "/site/content/a/b.md"), written("content/a/b.md"));
        let create = EventKind::Create(CreateKind::File);
        assert_eq!(seen_of(create, "/site/content/a/b.md"), [Change::Sources]);
        let touch = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
        assert_eq!(seen_of(touch, "/site/content/a/b.md"), [Change::Sources]);
        assert_eq!(seen_of(write, "/site/content"), [Change::Folders]);
        assert_eq!(seen_of(write, "/site/content/.b.md.swp"), []);
        assert_eq!(seen_of(write, "/site/data/x"), []);
    }
}
