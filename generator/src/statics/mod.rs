//! The files of the theme as they are published: under which name, with which bytes.
//!
//! ```text
//! templates ─► asset(path=…) ─► what is asked for ─┐
//! static/*.css ─► url(…), @import ─► what those need ─┴─► style.3f9a2c1b.css, its references following
//! ```
//!
//! A name with a hash of the content never means anything else, so browsers keep it for good. The hash is taken over a
//! file and all that it refers to, whatever the circle they stand in. A file keeps its name when no template asks for
//! it, when its name has a meaning of its own (`favicon.ico`), and when a script or drawing names it, which we do not
//! rewrite.

mod asked;
pub mod css;
mod fingerprints;
mod problems;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use data_encoding::BASE64;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha384};

use crate::cache::{Hasher, Key};
use crate::check::Loads;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::minify;
use crate::source::{SourceFile, Sources};
use crate::url_path;
use css::Reference;
pub use fingerprints::{Fingerprint, Fingerprints};

/// Names that others look for.
const WELL_KNOWN: &[&str] = &[
    ".well-known",
    "apple-touch-icon-precomposed.png",
    "apple-touch-icon.png",
    "browserconfig.xml",
    "favicon.ico",
    "humans.txt",
    "robots.txt",
    "security.txt",
];

/// Hexadecimal digits of a fingerprint.
const DIGITS: usize = 8;

/// What may not stand in a quoted address of a style sheet.
const IN_ADDRESS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'\'').add(b'(').add(b')').add(b'\\').add(b'%').add(b'?').add(b'#');

/// All files of the theme, in the order of the sources.
#[derive(Debug, Default)]
pub struct Statics {
    files: Vec<StaticFile>,
    by_path: HashMap<String, usize>,
}

/// A file of the theme.
#[derive(Debug)]
pub struct StaticFile {
    /// Path below `static/`.
    pub path: String,
    /// Path below the output folder.
    pub published: String,
    /// Whether its name bears a fingerprint.
    pub is_fingerprinted: bool,
    /// The published paths of what a browser loads with it, if it is a style sheet and as far as they are of this site.
    pub loads: Vec<String>,
    /// Its bytes, where they are not those of the source.
    other: Option<Vec<u8>>,
    integrity: OnceLock<String>,
}

/// What is read from a style sheet.
struct Sheet<'a> {
    text: &'a str,
    /// Each reference with the file of the theme that it names.
    references: Vec<(Reference, usize)>,
    /// What a browser loads with it that is no file of the theme.
    loads_others: Vec<String>,
}

impl Statics {
    /// Of a theme, with what is wrong in it. `by_program` are files that the program itself asks for where the theme
    /// has them.
    pub fn new(sources: &Sources, config: &Config, by_program: &[&str]) -> (Self, Vec<Diagnostic>) {
        let files = &sources.statics;
        let by_path: HashMap<String, usize> =
            files.iter().enumerate().map(|(index, file)| (file.path.clone(), index)).collect();
        let mut found = Vec::new();
        let texts: Vec<Cow<[u8]>> = files.iter().map(|file| bytes(file, config, &mut found)).collect();
        let sheets: Vec<Option<Sheet>> =
            files.iter().zip(&texts).map(|(file, text)| sheet(&file.path, text, &by_path)).collect();
        let renamed = if config.assets.fingerprint {
            renamed(sources, &by_path, &sheets, by_program)
        } else {
            BTreeSet::new()
        };
        let published: Vec<String> = files
            .iter()
            .enumerate()
            .map(|(index, file)| {
                if renamed.contains(&index) {
                    with_fingerprint(&file.path, &fingerprint(index, files, &texts, &sheets, &renamed))
                } else {
                    file.path.clone()
                }
            })
            .collect();
        let following: Vec<Option<Vec<u8>>> = sheets
            .iter()
            .map(|sheet| sheet.as_ref().and_then(|sheet| following(sheet, &renamed, &published)))
            .collect();
        let loads: Vec<Vec<String>> = sheets
            .iter()
            .map(|sheet| sheet.iter().flat_map(|sheet| sheet.loads(&published)).collect())
            .collect();
        drop(sheets);
        let made = files.iter().zip(texts).zip(following.into_iter().zip(loads)).enumerate();
        let files = made.map(|(index, ((file, text), (following, loads)))| {
            let minified = match text {
                Cow::Owned(minified) => Some(minified),
                Cow::Borrowed(_) => None,
            };
            StaticFile {
                path: file.path.clone(),
                published: published[index].clone(),
                is_fingerprinted: renamed.contains(&index),
                loads,
                other: following.or(minified),
                integrity: OnceLock::new(),
            }
        });
        (Self { files: files.collect(), by_path }, found)
    }

    /// All files, in the order of the sources.
    pub fn files(&self) -> &[StaticFile] {
        &self.files
    }

    /// A file by its path below `static/`.
    pub fn file(&self, path: &str) -> Option<&StaticFile> {
        self.files.get(*self.by_path.get(path)?)
    }

    /// The URL of a file.
    pub fn url(&self, path: &str) -> Option<String> {
        Some(format!("/{}", self.file(path)?.published))
    }

    /// What a browser loads with each style sheet, by published paths.
    pub fn loads(&self) -> Loads<'_> {
        let sheets = self.files.iter().filter(|file| !file.loads.is_empty());
        sheets.map(|file| (file.published.as_str(), file.loads.as_slice())).collect()
    }

    /// The published bytes of a file by its index.
    pub fn bytes<'a>(&'a self, index: usize, sources: &'a Sources) -> &'a [u8] {
        match &self.files[index].other {
            Some(bytes) => bytes,
            None => &sources.statics[index].bytes,
        }
    }

    /// What a browser compares the published bytes of a file with (W3C Subresource Integrity): `sha384-…`.
    pub fn integrity(&self, path: &str, sources: &Sources) -> Option<&str> {
        let index = *self.by_path.get(path)?;
        let made = || format!("sha384-{}", BASE64.encode(&Sha384::digest(self.bytes(index, sources))));
        Some(self.files[index].integrity.get_or_init(made))
    }
}

impl Statics {
    /// The files whose names bear a fingerprint.
    pub fn fingerprints(&self, sources: &Sources) -> Fingerprints {
        let files = self.files.iter().filter(|file| file.is_fingerprinted);
        Fingerprints::new(files.map(|file| Fingerprint {
            path: file.path.clone(),
            published: file.published.clone(),
            integrity: self.integrity(&file.path, sources).unwrap_or_default().to_owned(),
        }))
    }
}

/// The bytes of a file before its references follow.
fn bytes<'a>(file: &'a SourceFile, config: &Config, found: &mut Vec<Diagnostic>) -> Cow<'a, [u8]> {
    let text =
        (config.assets.minify && is_style_sheet(&file.path)).then(|| std::str::from_utf8(&file.bytes).ok());
    match text.flatten().map(minify::css) {
        None => Cow::Borrowed(&file.bytes),
        Some(Ok(minified)) => Cow::Owned(minified.into_bytes()),
        Some(Err(error)) => {
            found.push(problems::not_minified(&config.theme, &file.path, error));
            Cow::Borrowed(&file.bytes)
        }
    }
}

fn sheet<'a>(path: &str, bytes: &'a [u8], by_path: &HashMap<String, usize>) -> Option<Sheet<'a>> {
    let text = is_style_sheet(path).then(|| std::str::from_utf8(bytes).ok())??;
    let (mut references, mut loads_others) = (Vec::new(), Vec::new());
    for reference in css::references(text) {
        let Some(target) = target_path(path, &reference.target) else { continue };
        match by_path.get(&target) {
            Some(file) => references.push((reference, *file)),
            None if reference.is_loaded => loads_others.push(target),
            None => {}
        }
    }
    Some(Sheet { text, references, loads_others })
}

impl<'a> Sheet<'a> {
    /// The published paths of what a browser loads with it.
    fn loads<'b>(&'b self, published: &'b [String]) -> impl Iterator<Item = String> + use<'a, 'b> {
        let files = self.references.iter().filter(|(reference, _)| reference.is_loaded);
        files.map(|(_, file)| &published[*file]).chain(&self.loads_others).cloned()
    }
}

/// Whether a path is one of a style sheet.
pub fn is_style_sheet(path: &str) -> bool {
    path.ends_with(".css")
}

/// The path of what a style sheet at `from` names; nothing for what is no file of this site.
pub fn target_path(from: &str, target: &str) -> Option<String> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let has_scheme = path.split('/').next().is_some_and(|first| first.contains(':'));
    if path.is_empty() || path.starts_with("//") || has_scheme {
        return None;
    }
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    Some(url_path::resolved(from, &decoded))
}

/// What is asked for, and what that needs.
fn renamed(
    sources: &Sources,
    by_path: &HashMap<String, usize>,
    sheets: &[Option<Sheet>],
    by_program: &[&str],
) -> BTreeSet<usize> {
    let templates = sources.templates.iter().filter_map(|file| std::str::from_utf8(&file.bytes).ok());
    let asked = templates.flat_map(asked::paths).chain(by_program.iter().copied());
    let mut waiting: Vec<usize> = asked.filter_map(|path| by_path.get(path).copied()).collect();
    let mut reached = BTreeSet::new();
    while let Some(index) = waiting.pop() {
        if reached.insert(index) {
            let needed = sheets[index].iter().flat_map(|sheet| &sheet.references);
            waiting.extend(needed.map(|(_, target)| *target));
        }
    }
    let statics = &sources.statics;
    reached.retain(|index| {
        let path = &statics[*index].path;
        let first = path.split('/').next().unwrap_or_default();
        !WELL_KNOWN.contains(&first) && !statics.iter().any(|file| names(file, path))
    });
    reached
}

/// Whether a script, drawing or list of the theme names a file in a text, as `import "./more.js"` does.
fn names(file: &SourceFile, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).as_bytes();
    let extension = file.path.rsplit('.').next().unwrap_or_default();
    let is_looked_at = ["html", "js", "json", "mjs", "svg", "txt", "webmanifest", "xml"].contains(&extension);
    is_looked_at
        && file.path != path
        && memchr::memmem::find_iter(&file.bytes, name).any(|at| {
            let before = at.checked_sub(1).and_then(|at| file.bytes.get(at));
            let after = file.bytes.get(at + name.len());
            matches!(before, Some(b'"' | b'\'' | b'`' | b'/' | b'('))
                && matches!(after, Some(b'"' | b'\'' | b'`' | b')' | b'?' | b'#'))
        })
}

/// Over a file and all that it refers to.
fn fingerprint(
    index: usize,
    files: &[SourceFile],
    texts: &[Cow<[u8]>],
    sheets: &[Option<Sheet>],
    renamed: &BTreeSet<usize>,
) -> String {
    let mut reached = BTreeSet::from([index]);
    let mut waiting = vec![index];
    while let Some(next) = waiting.pop() {
        for (_, target) in sheets[next].iter().flat_map(|sheet| &sheet.references) {
            if renamed.contains(target) && reached.insert(*target) {
                waiting.push(*target);
            }
        }
    }
    reached.remove(&index);
    let mut hasher = Hasher::default();
    hasher.update(&texts[index]);
    for other in reached {
        hasher.update(Key::of(files[other].path.as_bytes()).as_bytes());
        hasher.update(Key::of(&texts[other]).as_bytes());
    }
    hasher.finish().to_hex()[..DIGITS].to_owned()
}

/// `css/style.css` → `css/style.3f9a2c1b.css`
fn with_fingerprint(path: &str, fingerprint: &str) -> String {
    let name_at = path.rfind('/').map_or(0, |at| at + 1);
    match path[name_at..].rfind('.').filter(|at| *at > 0) {
        Some(dot) => {
            let (stem, extension) = path.split_at(name_at + dot);
            format!("{stem}.{fingerprint}{extension}")
        }
        None => format!("{path}.{fingerprint}"),
    }
}

/// The style sheet with the new names; nothing where none has changed.
fn following(sheet: &Sheet, renamed: &BTreeSet<usize>, published: &[String]) -> Option<Vec<u8>> {
    let changes: Vec<(&Reference, String)> = sheet
        .references
        .iter()
        .filter(|(_, target)| renamed.contains(target))
        .map(|(reference, target)| (reference, renamed_address(&reference.target, &published[*target])))
        .collect();
    (!changes.is_empty()).then(|| css::rewritten(sheet.text, &changes).into_bytes())
}

/// The same address with another name at its end: a renamed file stays in its folder.
fn renamed_address(address: &str, published: &str) -> String {
    let path_end = address.find(['?', '#']).unwrap_or(address.len());
    let (path, rest) = address.split_at(path_end);
    let folder = path.rfind('/').map_or("", |at| &path[..=at]);
    let name = published.rsplit('/').next().unwrap_or(published);
    let quoted: String = rest.replace('\\', "%5C").replace('"', "%22").replace(['\n', '\r'], "");
    format!(
        "{}{}{quoted}",
        folder.replace('\\', "%5C").replace('"', "%22"),
        utf8_percent_encode(name, IN_ADDRESS)
    )
}

#[cfg(test)]
mod tests;
