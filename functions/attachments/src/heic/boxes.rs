//! Boxes: a length, four letters, content (ISO/IEC 14496-12 §4.2).

use super::BROKEN;
use crate::Refusal;
use crate::reader::Reader;

/// More boxes side by side than any camera writes.
const MOST_BOXES: usize = 4096;

/// One box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub name: [u8; 4],
    pub content: &'a [u8],
}

/// The next box; `None` if it is cut off.
fn next<'a>(reader: &mut Reader<'a>) -> Option<Part<'a>> {
    let length = reader.u32()?;
    let name = reader.array()?;
    let content = match length {
        0 => reader.rest().len(),
        1 => usize::try_from(reader.u64()?.checked_sub(16)?).ok()?,
        _ => usize::try_from(length.checked_sub(8)?).ok()?,
    };
    Some(Part { name, content: reader.take(content)? })
}

/// All boxes of a container.
pub(super) fn all(content: &[u8]) -> Result<Vec<Part<'_>>, Refusal> {
    let mut reader = Reader::new(content);
    let mut parts = Vec::new();
    while !reader.is_empty() {
        if parts.len() == MOST_BOXES {
            return Err(BROKEN);
        }
        parts.push(next(&mut reader).ok_or(BROKEN)?);
    }
    Ok(parts)
}

/// The only box of a name; none or two of them are an error.
pub(super) fn only<'a>(parts: &[Part<'a>], name: [u8; 4]) -> Result<&'a [u8], Refusal> {
    let mut found = parts.iter().filter(|part| part.name == name);
    match (found.next(), found.next()) {
        (Some(part), None) => Ok(part.content),
        _ => Err(BROKEN),
    }
}

/// Version and flags that some boxes begin with, and the rest.
pub(super) fn full<'a>(content: &'a [u8]) -> Result<(u8, u32, Reader<'a>), Refusal> {
    let mut reader = Reader::new(content);
    let head = reader.u32().ok_or(BROKEN)?;
    Ok(((head >> 24) as u8, head & 0x00ff_ffff, reader))
}

/// The outermost level.
pub(super) struct File<'a> {
    /// The content of the one `meta` box.
    pub meta: &'a [u8],
    /// What follows the last box that is part of a picture.
    pub behind: &'a [u8],
}

impl<'a> File<'a> {
    pub fn read(content: &'a [u8]) -> Result<Self, Refusal> {
        let mut reader = Reader::new(content);
        let mut parts = Vec::new();
        let mut behind = reader.rest();
        while !reader.is_empty() {
            if parts.len() == MOST_BOXES {
                return Err(BROKEN);
            }
            // What is no box at all may follow the picture, but nothing of the picture may be cut off.
            let Some(part) = next(&mut reader) else { break };
            if matches!(&part.name, b"ftyp" | b"meta" | b"mdat") {
                behind = reader.rest();
            }
            parts.push(part);
        }
        if parts.first().is_none_or(|part| part.name != *b"ftyp") {
            return Err(BROKEN);
        }
        Ok(Self { meta: only(&parts, *b"meta")?, behind })
    }
}
