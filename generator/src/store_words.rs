//! What is wrong with the database of the submissions, in the words of the person at the terminal.

use store::StoreError;
use store_sqlite::OpenError;

use crate::diagnostic::MessageLanguage;
use crate::error::croatian_reason;

/// Message and help for a database that cannot be opened.
pub(crate) fn explain(error: &OpenError, language: MessageLanguage) -> (String, String) {
    if language == MessageLanguage::En {
        return (error.to_string(), String::new());
    }
    let (message, help) = match error {
        OpenError::NotWritable { path, source } => {
            (format!("ne mogu pisati {}: {}", path.display(), croatian_reason(source)), "")
        }
        OpenError::NotADatabase { path } => (
            format!("{} nije baza podataka", path.display()),
            "ako je to bila, vratite sigurnosnu kopiju: zavicaj restore DATOTEKA",
        ),
        OpenError::Foreign { path } => (
            format!("{} je baza podataka drugog programa", path.display()),
            "navedite drugu mapu: --data MAPA",
        ),
        OpenError::Damaged { path } => (
            format!("baza podataka {} je oštećena", path.display()),
            "sačuvajte tu datoteku i pokraj nje vratite sigurnosnu kopiju",
        ),
        OpenError::Emptied { path } => (
            format!("datoteka {} odsječena je ili ispražnjena", path.display()),
            "sačuvajte što je ostalo i pokraj toga vratite sigurnosnu kopiju",
        ),
        OpenError::NewerSchema { path, found, known } => (
            format!(
                "datoteku {} napisala je novija inačica programa (shema {found}, ova poznaje najviše {known})",
                path.display()
            ),
            "nadogradite ovaj program",
        ),
        OpenError::Locked { path } => (
            format!("drugi program drži datoteku {} zaključanom", path.display()),
            "pričekajte da završi i pokušajte ponovno",
        ),
        OpenError::Full { path } => {
            (format!("nema više mjesta za {}", path.display()), "oslobodite prostor na disku")
        }
        OpenError::RecordKeysMissing { path, keys } => (
            format!("u datoteci {} nema nijednog ključa zapisa iz {}", keys.display(), path.display()),
            "vratite njezinu najnoviju kopiju (datoteku .keys)",
        ),
        OpenError::HalfRestored { path } => (
            format!("vraćanje sigurnosne kopije u {} bilo je prekinuto", path.display()),
            "vratite je ponovno: zavicaj restore DATOTEKA",
        ),
        OpenError::BeingRestored { path } => (
            format!("u {} se upravo vraća sigurnosna kopija", path.display()),
            "pričekajte da vraćanje završi",
        ),
        OpenError::NotBroughtOver { path, source } => (
            format!(
                "datoteku {} nije bilo moguće prevesti na ovu inačicu: {}",
                path.display(),
                failed(source, language)
            ),
            "",
        ),
        OpenError::Failed { path, source } => {
            (format!("ne mogu otvoriti {} (SQLite: {source})", path.display()), "")
        }
    };
    (message, help.to_owned())
}

/// The same in one line, to stand behind something else.
pub(crate) fn in_a_line(error: &OpenError, language: MessageLanguage) -> String {
    let (message, help) = explain(error, language);
    if help.is_empty() { message } else { format!("{message}; {help}") }
}

/// Why the store did not do something. What SQLite or the system said stays as they said it.
pub(crate) fn failed(error: &StoreError, language: MessageLanguage) -> String {
    if language == MessageLanguage::En {
        return error.to_string();
    }
    match error {
        StoreError::Busy(reason) => format!("baza podataka je zauzeta; pokušajte ponovno ({reason})"),
        StoreError::Full(reason) => format!("nema više mjesta za bazu podataka ({reason})"),
        StoreError::Corrupt(reason) => format!("u bazi podataka je nešto neočekivano ({reason})"),
        StoreError::Failed(reason) => format!("rad s bazom podataka nije uspio ({reason})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::path::PathBuf;

    #[test]
    fn every_reason_is_said_in_the_language_of_the_command() {
        let path = || PathBuf::from("data/submissions.sqlite3");
        let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
        let errors = [
            OpenError::NotWritable { path: path(), source: denied() },
            OpenError::NotADatabase { path: path() },
            OpenError::Foreign { path: path() },
            OpenError::Damaged { path: path() },
            OpenError::Emptied { path: path() },
            OpenError::NewerSchema { path: path(), found: 9, known: 2 },
            OpenError::Locked { path: path() },
            OpenError::Full { path: path() },
            OpenError::RecordKeysMissing { path: path(), keys: "data/record-keys.sqlite3".into() },
            OpenError::HalfRestored { path: "data".into() },
            OpenError::BeingRestored { path: "data".into() },
            OpenError::NotBroughtOver { path: path(), source: StoreError::Busy("locked".into()) },
        ];
        let mut said = String::new();
        for error in &errors {
            let (hr, en) = (in_a_line(error, MessageLanguage::Hr), in_a_line(error, MessageLanguage::En));
            assert_eq!(en, error.to_string());
            for english in [" is ", " the ", " was ", "cannot", " of ", "restore again", " busy"] {
                assert!(!format!(" {hr} ").contains(english), "{hr}");
            }
            said.push_str(&format!("{hr}\n"));
        }
        assert!(said.contains("ne mogu pisati data/submissions.sqlite3: nemate dopuštenje\n"), "{said}");
        assert!(said.contains("baza podataka je zauzeta; pokušajte ponovno (locked)\n"), "{said}");
    }
}
