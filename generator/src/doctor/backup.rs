//! Whether there is something to come back to.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::{Finding, Level, Place, Text, text};

const SUBJECT: &str = "backup";
/// A daily backup and some hours for a slow night.
const OLD: SignedDuration = SignedDuration::from_hours(26);
/// Then it is no daily backup any more.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(7 * 24);

pub(super) fn examine(place: &Place, now: Timestamp) -> Vec<Finding> {
    let Some(backup) = &place.backup else {
        if let Some(made) = store_sqlite::last_backup(&place.data) {
            let hours = now.duration_since(made).as_hours();
            let said = text(
                format!("posljednja kopija stara je {hours} h"),
                format!("the newest backup is {hours} h old"),
            );
            return vec![aged(now.duration_since(made), said)];
        }
        return vec![Finding::warning(
            SUBJECT,
            text("sigurnosna kopija nije navedena", "no backup is named"),
            text(
                "svakog dana: zavicaj backup DATOTEKA; ovdje je navedite: --backup DATOTEKA",
                "every day: zavicaj backup FILE; name it here: --backup FILE",
            ),
        )];
    };
    // Without its keys a backup cannot be read, and keys older than the backup do not fit it.
    let keys = PathBuf::from(format!("{}.keys", backup.display()));
    [backup, &keys].into_iter().map(|path| age(path, now)).collect()
}

fn age(path: &Path, now: Timestamp) -> Finding {
    let made = std::fs::metadata(path).and_then(|data| data.modified());
    let made = match made.map(Timestamp::try_from) {
        Ok(Ok(made)) => made,
        Ok(Err(_)) | Err(_) => {
            let said = text(
                format!("nema sigurnosne kopije {}", path.display()),
                format!("there is no backup {}", path.display()),
            );
            return Finding::wrong(SUBJECT, said, help());
        }
    };
    let age = now.duration_since(made);
    let hours = age.as_hours();
    let said = text(
        format!("kopija {} stara je {hours} h", path.display()),
        format!("the backup {} is {hours} h old", path.display()),
    );
    aged(age, said)
}

fn aged(age: SignedDuration, said: Text) -> Finding {
    let level = match age {
        age if age > FORGOTTEN => Level::Wrong,
        age if age > OLD => Level::Warning,
        _ => Level::Good,
    };
    let help = if level == Level::Good { Text::default() } else { help() };
    Finding { level, subject: SUBJECT, said, help }
}

fn help() -> Text {
    text("napravite novu: zavicaj backup DATOTEKA", "make a new one: zavicaj backup FILE")
}
