//! Files that are two things at once: a picture for one program, an archive or a page for another.
//!
//! Telephones write a second picture or a video behind a photograph; that is cut off. Something behind the end
//! that another program would open, or that could be opened in what is left, is refused.

use crate::Kind;
use crate::reader::{Reader, find, find_last};

/// Whether what follows the end of a file is a file of its own of a kind that nobody's camera writes.
pub(crate) fn is_foreign(behind: &[u8]) -> bool {
    // Short signatures happen by chance in a video: they count at the beginning only.
    let first: [&[u8]; 5] = [b"PK\x03\x04", b"PK\x05\x06", b"\x7fELF", b"MZ\x90", b"\x1f\x8b\x08"];
    let anywhere: [&[u8]; 6] = [
        b"Rar!\x1a\x07",
        b"7z\xbc\xaf\x27\x1c",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"%PDF-",
        b"{\\rtf1",
        b"MSCF\0\0\0\0",
    ];
    first.iter().any(|signature| behind.starts_with(signature))
        || anywhere.iter().any(|signature| find(behind, signature).is_some())
        || is_archive(behind)
        || has_markup(behind)
}

/// Whether a cleaned file can still be opened as something else.
pub(crate) fn is_also_something_else(kind: Kind, cleaned: &[u8]) -> bool {
    // Readers of PDF look for its header in the first 1024 bytes.
    let head = cleaned.get(..1024 + 5).unwrap_or(cleaned);
    (kind != Kind::Pdf && find(head, b"%PDF-").is_some())
        || is_archive(cleaned)
        || (kind != Kind::Pdf && has_markup(head))
}

/// Whether a program that reads archives from their end finds one (APPNOTE 4.3.16): a directory of at least one
/// entry that lies where the end record says. Four equal bytes alone happen by chance.
fn is_archive(bytes: &[u8]) -> bool {
    let start = bytes.len().saturating_sub(65_557);
    let Some(tail) = bytes.get(start..) else { return false };
    let Some(place) = find_last(tail, b"PK\x05\x06").map(|place| start + place) else { return false };
    let directory_bytes = || {
        let mut record = Reader::new(bytes.get(place + 12..)?);
        let size = record.array().map(u32::from_le_bytes)?;
        usize::try_from(size).ok()
    };
    directory_bytes()
        .and_then(|size| place.checked_sub(size))
        .and_then(|directory| bytes.get(directory..directory + 4))
        .is_some_and(|signature| signature == b"PK\x01\x02")
}

/// Whether a browser that guesses would see a page.
fn has_markup(bytes: &[u8]) -> bool {
    let starts: [&[u8]; 5] = [b"<script", b"<html", b"<!doctype", b"<?php", b"<svg "];
    let lower: Vec<u8> = bytes.iter().map(u8::to_ascii_lowercase).collect();
    starts.iter().any(|start| find(&lower, start).is_some())
}
