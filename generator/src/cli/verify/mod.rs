//! `zavicaj verify …`: whether something is what it says it is, without asking a server.

mod audit;
mod files;
mod receipt;

use clap::{Args, Subcommand};

use super::terminal::Terminal;
use super::{Common, Ended};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check a signed receipt with the town's public keys; no network is needed
    Receipt(receipt::Arguments),
    /// Go through the whole audit trail: every line, every signed state
    Audit(audit::Arguments),
    /// Compare the bucket of attached files with the table: what no record names, after the table was recovered
    Files(files::Arguments),
}

pub(super) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> Result<(), Ended> {
    match &arguments.what {
        What::Receipt(arguments) => receipt::run(arguments, common, terminal),
        What::Audit(arguments) => audit::run(arguments, terminal),
        What::Files(arguments) => files::run(arguments, terminal),
    }
}
