//! `zavicaj verify audit`

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use store::{AuditBroken, AuditReport, Signing, verify_all};
use store_sqlite::FILE_NAME;

use super::super::Ended;
use super::super::stored::{Places, block_on};
use super::super::terminal::Terminal;
use crate::diagnostic::MessageLanguage;
use crate::error::EnvironmentError;
use crate::records::Engine;

#[derive(Debug, Args)]
pub(in super::super) struct Arguments {
    /// Where submissions lie: sqlite (in the folder --data) or dynamodb (the table that ZAVICAJ_DYNAMODB_TABLE names)
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t, hide_possible_values = true)]
    store: Engine,
    /// Folder of the submissions
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Folder of the keys
    #[arg(long, value_name = "DIR", default_value = "keys")]
    keys: PathBuf,
    /// Once they hold, sign the state of all chains, so that records that vanish later are noticed
    #[arg(long)]
    checkpoint: bool,
    /// As JSON, for scripts
    #[arg(long)]
    json: bool,
}

pub(in super::super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<(), Ended> {
    let places = Places { data: &arguments.data, keys: &arguments.keys };
    let (audit, of_store) = (places.audit_keys()?, places.audit_keys()?);
    // Connections belong to the runtime that opened them: all of it is one piece of work.
    let (report, made) = block_on(async {
        let variable = |name: &str| std::env::var(name).ok();
        let store = arguments.store.open(&arguments.data, of_store, variable).await?;
        let none = || EnvironmentError::NoFolder { path: arguments.data.join(FILE_NAME) };
        let store = store.ok_or_else(none)?;
        let report = verify_all(store.as_ref(), &audit).await?;
        let signs = arguments.checkpoint && report.holds();
        let made = if signs { Some(store.checkpoint(Timestamp::now(), &|| true).await?) } else { None };
        Ok::<_, EnvironmentError>((report, made))
    })??;
    if arguments.json {
        terminal.say(&as_json(&report).to_string());
    } else {
        tell(&report, terminal);
    }
    if !report.holds() {
        return Err(Ended::Content);
    }
    if let Some(Signing::Done(made)) = made
        && !arguments.json
    {
        let label = terminal.text("Potpisano stanje", "Signed the state");
        terminal.say(&format!("{label}: {} {}", made.at.strftime("%Y-%m-%dT%H:%M:%SZ"), made.digest.hash));
    }
    Ok(())
}

fn tell(report: &AuditReport, terminal: &Terminal) {
    let hr = terminal.language == MessageLanguage::Hr;
    terminal.say(&if hr {
        format!(
            "Zapisa: {}, redaka dnevnika: {}, ispravnih potpisanih stanja: {}",
            report.chains, report.lines, report.checkpoints
        )
    } else {
        format!(
            "Records: {}, lines of the audit trail: {}, signed states that hold: {}",
            report.chains, report.lines, report.checkpoints
        )
    });
    for (reference, broken) in &report.broken {
        let reason = if hr { in_croatian(*broken) } else { broken.to_string() };
        terminal.warn(&format!("{reference}: {reason}"));
    }
    for at in &report.broken_checkpoints {
        let (hr, en) = (
            "potpisano stanje ne odgovara: zapisi ili retci su nestali, ili su dodani sa starijim vremenom",
            "the signed state does not fit: records or lines vanished, or were added with an older date",
        );
        terminal.warn(&format!("{at}: {}", terminal.text(hr, en)));
    }
    for at in &report.keyless_checkpoints {
        let (hr, en) =
            ("ključ kojim je stanje potpisano nije ovdje", "the key that signed the state is not here");
        terminal.warn(&format!("{at}: {}", terminal.text(hr, en)));
    }
    if report.holds() {
        terminal.say(terminal.text("Sve je kako je zapisano.", "Everything is as it was written."));
    }
}

fn in_croatian(broken: AuditBroken) -> String {
    match broken {
        AuditBroken::Empty => "dnevnik je prazan".to_owned(),
        AuditBroken::Line(line) => format!("{line}. redak dnevnika nije onaj koji je zapisan"),
        AuditBroken::KeyMissing(line) => format!("{line}. redak potpisan je ključem kojega ovdje nema"),
        AuditBroken::End => "dnevnik ne završava retkom koji zapis navodi".to_owned(),
    }
}

fn as_json(report: &AuditReport) -> serde_json::Value {
    let broken: Vec<_> = report
        .broken
        .iter()
        .map(|(reference, broken)| {
            serde_json::json!({ "reference": reference.to_string(), "reason": broken.to_string() })
        })
        .collect();
    let moments = |moments: &[Timestamp]| moments.iter().map(Timestamp::to_string).collect::<Vec<_>>();
    serde_json::json!({
        "holds": report.holds(),
        "records": report.chains,
        "lines": report.lines,
        "broken": broken,
        "checkpoints": report.checkpoints,
        "broken_checkpoints": moments(&report.broken_checkpoints),
        "keyless_checkpoints": moments(&report.keyless_checkpoints),
    })
}

impl From<store::StoreError> for Ended {
    fn from(error: store::StoreError) -> Self {
        EnvironmentError::from(error).into()
    }
}
