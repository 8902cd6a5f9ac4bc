//! `zavicaj desk`: the office's work at the command line, for people and for scripts.

mod change;
mod key;
mod show;
mod take_out;
mod words;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use clap::{Args, Subcommand};
use desk::{Desk, DeskError};
use functions::Bundle;
use jiff::Timestamp;
use sealing::{Identity, Keys};
use serde::Serialize;
use store::{Reference, Store};

use super::terminal::Terminal;
use super::{Common, Ended, explain};
use crate::build;
use crate::error::EnvironmentError;
use crate::records::Engine;
use crate::source::Happened;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    place: Place,
}

/// Where the records and the keys are.
#[derive(Debug, Args)]
struct Place {
    /// Where submissions lie: sqlite (in the folder --data) or dynamodb (the table that ZAVICAJ_DYNAMODB_TABLE names)
    #[arg(
        long,
        value_name = "ENGINE",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        global = true
    )]
    store: Engine,
    /// Folder of the submissions
    #[arg(long, value_name = "DIR", default_value = "data", global = true)]
    data: PathBuf,
    /// Folder of the keys
    #[arg(long, value_name = "DIR", default_value = "keys", global = true)]
    keys: PathBuf,
    /// The registrar's key file; without it the unlocked one, or desk/identity.age in the folder of the keys
    #[arg(long, value_name = "FILE", global = true)]
    identity: Option<PathBuf>,
    /// File with the passphrase of the key file (its first line); without it the terminal asks
    #[arg(long, value_name = "FILE", global = true)]
    passphrase_file: Option<PathBuf>,
    /// Answer with JSON on standard output
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open the registrar's key for some hours, so that each command need not ask for the passphrase
    Unlock(key::Unlock),
    /// End that
    Lock,
    /// The queue, oldest first; nothing sealed is opened
    List(show::List),
    /// One record with its answers; personal numbers are hidden
    Show(show::Show),
    /// Move a record to another stage
    Move(change::MoveTo),
    /// A printed certificate leaves: by post, or to be collected
    Issue(change::Issue),
    /// Refuse a request by a formal decision
    Refuse(change::Refuse),
    /// Everything that is kept about one record, in a file
    Export(take_out::Export),
    /// Take a record's content away for ever
    Erase(take_out::Erase),
}

pub(super) fn run(arguments: &Arguments, common: &Common, terminal: &mut Terminal) -> Result<(), Ended> {
    match &arguments.command {
        Command::Unlock(unlock) => key::unlock(unlock, &arguments.place, terminal),
        Command::Lock => key::lock(terminal),
        Command::List(list) => show::list(list, &Office::open(&arguments.place, common, terminal)?, terminal),
        Command::Show(show) => show::show(show, &Office::open(&arguments.place, common, terminal)?, terminal),
        Command::Move(step) => change::to(step, &Office::open(&arguments.place, common, terminal)?, terminal),
        Command::Issue(step) => {
            change::issue(step, &Office::open(&arguments.place, common, terminal)?, terminal)
        }
        Command::Refuse(step) => {
            change::refuse(step, &Office::open(&arguments.place, common, terminal)?, terminal)
        }
        Command::Export(export) => {
            take_out::export(export, &Office::open(&arguments.place, common, terminal)?, terminal)
        }
        Command::Erase(erase) => {
            take_out::erase(erase, &Office::open(&arguments.place, common, terminal)?, terminal)
        }
    }
}

/// All that a command works with, opened.
struct Office {
    store: Arc<dyn Store>,
    bundle: Bundle,
    keys: Keys,
    identity: Option<Identity>,
    runtime: tokio::runtime::Runtime,
    json: bool,
    language: String,
}

impl Office {
    /// Opens store and keys that are there already; a desk makes neither.
    fn open(place: &Place, common: &Common, terminal: &mut Terminal) -> Result<Self, Ended> {
        let other = |error: &dyn std::fmt::Display| EnvironmentError::Other(error.to_string());
        let none = || {
            let none = terminal.text("ovdje nema prijava", "there are no submissions here");
            EnvironmentError::Other(format!("{}: {none}", place.data.display()))
        };
        if place.store == Engine::Sqlite && !place.data.join(store_sqlite::FILE_NAME).exists() {
            return Err(none().into());
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| other(&error))?;
        let keys = Keys::open(&place.keys).map_err(EnvironmentError::from)?;
        let variable = |name: &str| std::env::var(name).ok();
        let store = place.store.open(&place.data, keys.hashing.derive("audit"), variable);
        let store = runtime.block_on(store)?.ok_or_else(none)?;
        let identity = key::identity(place, terminal)?;
        let options = build::Options {
            root: common.root.clone(),
            base_url: None,
            drafts: false,
            now: Timestamp::now(),
            read_at: SystemTime::now(),
            happened: Happened::Anything,
            program: crate::cli::program(),
            fresh: false,
            minify: false,
            precompress: false,
        };
        let built = build::check(&options).map_err(|failure| explain(failure, terminal))?;
        Ok(Self {
            store,
            language: built.bundle.default_language.clone(),
            bundle: built.bundle,
            keys,
            identity,
            runtime,
            json: place.json,
        })
    }

    /// A moment as the clock in the office showed it.
    fn local(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.bundle.time_zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            store: self.store.as_ref(),
            bundle: &self.bundle,
            identity: self.identity.as_ref(),
            service: &self.keys.service_identity,
            sealer: self.keys.sealer.clone(),
            hashing: &self.keys.hashing,
            now: Timestamp::now(),
            random: &|buffer| getrandom::fill(buffer).is_ok(),
        }
    }

    /// Shows a value as JSON on standard output.
    fn json(value: &impl Serialize) -> Result<(), Ended> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| EnvironmentError::Other(error.to_string()))?;
        // A closed pipe is no reason to fail.
        let _ = writeln!(std::io::stdout().lock(), "{text}");
        Ok(())
    }
}

fn reference(text: &str) -> Result<Reference, String> {
    text.parse().map_err(|error: store::ReferenceError| error.to_string())
}

/// What the office wanted cannot be done: 1 when the record does not allow it, 2 when the machine does not.
fn refused(error: &DeskError, terminal: &Terminal) -> Ended {
    match error {
        DeskError::Store(error) => {
            EnvironmentError::Other(crate::store_words::failed(error, terminal.language)).into()
        }
        DeskError::NoRandomness | DeskError::Seal(_) => EnvironmentError::Other(error.to_string()).into(),
        DeskError::Missing(_)
        | DeskError::NotAllowed { .. }
        | DeskError::Needs(_)
        | DeskError::Stale(_)
        | DeskError::Locked(_)
        | DeskError::Foreign(_)
        | DeskError::NoForm { .. }
        | DeskError::Letter(_)
        | DeskError::Export(_) => {
            terminal.warn(&words::error(error, terminal.language));
            Ended::Content
        }
    }
}
