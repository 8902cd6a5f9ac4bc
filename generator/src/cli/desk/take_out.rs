//! `zavicaj desk export` and `zavicaj desk erase`

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use desk::export;
use desk::unlock::SecretString;
use sealing::{Recipient, Sealer};
use serde_json::json;
use store::Reference;

use super::super::Ended;
use super::super::terminal::Terminal;
use super::{Office, reference, refused};
use crate::error::EnvironmentError;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("for").required(true))]
pub(super) struct Export {
    /// The record, as XXXX-XXXX
    #[arg(value_name = "REFERENCE", value_parser = reference)]
    reference: Reference,
    /// The new file
    #[arg(long, value_name = "FILE", required_unless_present = "mail", conflicts_with = "mail")]
    out: Option<PathBuf>,
    /// Seal it to this age recipient (age1…)
    #[arg(long, value_name = "RECIPIENT", group = "for", value_parser = recipient)]
    to: Option<Recipient>,
    /// Seal it with the passphrase in the first line of this file, which the person is told another way
    #[arg(long, value_name = "FILE", group = "for")]
    with_passphrase: Option<PathBuf>,
    /// Send the person a link that works for two weeks, instead of writing a file
    #[arg(long, group = "for")]
    mail: bool,
    /// Do not seal it: whoever gets the file reads it
    #[arg(long, group = "for")]
    plain: bool,
}

#[derive(Debug, Args)]
pub(super) struct Erase {
    /// The record, as XXXX-XXXX
    #[arg(value_name = "REFERENCE", value_parser = reference)]
    reference: Reference,
    /// Without this nothing happens: what is erased cannot be brought back, not from a backup either
    #[arg(long)]
    yes: bool,
}

fn recipient(text: &str) -> Result<Recipient, String> {
    text.parse().map_err(|error: sealing::KeyTextError| error.to_string())
}

/// Writes everything about one record into a new file.
pub(super) fn export(arguments: &Export, office: &Office, terminal: &mut Terminal) -> Result<(), Ended> {
    let Some(out) = &arguments.out else { return mail(&arguments.reference, office, terminal) };
    let document = office
        .runtime
        .block_on(export::document(office.store.as_ref(), &arguments.reference, office.identity.as_ref()))
        .map_err(|error| refused(&error, terminal))?;
    let other = |error: &dyn std::fmt::Display| EnvironmentError::Other(error.to_string());
    let bytes = serde_json::to_vec_pretty(&document).map_err(|error| other(&error))?;
    let bytes = match (&arguments.to, &arguments.with_passphrase) {
        (Some(recipient), _) => Sealer::new(vec![recipient.clone()], recipient.clone())
            .and_then(|sealer| sealer.seal_for_desk(&bytes))
            .map_err(|error| other(&error))?,
        (None, Some(path)) => {
            let text = fs::read_to_string(path).map_err(|error| EnvironmentError::io("read", path, error))?;
            let passphrase = text.lines().next().unwrap_or_default().trim();
            if passphrase.chars().count() < SHORTEST_PASSPHRASE {
                return Err(other(&terminal.text(
                    "lozinka je prekratka: treba barem 12 znakova",
                    "the passphrase is too short: it needs 12 characters at least",
                ))
                .into());
            }
            export::protected(&bytes, &SecretString::from(passphrase.to_owned()))
                .map_err(|error| refused(&error, terminal))?
        }
        (None, None) => bytes,
    };
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(out)
        .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()))
        .map_err(|error| EnvironmentError::io("write", out, error))?;
    if office.json {
        return Office::json(&json!({
            "reference": arguments.reference.to_string(),
            "file": out,
            "bytes": bytes.len(),
        }));
    }
    terminal.say(&format!("{}: {} B", out.display(), bytes.len()));
    Ok(())
}

fn mail(reference: &Reference, office: &Office, terminal: &mut Terminal) -> Result<(), Ended> {
    let version = office
        .runtime
        .block_on(export::mail(&office.desk(), reference))
        .map_err(|error| refused(&error, terminal))?;
    if office.json {
        return Office::json(
            &json!({ "reference": reference.to_string(), "version": version, "letter": "queued" }),
        );
    }
    let said = terminal.text("pismo s poveznicom čeka slanje", "the letter with the link waits to be sent");
    terminal.say(&format!("{reference}: {said}"));
    Ok(())
}

/// A passphrase that a machine tries out by the million has to be longer than a word.
const SHORTEST_PASSPHRASE: usize = 12;

/// Takes a record's content away for ever.
pub(super) fn erase(arguments: &Erase, office: &Office, terminal: &mut Terminal) -> Result<(), Ended> {
    if !arguments.yes {
        terminal.warn(terminal.text(
            "Izbrisano se ne može vratiti, ni iz sigurnosne kopije. Ako to želite, dodajte --yes.",
            "What is erased cannot be brought back, not from a backup either. If you mean it, add --yes.",
        ));
        return Err(Ended::Content);
    }
    office
        .runtime
        .block_on(office.desk().erase(&arguments.reference))
        .map_err(|error| refused(&error, terminal))?;
    if office.json {
        return Office::json(&json!({ "reference": arguments.reference.to_string(), "erased": true }));
    }
    terminal.say(&format!("{}: {}", arguments.reference, terminal.text("izbrisano", "erased")));
    Ok(())
}
