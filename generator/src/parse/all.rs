//! All documents of a site, in parallel; those whose files are as they were are not read again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Document, Labels, document};
use crate::cache::Key;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::error::EnvironmentError;
use crate::source::{Happened, Identity, PageFile};

/// Texts that are kept in memory between the two times that a build needs them; beyond, a file is read twice.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// Documents as they were parsed, with the files that they were parsed from.
#[derive(Debug, Default)]
pub struct ParsedBefore {
    /// Of what parsing depends on beside the file.
    settings: Key,
    documents: FxHashMap<String, StoredDocument>,
    /// Something is not as it was stored.
    is_new: bool,
}

/// A document with the identity of its file, to be written and read again.
pub type StoredDocument = (Identity, Arc<Document>);

impl ParsedBefore {
    /// All of them, and the key of what else they were parsed with.
    pub fn store(&self) -> (Key, Vec<&StoredDocument>) {
        (self.settings, self.documents.values().collect())
    }

    /// Whether something is not as it was stored.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// As they were stored.
    pub fn restore(&mut self, settings: Key, documents: Vec<StoredDocument>) {
        self.settings = settings;
        self.documents = documents.into_iter().map(|stored| (stored.1.path.clone(), stored)).collect();
    }
}

/// What has come of a file.
struct Parsed {
    document: Option<Arc<Document>>,
    /// Where the next build may rely on it.
    identity: Option<Identity>,
    found: Vec<Diagnostic>,
}

/// Reads all pages and parses what stands above their texts. A file that is as it was when it was parsed `before` is
/// not read; `read_at` is a moment on the machine's clock before this call, `settings` the key of `site.yaml`, `happened`
/// tells what is known of the files anyway.
pub fn documents(
    files: &[PageFile],
    config: &Config,
    labels: &BTreeMap<String, Labels>,
    before: &mut ParsedBefore,
    (settings, read_at, happened): (Key, SystemTime, &Happened),
) -> Result<(Vec<Arc<Document>>, Vec<Diagnostic>), EnvironmentError> {
    if before.settings != settings {
        *before = ParsedBefore { settings, is_new: true, ..ParsedBefore::default() };
    }
    let kept_bytes = AtomicUsize::new(0);
    let known = &before.documents;
    let parse = |file: &PageFile| -> Result<Parsed, EnvironmentError> {
        if let Some((identity, document)) = known.get(&file.path)
            && (happened.spares(file) || file.identity() == Some(*identity))
        {
            document.file.get_or_init(|| file.clone());
            kept_bytes.fetch_add(document.kept.bytes(), Ordering::Relaxed);
            let document = Some(Arc::clone(document));
            return Ok(Parsed { document, identity: Some(*identity), found: Vec::new() });
        }
        let (source, identity) = match file.read_from_disk()? {
            Ok(read) => read,
            Err(diagnostic) => {
                return Ok(Parsed { document: None, identity: None, found: vec![diagnostic] });
            }
        };
        let size = source.bytes.len();
        let keep = kept_bytes.fetch_add(size, Ordering::Relaxed) + size <= KEPT_BYTES;
        let (document, found) = document(file, &source, keep, config, labels);
        let identity = identity.filter(|identity| found.is_empty() && identity.is_settled(read_at));
        Ok(Parsed { document: document.map(Arc::new), identity, found })
    };
    let parsed: Vec<Parsed> = files.par_iter().map(parse).collect::<Result<_, EnvironmentError>>()?;
    let mut documents = Vec::with_capacity(parsed.len());
    let mut found = Vec::new();
    let mut reliable = 0;
    for Parsed { document, identity, found: mut problems } in parsed {
        if let Some((document, identity)) = document.as_ref().zip(identity) {
            reliable += 1;
            let is_known =
                before.documents.get(&document.path).is_some_and(|(_, known)| Arc::ptr_eq(known, document));
            if !is_known {
                before.is_new = true;
                before.documents.insert(document.path.clone(), (identity, Arc::clone(document)));
            }
        } else if let Some(document) = &document {
            before.is_new |= before.documents.remove(&document.path).is_some();
        }
        documents.extend(document);
        found.append(&mut problems);
    }
    if before.documents.len() > reliable {
        let there: FxHashSet<&str> = documents.iter().map(|document| document.path.as_str()).collect();
        before.is_new = true;
        before.documents.retain(|path, _| there.contains(path.as_str()));
    }
    Ok((documents, found))
}
