//! Forms, procedure cards, messages and the calendar of working days: the YAML files of the content that are not pages.

use std::collections::BTreeSet;

use forms::Form;
use forms::calendar::Calendar;
use forms::procedure::{Card, Cards};
use forms::retention::Retention;
use mail::{LetterKind, Message, Messages};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::source::SourceFile;

/// Folder of the form definitions.
pub const FORMS: &str = "obrasci";
/// Folder of the procedure cards.
pub const PROCEDURES: &str = "postupci";
/// Folder of the messages.
pub const MESSAGES: &str = "poruke";
/// The calendar of working days.
pub const CALENDAR: &str = "praznici.yaml";
/// How long what is kept.
pub const RETENTION: &str = "cuvanje.yaml";

/// What the definitions say.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    /// Forms, by id.
    pub forms: Vec<Form>,
    /// Procedure cards.
    pub cards: Cards,
    /// Messages.
    pub messages: Messages,
    /// The calendar of working days; Saturdays and Sundays are off where the site has none.
    pub calendar: Calendar,
    /// How long what is kept.
    pub retention: Retention,
    /// Folder and id of every file, also of those that have errors: one mistake is told once.
    files: BTreeSet<(String, String)>,
}

/// The pages below a form's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormPart {
    /// The form on paper.
    Paper,
    /// A page of the question path before the form, by name; the first one has none.
    Need(String),
}

/// Whether a content file is a definition (and so never published as it is).
pub fn is_definition(path: &str) -> bool {
    matches!(path, CALENDAR | RETENTION) || parts(path).is_some()
}

/// Folder and id of a definition's file.
fn parts(path: &str) -> Option<(&str, &str)> {
    let (folder, name) = path.split_once('/')?;
    let id = name.strip_suffix(".yaml")?;
    (matches!(folder, FORMS | PROCEDURES | MESSAGES) && !id.contains('/')).then_some((folder, id))
}

/// Reads all definitions.
pub fn read(files: &[SourceFile], config: &Config) -> (Definitions, Vec<Diagnostic>) {
    let languages = config.language_codes();
    let mut definitions = Definitions::default();
    let mut found = Vec::new();
    for file in files {
        let (folder, id) = match parts(&file.path) {
            Some(parts) => parts,
            None if file.path == CALENDAR => ("", CALENDAR),
            None if file.path == RETENTION => ("", RETENTION),
            None => continue,
        };
        definitions.files.insert((folder.to_owned(), id.to_owned()));
        let shown = format!("content/{}", file.path);
        let source = match file.text() {
            Ok(text) => text,
            Err(mut diagnostic) => {
                diagnostic.place = Some(Place::file(&shown));
                found.push(diagnostic);
                continue;
            }
        };
        let problems = match folder {
            FORMS => match Form::from_yaml(id, source, &languages) {
                Ok(form) => {
                    definitions.forms.push(form);
                    continue;
                }
                Err(problems) => problems,
            },
            PROCEDURES => match Card::from_yaml(id, source, &languages) {
                Ok(card) => {
                    definitions.cards.0.insert(id.to_owned(), card);
                    continue;
                }
                Err(problems) => problems,
            },
            "" if id == RETENTION => match Retention::from_yaml(source, &languages) {
                Ok(retention) => {
                    definitions.retention = retention;
                    continue;
                }
                Err(problems) => problems,
            },
            "" => match Calendar::from_yaml(source, &languages) {
                Ok(calendar) => {
                    definitions.calendar = calendar;
                    continue;
                }
                Err(problems) => problems,
            },
            _ => match Message::from_yaml(id, source, &languages) {
                Ok(message) => {
                    definitions.messages.insert(id, message);
                    continue;
                }
                Err(problems) => problems,
            },
        };
        found.extend(problems.into_iter().map(|problem| Diagnostic::in_definition(&shown, source, problem)));
    }
    found.extend(definitions.between_files(files));
    (definitions, found)
}

impl Definitions {
    /// Whether there is such a file.
    pub fn has(&self, folder: &str, id: &str) -> bool {
        self.files.contains(&(folder.to_owned(), id.to_owned()))
    }

    /// What is wrong between the files: names that mean something else, fees, forms and messages that are missing.
    fn between_files(&self, files: &[SourceFile]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for form in &self.forms {
            let path = format!("content/{FORMS}/{}.yaml", form.id());
            if functions::RESERVED_FORM_IDS.contains(&form.id()) {
                found.push(reserved_id(&path, form.id()));
            }
            // A table with mistakes was told already.
            let readable = !self.retention.rows().is_empty() || !self.has("", RETENTION);
            if readable && !self.retention.has_class(form.retention()) {
                found.push(unknown_class(files, &path, form.retention(), &self.retention));
            }
            let unknown = form
                .fees_without_card(&self.cards)
                .filter(|rule| self.cards.get(&rule.card).is_some() || !self.has(PROCEDURES, &rule.card));
            found.extend(unknown.map(|rule| fee_without_card(files, &path, &rule.card, &rule.fee)));
        }
        for (id, card) in &self.cards.0 {
            let form = card.form.as_deref();
            if let Some(form) = form.filter(|form| !self.has(FORMS, form)) {
                found.push(card_without_form(files, &format!("content/{PROCEDURES}/{id}.yaml"), form));
            }
        }
        // Without forms there is nobody to write to.
        if !self.forms.is_empty() {
            let missing = self.messages.missing();
            found.extend(
                missing.into_iter().filter(|kind| !self.has(MESSAGES, kind.file_name())).map(missing_message),
            );
        }
        found
    }
}

/// The first line of a file that holds a value.
fn place_of(files: &[SourceFile], path: &str, value: &str) -> Place {
    let file = files.iter().find(|file| path.strip_prefix("content/") == Some(file.path.as_str()));
    let text = file.and_then(|file| file.text().ok()).unwrap_or_default();
    match text.find(value) {
        Some(at) => Place::span(path, text, at..at + value.len()),
        None => Place::file(path),
    }
}

fn reserved_id(path: &str, id: &str) -> Diagnostic {
    Diagnostic::error(
        "reserved-form-id",
        Place::file(path),
        format!("obrazac se ne može zvati „{id}”: ta adresa već ima drugo značenje"),
        format!("a form cannot be named “{id}”: that address means something else"),
    )
    .help("preimenujte datoteku", "rename the file")
}

fn unknown_class(files: &[SourceFile], path: &str, class: &str, table: &Retention) -> Diagnostic {
    let mut known: Vec<_> = table.rows().iter().filter_map(|row| row.class.as_deref()).collect();
    known.dedup();
    let known = if known.is_empty() { "–".to_owned() } else { known.join(", ") };
    Diagnostic::error(
        "retention-class-unknown",
        place_of(files, path, class),
        format!("rok čuvanja: klase „{class}” nema u content/{RETENTION}"),
        format!("retention: there is no class “{class}” in content/{RETENTION}"),
    )
    .help(
        format!("navedite jednu od klasa ({known}) ili dodajte redak u tablicu"),
        format!("name one of the classes ({known}), or add a row to the table"),
    )
}

fn fee_without_card(files: &[SourceFile], path: &str, card: &str, fee: &str) -> Diagnostic {
    Diagnostic::error(
        "fee-without-card",
        place_of(files, path, card),
        format!("pristojbe „{fee}” nema na kartici postupka „{card}”"),
        format!("there is no fee “{fee}” on the procedure card “{card}”"),
    )
    .help(
        format!("dodajte je u content/{PROCEDURES}/{card}.yaml ili ispravite ime"),
        format!("add it to content/{PROCEDURES}/{card}.yaml, or correct the name"),
    )
}

fn card_without_form(files: &[SourceFile], path: &str, form: &str) -> Diagnostic {
    Diagnostic::error(
        "card-without-form",
        place_of(files, path, form),
        format!("obrasca „{form}” nema u content/{FORMS}"),
        format!("there is no form “{form}” in content/{FORMS}"),
    )
    .help("ispravite ime ili uklonite redak „form”", "correct the name, or remove the line “form”")
}

fn missing_message(kind: LetterKind) -> Diagnostic {
    let name = kind.file_name();
    let place = Place::file(&format!("content/{MESSAGES}/{name}.yaml"));
    let (hr, en) = (format!("nedostaje poruka „{name}”"), format!("the message “{name}” is missing"));
    if kind == LetterKind::Received {
        Diagnostic::error("message-missing", place, hr, en).help(
            "dodajte datoteku; bez nje se ne može potvrditi primitak",
            "add the file; without it no receipt can be sent",
        )
    } else {
        Diagnostic::warning("message-missing", place, hr, en).help(
            "dodajte datoteku; bez nje se taj korak ne može javiti pošiljatelju",
            "add the file; without it nobody can be told about that step",
        )
    }
}
