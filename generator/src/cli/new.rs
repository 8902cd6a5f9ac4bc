//! `zavicaj new vijest "Naslov"`

use std::fs;
use std::io::Write;
use std::path::Path;

use clap::{Args, ValueEnum};
use jiff::{Timestamp, ZonedDateTime};

use super::terminal::Terminal;
use super::{Common, Ended};
use crate::config::Config;
use crate::diagnostic::MessageLanguage;
use crate::error::EnvironmentError;
use crate::site::slug::slugify;
use crate::source;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What to begin
    #[arg(value_enum)]
    kind: NewKind,
    /// Its title
    #[arg(value_name = "NASLOV")]
    title: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NewKind {
    /// A news article, in content/vijesti/<year>/
    Vijest,
    /// An event, in content/dogadanja/
    Dogadaj,
    /// An association, in content/udruge/
    Udruga,
    /// A project, in content/projekti/
    Projekt,
    /// An alert above pages, in content/obavijesti/
    Obavijest,
    /// A page, in content/
    Stranica,
}

pub(super) fn run(arguments: &Arguments, common: &Common, terminal: &mut Terminal) -> Result<(), Ended> {
    let file = source::read_config(&common.root)?;
    let config = Config::parse(&file).map_err(|found| {
        terminal.diagnostics(&found);
        Ended::Content
    })?;
    let title = arguments.title.trim();
    let slug = slugify(title);
    // `index` names the page of a folder.
    if slug.is_empty() || slug == "index" || title.chars().any(char::is_control) {
        return Err(EnvironmentError::Other(
            terminal
                .text("od tog naslova ne može nastati adresa", "no address can be made of this title")
                .to_owned(),
        )
        .into());
    }
    let today = Timestamp::now().to_zoned_datetime(config.time_zone);
    let folder = match arguments.kind {
        NewKind::Vijest => format!("content/vijesti/{}", today.year()),
        NewKind::Dogadaj => "content/dogadanja".to_owned(),
        NewKind::Udruga => "content/udruge".to_owned(),
        NewKind::Projekt => "content/projekti".to_owned(),
        NewKind::Obavijest => "content/obavijesti".to_owned(),
        NewKind::Stranica => "content".to_owned(),
    };
    let path = format!("{folder}/{slug}.md");
    write_new(&common.root.join(&path), &text(arguments.kind, title, &today))?;
    terminal.say(&match terminal.language {
        MessageLanguage::Hr => {
            format!("Započeto: {path} (nacrt; kad je gotovo, obrišite redak „draft: true”)")
        }
        MessageLanguage::En => {
            format!("Begun: {path} (a draft; remove the line “draft: true” when it is done)")
        }
    });
    Ok(())
}

/// Never overwrites.
fn write_new(path: &Path, text: &str) -> Result<(), EnvironmentError> {
    let failed = |error| EnvironmentError::io("write", path, error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

fn text(kind: NewKind, title: &str, now: &ZonedDateTime) -> String {
    let quoted = format!("\"{}\"", title.replace('\\', "\\\\").replace('"', "\\\""));
    let own = match kind {
        NewKind::Vijest => {
            format!("date: {}\ncategories: []\ntags: []\n", now.strftime("%Y-%m-%dT%H:%M"))
        }
        NewKind::Dogadaj => format!("start: {}\nplace: \"\"\n", now.strftime("%Y-%m-%d")),
        NewKind::Udruga => "city: \"\"\ncountry: \"\"\n".to_owned(),
        NewKind::Projekt => "period: \"\"\npartners: []\n".to_owned(),
        // An alert has no page, and an end.
        NewKind::Obavijest => {
            let end = now.date().tomorrow().unwrap_or(now.date());
            return format!(
                "---\ntitle: {quoted}\nlevel: information\nexpires: {end}T18:00\ndraft: true\n---\n\n"
            );
        }
        NewKind::Stranica => String::new(),
    };
    format!("---\ntitle: {quoted}\ndescription: \"\"\ndraft: true\n{own}---\n\n")
}
