//! Files that are published as they are: pictures, documents, drawings. A site has gigabytes of them; of each it is known
//! what the site has to know, and its bytes are read only when that is not known, or to be published.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::kind::{self, HEAD_BYTES, TAIL_BYTES};
use super::{CONTENT, FILE_LIMIT_BYTES, Identity, problems};
use crate::cache::{Hasher, Key};
use crate::diagnostic::Diagnostic;
use crate::error::EnvironmentError;

/// What one thread reads of a file at once.
const PIECE_BYTES: usize = 256 * 1024;

/// A file that is published as it is.
#[derive(Debug)]
pub struct AssetFile {
    /// Path below `content/`, NFC, with `/`.
    pub path: String,
    /// What is in it.
    pub facts: AssetFacts,
    on_disk: PathBuf,
    /// Of the file that the facts are about.
    identity: Option<Identity>,
}

/// What a site has to know of such a file.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct AssetFacts {
    /// Its size.
    pub bytes: u64,
    /// Of its content.
    pub key: Key,
    /// Width and height in pixels, if it is a picture whose head tells them.
    pub pixels: Option<(u32, u32)>,
    /// Whether it is a web page, whatever its name says.
    pub is_page: bool,
    /// Whether its content is what its name says, as far as that can be seen.
    pub fits_name: bool,
}

impl AssetFacts {
    /// Of a content.
    #[cfg(test)]
    pub fn of(path: &str, bytes: &[u8]) -> Self {
        facts(path, &mut io::Cursor::new(bytes)).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl AssetFile {
    /// Its bytes, as the facts tell them.
    pub fn read(&self) -> Result<Vec<u8>, EnvironmentError> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.facts.bytes).unwrap_or_default());
        self.pieces(|piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// Copies it to a new file.
    pub fn copy_to(&self, to: &Path) -> Result<(), EnvironmentError> {
        let failed = |error| EnvironmentError::io("write", to, error);
        let mut copy = File::create(to).map_err(failed)?;
        self.pieces(|piece| copy.write_all(piece).map_err(failed))
    }

    /// Hands its bytes on piece by piece. That they are not what the facts tell is seen at the end.
    fn pieces(
        &self,
        mut take: impl FnMut(&[u8]) -> Result<(), EnvironmentError>,
    ) -> Result<(), EnvironmentError> {
        let failed = |error| EnvironmentError::io("read", &self.on_disk, error);
        let mut file = File::open(&self.on_disk).map_err(failed)?;
        let mut hasher = Hasher::default();
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let length = file.read(&mut piece).map_err(failed)?;
            if length == 0 {
                break;
            }
            hasher.update(&piece[..length]);
            take(&piece[..length])?;
        }
        if hasher.finish() == self.facts.key {
            Ok(())
        } else {
            Err(EnvironmentError::SourceChanged { path: Path::new(CONTENT).join(&self.path) })
        }
    }
}

/// The facts of files, by their paths, with the identities of those that can be told from any later content.
#[derive(Debug, Default)]
pub struct AssetsBefore {
    known: FxHashMap<String, (Identity, AssetFacts)>,
    /// Something is not as it was stored.
    is_new: bool,
}

/// A file's facts, to be written and read again.
pub type StoredAsset = (String, Identity, AssetFacts);

impl AssetsBefore {
    /// All of them.
    pub fn store(&self) -> Vec<(&String, &Identity, &AssetFacts)> {
        self.known.iter().map(|(path, (identity, facts))| (path, identity, facts)).collect()
    }

    /// Whether something is not as it was stored.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// As they were stored.
    pub fn restore(&mut self, assets: Vec<StoredAsset>) {
        self.known = assets.into_iter().map(|(path, identity, facts)| (path, (identity, facts))).collect();
    }
}

/// All files that are published as they are; those that are what they were `before` are not read. `read_at` is a moment
/// on the machine's clock before this call.
pub(super) fn read_all(
    paths: Vec<(String, PathBuf)>,
    before: &mut AssetsBefore,
    read_at: SystemTime,
    found: &mut Vec<Diagnostic>,
) -> Result<Vec<Arc<AssetFile>>, EnvironmentError> {
    let known = &before.known;
    let read: Vec<Result<AssetFile, Diagnostic>> = paths
        .into_par_iter()
        .map(|(path, on_disk)| read_one(path, on_disk, known))
        .collect::<Result<_, EnvironmentError>>()?;
    let mut files = Vec::with_capacity(read.len());
    for file in read {
        match file {
            Ok(file) => files.push(Arc::new(file)),
            Err(diagnostic) => found.push(diagnostic),
        }
    }
    for file in &files {
        let settled = file.identity.filter(|identity| identity.is_settled(read_at));
        let is_known = |(of, _): &(Identity, AssetFacts)| Some(*of) == settled;
        if before.known.get(&file.path).is_some_and(is_known) {
            continue;
        }
        before.is_new |= match settled {
            Some(identity) => {
                before.known.insert(file.path.clone(), (identity, file.facts.clone()));
                true
            }
            None => before.known.remove(&file.path).is_some(),
        };
    }
    if before.known.len() > files.len() {
        let there: FxHashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        before.known.retain(|path, _| there.contains(path.as_str()));
        before.is_new = true;
    }
    Ok(files)
}

fn read_one(
    path: String,
    on_disk: PathBuf,
    known: &FxHashMap<String, (Identity, AssetFacts)>,
) -> Result<Result<AssetFile, Diagnostic>, EnvironmentError> {
    let failed = |error| EnvironmentError::io("read", &on_disk, error);
    let data = std::fs::symlink_metadata(&on_disk).map_err(failed)?;
    if let Some((identity, facts)) = known.get(&path)
        && Identity::of(&data) == Some(*identity)
    {
        return Ok(Ok(AssetFile { path, facts: facts.clone(), on_disk, identity: Some(*identity) }));
    }
    let mut file = File::open(&on_disk).map_err(failed)?;
    let data = file.metadata().map_err(failed)?;
    if data.len() > FILE_LIMIT_BYTES {
        return Ok(Err(problems::too_large(&format!("{CONTENT}/{path}"), data.len(), FILE_LIMIT_BYTES)));
    }
    let facts = facts(&path, &mut file).map_err(failed)?;
    Ok(Ok(AssetFile { path, facts, on_disk, identity: Identity::of(&data) }))
}

/// Reads a file once, and the head of a picture.
fn facts(path: &str, file: &mut (impl Read + Seek)) -> io::Result<AssetFacts> {
    let mut hasher = Hasher::default();
    let (mut head, mut tail, mut bytes) = (Vec::new(), Vec::new(), 0_u64);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            break;
        }
        let read = &piece[..length];
        hasher.update(read);
        bytes += length as u64;
        head.extend_from_slice(&read[..length.min(HEAD_BYTES - head.len())]);
        tail.extend_from_slice(read);
        tail.drain(..tail.len().saturating_sub(TAIL_BYTES));
    }
    file.seek(SeekFrom::Start(0))?;
    // Reads no more than it needs, and seeks over the rest.
    let size = imagesize::reader_size(BufReader::new(file)).ok();
    let pixels =
        size.and_then(|size| Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?)));
    let extension = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    Ok(AssetFacts {
        bytes,
        key: hasher.finish(),
        pixels,
        is_page: kind::is_html(&head),
        fits_name: kind::fits(&extension, &head, &tail),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;

    fn later() -> SystemTime {
        SystemTime::now() + Duration::from_secs(60)
    }

    fn read(folder: &Path, before: &mut AssetsBefore, read_at: SystemTime) -> Vec<Arc<AssetFile>> {
        let mut paths: Vec<(String, PathBuf)> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
            .collect();
        paths.sort();
        read_all(paths, before, read_at, &mut Vec::new()).unwrap()
    }

    #[test]
    fn a_file_that_is_as_it_was_is_not_read_again_and_one_that_was_written_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.pdf"), "%PDF-1.7").unwrap();
        fs::write(folder.path().join("b.pdf"), "<html>").unwrap();
        let mut before = AssetsBefore::default();
        let first = read(folder.path(), &mut before, later());
        assert_eq!(
            (first[0].facts.fits_name, first[0].facts.is_page, first[0].facts.bytes),
            (true, false, 8)
        );
        assert_eq!((first[1].facts.fits_name, first[1].facts.is_page), (false, true));
        assert!(before.is_new());
        // What it is said to be shows that nobody looks.
        let mut stored: Vec<StoredAsset> = before
            .store()
            .into_iter()
            .map(|(path, identity, facts)| (path.clone(), *identity, facts.clone()))
            .collect();
        stored.iter_mut().for_each(|(_, _, facts)| facts.pixels = Some((7, 7)));
        let mut before = AssetsBefore::default();
        before.restore(stored);
        fs::write(folder.path().join("b.pdf"), "%PDF-").unwrap();
        let second = read(folder.path(), &mut before, later());
        assert_eq!((second[0].facts.pixels, second[1].facts.pixels), (Some((7, 7)), None));
        assert!(second[1].facts.fits_name && before.is_new());
        // A file that is gone is forgotten.
        fs::remove_file(folder.path().join("a.pdf")).unwrap();
        read(folder.path(), &mut before, later());
        assert_eq!(before.store().len(), 1);
    }

    #[test]
    fn what_was_written_just_now_is_read_by_the_next_build_as_well() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.pdf"), "%PDF-1.7").unwrap();
        let mut before = AssetsBefore::default();
        read(folder.path(), &mut before, SystemTime::now());
        assert_eq!(before.store().len(), 0);
    }

    #[test]
    fn what_is_handed_on_is_what_the_facts_are_about() {
        let folder = tempfile::tempdir().unwrap();
        let long = "x".repeat(3 * PIECE_BYTES + 5);
        fs::write(folder.path().join("a.txt"), &long).unwrap();
        let file = read(folder.path(), &mut AssetsBefore::default(), later()).remove(0);
        assert_eq!(file.facts.key, Key::of(long.as_bytes()));
        assert_eq!(file.read().unwrap(), long.as_bytes());
        fs::write(folder.path().join("a.txt"), long.replace('x', "y")).unwrap();
        assert!(matches!(file.read(), Err(EnvironmentError::SourceChanged { .. })));
        let copied = file.copy_to(&folder.path().join("b.txt"));
        assert!(matches!(copied, Err(EnvironmentError::SourceChanged { .. })));
    }

    #[test]
    fn the_size_of_a_picture_is_read_from_its_head_and_the_end_of_a_document_is_looked_at() {
        let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x0b\x08\x01\x02\x03\x04\x01\x01\x11\0";
        assert_eq!(AssetFacts::of("a.jpg", jpeg).pixels, Some((772, 258)));
        let zip = |padding: usize| [b"PK\x03\x04".as_slice(), &vec![1; padding], b"word/"].concat();
        assert!(AssetFacts::of("a.DOCX", &zip(2_000_000)).fits_name);
        assert!(!AssetFacts::of("a.xlsx", &zip(2_000_000)).fits_name);
    }
}
