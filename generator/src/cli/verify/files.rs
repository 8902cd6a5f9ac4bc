//! `zavicaj verify files`

use clap::Args;
use jiff::Timestamp;

use super::super::Ended;
use super::super::stored::block_on;
use super::super::terminal::Terminal;
use crate::error::EnvironmentError;
use crate::records::{self, Engine};

#[derive(Debug, Args)]
pub(in super::super) struct Arguments {
    /// Where submissions lie: only dynamodb has files apart from its records (ZAVICAJ_DYNAMODB_TABLE, ZAVICAJ_S3_BUCKET)
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t, hide_possible_values = true)]
    store: Engine,
    /// Remove what no record names; it is gone for ever
    #[arg(long)]
    remove: bool,
    /// As JSON, for scripts
    #[arg(long)]
    json: bool,
}

pub(in super::super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<(), Ended> {
    if arguments.store == Engine::Sqlite {
        return Err(EnvironmentError::Other(terminal.text(
            "u bazi na ovom računalu datoteke leže kod svojih zapisa, pa nema što usporediti; za tablicu: --store dynamodb",
            "in the database of this machine files lie with their records, so there is nothing to compare; for a table: --store dynamodb",
        ).to_owned()).into());
    }
    let variable = |name: &str| std::env::var(name).ok();
    let orphans = block_on(records::orphans(variable, Timestamp::now(), arguments.remove))??;
    if arguments.json {
        let told = serde_json::json!({ "unnamed": orphans, "removed": arguments.remove });
        terminal.say(&told.to_string());
    } else {
        tell(&orphans, arguments.remove, terminal);
    }
    if orphans.is_empty() || arguments.remove { Ok(()) } else { Err(Ended::Content) }
}

fn tell(orphans: &[String], removed: bool, terminal: &Terminal) {
    let label = terminal.text("Datoteka bez zapisa", "Files without a record");
    terminal.say(&format!("{label}: {}", orphans.len()));
    for key in orphans {
        terminal.say(&format!("  {key}"));
    }
    if orphans.is_empty() {
        return;
    }
    terminal.say(if removed {
        terminal.text("Uklonjene su.", "They are removed.")
    } else {
        terminal.text(
            "Ostale su iza zapisa kojih u tablici više nema. Kad je sigurno da je tablica ona prava: --remove",
            "They were left by records that the table does not have. Once it is certain that the table is the right one: --remove",
        )
    });
}
