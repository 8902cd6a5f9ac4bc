//! Why the office could not do what it wanted. Nothing here holds what a person wrote.

use store::{Reference, Stage, StoreError};

/// What a move lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The question.
    Question,
    /// The number of the registered letter.
    Tracking,
    /// Number, date and reasons of the decision.
    Decision,
    /// Somebody who could confirm the proof.
    Address,
    /// Somebody to whom a link can be sent.
    AddressForExport,
    /// An export that is small enough for a link.
    SmallerExport,
    /// A sum above zero.
    SomethingToPay,
    /// The amount, since the form was changed and the fee cannot be counted.
    AmountOfOldForm,
    /// The amount, since no card has the fee of that day.
    AmountOfDay,
    /// Payee and account.
    Account,
}

impl Need {
    fn text(self) -> &'static str {
        match self {
            Self::Question => "write the question",
            Self::Tracking => "write the number of the registered letter",
            Self::Decision => "write number, date and reasons of the decision",
            Self::Address => {
                "the person gave no e-mail address, so nobody could confirm the proof; ask by post"
            }
            Self::AddressForExport => "the person gave no e-mail address; write a file and hand it over",
            Self::SmallerExport => {
                "with its attachments the export is too large for a link; write a file and hand it over"
            }
            Self::SomethingToPay => "nothing is to be paid; mark it printed instead",
            Self::AmountOfOldForm => {
                "the form was changed since this request arrived, so its fee cannot be counted; give the amount"
            }
            Self::AmountOfDay => "a fee of that day is not in content/postupci; give the amount",
            Self::Account => "site.yaml does not say where to pay: set payment.payee and payment.account",
        }
    }
}

/// What a desk command may answer instead of doing it.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// No such record, or it was erased.
    #[error("there is no record {0}; it may have been erased")]
    Missing(Reference),
    /// The transition table does not allow it.
    #[error("a record that is {from} cannot become {to}; it can become {}", names(.allowed))]
    NotAllowed {
        /// Where it stands.
        from: Stage,
        /// Where it was to go.
        to: Stage,
        /// Where it may go.
        allowed: Vec<Stage>,
    },
    /// A move lacks what it needs.
    #[error("{}", .0.text())]
    Needs(Need),
    /// Somebody else changed the record meanwhile; nothing was written.
    #[error("the record {0} was changed by somebody else meanwhile; look at it again")]
    Stale(Reference),
    /// No key at hand opens it.
    #[error("no key at hand opens the record {0}; unlock the desk with the key to which it was sealed")]
    Locked(Reference),
    /// What is sealed is another record's content, or no content of this version.
    #[error("the sealed content of {0} is damaged or belongs to another record")]
    Foreign(Reference),
    /// The record's form is no longer in content/obrasci.
    #[error("the form {form} of the record {reference} is not in content/obrasci any more")]
    NoForm {
        /// The record.
        reference: Reference,
        /// Its form.
        form: String,
    },
    /// A letter could not be written.
    #[error("the letter could not be written: {0}")]
    Letter(String),
    /// An export could not be sealed.
    #[error("the export could not be sealed: {0}")]
    Export(String),
    /// Sealing failed.
    #[error(transparent)]
    Seal(#[from] sealing::SealError),
    /// The operating system gave no randomness.
    #[error("no randomness from the operating system")]
    NoRandomness,
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn names(stages: &[Stage]) -> String {
    if stages.is_empty() {
        return "nothing: the work on it is finished".to_owned();
    }
    stages.iter().map(|stage| stage.name()).collect::<Vec<_>>().join(", ")
}
