//! Attached files: recognised by their content, bounded, and freed of metadata without decoding a picture.
//!
//! ```text
//! bytes ─ recognise ─► Kind ─┬─ jpeg::clean ─┐
//!                            ├─ png::clean  ─┼─► Cleaned    or a Refusal that a page can explain
//!                            ├─ heic::clean ─┤              (other type, broken, too large, polyglot, active …)
//!                            └─ pdf::clean  ─┘
//! ```
//!
//! Nothing is copied because it is unknown: every format is taken apart and written again from the parts that a
//! picture or a page needs. What is guaranteed:
//!
//! | kind | what comes out | what is left behind |
//! |---|---|---|
//! | JPEG | frame, tables, scans; JFIF density; Adobe's colour transform; the orientation | EXIF, GPS, XMP, IPTC, comments, profiles, thumbnails, second pictures, whatever follows the end |
//! | PNG | header, palette, transparency, gamma, density, picture data with right checksums; the orientation | text, time, EXIF, profiles, animation, unknown chunks, whatever follows the end |
//! | HEIC | the primary picture and its tiles: coded slices, size, rotation, mirroring, clipping | EXIF, XMP, thumbnails, depth maps and other pictures, videos, profiles, SEI messages |
//! | PDF | pages, their resources, visible annotations and form fields, as one revision | document information, XMP, earlier revisions, private data, links, scripts, thumbnails; metadata in JPEG pictures of pages |
//!
//! What pixels show, and data that a program hid inside compressed picture data or a page's drawing
//! instructions, stays: that cannot be told from a picture without decoding it, which is done at the desk only.
//!
//! The input is hostile. Nothing here panics, recurses without a bound, or takes more memory than a small
//! multiple of the input plus [`INFLATED_BYTES`].

mod heic;
mod jpeg;
mod kind;
mod limits;
mod orientation;
mod pdf;
mod png;
mod polyglot;
mod reader;
mod refusal;
#[cfg(feature = "samples")]
pub mod samples;

pub use kind::{Kind, Known, recognise};
pub use limits::{INFLATED_BYTES, Limits};
pub use refusal::Refusal;

/// A file without metadata.
#[derive(Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// What it is.
    pub kind: Kind,
    /// The file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Cleaned {
    /// The content is a person's: only its kind and size are printed.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Cleaned")
            .field("kind", &self.kind)
            .field("size_bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Checks a file and takes its metadata out.
pub fn clean(content: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    if content.is_empty() {
        return Err(Refusal::Empty);
    }
    if content.len() > limits.most_bytes {
        return Err(Refusal::TooLarge);
    }
    let kind = match recognise(content) {
        Known::Accepted(kind) => kind,
        other => return Err(Refusal::OtherType(other)),
    };
    let bytes = match kind {
        Kind::Jpeg => jpeg::clean(content, limits, jpeg::Place::File)?,
        Kind::Png => png::clean(content, limits)?,
        Kind::Heic => heic::clean(content, limits)?,
        Kind::Pdf => pdf::clean(content, limits)?,
    };
    if bytes.len() > limits.most_bytes.saturating_add(limits::SLACK_BYTES) {
        return Err(Refusal::TooLarge);
    }
    if polyglot::is_also_something_else(kind, &bytes) {
        return Err(Refusal::Polyglot);
    }
    Ok(Cleaned { kind, bytes })
}
