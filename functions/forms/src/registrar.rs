//! The registrar's view of a submission: every question that applies with its field name, its answer and what to look
//! at twice. A JMB is masked unless it is asked for.

use serde::Serialize;

use crate::answers::Answers;
use crate::attachments::{self, Listed};
use crate::form::Form;
use crate::strings::Strings;
use crate::summary::{self, Part, Row};

/// Stands for a JMB that nobody needs to read; as long as the number, so that one sees that it was given.
pub const MASK: &str = "•••••••••••••";

/// Whether a JMB is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// As dots.
    Masked,
    /// As it was given.
    Shown,
}

/// A heading and the questions under it. `Debug` is not offered: the answers are personal.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Heading.
    pub title: String,
    /// Whether it is an entry of a group, under the sheet before it.
    pub is_entry: bool,
    /// Questions and answers.
    pub lines: Vec<Line>,
}

/// A question and its answer.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The name of the field (`certificates.0.kind`), the same as on paper.
    pub field: String,
    /// The question.
    pub question: String,
    /// The answer in lines; empty where nothing was answered.
    pub answer: Vec<String>,
    /// What to look at twice.
    pub doubts: Vec<String>,
}

/// Everything that was asked and applies, with the files under their questions at the end.
pub fn sheets(
    form: &Form,
    lang: &str,
    strings: &Strings,
    answers: &Answers,
    files: &[Listed<'_>],
    secrets: Secrets,
) -> Vec<Sheet> {
    let doubts = |field: &str| -> Vec<String> {
        let about = answers.warnings().iter().filter(|warning| warning.field == field);
        about.map(|warning| warning.text(strings)).collect()
    };
    let line = |row: Row| Line {
        doubts: doubts(&row.field),
        answer: match (secrets, row.secret && !row.answer.is_empty()) {
            (Secrets::Masked, true) => vec![MASK.to_owned()],
            (Secrets::Masked, false) | (Secrets::Shown, _) => row.answer,
        },
        field: row.field,
        question: row.question,
    };
    summary::parts(form, lang, strings, answers)
        .into_iter()
        .chain(attachments::part(form, lang, strings, answers, files))
        .map(|Part { title, is_entry, rows }| Sheet {
            title,
            is_entry,
            lines: rows.into_iter().map(line).collect(),
        })
        .collect()
}

/// The sheets as text for a terminal or a file: one question a line, what is open said so, doubts under their answer.
pub fn plain_text(sheets: &[Sheet], strings: &Strings) -> String {
    let mut out = String::new();
    for sheet in sheets {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("{}\n", sheet.title));
        for line in &sheet.lines {
            let answer = if line.answer.is_empty() {
                strings.text("form.not_answered", &[])
            } else {
                line.answer.join("\n    ")
            };
            let colon = if line.question.ends_with('?') { "" } else { ":" };
            out.push_str(&format!("  {}{colon} {answer}\n", line.question));
            for doubt in &line.doubts {
                out.push_str(&format!("    ! {doubt}\n"));
            }
        }
    }
    out
}
