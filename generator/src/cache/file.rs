//! The cache of a published site, in a file beside its manifest.
//!
//! ```text
//! name of the format │ key of the program │ key of the settings │ chunks … │ key of all before
//! chunk: what it holds, length, bytes
//! ```
//!
//! A file that is missing, of another program, cut or changed is no cache: everything is made anew.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;

use super::{Cache, Hasher, Key, Known};
use crate::check::Targets;
use crate::parse::StoredDocument;
use crate::source::StoredAsset;

/// Begins every file, and changes with the format.
const FORMAT: &[u8; 16] = b"zavicaj cache 4\n";
/// What one thread reads or writes at once.
const CHUNK: usize = 512;
/// Chunks that are made before they are written: few, so that memory does not hold the whole file.
const AT_ONCE: usize = 8;

/// Numbers of link targets stay for as long as a cache does, used or not; so many more than there are outputs.
const FORGOTTEN_TARGETS: usize = 100_000;

/// What a chunk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
enum Holds {
    Targets,
    Documents,
    Outputs,
    Assets,
}

#[derive(BorshSerialize, BorshDeserialize)]
struct ChunkHead {
    holds: Holds,
    bytes: u64,
}

impl Cache {
    /// Reads a cache that this program wrote.
    pub fn read(path: &Path, program: Key) -> Self {
        // Whatever is wrong with it: without a cache the build is slower, and right.
        fs::read(path).ok().and_then(|bytes| Self::from_bytes(&bytes, program)).unwrap_or_default()
    }

    /// Writes it, if it is not what was read. A kill leaves the old one, or none that counts.
    pub fn write(&self, path: &Path, program: Key) -> io::Result<()> {
        if !self.has_new_outputs && !self.documents.is_new() && !self.assets.is_new() {
            return Ok(());
        }
        let temporary = path.with_extension("new");
        let written = self.write_to(&temporary, program).and_then(|()| fs::rename(&temporary, path));
        if written.is_err() {
            // On a full disk it would be in the way of the site itself.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    fn write_to(&self, path: &Path, program: Key) -> io::Result<()> {
        let mut file = Hashed { file: fs::File::create(path)?, hasher: Hasher::default() };
        let (settings, documents) = self.documents.store();
        let outputs: Vec<(&Arc<str>, &Arc<Known>)> = self.outputs.iter().collect();
        file.write_all(FORMAT)?;
        (program, settings).serialize(&mut file)?;
        file.chunks(Holds::Targets, &self.targets.list())?;
        file.chunks(Holds::Documents, &documents)?;
        file.chunks(Holds::Outputs, &outputs)?;
        file.chunks(Holds::Assets, &self.assets.store())?;
        file.end()
    }

    fn from_bytes(bytes: &[u8], program: Key) -> Option<Self> {
        let (content, key) = bytes.split_at_checked(bytes.len().checked_sub(Key::BYTES)?)?;
        let mut rest = content.strip_prefix(FORMAT)?;
        let (of, settings): (Key, Key) = BorshDeserialize::deserialize(&mut rest).ok()?;
        if of != program || Key::of(content).as_bytes() != key {
            return None;
        }
        let mut chunks = Vec::new();
        while !rest.is_empty() {
            let head = ChunkHead::deserialize(&mut rest).ok()?;
            let (chunk, after) = rest.split_at_checked(usize::try_from(head.bytes).ok()?)?;
            chunks.push((head.holds, chunk));
            rest = after;
        }
        let targets = Targets::from_list(all(Holds::Targets, &chunks)?);
        let mut cache = Self { targets: Arc::new(targets), ..Self::default() };
        cache.documents.restore(settings, all::<StoredDocument>(Holds::Documents, &chunks)?);
        cache.assets.restore(all::<StoredAsset>(Holds::Assets, &chunks)?);
        let outputs: Vec<(Arc<str>, Known)> = all(Holds::Outputs, &chunks)?;
        // Of links that nobody has any more, too many have gathered: everything is made anew once.
        if cache.targets.list().len() > FORGOTTEN_TARGETS + 8 * outputs.len() {
            return None;
        }
        cache.outputs = outputs.into_iter().map(|(path, known)| (path, Arc::new(known))).collect();
        Some(cache)
    }
}

/// Reads everything of a kind.
fn all<T: BorshDeserialize + Send>(holds: Holds, chunks: &[(Holds, &[u8])]) -> Option<Vec<T>> {
    let of_kind = chunks.par_iter().filter(|(of, _)| *of == holds);
    let read: Vec<Vec<T>> =
        of_kind.map(|(_, chunk)| borsh::from_slice(chunk)).collect::<io::Result<_>>().ok()?;
    Some(read.into_iter().flatten().collect())
}

/// A file with the key of what was written into it.
struct Hashed {
    file: fs::File,
    hasher: Hasher,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Hashed {
    fn chunks<T: BorshSerialize + Sync>(&mut self, holds: Holds, values: &[T]) -> io::Result<()> {
        for batch in values.chunks(CHUNK * AT_ONCE) {
            let chunks: Vec<Vec<u8>> =
                batch.par_chunks(CHUNK).map(borsh::to_vec).collect::<io::Result<_>>()?;
            for chunk in chunks {
                ChunkHead { holds, bytes: chunk.len() as u64 }.serialize(self)?;
                self.write_all(&chunk)?;
            }
        }
        Ok(())
    }

    fn end(mut self) -> io::Result<()> {
        self.file.write_all(self.hasher.finish().as_bytes())
    }
}
