//! What keeps the program from working that no change of content would mend: exit code 2.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::MessageLanguage;

/// An error of the machine around the program.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// There is no `site.yaml`.
    #[error("no site.yaml in {}", root.display())]
    NotASite {
        /// Where it was looked for.
        root: PathBuf,
    },
    /// A folder that every site has is missing.
    #[error("no folder {}", path.display())]
    NoFolder {
        /// Which.
        path: PathBuf,
    },
    /// The output folder holds files that this program did not write.
    #[error("{} is not empty and was not made by zavicaj", path.display())]
    ForeignOutput {
        /// Which.
        path: PathBuf,
    },
    /// Somebody saved a file between the two times that a build reads it.
    #[error("{} changed while the site was built", path.display())]
    SourceChanged {
        /// Which.
        path: PathBuf,
    },
    /// The output folder lies among the sources.
    #[error("{} lies among the site's sources", path.display())]
    OutputInSources {
        /// Which.
        path: PathBuf,
    },
    /// A file that no build wrote stands where a new one has to be.
    #[error("{} stands in the way and was not made by zavicaj", path.display())]
    InTheWay {
        /// Which.
        path: PathBuf,
    },
    /// The list of published files cannot be read.
    #[error("{} cannot be read", path.display())]
    ManifestUnreadable {
        /// The list.
        path: PathBuf,
        /// The output folder.
        target: PathBuf,
    },
    /// Another build writes to the same folder.
    #[error("another build is writing to {}", path.display())]
    OutputLocked {
        /// Which.
        path: PathBuf,
    },
    /// The port is in use.
    #[error("port {port} is in use")]
    PortInUse {
        /// Which.
        port: u16,
    },
    /// The public's server has no site to show.
    #[error("the site has errors, and there is no earlier one to serve")]
    NothingToServe,
    /// There are submissions, and the keys that sealed them are not where they were.
    #[error("{place} holds submissions, but {} holds no keys", keys.display())]
    KeysMissing {
        /// Where the submissions are.
        place: String,
        /// Folder of the keys.
        keys: PathBuf,
    },
    /// The table of the submissions is not there, and only the deployment may make it.
    #[error("there is no table {table}")]
    NoTable {
        /// Its name.
        table: String,
    },
    /// A variable of the environment is missing.
    #[error("the variable {variable} is not set")]
    Unset {
        /// Which.
        variable: &'static str,
    },
    /// This program was built without the crates that DynamoDB needs.
    #[error("this program was built without DynamoDB")]
    WithoutAws,
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] sealing::KeyError),
    /// The database of the submissions cannot be opened.
    #[error(transparent)]
    Database(#[from] store_sqlite::OpenError),
    /// The store did not do something.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// Reading or writing failed.
    #[error("cannot {verb} {}: {source}", path.display())]
    Io {
        /// `read`, `write`, …
        verb: &'static str,
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Anything else that has a text of its own.
    #[error("{0}")]
    Other(String),
}

impl EnvironmentError {
    /// An I/O error with its path.
    pub fn io(verb: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { verb, path: path.to_owned(), source }
    }

    /// Whether it may come of sources that are just being changed: a file that is missing between two steps of a save,
    /// or that is not any more what it was when the build began.
    pub fn is_of_moving_sources(&self) -> bool {
        match self {
            Self::NotASite { .. } | Self::NoFolder { .. } | Self::SourceChanged { .. } => true,
            Self::Io { verb: "read", source, .. } => {
                matches!(source.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
            }
            _ => false,
        }
    }

    /// What is wrong and what to do, for the person at the terminal.
    pub fn explain(&self, language: MessageLanguage) -> String {
        let (message, help) = match (self, language) {
            (Self::NotASite { root }, MessageLanguage::Hr) => (
                format!("u mapi {} nema datoteke site.yaml", root.display()),
                "pokrenite zavicaj u mapi stranice ili je navedite: --root MAPA".to_owned(),
            ),
            (Self::NotASite { root }, MessageLanguage::En) => (
                format!("there is no site.yaml in {}", root.display()),
                "run zavicaj in the site's folder, or name it: --root DIR".to_owned(),
            ),
            (Self::NoFolder { path }, MessageLanguage::Hr) => (
                format!("nema mape {}", path.display()),
                "stvorite je ili ispravite „theme” u site.yaml".to_owned(),
            ),
            (Self::NoFolder { path }, MessageLanguage::En) => (
                format!("there is no folder {}", path.display()),
                "create it, or correct “theme” in site.yaml".to_owned(),
            ),
            (Self::ForeignOutput { path }, MessageLanguage::Hr) => (
                format!("mapa {} nije prazna i nije ju napravio zavicaj", path.display()),
                "ništa nije obrisano; navedite drugu mapu: --out MAPA".to_owned(),
            ),
            (Self::ForeignOutput { path }, MessageLanguage::En) => (
                format!("the folder {} is not empty and was not made by zavicaj", path.display()),
                "nothing was removed; name another folder: --out DIR".to_owned(),
            ),
            (Self::SourceChanged { path }, MessageLanguage::Hr) => (
                format!("datoteka {} promijenila se dok se stranica izrađivala", path.display()),
                "ništa nije promijenjeno; pokrenite izradu ponovno".to_owned(),
            ),
            (Self::SourceChanged { path }, MessageLanguage::En) => (
                format!("the file {} changed while the site was built", path.display()),
                "nothing was changed; start the build again".to_owned(),
            ),
            (Self::OutputInSources { path }, MessageLanguage::Hr) => (
                format!("mapa {} leži među izvorima stranice", path.display()),
                "navedite mapu izvan mapa content i themes: --out MAPA".to_owned(),
            ),
            (Self::OutputInSources { path }, MessageLanguage::En) => (
                format!("the folder {} lies among the site's sources", path.display()),
                "name a folder outside content and themes: --out DIR".to_owned(),
            ),
            (Self::InTheWay { path }, MessageLanguage::Hr) => (
                format!("{} stoji na putu novoj stranici, a nije ga napravio zavicaj", path.display()),
                "premjestite ga ili promijenite adresu stranice; ništa nije promijenjeno".to_owned(),
            ),
            (Self::InTheWay { path }, MessageLanguage::En) => (
                format!("{} stands in the way of a new page and was not made by zavicaj", path.display()),
                "move it, or change the page's address; nothing was changed".to_owned(),
            ),
            (Self::ManifestUnreadable { path, target }, MessageLanguage::Hr) => (
                format!("popis objavljenih datoteka {} ne može se pročitati", path.display()),
                format!("premjestite mapu {} i izradite stranicu iznova", target.display()),
            ),
            (Self::ManifestUnreadable { path, target }, MessageLanguage::En) => (
                format!("the list of published files {} cannot be read", path.display()),
                format!("move the folder {} away and build again", target.display()),
            ),
            (Self::OutputLocked { path }, MessageLanguage::Hr) => {
                (format!("druga izrada upravo piše u {}", path.display()), "pričekajte da završi".to_owned())
            }
            (Self::OutputLocked { path }, MessageLanguage::En) => {
                (format!("another build is writing to {}", path.display()), "wait for it to end".to_owned())
            }
            (Self::PortInUse { port }, MessageLanguage::Hr) => (
                format!("vrata {port} već su zauzeta"),
                format!(
                    "zatvorite drugi program ili uzmite druga vrata: zavicaj serve --port {}",
                    port.wrapping_add(1)
                ),
            ),
            (Self::PortInUse { port }, MessageLanguage::En) => (
                format!("port {port} is in use"),
                format!(
                    "close the other program, or take another port: zavicaj serve --port {}",
                    port.wrapping_add(1)
                ),
            ),
            (Self::NothingToServe, MessageLanguage::Hr) => (
                "stranica ima grešaka, a ranije ispravne nema".to_owned(),
                "ispravite gore navedeno; sve greške pokazuje i: zavicaj check".to_owned(),
            ),
            (Self::NothingToServe, MessageLanguage::En) => (
                "the site has errors, and there is no earlier one to serve".to_owned(),
                "correct what is listed above; zavicaj check shows all errors as well".to_owned(),
            ),
            (Self::KeysMissing { place, keys }, MessageLanguage::Hr) => (
                format!("u {place} ima prijava, a u {} nema ključeva", keys.display()),
                "vratite ključeve iz sigurnosne kopije; novi ne bi vrijedili za već poslana pisma i potvrde"
                    .to_owned(),
            ),
            (Self::KeysMissing { place, keys }, MessageLanguage::En) => (
                format!("{place} holds submissions, but {} holds no keys", keys.display()),
                "restore the keys from your copy; new ones would not fit the receipts and letters that exist"
                    .to_owned(),
            ),
            (Self::NoTable { table }, MessageLanguage::Hr) => (
                format!("nema tablice {table}"),
                "provjerite ZAVICAJ_DYNAMODB_TABLE i AWS_REGION; na AWS-u tablicu pravi functions/template.yaml"
                    .to_owned(),
            ),
            (Self::NoTable { table }, MessageLanguage::En) => (
                format!("there is no table {table}"),
                "check ZAVICAJ_DYNAMODB_TABLE and AWS_REGION; on AWS functions/template.yaml makes the table"
                    .to_owned(),
            ),
            (Self::Unset { variable }, MessageLanguage::Hr) => {
                (format!("varijabla {variable} nije postavljena"), "traži je: --store dynamodb".to_owned())
            }
            (Self::Unset { variable }, MessageLanguage::En) => {
                (format!("the variable {variable} is not set"), "it is needed by: --store dynamodb".to_owned())
            }
            (Self::WithoutAws, MessageLanguage::Hr) => (
                "ovaj je program izrađen bez DynamoDB-a".to_owned(),
                "izradite ga s njim: cargo build --release -p zavicaj --features aws".to_owned(),
            ),
            (Self::WithoutAws, MessageLanguage::En) => (
                "this program was built without DynamoDB".to_owned(),
                "build it with that: cargo build --release -p zavicaj --features aws".to_owned(),
            ),
            (Self::Io { verb, path, source }, MessageLanguage::Hr) => {
                let verb = match *verb {
                    "read" => "čitati",
                    "write" => "pisati",
                    "remove" => "obrisati",
                    "watch" => "pratiti",
                    _ => "otvoriti",
                };
                (
                    format!("ne mogu {verb} {}: {}", path.display(), croatian_reason(source)),
                    help_for(source, language),
                )
            }
            (Self::Io { verb, path, source }, MessageLanguage::En) => {
                (format!("cannot {verb} {}: {source}", path.display()), help_for(source, language))
            }
            (Self::Database(error), language) => crate::store_words::explain(error, language),
            (Self::Store(error), language) => (crate::store_words::failed(error, language), String::new()),
            (Self::Keys(error), language) => crate::key_words::explain(error, language),
            (Self::Other(text), _) => (text.clone(), String::new()),
        };
        let (error, hint) = match language {
            MessageLanguage::Hr => ("greška", "pomoć"),
            MessageLanguage::En => ("error", "help"),
        };
        if help.is_empty() {
            format!("{error}: {message}\n")
        } else {
            format!("{error}: {message}\n  {hint}: {help}\n")
        }
    }
}

pub(crate) fn croatian_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "ne postoji".to_owned(),
        io::ErrorKind::PermissionDenied => "nemate dopuštenje".to_owned(),
        io::ErrorKind::StorageFull => "disk je pun".to_owned(),
        io::ErrorKind::QuotaExceeded => "kvota je potrošena".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "disk je samo za čitanje".to_owned(),
        io::ErrorKind::AlreadyExists => "već postoji".to_owned(),
        _ => error.to_string(),
    }
}

fn help_for(error: &io::Error, language: MessageLanguage) -> String {
    let (hr, en) = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => (
            "dajte pravo pisanja u mapu ili navedite drugu; postojeća stranica nije promijenjena",
            "allow writing to the folder, or name another; the existing site was not changed",
        ),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
            "oslobodite prostor i pokušajte ponovno; postojeća stranica nije promijenjena",
            "free some space and try again; the existing site was not changed",
        ),
        _ => ("", ""),
    };
    match language {
        MessageLanguage::Hr => hr.to_owned(),
        MessageLanguage::En => en.to_owned(),
    }
}
