//! First stage: the files of the site as they are, read once.
//!
//! ```text
//! root/site.yaml, content/**, themes/<theme>/{templates,static,strings}/**  ──►  Sources
//! ```
//!
//! Names that cannot become a URL on every system and links out of the tree are refused here.

mod asset;
mod identity;
mod kind;
mod problems;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::bytes;
use crate::cache::Key;
use crate::diagnostic::Diagnostic;
use crate::error::EnvironmentError;
pub use asset::{AssetFacts, AssetFile, AssetsBefore, StoredAsset};
pub use identity::Identity;

/// Folder of what editors write.
pub const CONTENT: &str = "content";

/// A file is at most this large; a larger one is refused before it is read.
const FILE_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// One file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path from the site's root, NFC, with `/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    key: OnceLock<Key>,
}

impl SourceFile {
    /// With its content.
    pub fn new(path: String, bytes: Vec<u8>) -> Self {
        Self { path, bytes, key: OnceLock::new() }
    }

    /// Of its bytes; made once, however many builds use the file.
    pub fn key(&self) -> Key {
        *self.key.get_or_init(|| Key::of(&self.bytes))
    }

    /// The file as text.
    pub fn text(&self) -> Result<&str, Diagnostic> {
        let text = simdutf8::compat::from_utf8(&self.bytes)
            .map_err(|error| problems::not_utf8(self, error.valid_up_to()))?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }
}

/// A text in which every character may stand in HTML and XML, with the same byte offsets: control characters (what
/// word processors leave behind) become spaces, a lone CR becomes a line feed.
pub fn cleaned(text: &str) -> Cow<'_, str> {
    let is_bad = |(at, character): (usize, char)| match character {
        '\r' => !text[at + 1..].starts_with('\n'),
        '\t' | '\n' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        other => other.is_ascii_control(),
    };
    // What is bad begins with one of these bytes, and hardly any text has one.
    let may_be_bad = |byte: u8| ((byte < b' ') & (byte != b'\n')) | (byte == 0x7f) | (byte == 0xef);
    if !bytes::any(text.as_bytes(), may_be_bad) || !text.char_indices().any(is_bad) {
        return Cow::Borrowed(text);
    }
    let cleaned = text.char_indices().map(|(at, character)| match (is_bad((at, character)), character) {
        (false, good) => good,
        (true, '\r') => '\n',
        (true, bad) if bad.len_utf8() == 3 => '\u{fffd}',
        (true, _) => ' ',
    });
    Cow::Owned(cleaned.collect())
}

/// All files of one kind, sorted by path.
pub type Files = Vec<SourceFile>;

/// A page's file.
#[derive(Debug, Clone)]
pub struct PageFile {
    /// Path below `content/`, NFC, with `/`.
    pub path: String,
    on_disk: PathBuf,
}

impl PageFile {
    /// Reads it, and what the disk says about it just before.
    pub(crate) fn read_from_disk(
        &self,
    ) -> Result<Result<(SourceFile, Option<Identity>), Diagnostic>, EnvironmentError> {
        read_file(CONTENT, self.path.clone(), &self.on_disk)
    }

    /// What the disk says about it now.
    pub(crate) fn identity(&self) -> Option<Identity> {
        std::fs::metadata(&self.on_disk).ok().and_then(|data| Identity::of(&data))
    }
}

/// Everything that a build reads.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `content/**.md`.
    pub pages: Vec<PageFile>,
    /// `content/**.yaml`, paths without `content/`.
    pub content: Files,
    /// The rest of `content/**`.
    pub assets: Vec<Arc<AssetFile>>,
    /// `themes/<theme>/templates/**`, paths without that prefix.
    pub templates: Files,
    /// `themes/<theme>/static/**`, likewise.
    pub statics: Files,
    /// `themes/<theme>/strings/**`, likewise.
    pub strings: Files,
}

/// Reads `site.yaml`.
pub fn read_config(root: &Path) -> Result<SourceFile, EnvironmentError> {
    let path = root.join(crate::config::FILE);
    let bytes = std::fs::read(&path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => EnvironmentError::NotASite { root: root.to_owned() },
        _ => EnvironmentError::io("read", &path, source),
    })?;
    Ok(SourceFile::new(crate::config::FILE.to_owned(), bytes))
}

/// What has happened to the files of a site since they were read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Happened {
    /// Anything may have.
    #[default]
    Anything,
    /// These were written, nothing else; paths from the site's root.
    Written(BTreeSet<String>),
}

impl Happened {
    /// Whether a page's file is certainly as it was.
    pub(crate) fn spares(&self, page: &PageFile) -> bool {
        match self {
            Self::Anything => false,
            Self::Written(paths) => !paths.iter().any(|path| page_path(path) == Some(&page.path)),
        }
    }

    /// Whether nothing but pages that were there `before` were written: no other file has to be read.
    pub(crate) fn is_of_pages(&self, before: &Sources) -> bool {
        match self {
            Self::Anything => false,
            Self::Written(paths) => paths.iter().all(|path| {
                page_path(path).is_some_and(|path| before.pages.iter().any(|page| page.path == path))
            }),
        }
    }
}

/// The path below `content/`.
fn page_path(path: &str) -> Option<&str> {
    path.strip_prefix(CONTENT)?.strip_prefix('/')
}

/// Reads all files of a site with a theme. Files that are published as they are and that are what they were `before`
/// are not read; `read_at` is a moment on the machine's clock before this call.
pub fn read(
    root: &Path,
    theme: &str,
    before: &mut AssetsBefore,
    read_at: SystemTime,
) -> Result<(Sources, Vec<Diagnostic>), EnvironmentError> {
    let mut found = Vec::new();
    let theme = format!("themes/{theme}");
    let (pages, others): (Vec<_>, Vec<_>) =
        walk(root, CONTENT, &mut found)?.into_iter().partition(|(path, _)| path.ends_with(".md"));
    let mut folder = |below: &str| {
        let paths = walk(root, below, &mut found)?;
        read_all(below, paths, &mut found)
    };
    let (templates, statics, strings) = (
        folder(&format!("{theme}/templates"))?,
        folder(&format!("{theme}/static"))?,
        folder(&format!("{theme}/strings"))?,
    );
    let pages = pages.into_iter().map(|(path, on_disk)| PageFile { path, on_disk }).collect();
    let (definitions, assets): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|(path, _)| path.ends_with(".yaml") || path.ends_with(".yml"));
    let content = read_all(CONTENT, definitions, &mut found)?;
    let assets = asset::read_all(assets, before, read_at, &mut found)?;
    Ok((Sources { pages, content, assets, templates, statics, strings }, found))
}

/// Paths below a folder as they are shown, and where they are; sorted.
fn walk(
    root: &Path,
    below: &str,
    found: &mut Vec<Diagnostic>,
) -> Result<Vec<(String, PathBuf)>, EnvironmentError> {
    let top = root.join(below);
    if !top.is_dir() {
        return Err(EnvironmentError::NoFolder { path: top });
    }
    if leads_out(root, &top)? {
        found.push(problems::link(below));
        return Ok(Vec::new());
    }
    let mut paths: Vec<(String, PathBuf)> = Vec::new();
    // Level by level: a folder has no depth that could exhaust a stack.
    let mut folders = vec![top.clone()];
    while !folders.is_empty() {
        let listed: Vec<Listed> = folders
            .par_iter()
            .map(|folder| Listed::of(root, &top, folder))
            .collect::<Result<_, EnvironmentError>>()?;
        folders.clear();
        for mut one in listed {
            folders.append(&mut one.folders);
            paths.append(&mut one.files);
            found.append(&mut one.found);
        }
    }
    paths.par_sort_unstable();
    refuse_twins(below, &paths, found);
    Ok(paths)
}

/// What lies right in a folder.
#[derive(Default)]
struct Listed {
    folders: Vec<PathBuf>,
    /// As they are shown, and where they are.
    files: Vec<(String, PathBuf)>,
    found: Vec<Diagnostic>,
}

impl Listed {
    fn of(root: &Path, top: &Path, folder: &Path) -> Result<Self, EnvironmentError> {
        let failed = |error| EnvironmentError::io("read", folder, error);
        let mut listed = Self::default();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            // Editors' and systems' hidden files (.git, .DS_Store, .swp) are nobody's content.
            if name.as_encoded_bytes().starts_with(b".") && name != ".well-known" {
                continue;
            }
            let kind = entry.file_type().map_err(failed)?;
            let path = entry.path();
            let shown = || {
                let path = path.strip_prefix(root).unwrap_or(&path);
                path.to_string_lossy().replace('\\', "/")
            };
            if kind.is_symlink() {
                listed.found.push(problems::link(&shown()));
                continue;
            }
            let name = name.to_str();
            if !name.is_some_and(is_plain_name) {
                listed.found.push(problems::odd_name(&shown()));
            }
            if kind.is_dir() {
                listed.folders.push(path);
            } else if kind.is_file() && name.is_some_and(|name| is_plain_name(name) && !name.ends_with('~')) {
                let relative = path.strip_prefix(top).unwrap_or(&path);
                let Some(relative) = relative.to_str() else { continue };
                // macOS hands out NFD names: one spelling from here on.
                let relative = if is_nfc(relative) { relative.to_owned() } else { relative.nfc().collect() };
                listed.files.push((relative.replace('\\', "/"), path));
            }
        }
        Ok(listed)
    }
}

/// Whether a folder is reached by a link to somewhere outside the site; one to another folder of the site is good.
fn leads_out(root: &Path, folder: &Path) -> Result<bool, EnvironmentError> {
    let real = |path: &Path| path.canonicalize().map_err(|error| EnvironmentError::io("read", path, error));
    Ok(!real(folder)?.starts_with(real(root)?))
}

fn read_all(
    below: &str,
    paths: Vec<(String, PathBuf)>,
    found: &mut Vec<Diagnostic>,
) -> Result<Files, EnvironmentError> {
    let read: Vec<Result<Result<SourceFile, Diagnostic>, EnvironmentError>> = paths
        .into_par_iter()
        .map(|(path, on_disk)| Ok(read_file(below, path, &on_disk)?.map(|(file, _)| file)))
        .collect();
    let mut files = Vec::with_capacity(read.len());
    for result in read {
        match result? {
            Ok(file) => files.push(file),
            Err(diagnostic) => found.push(diagnostic),
        }
    }
    Ok(files)
}

fn read_file(
    below: &str,
    path: String,
    on_disk: &Path,
) -> Result<Result<(SourceFile, Option<Identity>), Diagnostic>, EnvironmentError> {
    let failed = |error| EnvironmentError::io("read", on_disk, error);
    let file = std::fs::File::open(on_disk).map_err(failed)?;
    let data = file.metadata().map_err(failed)?;
    let size = data.len();
    if size > FILE_LIMIT_BYTES {
        return Ok(Err(problems::too_large(&format!("{below}/{path}"), size, FILE_LIMIT_BYTES)));
    }
    // One byte more than there is, so that the end is seen without growing.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    file.take(FILE_LIMIT_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    Ok(Ok((SourceFile::new(path, bytes), Identity::of(&data))))
}

/// A name that is the same file on every system and needs no escaping beyond percent-encoding.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.trim() == name
        && !name.ends_with('.')
        && !name.contains(['\\', ':', '*', '?', '"', '<', '>', '|', '%', '#'])
        && !name.chars().any(|character| character.is_control() || is_direction_mark(character))
}

fn is_direction_mark(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Two files whose names differ only in case or in Unicode form are one file elsewhere.
fn refuse_twins(below: &str, paths: &[(String, PathBuf)], found: &mut Vec<Diagnostic>) {
    let mut seen: FxHashMap<Cow<'_, str>, &str> = FxHashMap::default();
    seen.reserve(paths.len());
    let has_one_form = |byte: u8| byte.is_ascii() & !byte.is_ascii_uppercase();
    for (path, _) in paths {
        let is_lower_case = path.bytes().all(has_one_form);
        let lower_case = if is_lower_case { Cow::from(path) } else { Cow::from(path.to_lowercase()) };
        if let Some(twin) = seen.insert(lower_case, path) {
            found.push(problems::twin(&format!("{below}/{path}"), &format!("{below}/{twin}")));
        }
    }
}
