//! Second stage: content files become typed documents, each alone, in parallel.
//!
//! ```text
//! SourceFile ─► split front matter ─► FrontMatter (typed per kind)
//!                                └──► Markdown events ─► Body (HTML with open link slots)
//! ```

mod flat;
mod front_matter;
mod keys;
mod kind;
mod markdown;
mod moment;
mod plain;
mod problems;
mod target;
mod text;
mod written;

use std::ops::Range;

use rayon::prelude::*;

pub use front_matter::{FrontMatter, KindFields};
pub use keys::{Entry, Figure, Picture, SortOrder};
pub use kind::Kind;
pub use markdown::{Body, Labels, Slot, SlotUse, TocEntry};
pub use moment::Moment;
pub use text::Text;
pub use written::{Spot, Written};

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::error::EnvironmentError;
use crate::site::slug::slugify;
use crate::source::{PageFile, SourceFile, cleaned};

/// A text of this length has more words than a thick book; more would only be a mistake.
const TEXT_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// A content file that was understood.
#[derive(Debug, Clone)]
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
    /// The text.
    pub body: Body,
    /// Where it is written.
    file: PageFile,
    /// Bytes of the file's text.
    length: usize,
    /// Bytes before the body.
    body_start: usize,
}

impl Document {
    /// Path from the site's root.
    pub fn shown_path(&self) -> String {
        format!("content/{}", self.path)
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

/// Reads and parses all pages.
pub fn documents(
    files: &[PageFile],
    config: &Config,
    labels: &(dyn Fn(&str) -> Labels + Sync),
) -> Result<(Vec<Document>, Vec<Diagnostic>), EnvironmentError> {
    let parsed: Vec<Parsed> = files
        .par_iter()
        .map(|file| match file.read()? {
            Ok(source) => Ok(document(file, &source, config, labels)),
            Err(diagnostic) => Ok((None, vec![diagnostic])),
        })
        .collect::<Result<_, EnvironmentError>>()?;
    let mut documents = Vec::with_capacity(parsed.len());
    let mut found = Vec::new();
    for (document, mut problems) in parsed {
        documents.extend(document);
        found.append(&mut problems);
    }
    Ok((documents, found))
}

fn document(
    file: &PageFile,
    source: &SourceFile,
    config: &Config,
    labels: &(dyn Fn(&str) -> Labels + Sync),
) -> Parsed {
    let shown = format!("content/{}", file.path);
    let source = match source.text() {
        Ok(text) => text,
        Err(mut diagnostic) => {
            if let Some(place) = &mut diagnostic.place {
                place.path = shown;
            }
            return (None, vec![diagnostic]);
        }
    };
    if source.len() > TEXT_LIMIT_BYTES {
        return (None, vec![problems::text_too_long(&shown, source.len(), TEXT_LIMIT_BYTES)]);
    }
    let cleaned = cleaned(source);
    let source = cleaned.as_ref();
    let name = match Name::read(&file.path, config) {
        Ok(name) => name,
        Err(language) => return (None, vec![problems::unknown_language(&shown, &language, config)]),
    };
    let Some((yaml, body_start)) = split(source) else {
        return (None, vec![problems::no_front_matter(&shown, source)]);
    };
    let kind = Kind::of(&name.stem);
    let (front, mut found) = FrontMatter::read(&shown, source, &source[yaml], kind, &config.time_zone);
    let markdown = &source[body_start..];
    let (body, problems) = markdown::render(markdown, config.raw_html, &labels(&name.language));
    found.extend(problems.into_iter().map(|problem| {
        let span = problem.range.start + body_start..problem.range.end + body_start;
        problem.into_diagnostic(&shown, source, span)
    }));
    let document = front.map(|front| Document {
        path: file.path.clone(),
        stem: name.stem,
        language: name.language,
        kind,
        is_bundle: name.is_bundle,
        front,
        body,
        file: file.clone(),
        length: source.len(),
        body_start,
    });
    (document, found)
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
