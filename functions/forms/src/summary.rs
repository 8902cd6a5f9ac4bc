//! Answers as questions and answers to read: for the check page, the receipt, the desk, paper and plain text.

use crate::answers::Answers;
use crate::countries::country_name;
use crate::dates::long_date;
use crate::definition::{Condition, Field, Kind, Opt};
use crate::form::Form;
use crate::names;
use crate::strings::Strings;
use crate::validate::applies;
use crate::value::{Entry, Value};

/// A heading and what was answered under it.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// Heading: that of the section, or "Isprava 2".
    pub title: String,
    /// Whether it is an entry of a group, under the section before it.
    pub is_entry: bool,
    /// Questions and answers.
    pub rows: Vec<Row>,
}

/// A question and its answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The name of the field (`certificates.0.kind`).
    pub field: String,
    /// The question.
    pub question: String,
    /// The answer in lines; empty where nothing was answered.
    pub answer: Vec<String>,
    /// The element of the form to which "change" leads.
    pub anchor: String,
    /// Whether it is a JMB, which must not go into mail.
    pub secret: bool,
}

/// Everything that was asked and applies, in the order of the form.
pub fn parts(form: &Form, lang: &str, strings: &Strings, answers: &Answers) -> Vec<Part> {
    let values = answers.values();
    let mut parts = Vec::new();
    for section in form.sections() {
        let mut rows = Vec::new();
        let mut entries = Vec::new();
        for field in &section.fields {
            let condition = field.shown_when.as_ref().or(section.shown_when.as_ref());
            if !asked(condition, values, None) {
                continue;
            }
            let value = values.get(&field.id);
            match &field.kind {
                Kind::Group { entry, fields, .. } => {
                    for (index, given) in value.map(Value::entries).unwrap_or_default().iter().enumerate() {
                        let number = (index + 1).to_string();
                        let title = strings
                            .text("form.entry_title", &[("entry", entry.get(lang)), ("number", &number)]);
                        let rows = fields
                            .iter()
                            .filter(|inner| asked(inner.shown_when.as_ref(), values, Some(given)))
                            .map(|inner| {
                                let name = names::in_entry(&field.id, index, &inner.id);
                                row(inner, &name, given.get(&inner.id), lang, strings)
                            })
                            .collect();
                        entries.push(Part { title, is_entry: true, rows });
                    }
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
                | Kind::Number { .. }
                | Kind::LongText { .. }
                | Kind::Consent { .. } => rows.push(row(field, &field.id, value, lang, strings)),
                // `attachments::part` lists the files: they are no part of the answers.
                Kind::Attachment { .. } => {}
            }
        }
        if !rows.is_empty() || !entries.is_empty() {
            parts.push(Part { title: section.title.get(lang).to_owned(), is_entry: false, rows });
            parts.append(&mut entries);
        }
    }
    parts
}

/// The same as text, for a letter on paper or a file. A JMB is left out: this text may end in mail.
pub fn plain_text(form: &Form, lang: &str, strings: &Strings, answers: &Answers) -> String {
    let mut out = String::new();
    for part in parts(form, lang, strings, answers) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&part.title);
        out.push('\n');
        for row in part.rows.iter().filter(|row| !row.answer.is_empty()) {
            let answer =
                if row.secret { strings.text("form.left_out", &[]) } else { row.answer.join("\n  ") };
            let colon = if row.question.ends_with('?') { "" } else { ":" };
            out.push_str(&format!("{}{colon} {answer}\n", row.question));
        }
    }
    out
}

fn asked(condition: Option<&Condition>, values: &Entry, entry: Option<&Entry>) -> bool {
    condition.is_none_or(|condition| applies(condition, values, entry))
}

fn row(field: &Field, name: &str, value: Option<&Value>, lang: &str, strings: &Strings) -> Row {
    Row {
        field: name.to_owned(),
        question: field.label.get(lang).to_owned(),
        answer: value.map(|value| answer(field, value, lang, strings)).unwrap_or_default(),
        anchor: names::anchor(name, &field.kind),
        secret: matches!(field.kind, Kind::Jmb { .. }),
    }
}

fn answer(field: &Field, value: &Value, lang: &str, strings: &Strings) -> Vec<String> {
    let text = || value.as_text().unwrap_or_default();
    match &field.kind {
        Kind::Text { .. }
        | Kind::Name
        | Kind::Email
        | Kind::Phone
        | Kind::Jmb { .. }
        | Kind::SelectOrText { .. } => vec![text().to_owned()],
        Kind::Address | Kind::LongText { .. } => text().lines().map(str::to_owned).collect(),
        Kind::Country => vec![country_name(text(), lang).unwrap_or(text()).to_owned()],
        Kind::Choice { options } => vec![option_label(options, text(), lang)],
        Kind::Choices { options } => match value {
            Value::Many(chosen) => chosen.iter().map(|value| option_label(options, value, lang)).collect(),
            Value::Text(_)
            | Value::Number(_)
            | Value::Day(_)
            | Value::UnknownDay
            | Value::Agreed(_)
            | Value::Entries(_) => Vec::new(),
        },
        Kind::Date { .. } => match value {
            Value::Day(date) => vec![long_date(*date, strings)],
            Value::UnknownDay => vec![strings.text("form.unknown_date", &[])],
            Value::Text(_) | Value::Number(_) | Value::Many(_) | Value::Agreed(_) | Value::Entries(_) => {
                Vec::new()
            }
        },
        Kind::Year | Kind::Number { .. } => {
            value.as_number().map(|number| number.to_string()).into_iter().collect()
        }
        Kind::Consent { version: _, text } => vec![strings.text("form.agreed", &[("text", text.get(lang))])],
        // A group is shown by its entries, files by `attachments::part`.
        Kind::Group { .. } | Kind::Attachment { .. } => Vec::new(),
    }
}

fn option_label(options: &[Opt], value: &str, lang: &str) -> String {
    options
        .iter()
        .find(|option| option.value == value)
        .map_or(value, |option| option.label.get(lang))
        .to_owned()
}
