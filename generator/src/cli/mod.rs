//! The command line: names, help, exit codes.

mod backup;
mod build;
mod check;
mod desk;
mod doctor;
mod keys;
mod new;
mod progress;
mod serve;
mod stored;
mod terminal;
mod verify;

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

use crate::build::{Failure, Options};
use crate::cache::{Ingredients, Key};
use crate::diagnostic::MessageLanguage;
use crate::error::EnvironmentError;
use crate::source::Happened;
use terminal::{Format, Terminal};

/// Zavičaj: a static site generator with form handlers, for a town and its people abroad.
#[derive(Debug, Parser)]
#[command(
    name = "zavicaj",
    version,
    max_term_width = 100,
    after_help = "Without a command it serves the site in this folder, as zavicaj serve does."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    serve: serve::Arguments,
}

#[derive(Debug, Args)]
struct Common {
    /// The site's folder, the one with site.yaml
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    root: PathBuf,
    /// Language of messages: hr or en
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, global = true)]
    lang: MessageLanguage,
    /// How errors and warnings are told: terminal, json (one object a line, on standard output) or github
    /// (annotations as well; taken by itself where GITHUB_ACTIONS is true)
    #[arg(long, value_enum, hide_possible_values = true, global = true)]
    format: Option<Format>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the site into a folder; an error leaves the folder as it was
    Build(build::Arguments),
    /// Serve the site with working forms on this machine, and follow every change
    Serve(serve::Arguments),
    /// Look for errors without writing anything
    Check(check::Arguments),
    /// Say what is missing or unsafe on the machine that serves the public
    Doctor(doctor::Arguments),
    /// The keys that seal and sign: list, make, rotate, retire
    Keys(keys::Arguments),
    /// The office: queue, answers, moving records on, exports
    Desk(desk::Arguments),
    /// Copy submissions and the keys of their records while they are in use
    Backup(backup::BackupArguments),
    /// Put a backup in place; what was erased since stays erased
    Restore(backup::RestoreArguments),
    /// Begin a new article, event or page
    New(new::Arguments),
    /// Check what the town signed, without asking it
    Verify(verify::Arguments),
}

/// What every command that builds can be told.
#[derive(Debug, Clone, Args)]
struct BuildArguments {
    /// Scheme and host of absolute URLs, instead of public_url in site.yaml
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<String>,
    /// Publish drafts and what is not due yet
    #[arg(long)]
    drafts: bool,
    /// Build as if it were this moment, e.g. 2026-11-23T12:00:00Z
    #[arg(long, value_name = "T", value_parser = moment)]
    now: Option<Timestamp>,
    /// Publish style sheets and pages without bytes that mean nothing, as assets: minify in site.yaml does
    #[arg(long)]
    minify: bool,
    /// Publish texts in compressed forms as well (.br, .gz), as assets: precompress in site.yaml does
    #[arg(long)]
    precompress: bool,
}

impl BuildArguments {
    fn options(&self, common: &Common) -> Options {
        Options {
            root: common.root.clone(),
            base_url: self.base_url.clone(),
            drafts: self.drafts,
            now: self.now.unwrap_or_else(Timestamp::now),
            read_at: SystemTime::now(),
            happened: Happened::Anything,
            program: program(),
            fresh: false,
            minify: self.minify,
            precompress: self.precompress,
        }
    }
}

/// Tells this program from every other: its version, and the file that it is.
fn program() -> Key {
    let mut of = Ingredients::of("program");
    of.text(env!("CARGO_PKG_VERSION"));
    let file = std::env::current_exe().and_then(std::fs::metadata);
    if let Ok(data) = file {
        of.number(data.len());
        of.text(&format!("{:?}", data.modified().ok()));
    }
    of.finish()
}

fn base_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if !host.is_empty() && host.chars().all(plain) {
        Ok(url.to_owned())
    } else {
        Err("write https://host, without a path".to_owned())
    }
}

fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse::<Timestamp>()
        .or_else(|_| {
            let day: jiff::civil::Date = text.parse().map_err(|_| ())?;
            day.to_zoned_datetime(jiff::tz::TimeZone::UTC).map(|day| day.timestamp()).map_err(|_| ())
        })
        .map_err(|()| "write a date (2026-11-23) or a moment (2026-11-23T12:00:00Z)".to_owned())
}

/// Why the program did not do what it was asked.
enum Ended {
    /// Errors of the content, already shown: 1.
    Content,
    /// The machine: 2.
    Environment(EnvironmentError),
}

impl From<EnvironmentError> for Ended {
    fn from(error: EnvironmentError) -> Self {
        Self::Environment(error)
    }
}

/// One thread more than cores, unless the machine's owner says how many: while one waits for a source to be read, or for
/// what another is just making, no core is idle.
fn add_thread() {
    if std::env::var_os("RAYON_NUM_THREADS").is_none() {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        // Fails only where there are threads already, and nothing has asked for any.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(cores + 1).build_global();
    }
}

/// Runs the program: 0 good, 1 the content has errors, 2 the machine did not let us.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    add_thread();
    let mut terminal = Terminal::new(&cli.common);
    let done = match cli.command {
        Some(Command::Build(arguments)) => build::run(&arguments, &cli.common, &mut terminal),
        Some(Command::Serve(arguments)) => serve::run(arguments, &cli.common, terminal.clone()),
        Some(Command::Check(arguments)) => check::run(&arguments, &cli.common, &mut terminal),
        Some(Command::Doctor(arguments)) => doctor::run(arguments, &cli.common, &mut terminal),
        Some(Command::Keys(arguments)) => keys::run(arguments, &mut terminal),
        Some(Command::Desk(arguments)) => desk::run(&arguments, &cli.common, &mut terminal),
        Some(Command::Backup(arguments)) => backup::backup(&arguments, &terminal),
        Some(Command::Restore(arguments)) => backup::restore(&arguments, &terminal),
        Some(Command::New(arguments)) => new::run(&arguments, &cli.common, &mut terminal),
        Some(Command::Verify(arguments)) => verify::run(&arguments, &cli.common, &terminal),
        None => serve::run(cli.serve, &cli.common, terminal.clone()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ended::Content) => ExitCode::from(1),
        Err(Ended::Environment(error)) => {
            terminal.environment(&error);
            ExitCode::from(2)
        }
    }
}

/// Shows why there is no site.
fn explain(failure: Failure, terminal: &mut Terminal) -> Ended {
    match failure {
        Failure::Content(found) => {
            terminal.diagnostics(&found);
            Ended::Content
        }
        Failure::Environment(error) => Ended::Environment(error),
    }
}
