//! Where a build's outputs go: into the server's memory, and with `--out` into a folder as well.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::{File, ServedSite};
use crate::error::EnvironmentError;
use crate::publish::{Entry, Publication};
use crate::sink::Sink;

/// Gathers what a build makes: for the server's memory, and for a folder.
pub(super) struct Gathering {
    before: Option<Arc<ServedSite>>,
    publication: Option<Publication>,
    files: Mutex<FxHashMap<Arc<str>, File>>,
    /// Why not all of it is in the folder.
    not_published: Mutex<Option<EnvironmentError>>,
}

impl Gathering {
    pub(super) fn new(before: Option<Arc<ServedSite>>, publication: Option<Publication>) -> Self {
        Self { before, publication, files: Mutex::default(), not_published: Mutex::default() }
    }

    /// The new files, what is to be published, and why not all of it is staged.
    pub(super) fn end(self) -> (FxHashMap<Arc<str>, File>, Option<Publication>, Option<EnvironmentError>) {
        let files = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        let not_published = self.not_published.into_inner().unwrap_or_else(PoisonError::into_inner);
        (files, self.publication, not_published)
    }

    fn add(&self, path: &Arc<str>, file: File) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(Arc::clone(path), file);
    }
}

impl Sink for Gathering {
    fn has(&self, path: &str, entry: &Entry) -> bool {
        let before = self.before.as_ref().and_then(|site| site.file(path));
        before.is_some_and(|file| file.entry == *entry)
            && self.publication.as_ref().is_none_or(|publication| publication.has(path, entry))
    }

    fn take(&self, path: &Arc<str>, bytes: Vec<u8>, entry: &Entry) -> Result<(), EnvironmentError> {
        let file = File::new(path, bytes, entry);
        if let Some(publication) = &self.publication
            && let Err(error) = publication.stage(path, &file.bytes, entry)
        {
            // What is served does not need the folder.
            self.not_published.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        self.add(path, file);
        Ok(())
    }
}
