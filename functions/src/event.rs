//! What the operator's log hears. No event can hold anything that a person wrote.

use std::borrow::Cow;
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

impl Event {
    /// What happened, in one word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Changed { .. } => "changed",
            Self::Failed { .. } => "failed",
            Self::NoLetter { .. } => "no-letter",
            Self::NoCopy { .. } => "no-copy",
            Self::Refused { .. } => "refused",
            Self::TrapFilled { .. } => "trap-filled",
            Self::Panicked => "panicked",
        }
    }

    /// The rest of it, in the order of a log line.
    pub fn fields(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        match self {
            Self::Accepted { form, language } => {
                vec![("form", form.as_str().into()), ("language", language.as_str().into())]
            }
            Self::Changed { form, event } => {
                vec![("form", form.as_str().into()), ("event", event.as_str().into())]
            }
            Self::Failed { code, form, reason } => vec![
                ("code", (*code).into()),
                ("form", form.as_deref().unwrap_or("-").into()),
                ("reason", reason.as_str().into()),
            ],
            Self::NoLetter { form, reason } | Self::NoCopy { form, reason } => {
                vec![("form", form.as_str().into()), ("reason", reason.as_str().into())]
            }
            Self::Refused { status, door } => {
                vec![("status", status.to_string().into()), ("at", door.as_str().into())]
            }
            Self::TrapFilled { form } => vec![("form", form.as_str().into())],
            Self::Panicked => Vec::new(),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())?;
        for (name, value) in self.fields() {
            write!(formatter, " {name}={value}")?;
        }
        Ok(())
    }
}
