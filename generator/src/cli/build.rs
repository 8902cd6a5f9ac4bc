//! `zavicaj build`

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::progress::Progress;
use super::terminal::Terminal;
use super::{BuildArguments, Common, Ended, explain};
use crate::build::Options;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the finished site goes; only files that differ are written
    #[arg(long, value_name = "DIR", default_value = "public")]
    out: PathBuf,
    /// Make everything anew: use nothing that the last build left
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    build: BuildArguments,
}

pub(super) fn run(arguments: &Arguments, common: &Common, terminal: &mut Terminal) -> Result<(), Ended> {
    let start = Instant::now();
    let progress = Progress::start(terminal.text("izrađujem stranicu…", "building the site…"));
    let options = Options { fresh: arguments.fresh, ..arguments.build.options(common) };
    let done = crate::build::publish(&options, &arguments.out);
    drop(progress);
    let (built, published) = done.map_err(|failure| explain(failure, terminal))?;
    terminal.diagnostics(&built.warnings);
    let made = terminal.made(built.pages, built.files, start.elapsed());
    let out = arguments.out.display();
    terminal.say(&match terminal.language {
        crate::diagnostic::MessageLanguage::Hr => format!(
            "Izrađeno u {out}: {made} (zapisano {}, isto {}, uklonjeno {})",
            published.written, published.unchanged, published.removed
        ),
        crate::diagnostic::MessageLanguage::En => format!(
            "Built into {out}: {made} (written {}, unchanged {}, removed {})",
            published.written, published.unchanged, published.removed
        ),
    });
    if let Some(next) = built.next_change {
        let label = terminal.text("Sljedeća promjena po rasporedu", "Next scheduled change");
        terminal.say(&format!("{label}: {next}"));
    }
    Ok(())
}
