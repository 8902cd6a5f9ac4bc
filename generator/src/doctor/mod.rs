//! What is missing or unsafe on the machine that serves the public: looked at, never changed.
//!
//! ```text
//! Place ─► keys, files, machine (clock, disk), letters, backup or table, settings ─► Findings
//! ```

mod backup;
mod files;
mod keys;
mod letters;
mod machine;
mod settings;
mod table;

use std::path::PathBuf;

use jiff::Timestamp;

use crate::diagnostic::MessageLanguage;
use crate::records::Variable;

/// Where to look.
#[derive(Debug, Clone)]
pub struct Place {
    /// The site's folder.
    pub root: PathBuf,
    /// Folder of the submissions.
    pub data: PathBuf,
    /// Folder of the keys.
    pub keys: PathBuf,
    /// The newest backup, where the operator names it.
    pub backup: Option<PathBuf>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Good,
    /// It works, and somebody should look.
    Warning,
    /// Not in front of the public.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at: `keys`, `modes`, `clock`, `disk`, `mail`, `backup`, `table`, `settings`.
    pub subject: &'static str,
    /// What was found.
    pub said: Text,
    /// What to do; empty where nothing is.
    pub help: Text,
}

/// The same in both languages of the terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    hr: String,
    en: String,
}

impl Text {
    /// The text in one of them.
    pub fn get(&self, language: MessageLanguage) -> &str {
        match language {
            MessageLanguage::Hr => &self.hr,
            MessageLanguage::En => &self.en,
        }
    }
}

/// Looks at everything.
pub fn examine(place: &Place, now: Timestamp) -> Vec<Finding> {
    [
        settings::examine(place),
        keys::examine(place),
        files::examine(place),
        machine::examine(place, now),
        letters::examine(place),
        backup::examine(place, now),
    ]
    .concat()
}

/// Looks at everything where the submissions lie in a table: how old its copies are only AWS can say.
pub async fn examine_beside_table(place: &Place, variable: Variable, now: Timestamp) -> Vec<Finding> {
    let table = table::examine(place, variable).await;
    [
        settings::examine(place),
        keys::examine(place),
        files::examine(place),
        machine::examine(place, now),
        letters::examine(place),
        table,
    ]
    .concat()
}

fn text(hr: impl Into<String>, en: impl Into<String>) -> Text {
    Text { hr: hr.into(), en: en.into() }
}

impl Finding {
    fn good(subject: &'static str, said: Text) -> Self {
        Self { level: Level::Good, subject, said, help: Text::default() }
    }

    fn warning(subject: &'static str, said: Text, help: Text) -> Self {
        Self { level: Level::Warning, subject, said, help }
    }

    fn wrong(subject: &'static str, said: Text, help: Text) -> Self {
        Self { level: Level::Wrong, subject, said, help }
    }
}
