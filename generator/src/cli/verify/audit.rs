//! `zavicaj verify audit`

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use store::{AuditBroken, AuditReport, Upkeep as _, verify_all};

use super::super::Ended;
use super::super::stored::{Places, block_on};
use super::super::terminal::Terminal;
use crate::diagnostic::MessageLanguage;
use crate::error::EnvironmentError;

#[derive(Debug, Args)]
pub(in super::super) struct Arguments {
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
    let audit = places.audit_keys()?;
    let store = places.store()?;
    let report = block_on(verify_all(&store, &audit))??;
    if arguments.json {
        terminal.say(&as_json(&report).to_string());
    } else {
        tell(&report, terminal);
    }
    if !report.holds() {
        return Err(Ended::Content);
    }
    if arguments.checkpoint {
        let made = block_on(store.checkpoint(Timestamp::now()))??;
        if !arguments.json {
            let label = terminal.text("Potpisano stanje", "Signed the state");
            terminal.say(&format!(
                "{label}: {} {}",
                made.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                made.digest.hash
            ));
        }
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
