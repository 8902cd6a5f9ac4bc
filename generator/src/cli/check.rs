//! `zavicaj check`

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;

use super::progress::Progress;
use super::terminal::Terminal;
use super::{BuildArguments, Common, Ended, explain};
use crate::cache::Cache;
use crate::config::Config;
use crate::diagnostic::{self, MessageLanguage};
use crate::review::external::{Asked, Rules};
use crate::review::{External, Review};
use crate::source;

/// Beside the submissions: never for visitors.
const ANSWERS: &str = "external-links.json";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Ask other sites as well whether the pages that are linked to are there; what they answer is a warning at most
    #[arg(long)]
    external: bool,
    /// Folder in which their answers are kept for a while
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Ask addresses of private networks too
    #[arg(long, hide = true, requires = "external")]
    private_addresses: bool,
    #[command(flatten)]
    build: BuildArguments,
}

pub(super) fn run(arguments: &Arguments, common: &Common, terminal: &mut Terminal) -> Result<(), Ended> {
    let start = Instant::now();
    let progress = Progress::start(terminal.text("provjeravam stranicu…", "checking the site…"));
    let options = arguments.build.options(common);
    let review = Review::default();
    let done = crate::build::run(&options, &mut Cache::default(), &review);
    drop(progress);
    let built = done.map_err(|failure| explain(failure, terminal))?;
    let progress = arguments
        .external
        .then(|| Progress::start(terminal.text("pitam druge poslužitelje…", "asking other sites…")));
    let public_url = public_url(&options.root)?;
    let base_url = options.base_url.as_deref().unwrap_or(&public_url);
    let rules = Rules { private_addresses: arguments.private_addresses, ..Rules::of(&public_url) };
    let external = External {
        rules: &rules,
        own: &[base_url, &public_url],
        cache: &arguments.data.join(ANSWERS),
        now: arguments.build.now.unwrap_or_else(Timestamp::now),
    };
    let reviewed = review.finish(&options.root, arguments.external.then_some(external));
    drop(progress);
    let mut warnings = built.warnings;
    warnings.extend(reviewed.warnings);
    terminal.diagnostics(&diagnostic::sorted(warnings));
    if let Some(asked) = reviewed.asked {
        terminal.say(&told(&asked, terminal.language));
    }
    let made = terminal.made(built.pages, built.files, start.elapsed());
    let label = terminal.text("Bez grešaka", "No errors");
    terminal.say(&format!("{label}: {made}"));
    Ok(())
}

/// The build has read it without an error.
fn public_url(root: &std::path::Path) -> Result<String, Ended> {
    let file = source::read_config(root)?;
    Config::parse(&file).map(|config| config.public_url).map_err(|_| Ended::Content)
}

fn told(asked: &Asked, language: MessageLanguage) -> String {
    let Asked { now, known, closed, .. } = asked;
    let mut told = match language {
        MessageLanguage::Hr => format!("Vanjske poveznice: {now} provjereno sada, {known} poznato odranije"),
        MessageLanguage::En => format!("External links: {now} asked now, {known} known from before"),
    };
    if *closed > 0 {
        told.push_str(&match language {
            MessageLanguage::Hr => format!(", {closed} ne odgovara programima: pogledajte ih sami"),
            MessageLanguage::En => format!(", {closed} do not answer programs: look at them yourself"),
        });
    }
    if asked.nobody_answered {
        told.push_str(match language {
            MessageLanguage::Hr => {
                "\nNijedan poslužitelj nije nađen: računalo, čini se, nema veze s internetom"
            }
            MessageLanguage::En => "\nNo server was found: this machine seems to have no connection",
        });
    }
    if asked.cache_lost {
        told.push_str(match language {
            MessageLanguage::Hr => {
                "\nOdgovori se ne mogu spremiti (--data): sljedeći će put sve biti pitano ponovno"
            }
            MessageLanguage::En => "\nThe answers cannot be kept (--data): all will be asked again next time",
        });
    }
    told
}
