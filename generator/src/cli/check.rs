//! `zavicaj check`

use std::time::Instant;

use clap::Args;

use super::progress::Progress;
use super::terminal::Terminal;
use super::{BuildArguments, Common, Ended, explain};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    build: BuildArguments,
}

pub(super) fn run(arguments: &Arguments, common: &Common, terminal: &mut Terminal) -> Result<(), Ended> {
    let start = Instant::now();
    let progress = Progress::start(terminal.text("provjeravam stranicu…", "checking the site…"));
    let done = crate::build::check(&arguments.build.options(common));
    drop(progress);
    let built = done.map_err(|failure| explain(failure, terminal))?;
    terminal.diagnostics(&built.warnings);
    let made = terminal.made(built.pages, built.files, start.elapsed());
    let label = terminal.text("Bez grešaka", "No errors");
    terminal.say(&format!("{label}: {made}"));
    Ok(())
}
