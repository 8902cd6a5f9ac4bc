//! What is wrong with the keys, in the words of the person at the terminal.

use sealing::KeyError;

use crate::diagnostic::MessageLanguage;

/// Message and help.
pub(crate) fn explain(error: &KeyError, language: MessageLanguage) -> (String, String) {
    if language == MessageLanguage::En {
        return match error {
            KeyError::ReadableByOthers { path, mode, wanted } => (
                format!("{} can be read by others on this machine (mode {mode:04o})", path.display()),
                format!("run: chmod {wanted:o} '{}'", path.display()),
            ),
            other => (other.to_string(), String::new()),
        };
    }
    match error {
        KeyError::Io { path, source } => {
            (format!("{}: {}", path.display(), crate::error::croatian_reason(source)), String::new())
        }
        KeyError::ReadableByOthers { path, mode, wanted } => (
            format!("{} mogu čitati i drugi na ovom stroju (prava {mode:04o})", path.display()),
            format!("pokrenite: chmod {wanted:o} '{}'", path.display()),
        ),
        KeyError::Unreadable { path, .. } => (
            format!("{} nije ključ kakav ovdje mora biti", path.display()),
            "vratite datoteku iz sigurnosne kopije; novi ključ ne bi vrijedio za ono što je pohranjeno".to_owned(),
        ),
        KeyError::NoReceiptKey { path } => (
            format!("nema datoteke {}", path.display()),
            "vratite je iz sigurnosne kopije; ako je nikad nije bilo, pokrenite: zavicaj keys make".to_owned(),
        ),
        KeyError::Unknown { kind, name } => {
            (format!("nema ključa {kind} {name}"), "sve ključeve pokazuje: zavicaj keys list".to_owned())
        }
        KeyError::InUse { kind, name } => (
            format!("ključ {kind} {name} je u uporabi"),
            format!("prvo napravite noviji: zavicaj keys rotate {kind}"),
        ),
        KeyError::OnlyDeskKey { name } => (
            format!("{name} jedini je ključ ureda"),
            "prvo dodajte drugi: zavicaj keys rotate desk".to_owned(),
        ),
        KeyError::DeskElsewhere => (
            "ključevi ureda nisu na ovom stroju".to_owned(),
            "na računalu matičara pokrenite: zavicaj keys rotate desk; zatim ovdje: zavicaj keys rotate desk --recipient age1…"
                .to_owned(),
        ),
        KeyError::Random(error) => {
            (format!("operacijski sustav ne daje slučajne brojeve: {error}"), String::new())
        }
    }
}
