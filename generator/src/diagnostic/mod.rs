//! What is told to the person who edits the site: values with a code, a place and a way out.
//!
//! Every situation has a constructor of its own beside the stage that finds it (`problems.rs` in each
//! stage's folder); printing is done elsewhere ([`terminal`]).

pub mod machine;
pub mod terminal;

use std::fmt;

pub use forms::Bilingual;

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is published.
    Error,
    /// Published, but somebody should look.
    Warning,
}

/// The language that diagnostics are shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum MessageLanguage {
    /// Croatian.
    #[default]
    Hr,
    /// English.
    En,
}

/// Where in a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Path from the site's root, with `/`.
    pub path: String,
    /// 1-based; 0 when the whole file is meant.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// Characters that are marked on the line, at least 1.
    pub length: usize,
    /// The line itself, as it stands in the file.
    pub text: String,
}

impl Place {
    /// The whole file.
    pub fn file(path: &str) -> Self {
        Self { path: path.to_owned(), line: 0, column: 0, length: 0, text: String::new() }
    }

    /// A line and column (both 1-based, characters) of a text.
    pub fn at(path: &str, source: &str, line: usize, column: usize, length: usize) -> Self {
        let text = lines(source).nth(line.saturating_sub(1)).unwrap_or_default().to_owned();
        let column = column.max(1);
        let room = text.chars().count().saturating_sub(column - 1).max(1);
        Self { path: path.to_owned(), line, column, length: length.clamp(1, room), text }
    }

    /// The place of a byte range of a text. Byte offsets become lines only here, when somebody will read them.
    pub fn span(path: &str, source: &str, range: std::ops::Range<usize>) -> Self {
        let start = floor_boundary(source, range.start);
        let end = floor_boundary(source, range.end.max(start));
        let before = &source[..start];
        let line = before.matches('\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = source[line_start..start].chars().count() + 1;
        let marked = source[start..end].lines().next().unwrap_or_default();
        Self::at(path, source, line, column, marked.chars().count())
    }
}

/// Lines as YAML and editors count them: ended by a line feed, a carriage return, or both.
fn lines(source: &str) -> impl Iterator<Item = &str> {
    source.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

fn floor_boundary(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Stable and searchable: the situation in kebab case (`unknown-key`).
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Where, when a source is to blame.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: Bilingual,
    /// What to do about it.
    pub help: Option<Bilingual>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: &'static str, place: Place, hr: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            place: Some(place),
            message: Bilingual { hr: hr.into(), en: en.into() },
            help: None,
        }
    }

    /// A warning.
    pub fn warning(code: &'static str, place: Place, hr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, hr, en) }
    }

    /// With a way out.
    #[must_use]
    pub fn help(mut self, hr: impl Into<String>, en: impl Into<String>) -> Self {
        self.help = Some(Bilingual { hr: hr.into(), en: en.into() });
        self
    }

    /// A mistake that the form language found in a definition or a procedure card.
    pub fn in_definition(path: &str, source: &str, problem: forms::Problem) -> Self {
        Self {
            code: problem.code,
            severity: Severity::Error,
            place: Some(Place::at(path, source, problem.line, problem.column, 1)),
            message: problem.message,
            help: problem.help,
        }
    }

    /// Errors forbid publishing.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl MessageLanguage {
    /// The text in this language.
    pub fn of(self, text: &Bilingual) -> &str {
        match self {
            Self::Hr => &text.hr,
            Self::En => &text.en,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// All findings of a run in the order of files and lines, each once.
pub fn sorted(mut all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    all.sort_by(|one, other| {
        (&one.place, one.code, &one.message.hr).cmp(&(&other.place, other.code, &other.message.hr))
    });
    all.dedup();
    all
}
