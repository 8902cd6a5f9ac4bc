//! Where the objects of a file lie: cross-reference tables and streams (ISO 32000-2 §7.5.4, §7.5.8).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::object::{Budget, Dictionary, Object, Parser};
use super::{BROKEN, filter};
use crate::Refusal;
use crate::reader::Reader;

/// More than any file of a few megabytes has.
const MOST_OBJECTS: usize = 200_000;
const MOST_REVISIONS: usize = 64;

/// Where an object lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At this offset of the file.
    At(usize),
    /// In the object stream of this number.
    Inside(u32),
    Free,
}

/// The newest place of every object, and the trailers, newest first.
#[derive(Default)]
pub(super) struct Table {
    pub places: BTreeMap<u32, Place>,
    pub trailers: Vec<Dictionary>,
}

/// Reads all tables, from the newest to the oldest.
pub(super) fn read(
    content: &[u8],
    start: usize,
    budget: &mut Budget,
    inflated: &mut usize,
) -> Result<Table, Refusal> {
    let mut parser = Parser::new(content, start);
    let first = parser.word(b"startxref").then(|| parser.integer()).flatten().ok_or(BROKEN)?;
    let mut waiting = vec![offset(first)?];
    let mut seen = BTreeSet::new();
    let mut table = Table::default();
    while let Some(at) = waiting.pop() {
        if !seen.insert(at) {
            continue;
        }
        if seen.len() > MOST_REVISIONS || at >= content.len() {
            return Err(BROKEN);
        }
        let mut parser = Parser::new(content, at);
        let trailer = if parser.word(b"xref") {
            table.of_text(&mut parser, budget)?
        } else {
            table.of_stream(content, at, budget, inflated)?
        };
        // Later read means older; a hybrid file's stream comes before the previous table.
        for key in [&b"Prev"[..], b"XRefStm"] {
            if let Some(previous) = trailer.get(key) {
                waiting.push(previous.as_size().ok_or(BROKEN)?);
            }
        }
        table.trailers.push(trailer);
    }
    Ok(table)
}

fn offset(number: u64) -> Result<usize, Refusal> {
    usize::try_from(number).map_err(|_| BROKEN)
}

impl Table {
    fn insert(&mut self, number: u32, place: Place) -> Result<(), Refusal> {
        self.places.entry(number).or_insert(place);
        if self.places.len() > MOST_OBJECTS { Err(BROKEN) } else { Ok(()) }
    }

    fn of_text(&mut self, parser: &mut Parser<'_>, budget: &mut Budget) -> Result<Dictionary, Refusal> {
        let before = parser.at;
        while !parser.word(b"trailer") {
            let first = parser.integer().and_then(|first| u32::try_from(first).ok()).ok_or(BROKEN)?;
            let count = parser.integer().and_then(|count| u32::try_from(count).ok()).ok_or(BROKEN)?;
            for number in first..first.checked_add(count).ok_or(BROKEN)? {
                let at = offset(parser.integer().ok_or(BROKEN)?)?;
                parser.integer().ok_or(BROKEN)?;
                let place = match (parser.word(b"n"), at) {
                    // Some writers mark what they left out so.
                    (true, 0) => Place::Free,
                    (true, at) => Place::At(at),
                    (false, _) if parser.word(b"f") => Place::Free,
                    (false, _) => return Err(BROKEN),
                };
                self.insert(number, place)?;
            }
        }
        let trailer = parser.object(budget)?;
        budget.spend_bytes(parser.at - before)?;
        match trailer {
            Object::Dictionary(trailer) => Ok(trailer),
            _ => Err(BROKEN),
        }
    }

    fn of_stream(
        &mut self,
        content: &[u8],
        at: usize,
        budget: &mut Budget,
        inflated: &mut usize,
    ) -> Result<Dictionary, Refusal> {
        let stream = stream_at(content, at, budget, |length| length.as_size())?;
        let (Object::Dictionary(dictionary), Some(data)) = (stream.object, stream.data) else {
            return Err(BROKEN);
        };
        if dictionary.name(b"Type") != Some(b"XRef") {
            return Err(BROKEN);
        }
        let data = filter::unpacked(&dictionary, content.get(data).ok_or(BROKEN)?, *inflated)?;
        *inflated = inflated.checked_sub(data.len()).ok_or(BROKEN)?;
        let integers = |key: &[u8]| -> Option<Vec<usize>> {
            dictionary.get(key)?.as_array()?.iter().map(Object::as_size).collect()
        };
        let widths = integers(b"W").filter(|widths| widths.len() == 3).ok_or(BROKEN)?;
        if widths.iter().any(|width| *width > 8) || widths.iter().all(|width| *width == 0) {
            return Err(BROKEN);
        }
        let size = dictionary.get(b"Size").and_then(Object::as_size).ok_or(BROKEN)?;
        let ranges = integers(b"Index").unwrap_or_else(|| vec![0, size]);
        let mut reader = Reader::new(&data);
        for range in ranges.as_chunks::<2>().0 {
            let [first, count] = *range;
            for number in first..first.checked_add(count).ok_or(BROKEN)? {
                let mut numbers = [0_u64; 3];
                for (number, width) in numbers.iter_mut().zip(&widths) {
                    let bytes = reader.take(*width).ok_or(BROKEN)?;
                    *number = bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                }
                let [kind, second, _] = numbers;
                let place = match if widths.first() == Some(&0) { 1 } else { kind } {
                    0 => Place::Free,
                    1 => Place::At(offset(second)?),
                    2 => Place::Inside(u32::try_from(second).map_err(|_| BROKEN)?),
                    // Reserved: read as null.
                    _ => Place::Free,
                };
                self.insert(u32::try_from(number).map_err(|_| BROKEN)?, place)?;
            }
        }
        Ok(dictionary)
    }
}

/// An object with its number and, if it is a stream, where its bytes lie.
pub(super) struct Located {
    pub number: u32,
    pub object: Object,
    pub data: Option<Range<usize>>,
}

/// Reads the object at an offset. `length` resolves the length of a stream.
pub(super) fn stream_at(
    content: &[u8],
    at: usize,
    budget: &mut Budget,
    length: impl Fn(&Object) -> Option<usize>,
) -> Result<Located, Refusal> {
    let mut parser = Parser::new(content, at);
    let number = parser.head().ok_or(BROKEN)?;
    let object = parser.object(budget)?;
    budget.spend_bytes(parser.at - at)?;
    let Object::Dictionary(dictionary) = &object else { return Ok(Located { number, object, data: None }) };
    if !parser.word(b"stream") {
        return Ok(Located { number, object, data: None });
    }
    let start = match content.get(parser.at..) {
        Some([b'\r', b'\n', ..]) => parser.at + 2,
        Some([b'\n' | b'\r', ..]) => parser.at + 1,
        _ => return Err(BROKEN),
    };
    let length = dictionary.get(b"Length").and_then(length).ok_or(BROKEN)?;
    let end = start.checked_add(length).filter(|end| *end <= content.len()).ok_or(BROKEN)?;
    let mut after = Parser::new(content, end);
    // A comment cannot stand here, so only white space is skipped.
    let gap =
        content.get(end..).and_then(|rest| rest.iter().position(|byte| !super::object::is_white(*byte)));
    after.at += gap.filter(|gap| *gap <= 4).ok_or(BROKEN)?;
    if !content.get(after.at..).is_some_and(|rest| rest.starts_with(b"endstream")) {
        return Err(BROKEN);
    }
    Ok(Located { number, object, data: Some(start..end) })
}
