//! Everything that the person at the terminal reads.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use super::Common;
use crate::diagnostic::machine::{annotation, json};
use crate::diagnostic::terminal::{Colour, count, croatian, show};
use crate::diagnostic::{Diagnostic, MessageLanguage};
use crate::error::EnvironmentError;

/// Warnings of one kind that are told one by one; an old archive has hundreds, and nobody would see the rest.
const WARNINGS_OF_A_CODE: usize = 20;

/// Where messages go: results to standard output, findings to standard error.
#[derive(Debug, Clone)]
pub(super) struct Terminal {
    pub(super) language: MessageLanguage,
    colour: Colour,
    format: Format,
    /// The site's folder as GitHub knows it.
    folder: String,
}

/// How findings are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Terminal,
    /// For programs.
    Json,
    /// For people, and for GitHub beside the lines of a pull request.
    Github,
}

impl Terminal {
    pub(super) fn new(common: &Common) -> Self {
        // https://no-color.org
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = if !plain && io::stderr().is_terminal() { Colour::Ansi } else { Colour::Plain };
        let is_github = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let format = common.format.unwrap_or(if is_github { Format::Github } else { Format::Terminal });
        let folder = common.root.to_string_lossy().replace('\\', "/");
        let folder = folder.trim_start_matches("./").trim_end_matches('/').to_owned();
        let folder = if folder == "." { String::new() } else { folder };
        Self { language: common.lang, colour, format, folder }
    }

    /// One of two texts by language.
    pub(super) fn text<'a>(&self, hr: &'a str, en: &'a str) -> &'a str {
        match self.language {
            MessageLanguage::Hr => hr,
            MessageLanguage::En => en,
        }
    }

    /// A line of results. A closed pipe is no reason to fail.
    pub(super) fn say(&self, line: &str) {
        if self.format == Format::Json {
            // Standard output belongs to the program that reads it.
            return self.warn(line);
        }
        let _ = writeln!(io::stdout().lock(), "{line}");
    }

    /// All findings and their number.
    pub(super) fn diagnostics(&self, found: &[Diagnostic]) {
        for diagnostic in found {
            let line = match self.format {
                Format::Terminal => break,
                Format::Json => json(diagnostic),
                Format::Github => annotation(diagnostic, self.language, &self.folder),
            };
            let _ = writeln!(io::stdout().lock(), "{line}");
        }
        if self.format == Format::Json {
            return;
        }
        let errors = found.iter().filter(|diagnostic| diagnostic.is_error()).count();
        let mut out = String::new();
        let mut warnings: BTreeMap<&str, usize> = BTreeMap::new();
        for diagnostic in found {
            if !diagnostic.is_error() {
                let told = warnings.entry(diagnostic.code).or_default();
                *told += 1;
                if *told > WARNINGS_OF_A_CODE {
                    continue;
                }
            }
            out.push_str(&show(diagnostic, self.language, self.colour));
            out.push('\n');
        }
        for (code, total) in warnings.into_iter().filter(|(_, total)| *total > WARNINGS_OF_A_CODE) {
            let more = total - WARNINGS_OF_A_CODE;
            out.push_str(&match self.language {
                MessageLanguage::Hr => format!("… i još {more} [{code}]\n\n"),
                MessageLanguage::En => format!("… and {more} more [{code}]\n\n"),
            });
        }
        if !found.is_empty() {
            out.push_str(&count(errors, found.len() - errors, self.language));
            out.push('\n');
        }
        let _ = io::stderr().lock().write_all(out.as_bytes());
    }

    /// What keeps the machine from working.
    pub(super) fn environment(&self, error: &EnvironmentError) {
        let _ = io::stderr().lock().write_all(error.explain(self.language).as_bytes());
    }

    /// A warning of one line.
    pub(super) fn warn(&self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// `96 stranica, 120 datoteka, 0,08 s`
    pub(super) fn made(&self, pages: usize, files: usize, took: Duration) -> String {
        let seconds = format!("{:.2}", took.as_secs_f64());
        match self.language {
            MessageLanguage::En => format!(
                "{pages} {}, {files} {}, {seconds} s",
                if pages == 1 { "page" } else { "pages" },
                if files == 1 { "file" } else { "files" }
            ),
            MessageLanguage::Hr => format!(
                "{pages} {}, {files} {}, {} s",
                croatian(pages, "stranica", "stranice", "stranica"),
                croatian(files, "datoteka", "datoteke", "datoteka"),
                seconds.replace('.', ",")
            ),
        }
    }
}
