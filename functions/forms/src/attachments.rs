//! Files that a form asks for after its answers: which apply, how many, and how they are listed.

use serde::{Deserialize, Serialize};

use crate::answers::Answers;
use crate::definition::{Field, Kind};
use crate::form::Form;
use crate::strings::Strings;
use crate::summary::{Part, Row};
use crate::validate::applies;
use crate::{names, violation};

/// The largest file that a form may allow, in bytes: what the payload of a serverless function takes.
pub const LARGEST_BYTES: u64 = 4_000_000;
/// The smallest limit for files that a form may set, in bytes: below it no page can be read in a photograph.
pub const LEAST_BYTES: u64 = 100_000;
/// The most files of one submission that a form may allow.
pub const MOST_FILES: u32 = 20;

/// How much a form takes: the key `attachments` of its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormLimits {
    /// The largest file, in bytes.
    pub max_bytes: u64,
    /// The most files of one submission, whatever question asks for them.
    pub max_files: u32,
}

impl Default for FormLimits {
    fn default() -> Self {
        Self { max_bytes: LARGEST_BYTES, max_files: 5 }
    }
}

impl FormLimits {
    /// Whether a definition need not say them.
    pub fn are_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// The kinds of files that are accepted, by content and not by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A photograph.
    Jpeg,
    /// A picture without loss.
    Png,
    /// A photograph as telephones store it.
    Heic,
    /// A document.
    Pdf,
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Heic, Self::Pdf];

    /// What the chooser of a browser offers first; it refuses nothing. Telephones know HEIC by its ending only.
    pub const ACCEPT: &str = "image/jpeg,image/png,image/heic,image/heif,application/pdf,.heic,.heif";

    /// The name in stores and exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Heic => "heic",
            Self::Pdf => "pdf",
        }
    }

    /// The name as people know it, the same in every language.
    pub fn shown(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Heic => "HEIC",
            Self::Pdf => "PDF",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Heic => "image/heic",
            Self::Pdf => "application/pdf",
        }
    }

    /// The kind of a name in stores and exports.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A question for files that applies to the answers given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The question.
    pub field: &'a Field,
    /// Whether at least one file must be there.
    pub required: bool,
    /// Most files.
    pub max_files: u32,
}

impl Asked<'_> {
    /// What is said where a required file is missing.
    pub fn missing(&self, lang: &str, strings: &Strings) -> String {
        violation::missing(self.field, lang, strings)
    }
}

/// A file that was added, as far as it is in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<'a> {
    /// The question that asked for it.
    pub field: &'a str,
    /// Its kind.
    pub kind: FileKind,
    /// Its size in bytes.
    pub size_bytes: u64,
}

/// A file that was added, with the id under which it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added<'a> {
    /// Its id in the store.
    pub id: &'a str,
    /// What is known of it.
    pub listed: Listed<'a>,
}

/// Whether a form has any question for files, whatever the answers.
pub fn any(form: &Form) -> bool {
    form.fields().any(|(field, _)| matches!(field.kind, Kind::Attachment { .. }))
}

/// The questions for files that apply to these answers, in the order of the form.
pub fn asked<'a>(form: &'a Form, answers: &Answers) -> Vec<Asked<'a>> {
    form.fields()
        .filter(|(_, condition)| condition.is_none_or(|when| applies(when, answers.values(), None)))
        .filter_map(|(field, _)| match &field.kind {
            Kind::Attachment { max_files } => {
                Some(Asked { field, required: !field.optional, max_files: *max_files })
            }
            Kind::Text { .. }
            | Kind::Name
            | Kind::Email
            | Kind::Phone
            | Kind::Jmb { .. }
            | Kind::Date { .. }
            | Kind::Year
            | Kind::Country
            | Kind::Address
            | Kind::Choice { .. }
            | Kind::Choices { .. }
            | Kind::SelectOrText { .. }
            | Kind::Group { .. }
            | Kind::Number { .. }
            | Kind::LongText { .. }
            | Kind::Consent { .. } => None,
        })
        .collect()
}

/// The files under their questions, to read beside [`crate::summary::parts`] (check page, receipt, desk); nothing
/// where no file is asked for.
pub fn part(
    form: &Form,
    lang: &str,
    strings: &Strings,
    answers: &Answers,
    files: &[Listed<'_>],
) -> Option<Part> {
    let listed = |field: &Field| -> Vec<String> {
        let of_field = files.iter().filter(|file| file.field == field.id);
        let lines: Vec<String> =
            of_field.map(|file| described(file.kind, file.size_bytes, strings)).collect();
        if lines.is_empty() { vec![strings.text("form.attachment_none", &[])] } else { lines }
    };
    let rows: Vec<Row> = asked(form, answers)
        .into_iter()
        .map(|asked| Row {
            field: asked.field.id.clone(),
            question: asked.field.label.get(lang).to_owned(),
            answer: listed(asked.field),
            anchor: names::element_id(&asked.field.id),
            secret: false,
        })
        .collect();
    let title = strings.text("form.attachments_title", &[]);
    (!rows.is_empty()).then_some(Part { title, is_entry: false, rows })
}

/// "JPEG, 1,2 MB".
pub fn described(kind: FileKind, size_bytes: u64, strings: &Strings) -> String {
    format!("{}, {}", kind.shown(), size(size_bytes, strings))
}

/// "1,2 MB" or "240 kB", rounded up: a file is never said to be smaller than it is.
pub fn size(bytes: u64, strings: &Strings) -> String {
    if bytes < 1_000_000 {
        let amount = bytes.div_ceil(1_000).to_string();
        return strings.text("form.attachment_size_kb", &[("amount", &amount)]);
    }
    let tenths = bytes.div_ceil(100_000);
    let amount = match tenths % 10 {
        0 => (tenths / 10).to_string(),
        part => format!("{}{}{part}", tenths / 10, strings.text("form.decimal_separator", &[])),
    };
    strings.text("form.attachment_size_mb", &[("amount", &amount)])
}

/// "JPEG, PNG, HEIC ili PDF, najviše 4 MB": what may be added, for the form and the page where it is added.
pub fn accepted(form: &Form, strings: &Strings) -> String {
    let limit = size(form.attachment_limits().max_bytes, strings);
    strings.text("form.attachment_kinds", &[("size", &limit)])
}
