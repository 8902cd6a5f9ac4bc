//! `zavicaj backup FILE` and `zavicaj restore FILE`

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use store_sqlite::{BackupError, RestoreError, Restored};

use super::Ended;
use super::stored::{Places, only_here};
use super::terminal::Terminal;
use crate::diagnostic::MessageLanguage;
use crate::error::{EnvironmentError, croatian_reason};
use crate::records::Engine;
use crate::store_words;

#[derive(Debug, Args)]
pub(super) struct BackupArguments {
    /// The file to write, and beside it FILE.keys
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Folder of the submissions
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Where submissions lie: sqlite; of a table (dynamodb) it says who copies it
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t, hide_possible_values = true)]
    store: Engine,
}

#[derive(Debug, Args)]
pub(super) struct RestoreArguments {
    /// The file that `zavicaj backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The newest .keys file that there is, if it is not FILE.keys
    #[arg(long, value_name = "FILE")]
    record_keys: Option<PathBuf>,
    /// Folder of the submissions
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Folder of the keys that seal and sign
    #[arg(long, value_name = "DIR", default_value = "keys")]
    keys: PathBuf,
}

/// A table is copied where it lies: a copy here would hold for ever what is erased there.
const COPIED_BY_AWS: (&str, &str) = (
    "tablicu ne kopira ovaj program, nego DynamoDB: functions/template.yaml uključuje povrat na svaki trenutak posljednjih dana. Povrat u novu tablicu: aws dynamodb restore-table-to-point-in-time; izvoz u S3: aws dynamodb export-table-to-point-in-time. Ništa nije zapisano",
    "a table is not copied by this program but by DynamoDB: functions/template.yaml turns on recovery to any moment of the last days. Recover into a new table: aws dynamodb restore-table-to-point-in-time; export to S3: aws dynamodb export-table-to-point-in-time. Nothing was written",
);

pub(super) fn backup(arguments: &BackupArguments, terminal: &Terminal) -> Result<(), Ended> {
    only_here(arguments.store, COPIED_BY_AWS, terminal)?;
    let made = store_sqlite::backup(&arguments.data, &arguments.file, Timestamp::now())
        .map_err(|error| backup_failed(&error, terminal.language))?;
    let label = terminal.text("Sigurnosna kopija", "Backup");
    let records = terminal.text("zapisa", "records");
    terminal.say(&format!("{label}: {} ({records}: {})", made.file.display(), made.records));
    terminal.say(&format!(
        "{}: {}",
        terminal.text("Ključevi zapisa", "Keys of the records"),
        made.keys.display()
    ));
    terminal.say(terminal.text(
        "Čuvajte samo najnoviju datoteku .keys i starije obrišite: s njima bi se moglo čitati i ono što je izbrisano.",
        "Keep only the newest .keys file and delete older ones: with them, what was erased could be read again.",
    ));
    Ok(())
}

pub(super) fn restore(arguments: &RestoreArguments, terminal: &Terminal) -> Result<(), Ended> {
    let audit = Places { data: &arguments.data, keys: &arguments.keys }.audit_keys()?;
    let keys = arguments.record_keys.as_deref();
    let restored = store_sqlite::restore(&arguments.data, &arguments.file, keys, audit, Timestamp::now())
        .map_err(|error| restore_failed(&error, terminal.language))?;
    tell(&restored, arguments, terminal);
    Ok(())
}

fn tell(restored: &Restored, arguments: &RestoreArguments, terminal: &Terminal) {
    let label = terminal.text("Vraćeno u", "Restored into");
    let records = terminal.text("zapisa", "records");
    terminal.say(&format!("{label}: {} ({records}: {})", arguments.data.display(), restored.records));
    if !restored.erased_again.is_empty() {
        let label = terminal.text(
            "Ponovno izbrisano, jer je izbrisano nakon te kopije",
            "Erased again, as after that backup",
        );
        terminal.say(&format!("{label}: {}", restored.erased_again.len()));
    }
    if !restored.without_key.is_empty() {
        let references: Vec<_> = restored.without_key.iter().map(ToString::to_string).collect();
        let label = terminal.text(
            "Ne mogu se otvoriti, jer su ključevi stariji od kopije (vratite ponovno s novijom datotekom .keys)",
            "Cannot be opened, as the keys are older than the backup (restore again with a newer .keys file)",
        );
        terminal.warn(&format!("{label}: {}", references.join(", ")));
    }
    if let Some(place) = &restored.moved_aside {
        let label = terminal.text(
            "Ono što je bilo ovdje sada je u mapi (obrišite je kad vidite da je sve u redu)",
            "What lay there before is now in (delete it when you have seen that all is well)",
        );
        terminal.say(&format!("{label}: {}", place.display()));
    }
    terminal.say(
        terminal
            .text("Provjerite dnevnik: zavicaj verify audit", "Check the audit trail: zavicaj verify audit"),
    );
}

fn backup_failed(error: &BackupError, language: MessageLanguage) -> Ended {
    if language == MessageLanguage::En {
        return other(error.to_string());
    }
    other(match error {
        BackupError::NoDatabase { folder } => format!("u mapi {} nema baze podataka", folder.display()),
        BackupError::Exists { path } => format!("{} već postoji; odaberite drugo ime", path.display()),
        BackupError::NotWritable { path, source } => {
            format!("ne mogu pisati {}: {}", path.display(), croatian_reason(source))
        }
        BackupError::Database(error) => {
            format!("bazu podataka nije moguće pročitati: {}", store_words::in_a_line(error, language))
        }
    })
}

fn restore_failed(error: &RestoreError, language: MessageLanguage) -> Ended {
    if language == MessageLanguage::En {
        return other(error.to_string());
    }
    other(match error {
        RestoreError::Missing { path } => format!(
            "nema datoteke {}; potrebne su obje, a najnovije ključeve navedite ovako: --record-keys DATOTEKA",
            path.display()
        ),
        RestoreError::InUse { folder } => {
            format!("neki program koristi {}; prvo ga zaustavite", folder.display())
        }
        RestoreError::NotWritable { path, source } => {
            format!("ne mogu pisati {}: {}", path.display(), croatian_reason(source))
        }
        RestoreError::Unusable(error) => {
            format!("ta se kopija ne može upotrijebiti: {}", store_words::in_a_line(error, language))
        }
        RestoreError::NotErased(error) => format!(
            "ono što je u međuvremenu izbrisano nije bilo moguće ponovno izbrisati: {}",
            store_words::failed(error, language)
        ),
    })
}

fn other(text: String) -> Ended {
    EnvironmentError::Other(text).into()
}
