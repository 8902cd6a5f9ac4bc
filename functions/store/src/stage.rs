//! Where a record stands, and who may move it where: one table for desk, links and tests.
//!
//! ```text
//! unconfirmed ─┐                                   ┌─► asked ◄─► answered ─┐
//! quarantined ─┴─► received ─► entry_found ────────┴───────────────────────┴─► proof_sent
//!      proof_sent ─► proof_confirmed ─► payment_due ─► paid ─► printed ─► posted │ ready_for_collection ─► collected
//!      proof_sent ─► proof_objected ─► proof_sent …
//! received ◄─► entered (register)        anything open ─► refused (office) │ withdrawn (applicant)
//! ```

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Stored under load without proof of work: the button behind a mailed link releases it.
    Unconfirmed,
    /// Doubtful: the office looks before anything else is done. Never dropped.
    Quarantined,
    /// In the office's queue.
    Received,
    /// The entry that the certificate is about was found.
    EntryFound,
    /// The office asked the applicant something and waits.
    Asked,
    /// The applicant answered.
    Answered,
    /// The applicant looks at exactly what will be printed.
    ProofSent,
    /// The applicant confirmed it.
    ProofConfirmed,
    /// The applicant found a mistake in it.
    ProofObjected,
    /// Payment instructions were sent.
    PaymentDue,
    /// The payment was noted.
    Paid,
    /// The certificate was printed.
    Printed,
    /// It left by registered post.
    Posted,
    /// It can be collected.
    ReadyForCollection,
    /// It was collected.
    Collected,
    /// The record is in the register and stays there.
    Entered,
    /// Refused by a formal decision.
    Refused,
    /// Withdrawn by the applicant.
    Withdrawn,
}

/// Who moves a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The desk.
    Office,
    /// The person who holds the reference and the address, or a link from a letter.
    Applicant,
}

/// The text names no stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a stage")]
pub struct StageError;

impl Stage {
    /// All stages, in the order of the work.
    pub const ALL: [Self; 18] = [
        Self::Unconfirmed,
        Self::Quarantined,
        Self::Received,
        Self::EntryFound,
        Self::Asked,
        Self::Answered,
        Self::ProofSent,
        Self::ProofConfirmed,
        Self::ProofObjected,
        Self::PaymentDue,
        Self::Paid,
        Self::Printed,
        Self::Posted,
        Self::ReadyForCollection,
        Self::Collected,
        Self::Entered,
        Self::Refused,
        Self::Withdrawn,
    ];

    /// The stage's name in stores, on the command line and as the key of its texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Quarantined => "quarantined",
            Self::Received => "received",
            Self::EntryFound => "entry_found",
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::ProofSent => "proof_sent",
            Self::ProofConfirmed => "proof_confirmed",
            Self::ProofObjected => "proof_objected",
            Self::PaymentDue => "payment_due",
            Self::Paid => "paid",
            Self::Printed => "printed",
            Self::Posted => "posted",
            Self::ReadyForCollection => "ready_for_collection",
            Self::Collected => "collected",
            Self::Entered => "entered",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether nothing more is done: retention periods that begin with the end of the work count from here.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Posted | Self::Collected | Self::Refused | Self::Withdrawn)
    }

    /// Where `actor` may move a record that stands here.
    pub fn next(self, actor: Actor) -> &'static [Self] {
        match actor {
            Actor::Office => self.office_next(),
            Actor::Applicant => self.applicant_next(),
        }
    }

    /// Whether `actor` may move a record from here to `to`.
    pub fn may_become(self, to: Self, actor: Actor) -> bool {
        self.next(actor).contains(&to)
    }

    fn office_next(self) -> &'static [Self] {
        match self {
            Self::Unconfirmed | Self::Quarantined => &[Self::Received, Self::Refused],
            Self::Received => &[Self::EntryFound, Self::Asked, Self::ProofSent, Self::Entered, Self::Refused],
            Self::Answered => &[Self::EntryFound, Self::Asked, Self::ProofSent, Self::Entered, Self::Refused],
            Self::EntryFound => &[Self::Asked, Self::ProofSent, Self::Refused],
            // The office may have heard by telephone, or send another proof.
            Self::Asked => &[Self::Answered, Self::Asked, Self::ProofSent, Self::Refused],
            Self::ProofSent | Self::ProofObjected => &[Self::Asked, Self::ProofSent, Self::Refused],
            // Without a fee it is printed at once.
            Self::ProofConfirmed => &[Self::PaymentDue, Self::Printed, Self::Asked, Self::Refused],
            Self::PaymentDue => &[Self::Paid, Self::Asked, Self::Refused],
            Self::Paid => &[Self::Printed, Self::Asked],
            Self::Printed => &[Self::Posted, Self::ReadyForCollection],
            Self::ReadyForCollection => &[Self::Collected, Self::Posted],
            Self::Entered => &[Self::Asked],
            Self::Posted | Self::Collected | Self::Refused | Self::Withdrawn => &[],
        }
    }

    fn applicant_next(self) -> &'static [Self] {
        match self {
            Self::Unconfirmed => &[Self::Received, Self::Withdrawn],
            Self::Asked => &[Self::Answered, Self::Withdrawn],
            Self::ProofSent => &[Self::ProofConfirmed, Self::ProofObjected, Self::Withdrawn],
            Self::Quarantined
            | Self::Received
            | Self::EntryFound
            | Self::Answered
            | Self::ProofConfirmed
            | Self::ProofObjected
            | Self::PaymentDue => &[Self::Withdrawn],
            // Who replaces an entry of the register, or asks for a copy of it, brings it back to the office's queue.
            Self::Entered => &[Self::Received],
            // From here on the town has been paid or has printed; a registration is erased, not withdrawn.
            Self::Paid
            | Self::Printed
            | Self::Posted
            | Self::ReadyForCollection
            | Self::Collected
            | Self::Refused
            | Self::Withdrawn => &[],
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Stage {
    type Err = StageError;

    fn from_str(text: &str) -> Result<Self, StageError> {
        Self::ALL.into_iter().find(|stage| stage.name() == text).ok_or(StageError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_can_be_read_by_its_name() {
        for stage in Stage::ALL {
            assert_eq!(stage.name().parse(), Ok(stage));
            assert_eq!(serde_name(stage), stage.name());
        }
        assert_eq!("printing".parse::<Stage>(), Err(StageError));
    }

    fn serde_name(stage: Stage) -> String {
        let mut name = String::new();
        for character in format!("{stage:?}").chars() {
            if character.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.extend(character.to_lowercase());
        }
        name
    }

    #[test]
    fn nobody_moves_what_is_finished() {
        for stage in Stage::ALL.into_iter().filter(|stage| stage.is_final()) {
            assert!(stage.next(Actor::Office).is_empty(), "{stage}");
            assert!(stage.next(Actor::Applicant).is_empty(), "{stage}");
        }
    }

    #[test]
    fn every_open_stage_can_reach_an_end_and_every_stage_is_reached() {
        let mut reached = vec![Stage::Unconfirmed, Stage::Quarantined];
        let mut place = 0;
        while let Some(stage) = reached.get(place).copied() {
            for actor in [Actor::Office, Actor::Applicant] {
                for next in stage.next(actor) {
                    if !reached.contains(next) {
                        reached.push(*next);
                    }
                }
            }
            place += 1;
        }
        assert_eq!(reached.len(), Stage::ALL.len(), "{reached:?}");
    }

    #[test]
    fn only_the_applicant_confirms_a_proof() {
        for stage in Stage::ALL {
            assert!(!stage.may_become(Stage::ProofConfirmed, Actor::Office), "{stage}");
        }
        assert!(Stage::ProofSent.may_become(Stage::ProofConfirmed, Actor::Applicant));
    }

    #[test]
    fn nothing_is_printed_before_the_proof_is_confirmed() {
        let before: Vec<_> =
            Stage::ALL.into_iter().filter(|stage| stage.may_become(Stage::Printed, Actor::Office)).collect();
        assert_eq!(before, [Stage::ProofConfirmed, Stage::Paid]);
    }
}
