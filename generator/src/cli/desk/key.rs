//! The registrar's key: from its file, or unlocked for some hours in memory that no disk keeps.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use desk::unlock::{self, ExposeSecret as _, SecretString, UnlockError};
use jiff::{SignedDuration, Timestamp};
use sealing::{Identity, Keys};

use super::super::Ended;
use super::super::terminal::Terminal;
use super::Place;
use crate::diagnostic::MessageLanguage;
use crate::error::EnvironmentError;

const FILE: &str = "zavicaj-desk.key";

#[derive(Debug, Args)]
pub(super) struct Unlock {
    /// For how long
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=24))]
    hours: u8,
}

/// Opens the key file and keeps the key in the session's own folder until the hours are over.
pub(super) fn unlock(arguments: &Unlock, place: &Place, terminal: &mut Terminal) -> Result<(), Ended> {
    let path = place.identity.clone().unwrap_or_else(|| beside_keys(place));
    let (text, identity) = open(&path, place, terminal)?;
    let keys = Keys::open(&place.keys).map_err(|error| EnvironmentError::Other(error.to_string()))?;
    if !fits(&keys, &identity) {
        return Err(EnvironmentError::Other(format!(
            "{}: {}",
            path.display(),
            terminal.text(
                "ovaj ključ ne otvara prijave: nije među ključevima ureda",
                "this key opens no submission: it is not among the desk's keys"
            )
        ))
        .into());
    }
    let until = Timestamp::now()
        .checked_add(SignedDuration::from_hours(i64::from(arguments.hours)))
        .map_err(|error| EnvironmentError::Other(error.to_string()))?;
    let session = session_file(terminal)?;
    write(&session, &format!("# until {until}\n{}", secret(&text)))?;
    terminal.say(&match terminal.language {
        MessageLanguage::Hr => format!("Otključano do {until}. Za kraj: zavicaj desk lock"),
        MessageLanguage::En => format!("Unlocked until {until}. To end it: zavicaj desk lock"),
    });
    Ok(())
}

/// Forgets the unlocked key.
pub(super) fn lock(terminal: &mut Terminal) -> Result<(), Ended> {
    let session = session_file(terminal)?;
    match fs::remove_file(&session) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(EnvironmentError::io("remove", &session, error).into()),
    }
    terminal.say(terminal.text("Zaključano.", "Locked."));
    Ok(())
}

/// The key that commands use: the named file, else the unlocked key, else the file beside the keys. None of them
/// is no error yet: much of the work needs no answers.
pub(super) fn identity(place: &Place, terminal: &mut Terminal) -> Result<Option<Identity>, Ended> {
    if let Some(path) = &place.identity {
        return open(path, place, terminal).map(|(_, identity)| Some(identity));
    }
    if let Some(identity) = unlocked(terminal)? {
        return Ok(Some(identity));
    }
    let path = beside_keys(place);
    if !path.exists() {
        return Ok(None);
    }
    let file = fs::read(&path).map_err(|error| EnvironmentError::io("read", &path, error))?;
    // A protected one is asked for by `unlock`, not by each command.
    if unlock::is_protected(&file) && place.passphrase_file.is_none() {
        return Ok(None);
    }
    open(&path, place, terminal).map(|(_, identity)| Some(identity))
}

fn beside_keys(place: &Place) -> PathBuf {
    place.keys.join("desk").join("identity.age")
}

/// Whether answers are sealed to this key.
fn fits(keys: &Keys, identity: &Identity) -> bool {
    const PROBE: &[u8] = b"zavicaj";
    keys.sealer
        .seal_for_desk(PROBE)
        .is_ok_and(|sealed| identity.unseal(&sealed).is_ok_and(|opened| opened == PROBE))
}

fn open(path: &Path, place: &Place, terminal: &mut Terminal) -> Result<(SecretString, Identity), Ended> {
    let file = fs::read(path).map_err(|error| EnvironmentError::io("read", path, error))?;
    let passphrase = if unlock::is_protected(&file) { Some(passphrase(place, terminal)?) } else { None };
    unlock::open(&file, passphrase.as_ref()).map_err(|error| {
        let text = match error {
            UnlockError::PassphraseNeeded => {
                terminal.text("datoteka je zaštićena lozinkom", "the file is protected by a passphrase")
            }
            UnlockError::WrongPassphrase => {
                terminal.text("lozinka ne otvara datoteku", "the passphrase does not open the file")
            }
            UnlockError::NoIdentity(_) => terminal
                .text("ovo nije datoteka s ključem (age identity)", "this is no key file (age identity)"),
        };
        EnvironmentError::Other(format!("{}: {text}", path.display())).into()
    })
}

fn passphrase(place: &Place, terminal: &mut Terminal) -> Result<SecretString, Ended> {
    if let Some(path) = &place.passphrase_file {
        let text = fs::read_to_string(path).map_err(|error| EnvironmentError::io("read", path, error))?;
        return Ok(text.lines().next().unwrap_or_default().to_owned().into());
    }
    if !io::stdin().is_terminal() {
        return Err(EnvironmentError::Other(
            terminal
                .text(
                    "lozinka se upisuje u terminalu ili čita iz datoteke: --passphrase-file",
                    "the passphrase is typed at a terminal or read from a file: --passphrase-file",
                )
                .to_owned(),
        )
        .into());
    }
    let question = terminal.text("Lozinka ključa: ", "Passphrase of the key: ");
    rpassword::prompt_password(question)
        .map(Into::into)
        .map_err(|error| EnvironmentError::Other(error.to_string()).into())
}

/// The unlocked key, if its hours are not over; one that is over is removed.
fn unlocked(terminal: &mut Terminal) -> Result<Option<Identity>, Ended> {
    let Ok(path) = session_file(terminal) else { return Ok(None) };
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(EnvironmentError::io("read", &path, error).into()),
    };
    let until = text
        .lines()
        .next()
        .and_then(Result::ok)
        .and_then(|line| line.strip_prefix("# until ")?.parse::<Timestamp>().ok());
    if until.is_none_or(|until| until <= Timestamp::now()) {
        fs::remove_file(&path).map_err(|error| EnvironmentError::io("remove", &path, error))?;
        return Ok(None);
    }
    let opened = unlock::open(&text, None);
    Ok(opened.ok().map(|(_, identity)| identity))
}

/// In the folder that the system keeps in memory for this user's session and for nobody else.
fn session_file(terminal: &Terminal) -> Result<PathBuf, Ended> {
    std::env::var_os("XDG_RUNTIME_DIR").filter(|folder| !folder.is_empty()).map_or_else(
        || {
            Err(EnvironmentError::Other(
                terminal
                    .text(
                        "ovaj sustav nema mapu sesije (XDG_RUNTIME_DIR); navedite ključ uz svaku naredbu: --identity",
                        "this system has no session folder (XDG_RUNTIME_DIR); name the key with each command: --identity",
                    )
                    .to_owned(),
            )
            .into())
        },
        |folder| Ok(PathBuf::from(folder).join(FILE)),
    )
}

fn secret(text: &SecretString) -> &str {
    text.expose_secret()
}

/// For its owner only, whatever was there before.
fn write(path: &Path, text: &str) -> Result<(), EnvironmentError> {
    let failed = |error| EnvironmentError::io("write", path, error);
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed)
}
