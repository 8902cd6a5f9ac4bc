//! `zavicaj serve`

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use super::terminal::Terminal;
use super::{BuildArguments, Common, Ended};
use crate::diagnostic::MessageLanguage;
use crate::serve::{self, Notice};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 8080)]
    port: u16,
    /// Folder of the submissions (SQLite) and mails
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Folder of the keys that seal submissions
    #[arg(long, value_name = "DIR", default_value = "keys")]
    keys: PathBuf,
    /// Publish into this folder as well
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    build: BuildArguments,
}

pub(super) fn run(arguments: Arguments, common: &Common, terminal: Terminal) -> Result<(), Ended> {
    let options = serve::Options {
        build: arguments.build.options(common),
        fixed_now: arguments.build.now.is_some(),
        port: arguments.port,
        data: arguments.data.clone(),
        keys: arguments.keys.clone(),
        out: arguments.out,
    };
    let (data, keys) = (arguments.data, arguments.keys);
    let tell = move |notice: Notice<'_>| match notice {
        Notice::Built(report) => {
            terminal.diagnostics(&report.warnings);
            let made = terminal.made(report.pages, report.files, report.duration);
            let label = terminal.text("Izrađeno", "Built");
            terminal.say(&format!("{label}: {made}"));
        }
        Notice::Failed(found) => {
            terminal.diagnostics(found);
            terminal.warn(terminal.text(
                "Posljednja ispravna stranica i dalje se prikazuje; čekam ispravak.",
                "The last good site is still served; waiting for a correction.",
            ));
        }
        Notice::Environment(error) => terminal.environment(error),
        Notice::Listening(address) => {
            let (site, submissions, mails, stop) = match terminal.language {
                MessageLanguage::Hr => ("Stranica", "Prijave", "pisma", "Za kraj pritisnite Ctrl+C."),
                MessageLanguage::En => ("Site", "Submissions", "mails", "Press Ctrl+C to stop."),
            };
            let mail = data.join("mail");
            terminal.say(&format!("{site}: http://{address}/"));
            terminal.say(&format!("{submissions}: {} (SQLite), {mails}: {}", data.display(), mail.display()));
            terminal.say(stop);
        }
        Notice::KeysMade => {
            let label = terminal.text(
                "Napravljeni su ključevi kojima se pečate prijave; spremite ih i na sigurno mjesto",
                "Made the keys that seal submissions; keep a copy in a safe place",
            );
            terminal.say(&format!("{label}: {}", keys.display()));
        }
        Notice::DeskKeyHere => {
            let path = keys.join("desk").display().to_string();
            terminal.warn(&match terminal.language {
                MessageLanguage::Hr => format!(
                    "Važno: premjestite mapu {path} na računalo matičara. Dok je ovdje, tko uđe u ovaj stroj može čitati prijave."
                ),
                MessageLanguage::En => format!(
                    "Important: move the folder {path} to the registrar's computer. While it is here, whoever gets into this machine can read submissions."
                ),
            });
        }
        Notice::Log(line) => {
            terminal.say(&format!("{} {line}", Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ")))
        }
    };
    Ok(serve::run(options, Arc::new(tell))?)
}
