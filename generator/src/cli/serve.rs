//! `zavicaj serve`

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use ipnet::IpNet;
use jiff::Timestamp;

use super::terminal::Terminal;
use super::{BuildArguments, Common, Ended};
use crate::diagnostic::MessageLanguage;
use crate::error::EnvironmentError;
use crate::records::Engine;
use crate::serve::{self, Limits, Notice, Proxies, Work};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 8080)]
    port: u16,
    /// Where submissions lie: sqlite (in the folder --data) or dynamodb (the table that ZAVICAJ_DYNAMODB_TABLE names)
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t, hide_possible_values = true)]
    store: Engine,
    /// Folder of the submissions (SQLite) and mails
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Folder of the keys that seal submissions
    #[arg(long, value_name = "DIR", default_value = "keys")]
    keys: PathBuf,
    /// For the public, behind a reverse proxy: nothing is watched, errors end the start, HTTPS is required.
    /// Needs --base-url https://…; builds again on SIGHUP
    #[arg(long)]
    production: bool,
    /// Network of the reverse proxy whose X-Forwarded-For counts, e.g. 127.0.0.1/32; can be given several times
    #[arg(long = "trusted-proxy", value_name = "CIDR", value_parser = network)]
    trusted_proxies: Vec<IpNet>,
    /// When browsers have to calculate for a second before they send a form: never, under-load or always.
    /// Without it: under-load with --production, else never
    #[arg(long = "proof-of-work", value_name = "WHEN", value_enum, hide_possible_values = true)]
    work: Option<WorkArgument>,
    /// Publish into this folder as well
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    build: BuildArguments,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum WorkArgument {
    Never,
    UnderLoad,
    Always,
}

impl Arguments {
    fn work(&self) -> Work {
        match self.work {
            Some(WorkArgument::Never) => Work::Never,
            Some(WorkArgument::UnderLoad) => Work::UnderLoad,
            Some(WorkArgument::Always) => Work::Always,
            None if self.production => Work::UnderLoad,
            None => Work::Never,
        }
    }
}

pub(super) fn run(arguments: Arguments, common: &Common, terminal: Terminal) -> Result<(), Ended> {
    if arguments.production {
        refuse_unfit(&arguments, &terminal)?;
    }
    let options = serve::Options {
        work: arguments.work(),
        build: arguments.build.options(common),
        fixed_now: arguments.build.now.is_some(),
        port: arguments.port,
        store: arguments.store,
        data: arguments.data.clone(),
        keys: arguments.keys.clone(),
        out: arguments.out,
        production: arguments.production,
        proxies: Proxies::new(arguments.trusted_proxies),
        limits: Limits::default(),
        variable: |name| std::env::var(name).ok(),
    };
    let place = options.store.place(&options.data, options.variable);
    let (data, keys) = (arguments.data, arguments.keys);
    let tell = move |notice: Notice<'_>| match notice {
        Notice::Built(report) => {
            terminal.diagnostics(&report.warnings);
            let made = terminal.made(report.pages, report.files, report.duration);
            let label = terminal.text("Izrađeno", "Built");
            let known = report.known_warnings;
            let known = match (known, terminal.language) {
                (0, _) => String::new(),
                (_, MessageLanguage::Hr) => format!(" (ranijih upozorenja: {known})"),
                (_, MessageLanguage::En) => format!(" (earlier warnings: {known})"),
            };
            terminal.say(&format!("{label}: {made}{known}"));
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
            terminal.say(&format!("{submissions}: {place}, {mails}: {}", mail.display()));
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

/// What nobody wants in front of the public.
fn refuse_unfit(arguments: &Arguments, terminal: &Terminal) -> Result<(), Ended> {
    let is_https = arguments.build.base_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let problem = if !is_https {
        terminal.text(
            "--production traži javnu adresu: --base-url https://www.grad.ba",
            "--production needs the public address: --base-url https://www.town.example",
        )
    } else if arguments.build.drafts || arguments.build.now.is_some() {
        terminal.text(
            "--drafts i --now nisu za javnost: izostavite ih uz --production",
            "--drafts and --now are not for the public: leave them out with --production",
        )
    } else {
        if arguments.trusted_proxies.is_empty() {
            terminal.warn(terminal.text(
                "Upozorenje: bez --trusted-proxy ne zna se tko je tko, pa ograničenja po mreži ne vrijede.",
                "Warning: without --trusted-proxy nobody can tell visitors apart, so limits by network do nothing.",
            ));
        }
        return Ok(());
    };
    Err(EnvironmentError::Other(problem.to_owned()).into())
}

/// `127.0.0.1/32`, or an address alone.
fn network(text: &str) -> Result<IpNet, String> {
    let wrong = || "write a network (10.0.0.0/8) or an address (127.0.0.1)".to_owned();
    text.parse().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from)).map_err(|_| wrong())
}
