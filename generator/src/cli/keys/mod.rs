//! `zavicaj keys`: list, make, rotate, retire.

mod needs;
mod retire;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use sealing::{KeyEntry, KeyFolder, KeyKind, Recipient};

use super::Ended;
use super::stored::{Places, only_here};
use super::terminal::Terminal;
use crate::error::EnvironmentError;
use crate::records::Engine;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the keys
    #[arg(long, value_name = "DIR", default_value = "keys", global = true)]
    keys: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show all keys without their secrets (what `zavicaj keys` alone does)
    List {
        /// As JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Make what is missing, as the first start does; what is there stays as it is
    Make,
    /// Make a newer key; the older one stays and still opens and verifies what it made
    Rotate {
        /// Which kind of key
        #[arg(value_enum)]
        kind: Kind,
        /// The public key of a desk on another machine, instead of making one here
        #[arg(long, value_name = "AGE1", value_parser = recipient)]
        recipient: Option<Recipient>,
    },
    /// Take an old key out; counts first what is stored that needs it, and refuses while there is something
    Retire {
        /// Which kind of key
        #[arg(value_enum)]
        kind: Kind,
        /// Its name, as `zavicaj keys list` shows it
        #[arg(value_name = "NAME")]
        name: String,
        /// Folder of the submissions
        #[arg(long, value_name = "DIR", default_value = "data")]
        data: PathBuf,
        /// Where submissions lie: sqlite; in a table (dynamodb) nobody can count what still needs a key
        #[arg(long, value_name = "ENGINE", value_enum, default_value_t, hide_possible_values = true)]
        store: Engine,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Signs links in letters, check pages and the audit trail; hashes addresses for look-ups
    Hashing,
    /// Seals letters and addresses
    Service,
    /// Signs receipts
    Receipt,
    /// Seals answers, for the registrar only
    Desk,
}

impl From<Kind> for KeyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Hashing => Self::Hashing,
            Kind::Service => Self::Service,
            Kind::Receipt => Self::Receipt,
            Kind::Desk => Self::Desk,
        }
    }
}

fn recipient(text: &str) -> Result<Recipient, String> {
    text.parse().map_err(|error: sealing::KeyTextError| error.to_string())
}

pub(super) fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<(), Ended> {
    let folder = KeyFolder::new(&arguments.keys);
    match arguments.command.unwrap_or(Command::List { json: false }) {
        Command::List { json } => list(&folder, json, terminal),
        Command::Make => make(&folder, &arguments.keys, terminal),
        Command::Rotate { kind, recipient: Some(recipient) } => {
            if kind != Kind::Desk {
                return Err(other(terminal.text(
                    "--recipient vrijedi samo za ključ ureda: zavicaj keys rotate desk --recipient age1…",
                    "--recipient is for the desk only: zavicaj keys rotate desk --recipient age1…",
                )));
            }
            let is_new = folder.add_desk_recipient(&recipient, &now()).map_err(EnvironmentError::from)?;
            if is_new {
                rotated(KeyKind::Desk, &recipient.to_string(), terminal);
            } else {
                terminal.say(terminal.text(
                    "Taj je ključ već upisan; ništa nije promijenjeno.",
                    "That key was there already; nothing was changed.",
                ));
            }
            Ok(())
        }
        Command::Rotate { kind, recipient: None } => {
            let kind = KeyKind::from(kind);
            let name = folder.rotate(kind, &now()).map_err(EnvironmentError::from)?;
            rotated(kind, &name, terminal);
            Ok(())
        }
        Command::Retire { kind, name, data, store, yes } => {
            only_here(store, NOT_COUNTED, terminal)?;
            let places = Places { data: &data, keys: &arguments.keys };
            let wanted = retire::Wanted { kind: kind.into(), name: &name, yes };
            retire::run(&folder, &places, &wanted, terminal)
        }
    }
}

/// What needs a key lies sealed in a table without an index by keys; and a function reads its keys elsewhere.
const NOT_COUNTED: (&str, &str) = (
    "u tablici se ne može prebrojiti što još treba taj ključ, pa ostaje; ništa nije promijenjeno. Stariji ključ ne smeta: novi ide ispred njega u istu tajnu (aws secretsmanager put-secret-value), pa funkcije objavite ponovno. Ako je ukraden, pogledajte u README-u odjeljak Keys",
    "in a table nobody can count what still needs this key, so it stays; nothing was changed. An older key does no harm: put the new one before it in the same secret (aws secretsmanager put-secret-value), then publish the functions anew. If it was stolen, see Keys in the README",
);

fn list(folder: &KeyFolder, json: bool, terminal: &Terminal) -> Result<(), Ended> {
    let list = folder.list().map_err(EnvironmentError::from)?;
    if json {
        let list: Vec<_> = list
            .iter()
            .map(|key| {
                serde_json::json!({
                    "kind": key.kind.word(),
                    "name": key.name,
                    "made": key.made,
                    "in_use": key.is_in_use,
                    "private_here": key.is_private_here,
                })
            })
            .collect();
        terminal.say(&serde_json::Value::Array(list).to_string());
        return Ok(());
    }
    if list.is_empty() {
        terminal.say(terminal.text(
            "Nema ključeva. Prvo pokretanje (zavicaj serve) ih napravi, ili: zavicaj keys make",
            "There are no keys. The first start (zavicaj serve) makes them, or: zavicaj keys make",
        ));
    }
    for key in &list {
        terminal.say(&line(key, terminal));
    }
    Ok(())
}

fn line(key: &KeyEntry, terminal: &Terminal) -> String {
    let state = match (key.kind, key.is_in_use, key.is_private_here) {
        (KeyKind::Desk, true, true) => terminal
            .text("u uporabi; PRIVATNI DIO JE NA OVOM STROJU", "in use; THE PRIVATE HALF IS ON THIS MACHINE"),
        (KeyKind::Desk, true, false) => {
            terminal.text("u uporabi; privatni dio nije ovdje", "in use; the private half is not here")
        }
        (KeyKind::Desk, false, _) => terminal.text("privatni dio", "private half"),
        (_, true, _) => terminal.text("u uporabi", "in use"),
        (KeyKind::Receipt, false, _) => {
            terminal.text("stariji; još provjerava potvrde", "older; still checks receipts")
        }
        (KeyKind::Service, false, _) => terminal.text("stariji; još otvara", "older; still opens"),
        (KeyKind::Hashing, false, _) => terminal.text("stariji; još provjerava", "older; still verifies"),
    };
    let made = key.made.as_deref().unwrap_or("-");
    format!("{:8} {}  {made}  {state}", key.kind.word(), key.name)
}

fn make(folder: &KeyFolder, place: &std::path::Path, terminal: &Terminal) -> Result<(), Ended> {
    let made = folder.make(&now()).map_err(EnvironmentError::from)?;
    if made.is_empty() {
        terminal.say(terminal.text(
            "Svi su ključevi tu; ništa nije promijenjeno.",
            "All keys are there; nothing was changed.",
        ));
        return Ok(());
    }
    let words = made.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
    let label = terminal.text("Napravljeno u mapi", "Made in");
    terminal.say(&format!("{label} {}: {words}", place.display()));
    terminal.say(terminal.text(
        "Spremite kopiju te mape na sigurno mjesto, odvojeno od podataka.",
        "Keep a copy of that folder in a safe place, apart from the data.",
    ));
    Ok(())
}

fn rotated(kind: KeyKind, name: &str, terminal: &Terminal) {
    let label = terminal.text("Novi ključ", "New key");
    terminal.say(&format!("{label}: {kind} {name}"));
    let (hr, en) = match kind {
        KeyKind::Desk => (
            "Odgovori se pečate i tim ključem. Ako je napravljen na drugom stroju, na poslužitelju pokrenite: zavicaj keys rotate desk --recipient age1…",
            "Answers are sealed to it as well. If it was made on another machine, run on the server: zavicaj keys rotate desk --recipient age1…",
        ),
        _ => (
            "Stariji ključ ostaje i dalje vrijedi za ono što je njime nastalo.",
            "The older key stays and is still good for what was made with it.",
        ),
    };
    terminal.say(terminal.text(hr, en));
    terminal.say(terminal.text(
        "Obnovite kopiju ključeva i ponovno pokrenite poslužitelj; do tada radi sa starim ključem.",
        "Renew your copy of the keys and restart the server; until then it works with the old key.",
    ));
}

fn other(text: &str) -> Ended {
    EnvironmentError::Other(text.to_owned()).into()
}

fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
