//! What the operator's log hears. No event can hold anything that a person wrote.

use std::fmt;

use store::StoreError;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A submission was stored.
    Accepted {
        /// The form's id.
        form: String,
        /// BCP 47 tag.
        language: String,
    },
    /// An applicant changed a record through a link.
    Changed {
        /// The form's id.
        form: String,
        /// What the audit line says.
        event: String,
    },
    /// A submission could not be stored, or a receipt not be read; the person was asked to try again.
    Failed {
        /// The code that the page shows.
        code: &'static str,
        /// The form's id, where one is known.
        form: Option<String>,
        /// What the store or the sealing said, without values.
        reason: String,
    },
    /// A submission was stored, and no letter can be sent for it.
    NoLetter {
        /// The form's id.
        form: String,
        /// Why, without values.
        reason: String,
    },
    /// A submission was stored, and its receipt cannot show a copy of the answers.
    NoCopy {
        /// The form's id.
        form: String,
        /// Why, without values.
        reason: String,
    },
    /// A request was refused: a link or receipt that nobody issued, no such request, another site, too many, too large.
    Refused {
        /// The status of the answer.
        status: u16,
        /// Where: the name of a page, or a form and its step.
        door: String,
    },
    /// Somebody or some program filled the field that people do not see; the office looks at it first.
    TrapFilled {
        /// The form's id.
        form: String,
    },
    /// A handler panicked: a bug.
    Panicked,
}

/// The code of a page and log line for a failure of the store.
pub(crate) fn store_code(error: &StoreError) -> &'static str {
    match error {
        StoreError::Busy(_) => "store-busy",
        StoreError::Full(_) => "store-full",
        StoreError::Corrupt(_) => "store-corrupt",
        StoreError::Failed(_) => "store-failed",
    }
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { form, language } => {
                write!(formatter, "accepted form={form} language={language}")
            }
            Self::Changed { form, event } => write!(formatter, "changed form={form} event={event}"),
            Self::Failed { code, form, reason } => {
                write!(
                    formatter,
                    "failed code={code} form={} reason={reason}",
                    form.as_deref().unwrap_or("-")
                )
            }
            Self::NoLetter { form, reason } => write!(formatter, "no-letter form={form} reason={reason}"),
            Self::NoCopy { form, reason } => write!(formatter, "no-copy form={form} reason={reason}"),
            Self::Refused { status, door } => write!(formatter, "refused status={status} at={door}"),
            Self::TrapFilled { form } => write!(formatter, "trap-filled form={form}"),
            Self::Panicked => formatter.write_str("panicked"),
        }
    }
}
