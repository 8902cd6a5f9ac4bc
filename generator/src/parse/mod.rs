//! Second stage: content files become typed documents, each alone, in parallel.
//!
//! ```text
//! PageFile ─► split front matter ─► FrontMatter (typed per kind)             for all, before the site is made
//!                              └──► Markdown events ─► Body (HTML with open link slots)     for each, when it is rendered
//! ```
//!
//! A site needs all front matters at once, but each text only for its own page: memory holds no more of them.

mod alert;
mod all;
mod body;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
mod commonmark;
pub(crate) mod download;
mod flat;
mod footnotes;
mod front_matter;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod kept;
mod keys;
mod kind;
mod language;
mod markdown;
mod moment;
mod plain;
mod problems;
mod shape;
mod target;
mod text;
mod written;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;

use borsh::{BorshDeserialize, BorshSerialize};

pub use all::{ParsedBefore, StoredDocument, documents};
pub use body::{Body, Labels, Slot, SlotUse, TocEntry};
pub use front_matter::{FrontMatter, KindFields};
pub use keys::{Entry, Figure, Level, Picture, SortOrder};
pub use kind::Kind;

use kept::KeptText;
pub use moment::Moment;
pub use text::Text;
pub use written::{Spot, Written};

use crate::cache::Key;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::error::EnvironmentError;
use crate::site::slug::slugify;
use crate::source::{PageFile, SourceFile, cleaned};

/// A text of this length has more words than a thick book; more would only be a mistake.
const TEXT_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// A content file that was understood.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct Document {
    /// Path below `content/`.
    pub path: String,
    /// Path without language and extension: equal for all translations of a document.
    pub stem: String,
    /// BCP 47 tag, from the file name.
    pub language: String,
    /// What kind of page it is.
    pub kind: Kind,
    /// Whether pictures beside it belong to it (`index.md` and `_index.md`).
    pub is_bundle: bool,
    /// The typed front matter.
    pub front: FrontMatter,
    /// The first paragraph as plain text, where no description is given.
    pub first_paragraph: String,
    /// Path of the URL: `/vijesti/2019/naslov/`.
    pub url: String,
    /// Of all that decides where documents stand.
    pub shape_key: Key,
    /// The text of an alert, which is a part of other pages.
    pub alert: Option<Box<Body>>,
    /// Of the whole text.
    pub key: Key,
    /// Of the front matter as it is written.
    pub front_key: Key,
    /// Where it is written.
    #[borsh(skip)]
    file: OnceLock<PageFile>,
    /// The whole text, [`cleaned`].
    #[borsh(skip)]
    kept: KeptText,
    /// Bytes before the body.
    body_start: usize,
}

impl Document {
    /// Path from the site's root.
    pub fn shown_path(&self) -> String {
        format!("content/{}", self.path)
    }

    /// The text as HTML, and what is wrong in it. `labels` are those of the document's language.
    pub fn body(&self, raw_html: bool, labels: &Labels) -> Result<(Body, Vec<Diagnostic>), EnvironmentError> {
        let changed = || EnvironmentError::SourceChanged { path: PathBuf::from(self.shown_path()) };
        let of = |text: &str| body(&self.shown_path(), text, self.body_start, raw_html, labels);
        if let Some(text) = self.kept.take() {
            return Ok(of(&text));
        }
        let (source, _) = self.file()?.read_from_disk()?.map_err(|_| changed())?;
        let text = source.text().map_err(|_| changed())?;
        if Key::of(text.as_bytes()) == self.key { Ok(of(&cleaned(text))) } else { Err(changed()) }
    }

    /// Where it is written: known from the build on that uses the document.
    fn file(&self) -> Result<&PageFile, EnvironmentError> {
        let unknown = || EnvironmentError::SourceChanged { path: PathBuf::from(self.shown_path()) };
        self.file.get().ok_or_else(unknown)
    }

    /// The file's text, for places in diagnostics.
    pub fn text(&self) -> Text<'_> {
        Text::of(self)
    }

    /// The folder of the file below `content/`, without a slash at the end.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// A document if there is one, and what is wrong in its file.
type Parsed = (Option<Document>, Vec<Diagnostic>);

fn document(
    file: &PageFile,
    source: &SourceFile,
    keep: bool,
    config: &Config,
    labels: &BTreeMap<String, Labels>,
) -> Parsed {
    let shown = format!("content/{}", file.path);
    let text = match source.text() {
        Ok(text) => text,
        Err(mut diagnostic) => {
            if let Some(place) = &mut diagnostic.place {
                place.path = shown;
            }
            return (None, vec![diagnostic]);
        }
    };
    if text.len() > TEXT_LIMIT_BYTES {
        return (None, vec![problems::text_too_long(&shown, text.len(), TEXT_LIMIT_BYTES)]);
    }
    let key = Key::of(text.as_bytes());
    let text = cleaned(text);
    let name = match Name::read(&file.path, config) {
        Ok(name) => name,
        Err(language) => return (None, vec![problems::unknown_language(&shown, &language, config)]),
    };
    let Some((yaml, body_start)) = split(&text) else {
        return (None, vec![problems::no_front_matter(&shown, &text)]);
    };
    let kind = Kind::of(&name.stem);
    let front_key = Key::of(text[yaml.clone()].as_bytes());
    let (front, mut found) = FrontMatter::read(&shown, &text, &text[yaml], kind, &config.time_zone);
    let Some(front) = front else {
        // The page will not be rendered: what is wrong further down is told now.
        if let Some(labels) = labels.get(&name.language) {
            found.append(&mut body(&shown, &text, body_start, config.raw_html, labels).1);
        }
        return (None, found);
    };
    if kind == Kind::Alert && name.stem.ends_with("/_index") {
        found.push(problems::alert_folder_has_list(&shown));
        return (None, found);
    }
    let alert = labels.get(&name.language).filter(|_| kind == Kind::Alert).map(|labels| {
        let (body, mut problems) = body(&shown, &text, body_start, config.raw_html, labels);
        found.append(&mut problems);
        found.append(&mut alert::check(&shown, &text, body_start, &body, &config.allowed_numbers()));
        Box::new(body)
    });
    let first_paragraph = if front.description.is_empty() {
        markdown::first_paragraph_of(&text[body_start..])
    } else {
        String::new()
    };
    let mut document = Document {
        path: file.path.clone(),
        stem: name.stem,
        language: name.language,
        kind,
        is_bundle: name.is_bundle,
        front,
        first_paragraph,
        alert,
        file: OnceLock::from(file.clone()),
        kept: if keep { KeptText::of(&text) } else { KeptText::default() },
        url: String::new(),
        shape_key: Key::default(),
        key,
        front_key,
        body_start,
    };
    document.url = crate::site::page_url(&document, config);
    document.shape_key = shape::key(&document);
    (Some(document), found)
}

fn body(
    shown: &str,
    text: &str,
    body_start: usize,
    raw_html: bool,
    labels: &Labels,
) -> (Body, Vec<Diagnostic>) {
    let (body, problems) = markdown::render(&text[body_start..], raw_html, labels);
    let found = problems.into_iter().map(|problem| {
        let span = problem.range.start + body_start..problem.range.end + body_start;
        problem.into_diagnostic(shown, text, span)
    });
    (body, found.collect())
}

/// What a file's name says.
struct Name {
    stem: String,
    language: String,
    is_bundle: bool,
}

impl Name {
    /// `vijesti/x.en.md` → stem `vijesti/x`, language `en`. An unknown two-part ending is the error.
    fn read(path: &str, config: &Config) -> Result<Self, String> {
        let without_extension = path.strip_suffix(".md").unwrap_or(path);
        let (folder, file) = match without_extension.rsplit_once('/') {
            Some((folder, file)) => (format!("{folder}/"), file),
            None => (String::new(), without_extension),
        };
        let (base, language) = match file.rsplit_once('.') {
            Some((base, code)) if config.languages.iter().any(|language| language.code == code) => {
                (base, code)
            }
            Some((_, code)) if looks_like_language(code) => return Err(code.to_owned()),
            _ => (file, config.default_language.as_str()),
        };
        let is_bundle = matches!(base, "index" | "_index");
        Ok(Self { stem: format!("{folder}{base}"), language: language.to_owned(), is_bundle })
    }
}

/// `pt`, `pt-BR`, `sr-Cyrl`: a language, and perhaps its script or region.
fn looks_like_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.chars().all(|character| character.is_ascii_lowercase())
        && parts.all(|part| matches!(part.len(), 2..=4) && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// The ranges of YAML between two `---` lines at the top, and where the body starts.
fn split(source: &str) -> Option<(Range<usize>, usize)> {
    let after_first = source.strip_prefix("---\n").or_else(|| source.strip_prefix("---\r\n"))?;
    let start = source.len() - after_first.len();
    let mut at = start;
    for line in after_first.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((start..at, at + line.len()));
        }
        at += line.len();
    }
    None
}

/// The last part of a document's URL.
pub(crate) fn url_name(document: &Document) -> String {
    match &document.front.slug {
        Some(slug) => slug.clone(),
        None => slugify(document.stem.rsplit('/').next().unwrap_or_default()),
    }
}
