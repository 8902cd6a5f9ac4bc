//! The cache of a published site, in a file beside its manifest.
//!
//! ```text
//! name and version of the format │ key of the program │ BLAKE3 of the rest │ targets │ documents │ outputs
//! ```
//!
//! A file that is missing, of another program, cut or changed is no cache: everything is made anew.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;

use super::{Cache, Key, Known};
use crate::check::Targets;
use crate::parse::StoredDocument;

/// Begins every file, and changes with the format.
const FORMAT: &[u8; 16] = b"zavicaj cache 1\n";
const HASH_BYTES: usize = 32;
/// What one thread reads or writes at once.
const CHUNK: usize = 512;

/// Everything but what a site says of itself again.
#[derive(BorshSerialize, BorshDeserialize)]
struct Stored {
    settings: Key,
    targets: Vec<Arc<str>>,
    /// Chunks of [`StoredDocument`], so that several threads read them.
    documents: Vec<Vec<u8>>,
    /// Chunks of outputs by their paths.
    outputs: Vec<Vec<u8>>,
}

impl Cache {
    /// Reads a cache that this program wrote.
    pub fn read(path: &Path, program: Key) -> Self {
        // Whatever is wrong with it: without a cache the build is slower, and right.
        fs::read(path).ok().and_then(|bytes| Self::from_bytes(&bytes, program)).unwrap_or_default()
    }

    /// Writes it, if it is not what was read. A kill leaves the old one, or none that counts.
    pub fn write(&self, path: &Path, program: Key) -> io::Result<()> {
        if !self.has_new_outputs && !self.documents.is_new() {
            return Ok(());
        }
        let bytes = self.to_bytes(program)?;
        let temporary = path.with_extension("new");
        let mut file = fs::File::create(&temporary)?;
        bytes.iter().try_for_each(|part| file.write_all(part))?;
        drop(file);
        fs::rename(&temporary, path)
    }

    fn from_bytes(bytes: &[u8], program: Key) -> Option<Self> {
        let rest = bytes.strip_prefix(FORMAT)?;
        let rest = rest.strip_prefix(borsh::to_vec(&program).ok()?.as_slice())?;
        let (hash, content) = rest.split_at_checked(HASH_BYTES)?;
        if blake3::hash(content).as_bytes() != hash {
            return None;
        }
        let stored: Stored = borsh::from_slice(content).ok()?;
        let documents: Vec<StoredDocument> = chunks(&stored.documents)?;
        let outputs: Vec<(Arc<str>, Known)> = chunks(&stored.outputs)?;
        let mut cache = Self { targets: Arc::new(Targets::from_list(stored.targets)), ..Self::default() };
        cache.documents.restore(stored.settings, documents);
        cache.outputs = outputs.into_iter().map(|(path, known)| (path, Arc::new(known))).collect();
        Some(cache)
    }

    /// The parts of the file, one after the other.
    fn to_bytes(&self, program: Key) -> io::Result<[Vec<u8>; 2]> {
        let (settings, documents) = self.documents.store();
        let outputs: Vec<(&Arc<str>, &Arc<Known>)> = self.outputs.iter().collect();
        let stored = Stored {
            settings,
            targets: self.targets.list(),
            documents: documents.par_chunks(CHUNK).map(borsh::to_vec).collect::<io::Result<_>>()?,
            outputs: outputs.par_chunks(CHUNK).map(borsh::to_vec).collect::<io::Result<_>>()?,
        };
        let content = borsh::to_vec(&stored)?;
        let mut head = FORMAT.to_vec();
        program.serialize(&mut head)?;
        head.extend_from_slice(blake3::hash(&content).as_bytes());
        Ok([head, content])
    }
}

fn chunks<T: BorshDeserialize + Send>(chunks: &[Vec<u8>]) -> Option<Vec<T>> {
    let read: Vec<Vec<T>> =
        chunks.par_iter().map(|chunk| borsh::from_slice(chunk)).collect::<io::Result<_>>().ok()?;
    Some(read.into_iter().flatten().collect())
}
