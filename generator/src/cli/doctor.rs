//! `zavicaj doctor`

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::stored::block_on;
use super::terminal::Terminal;
use super::{Common, Ended};
use crate::doctor::{self, Level, Place};
use crate::error::EnvironmentError;
use crate::records::Engine;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the submissions
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Folder of the keys
    #[arg(long, value_name = "DIR", default_value = "keys")]
    keys: PathBuf,
    /// Where submissions lie: sqlite (in the folder --data) or dynamodb (the table that ZAVICAJ_DYNAMODB_TABLE names)
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t, hide_possible_values = true)]
    store: Engine,
    /// The newest backup, to look at its age
    #[arg(long, value_name = "FILE")]
    backup: Option<PathBuf>,
    /// As JSON, for monitoring
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: Arguments, common: &Common, terminal: &mut Terminal) -> Result<(), Ended> {
    let place = Place {
        root: common.root.clone(),
        data: arguments.data,
        keys: arguments.keys,
        backup: arguments.backup,
    };
    let findings = match arguments.store {
        Engine::Sqlite => doctor::examine(&place, Timestamp::now()),
        Engine::Dynamodb => {
            let variable = |name: &str| std::env::var(name).ok();
            block_on(doctor::examine_beside_table(&place, variable, Timestamp::now()))?
        }
    };
    let language = terminal.language;
    if arguments.json {
        let list: Vec<_> = findings
            .iter()
            .map(|finding| {
                serde_json::json!({
                    "level": word(finding.level).1,
                    "subject": finding.subject,
                    "message": finding.said.get(language),
                    "help": finding.help.get(language),
                })
            })
            .collect();
        terminal.say(&serde_json::Value::Array(list).to_string());
    } else {
        for finding in &findings {
            let (hr, en) = word(finding.level);
            let level = terminal.text(hr, en);
            let subject = terminal.text(croatian(finding.subject), finding.subject);
            terminal.say(&format!("{level:10} {subject:9} {}", finding.said.get(language)));
            if !finding.help.get(language).is_empty() {
                terminal.say(&format!("{:10} {:9} {}", "", "", finding.help.get(language)));
            }
        }
    }
    if findings.iter().any(|finding| finding.level == Level::Wrong) {
        let said = terminal.text(
            "ovakav poslužitelj ne smije pred javnost",
            "this server must not meet the public like that",
        );
        return Err(EnvironmentError::Other(said.to_owned()).into());
    }
    Ok(())
}

/// A subject for people; programs read the English name.
fn croatian(subject: &'static str) -> &'static str {
    match subject {
        "settings" => "postavke",
        "keys" => "ključevi",
        "modes" => "prava",
        "clock" => "sat",
        "mail" => "e-pošta",
        "backup" => "kopija",
        "table" => "tablica",
        other => other,
    }
}

fn word(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Good => ("dobro", "good"),
        Level::Warning => ("upozorenje", "warning"),
        Level::Wrong => ("loše", "wrong"),
    }
}
