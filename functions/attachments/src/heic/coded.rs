//! HEVC inside HEIC (ISO/IEC 14496-15 §8): only parameter sets and slices; messages (SEI) can hold anything.

use super::{BROKEN, UNSUPPORTED};
use crate::Refusal;
use crate::reader::Reader;

/// Video, sequence and picture parameter sets.
const PARAMETER_SETS: std::ops::RangeInclusive<u8> = 32..=34;
/// Slices that can be shown without any other picture: IDR, BLA, CRA (ITU-T H.265 table 7-1).
const SLICES: std::ops::RangeInclusive<u8> = 16..=21;

/// How a decoder is set up, and how many bytes the lengths of units have.
pub(super) struct Setup {
    /// The `hvcC` box's content, written again.
    pub content: Vec<u8>,
    pub length_bytes: u8,
}

/// Reads an `hvcC` box.
pub(super) fn setup(content: &[u8]) -> Result<Setup, Refusal> {
    let mut reader = Reader::new(content);
    let head = reader.take(22).ok_or(BROKEN)?;
    let arrays = reader.u8().ok_or(BROKEN)?;
    if head.first() != Some(&1) {
        return Err(UNSUPPORTED);
    }
    let length_bytes = (head.last().ok_or(BROKEN)? & 3) + 1;
    let mut kept = 0_u8;
    let mut out = Vec::new();
    for _ in 0..arrays {
        let kind = reader.u8().ok_or(BROKEN)?;
        let units = reader.u16().ok_or(BROKEN)?;
        let mut array = vec![kind];
        array.extend_from_slice(&units.to_be_bytes());
        for _ in 0..units {
            let length = reader.u16().ok_or(BROKEN)?;
            let unit = reader.take(length.into()).ok_or(BROKEN)?;
            // The unit says its kind as well; both must agree.
            if unit.first().is_none_or(|first| first >> 1 & 0x3f != kind & 0x3f) {
                return Err(BROKEN);
            }
            array.extend_from_slice(&length.to_be_bytes());
            array.extend_from_slice(unit);
        }
        if PARAMETER_SETS.contains(&(kind & 0x3f)) {
            kept += 1;
            out.extend_from_slice(&array);
        }
    }
    if !reader.is_empty() || kept == 0 {
        return Err(BROKEN);
    }
    let content = [head, &[kept], &out].concat();
    Ok(Setup { content, length_bytes })
}

/// The slices of a coded picture.
pub(super) fn slices(data: &[u8], length_bytes: u8) -> Result<Vec<u8>, Refusal> {
    let mut reader = Reader::new(data);
    let mut out = Vec::with_capacity(data.len());
    while !reader.is_empty() {
        let head = reader.take(length_bytes.into()).ok_or(BROKEN)?;
        let length = head.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let unit = reader.take(length).ok_or(BROKEN)?;
        let kind = unit.first().ok_or(BROKEN)? >> 1 & 0x3f;
        if SLICES.contains(&kind) || PARAMETER_SETS.contains(&kind) {
            out.extend_from_slice(head);
            out.extend_from_slice(unit);
        }
    }
    if out.is_empty() { Err(BROKEN) } else { Ok(out) }
}
