//! `zavicaj desk list` and `zavicaj desk show`

use std::collections::BTreeMap;

use clap::Args;
use desk::list::{self, Row};
use desk::record::{self, Opened};
use desk::{DeskError, mask};
use forms::registrar::{self, Secrets};
use jiff::Timestamp;
use serde::Serialize;
use store::{Actor, QueueFilter, Reference, Stage};

use super::super::Ended;
use super::super::terminal::Terminal;
use super::{Office, reference, refused, words};
use crate::diagnostic::MessageLanguage;

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only records that stand here; can be given several times
    #[arg(long, value_name = "STAGE", value_parser = stage)]
    stage: Vec<Stage>,
    /// Only records of this form
    #[arg(long, value_name = "ID")]
    form: Option<String>,
    /// Finished records and those of the register as well
    #[arg(long)]
    all: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: usize,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// The record, as XXXX-XXXX
    #[arg(value_name = "REFERENCE", value_parser = reference)]
    reference: Reference,
    /// Show personal numbers
    #[arg(long)]
    jmb: bool,
}

pub(super) fn stage(text: &str) -> Result<Stage, String> {
    text.parse().map_err(|_| {
        let names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name()).collect();
        format!("the stages are: {}", names.join(", "))
    })
}

/// The queue as a table, or as JSON.
pub(super) fn list(arguments: &List, office: &Office, terminal: &mut Terminal) -> Result<(), Ended> {
    let stages = match (arguments.stage.is_empty(), arguments.all) {
        (false, _) => arguments.stage.clone(),
        (true, true) => Vec::new(),
        (true, false) => list::open_stages(),
    };
    let filter = QueueFilter { stages, form: arguments.form.clone() };
    let desk = office.desk();
    let today = desk.now.to_zoned_datetime(office.bundle.time_zone.clone()).date();
    let rows = office
        .runtime
        .block_on(list::list(office.store.as_ref(), &filter, arguments.limit.max(1), today))
        .map_err(|error| refused(&error, terminal))?;
    if office.json {
        return Office::json(&rows);
    }
    for row in &rows {
        terminal.say(&line(row, &office.local(row.received_at), terminal));
    }
    if rows.is_empty() {
        terminal.say(terminal.text("Nema zahtjeva.", "There are no records."));
    }
    Ok(())
}

fn line(row: &Row, received: &str, terminal: &Terminal) -> String {
    let mut marks: Vec<&str> = Vec::new();
    if row.overdue {
        marks.push(terminal.text("KASNI", "OVERDUE"));
    }
    if row.letter_failed {
        marks.push(terminal.text("PISMO NIJE STIGLO", "LETTER FAILED"));
    }
    marks.extend(row.doubts.iter().map(String::as_str));
    let promised = row.promised.map_or_else(|| "-".to_owned(), |day| day.to_string());
    format!(
        "{}  {:<20} {received}  {promised:<10}  {}  {}",
        row.reference,
        row.stage.name(),
        row.form,
        marks.join(" ")
    )
    .trim_end()
    .to_owned()
}

/// What a registrar reads of one record.
#[derive(Serialize)]
struct Sheet {
    reference: String,
    form: String,
    stage: Stage,
    stage_since: Timestamp,
    received_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    promised: Option<jiff::civil::Date>,
    language: String,
    version: u64,
    can_become: Vec<Stage>,
    facets: BTreeMap<String, String>,
    doubts: Vec<String>,
    warnings: Vec<String>,
    address_confirmed: bool,
    answers: serde_json::Value,
    additions: Vec<Later>,
    files: Vec<store::FileHead>,
    letters: Vec<String>,
    history: Vec<String>,
    history_holds: bool,
}

#[derive(Serialize)]
struct Later {
    kind: String,
    at: Timestamp,
    text: String,
}

/// Everything about one record.
pub(super) fn show(arguments: &Show, office: &Office, terminal: &mut Terminal) -> Result<(), Ended> {
    let read = || -> Result<Opened, DeskError> {
        let stored = office.runtime.block_on(office.store.read(&arguments.reference))?;
        let stored = stored.ok_or_else(|| DeskError::Missing(arguments.reference.clone()))?;
        record::open(stored, office.identity.as_ref())
    };
    let opened = read().map_err(|error| refused(&error, terminal))?;
    let secrets = if arguments.jmb { Secrets::Shown } else { Secrets::Masked };
    let sheet = sheet(&opened, office, secrets, terminal.language);
    if office.json {
        return Office::json(&sheet);
    }
    let head = &opened.record.head;
    terminal.say(&format!(
        "{}  {}  {} ({})",
        sheet.reference,
        sheet.form,
        sheet.stage,
        office.local(sheet.stage_since)
    ));
    let names: Vec<_> = sheet.can_become.iter().map(|stage| stage.name()).collect();
    terminal.say(&format!("{}: {}", terminal.text("dalje", "next"), names.join(", ")));
    for text in sheet.doubts.iter().chain(&sheet.warnings) {
        terminal.say(&format!("! {text}"));
    }
    let form = office.bundle.forms.get(&head.form).map(|form| &form.form);
    let strings = office.bundle.strings.get(&office.language);
    let sheets = form.zip(strings).and_then(|(form, strings)| {
        Some((opened.sheets(form, &office.language, strings, secrets)?, strings))
    });
    match sheets {
        Some((sheets, strings)) => {
            terminal.say(&format!("\n{}", registrar::plain_text(&sheets, strings)));
        }
        None => {
            terminal.say(terminal.text(
                "\nObrazac je u međuvremenu promijenjen; odgovori kako su spremljeni:",
                "\nThe form was changed meanwhile; the answers as they were stored:",
            ));
            terminal.say(&serde_json::to_string_pretty(&sheet.answers).unwrap_or_default());
        }
    }
    for later in &sheet.additions {
        terminal.say(&format!("\n[{} {}]\n{}", later.kind, office.local(later.at), later.text));
    }
    for file in &sheet.files {
        terminal.say(&format!("\n[{}] {} {} B", file.field, file.kind, file.size_bytes));
    }
    terminal.say("");
    for message in &opened.record.messages {
        terminal.say(&words::letter(message, terminal.language, |at| office.local(at)));
    }
    for line in &opened.record.audit {
        terminal.say(&format!("{} {}", office.local(line.at), line.event));
    }
    if !sheet.history_holds {
        terminal.warn(terminal.text(
            "Pozor: trag promjena ovog zahtjeva nije onaj koji je zapisan.",
            "Warning: the history of this record is not the one that was written.",
        ));
    }
    Ok(())
}

fn sheet(opened: &Opened, office: &Office, secrets: Secrets, language: MessageLanguage) -> Sheet {
    let head = &opened.record.head;
    let form = office.bundle.forms.get(&head.form).map(|form| &form.form);
    let shown = |text: &str| match secrets {
        Secrets::Shown => text.to_owned(),
        Secrets::Masked => mask::personal_numbers(text),
    };
    Sheet {
        reference: head.reference.to_string(),
        form: head.form.clone(),
        stage: head.stage,
        stage_since: head.stage_since,
        received_at: head.received_at,
        promised: head.promised,
        language: head.language.clone(),
        version: head.version,
        can_become: head.stage.next(Actor::Office).to_vec(),
        facets: head.facets.clone(),
        doubts: head.doubts.clone(),
        warnings: opened.warnings(),
        address_confirmed: head.contact_confirmed_at.is_some(),
        answers: opened.stored_answers(form, secrets),
        additions: opened
            .additions
            .iter()
            .map(|later| Later { kind: later.kind.clone(), at: later.at, text: shown(&later.words()) })
            .collect(),
        files: head.files.clone(),
        letters: opened
            .record
            .messages
            .iter()
            .map(|message| words::letter(message, language, |at| at.to_string()))
            .collect(),
        history: opened.record.audit.iter().map(|line| format!("{} {}", line.at, line.event)).collect(),
        history_holds: opened.record.verify_audit(&office.keys.hashing.derive("audit")).is_ok(),
    }
}
