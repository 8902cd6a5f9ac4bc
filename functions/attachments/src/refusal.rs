//! Why a file is not taken. A refusal never holds anything of the file.

use crate::{Kind, Known};

/// Why a file is not taken, as far as the advice to the person differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// More bytes than the limit.
    #[error("the file is too large")]
    TooLarge,
    /// Its content is of a kind that is not taken, whatever its name says.
    #[error("the file is of another kind")]
    OtherType(Known),
    /// It can be read as two kinds of files.
    #[error("the file is two kinds of files at once")]
    Polyglot,
    /// It is cut off, damaged, or not made by the rules of its kind.
    #[error("the {0} file is broken")]
    Broken(Kind),
    /// A rare variant that common programs cannot show, or that cannot be freed of metadata.
    #[error("the {0} file is of a rare variant")]
    Unsupported(Kind),
    /// A picture with more pixels than the limit.
    #[error("the picture has too many pixels")]
    TooManyPixels,
    /// A PDF with more pages than the limit.
    #[error("the document has too many pages")]
    TooManyPages,
    /// A PDF with a password or rights management.
    #[error("the document is encrypted")]
    Encrypted,
    /// A PDF with scripts, embedded files, or actions that start programs.
    #[error("the document holds scripts or other files")]
    Active,
}

impl Refusal {
    /// The last part of the key of the text that explains it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge => "too_large",
            Self::OtherType(Known::Picture) => "other_picture",
            Self::OtherType(Known::Office) => "office",
            Self::OtherType(Known::Video) => "video",
            Self::OtherType(Known::Accepted(_) | Known::Unknown) => "other_type",
            Self::Polyglot => "polyglot",
            Self::Broken(_) => "broken",
            Self::Unsupported(_) => "unsupported",
            Self::TooManyPixels => "too_many_pixels",
            Self::TooManyPages => "too_many_pages",
            Self::Encrypted => "encrypted",
            Self::Active => "active",
        }
    }

    /// Every code, sorted: each has a text in every language.
    pub const CODES: [&str; 13] = [
        "active",
        "broken",
        "empty",
        "encrypted",
        "office",
        "other_picture",
        "other_type",
        "polyglot",
        "too_large",
        "too_many_pages",
        "too_many_pixels",
        "unsupported",
        "video",
    ];
}
