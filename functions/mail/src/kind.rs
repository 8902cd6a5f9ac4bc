//! The closed list of letters: what each is called, what it must say and what it may.

use crate::placeholder::Placeholder as P;

/// A letter that this program sends. Its texts lie in `content/poruke/<file name>.yaml`, or for one form in
/// `<file name>-<form id>.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LetterKind {
    /// The submission arrived.
    Received,
    /// Register: it arrived, and the button confirms that the address is the person's own.
    ConfirmAddress,
    /// The button puts a submission that is held back into the office's queue.
    Release,
    /// The office asks something.
    Question,
    /// The print-proof can be looked at.
    Proof,
    /// What to pay and how.
    Payment,
    /// The payment arrived.
    Paid,
    /// It left by post.
    Posted,
    /// It can be collected.
    Ready,
    /// Refused by a formal decision.
    Refused,
    /// Withdrawn by the applicant.
    Withdrawn,
    /// The content of the record is gone.
    Erased,
    /// Register: the record is in it.
    Entered,
    /// Register: somebody replaced the record.
    Replaced,
    /// Register: the way to one's own record.
    OwnRecord,
    /// Register: the yearly "still correct?".
    StillCorrect,
    /// Register: the export can be fetched.
    ExportReady,
}

impl LetterKind {
    /// All letters, in the order of the work.
    pub const ALL: [Self; 17] = [
        Self::Received,
        Self::ConfirmAddress,
        Self::Release,
        Self::Question,
        Self::Proof,
        Self::Payment,
        Self::Paid,
        Self::Posted,
        Self::Ready,
        Self::Refused,
        Self::Withdrawn,
        Self::Erased,
        Self::Entered,
        Self::Replaced,
        Self::OwnRecord,
        Self::StillCorrect,
        Self::ExportReady,
    ];

    /// The name of the file without `.yaml`. No name is another's beginning up to a hyphen.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Received => "primljeno",
            Self::ConfirmAddress => "potvrda-adrese",
            Self::Release => "potvrda-slanja",
            Self::Question => "pitanje",
            Self::Proof => "provjera-ispisa",
            Self::Payment => "uplata",
            Self::Paid => "placeno",
            Self::Posted => "poslano",
            Self::Ready => "spremno",
            Self::Refused => "odbijeno",
            Self::Withdrawn => "povuceno",
            Self::Erased => "izbrisano",
            Self::Entered => "upisano",
            Self::Replaced => "izmijenjeno",
            Self::OwnRecord => "moj-upis",
            Self::StillCorrect => "jos-tocno",
            Self::ExportReady => "izvoz",
        }
    }

    /// The letter whose texts a file holds.
    pub fn of_file(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| {
            name.strip_prefix(kind.file_name())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-') && rest.len() > 1)
        })
    }

    /// What the text has to say, and the values have to hold, beside the reference.
    pub(crate) fn must(self) -> &'static [P] {
        match self {
            Self::ConfirmAddress | Self::Release | Self::Proof | Self::OwnRecord => &[P::Link, P::Expires],
            Self::Question | Self::ExportReady => &[P::Link],
            Self::Payment => &[P::AmountKm, P::AmountEur, P::Payee, P::Account],
            Self::StillCorrect => &[P::Link, P::Unsubscribe],
            Self::Received
            | Self::Paid
            | Self::Posted
            | Self::Ready
            | Self::Refused
            | Self::Withdrawn
            | Self::Erased
            | Self::Entered
            | Self::Replaced => &[],
        }
    }

    /// What the text may say as well; a line whose value is not known is left out.
    #[cfg(feature = "yaml")]
    pub(crate) fn may(self) -> &'static [P] {
        match self {
            Self::Received => &[P::Received, P::ReceiptUrl, P::Next, P::Promised, P::StatusUrl],
            Self::Question | Self::ExportReady => &[P::Received, P::Expires, P::StatusUrl],
            Self::Proof | Self::Refused => &[P::Received, P::StatusUrl],
            Self::Entered | Self::Replaced => &[P::Received, P::StatusUrl, P::OwnUrl],
            Self::Payment => &[P::Received, P::Swift, P::StatusUrl],
            Self::Paid => &[P::Received, P::Promised, P::StatusUrl],
            Self::Posted => &[P::Received, P::Tracking, P::StatusUrl],
            Self::Ready => &[P::Received, P::Place, P::StatusUrl],
            Self::StillCorrect => &[P::Received, P::ErasedOn],
            Self::ConfirmAddress => &[P::Received, P::ReceiptUrl],
            Self::Release | Self::OwnRecord | Self::Withdrawn | Self::Erased => &[P::Received],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_one_letter() {
        for kind in LetterKind::ALL {
            let name = kind.file_name();
            assert_eq!(LetterKind::of_file(name), Some(kind));
            assert_eq!(LetterKind::of_file(&format!("{name}-upis")), Some(kind));
            let others = LetterKind::ALL.into_iter().filter(|other| *other != kind);
            for other in others {
                assert!(!other.file_name().starts_with(&format!("{name}-")), "{name}");
            }
        }
        for name in ["primljeeno", "primljeno-", "primljenoupis", ""] {
            assert_eq!(LetterKind::of_file(name), None, "{name}");
        }
    }

    #[test]
    fn letters_that_come_by_themselves_say_how_to_end_them() {
        let may_be_ended: Vec<_> =
            LetterKind::ALL.into_iter().filter(|kind| kind.must().contains(&P::Unsubscribe)).collect();
        assert_eq!(may_be_ended, [LetterKind::StillCorrect]);
    }
}
