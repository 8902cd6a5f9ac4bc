//! `zavicaj desk move`, `issue` and `refuse`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use desk::{LetterSent, Move, moves};
use forms::Money;
use functions::Proof;
use serde_json::json;
use store::{Reference, Stage};

use super::super::Ended;
use super::super::terminal::Terminal;
use super::show::stage;
use super::{Office, reference, refused};
use crate::error::EnvironmentError;

#[derive(Debug, Args)]
pub(super) struct MoveTo {
    /// The record, as XXXX-XXXX
    #[arg(value_name = "REFERENCE", value_parser = reference)]
    reference: Reference,
    /// Where it goes: received, entry_found, asked, answered, proof_sent, payment_due, paid, printed, posted, ready_for_collection, collected, entered, refused
    #[arg(value_name = "STAGE", value_parser = stage)]
    stage: Stage,
    /// With `asked`: the question, in the applicant's language
    #[arg(long, value_name = "TEXT")]
    question: Option<String>,
    /// With `proof_sent`: a YAML file with exactly what will be printed
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// With `payment_due`: the amount in KM, if it is not the one of the procedure cards
    #[arg(long, value_name = "KM", value_parser = amount)]
    amount: Option<Money>,
    /// With `posted`: the number of the registered letter
    #[arg(long, value_name = "NUMBER")]
    tracking: Option<String>,
    /// With `ready_for_collection`: where and when, in the applicant's language
    #[arg(long, value_name = "TEXT")]
    place: Option<String>,
    /// With `refused`: number, date and reasons of the decision
    #[arg(long, value_name = "TEXT")]
    decision: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Issue {
    /// The record, as XXXX-XXXX
    #[arg(value_name = "REFERENCE", value_parser = reference)]
    reference: Reference,
    /// It left by registered post under this number
    #[arg(long, value_name = "NUMBER", conflicts_with = "collect", required_unless_present = "collect")]
    tracking: Option<String>,
    /// It can be collected
    #[arg(long)]
    collect: bool,
    /// Where and when it can be collected, in the applicant's language
    #[arg(long, value_name = "TEXT", requires = "collect")]
    place: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Refuse {
    /// The record, as XXXX-XXXX
    #[arg(value_name = "REFERENCE", value_parser = reference)]
    reference: Reference,
    /// Number, date and reasons of the decision; kept sealed, never mailed
    #[arg(long, value_name = "TEXT")]
    decision: String,
}

fn amount(text: &str) -> Result<Money, String> {
    Money::parse(text).ok_or_else(|| "write an amount in KM, such as 13 or 13,50".to_owned())
}

/// Moves a record to a stage with what that stage needs.
pub(super) fn to(arguments: &MoveTo, office: &Office, terminal: &mut Terminal) -> Result<(), Ended> {
    let step = match arguments.stage {
        Stage::Received => Move::Release,
        Stage::EntryFound => Move::EntryFound,
        Stage::Asked => Move::Ask { question: arguments.question.clone().unwrap_or_default() },
        Stage::Answered => Move::Answered,
        Stage::ProofSent => match &arguments.proof {
            Some(path) => Move::SendProof { proof: proof(path)? },
            None => return Err(needs(terminal, "--proof FILE")),
        },
        Stage::PaymentDue => Move::RequestPayment { amount: arguments.amount },
        Stage::Paid => Move::NotePayment,
        Stage::Printed => Move::Printed,
        Stage::Posted => Move::Posted { tracking: arguments.tracking.clone().unwrap_or_default() },
        Stage::ReadyForCollection => Move::Ready { place: arguments.place.clone() },
        Stage::Collected => Move::Collected,
        Stage::Entered => Move::Enter,
        Stage::Refused => Move::Refuse { decision: arguments.decision.clone().unwrap_or_default() },
        Stage::Unconfirmed
        | Stage::Quarantined
        | Stage::ProofConfirmed
        | Stage::ProofObjected
        | Stage::Withdrawn => {
            terminal.warn(
                terminal
                    .text("u to stanje zahtjev ne stavlja ured", "the office does not put a record there"),
            );
            return Err(Ended::Content);
        }
    };
    apply(&arguments.reference, &step, office, terminal)
}

/// A printed certificate leaves.
pub(super) fn issue(arguments: &Issue, office: &Office, terminal: &mut Terminal) -> Result<(), Ended> {
    let step = match &arguments.tracking {
        Some(tracking) => Move::Posted { tracking: tracking.clone() },
        None => Move::Ready { place: arguments.place.clone() },
    };
    apply(&arguments.reference, &step, office, terminal)
}

/// A formal decision refuses a request.
pub(super) fn refuse(arguments: &Refuse, office: &Office, terminal: &mut Terminal) -> Result<(), Ended> {
    let step = Move::Refuse { decision: arguments.decision.clone() };
    apply(&arguments.reference, &step, office, terminal)
}

fn apply(reference: &Reference, step: &Move, office: &Office, terminal: &mut Terminal) -> Result<(), Ended> {
    let moved = office
        .runtime
        .block_on(moves::apply(&office.desk(), reference, step))
        .map_err(|error| refused(&error, terminal))?;
    if office.json {
        return Office::json(&json!({
            "reference": moved.reference.to_string(),
            "stage": moved.stage,
            "version": moved.version,
            "letter": moved.letter,
        }));
    }
    let letter = match moved.letter {
        LetterSent::Queued => terminal.text("pismo čeka slanje", "the letter waits to be sent"),
        LetterSent::None => terminal.text("bez pisma", "no letter"),
        LetterSent::NoAddress => terminal.text(
            "osoba nije dala adresu e-pošte: obavijestite je drukčije",
            "the person gave no e-mail address: tell them another way",
        ),
    };
    terminal.say(&format!("{}  {}  ({letter})", moved.reference, moved.stage));
    Ok(())
}

fn proof(path: &Path) -> Result<Proof, Ended> {
    let text = fs::read_to_string(path).map_err(|error| EnvironmentError::io("read", path, error))?;
    // What the file says is personal, and an error of YAML may quote it: only the place is told.
    serde_yaml::from_str(&text).map_err(|error| {
        let place = error.location().map_or_else(String::new, |at| format!(":{}:{}", at.line(), at.column()));
        EnvironmentError::Other(format!(
            "{}{place}: this is no proof: it needs certificates, each with title, language and lines of label and value",
            path.display()
        ))
        .into()
    })
}

fn needs(terminal: &Terminal, what: &str) -> Ended {
    terminal.warn(&format!("{} {what}", terminal.text("ovdje treba", "this needs")));
    Ended::Content
}
