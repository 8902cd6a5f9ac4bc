//! All objects of a file, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::object::{Budget, Dictionary, Object, Parser};
use super::xref::{self, Place, Table, stream_at};
use super::{BROKEN, UNSUPPORTED, filter};
use crate::{INFLATED_BYTES, Refusal};

/// Objects in one object stream; the standard's writers use up to 200, some more.
const MOST_INSIDE: usize = 50_000;

/// What lies under a number.
pub(super) struct Entry {
    pub object: Object,
    /// The raw bytes of a stream, in the file.
    pub data: Option<Range<usize>>,
}

/// A file.
pub(super) struct File<'a> {
    pub content: &'a [u8],
    pub entries: BTreeMap<u32, Entry>,
    pub trailers: Vec<Dictionary>,
    /// Objects that hold metadata by the word of what points to them.
    pub tainted: BTreeSet<u32>,
    /// How many bytes may still be unpacked.
    pub inflated: usize,
}

/// Reads everything that the cross-reference tables name.
pub(super) fn load(content: &[u8], start: usize) -> Result<File<'_>, Refusal> {
    let mut budget = Budget { bytes: content.len() * 4 + (1 << 20), values: 1_000_000 };
    let mut inflated = INFLATED_BYTES;
    let Table { places, trailers } = xref::read(content, start, &mut budget, &mut inflated)?;
    if trailers.iter().any(|trailer| !matches!(trailer.get(b"Encrypt"), None | Some(Object::Null))) {
        return Err(Refusal::Encrypted);
    }
    let mut entries = BTreeMap::new();
    let mut containers = BTreeSet::new();
    for (number, place) in &places {
        match place {
            Place::Free => {}
            Place::Inside(container) => {
                containers.insert(*container);
            }
            Place::At(at) => {
                // The length of a stream may be an object of its own that lies anywhere.
                let length = |length: &Object| match length {
                    Object::Reference(number) => length_at(content, places.get(number)?),
                    direct => direct.as_size(),
                };
                let located = stream_at(content, *at, &mut budget, length)?;
                if located.number != *number {
                    return Err(BROKEN);
                }
                entries.insert(*number, Entry { object: located.object, data: located.data });
            }
        }
    }
    for container in containers {
        let inside = {
            let entry = entries.get(&container).ok_or(BROKEN)?;
            let data = unpacked(content, entry, &mut inflated)?;
            let dictionary = entry.object.as_dictionary().ok_or(BROKEN)?;
            budget.bytes = budget.bytes.saturating_add(data.len() * 2);
            objects_inside(dictionary, &data, &mut budget)?
        };
        for (number, object) in inside {
            if places.get(&number) == Some(&Place::Inside(container)) {
                entries.entry(number).or_insert(Entry { object, data: None });
            }
        }
    }
    let tainted = tainted(&trailers, &entries);
    Ok(File { content, entries, trailers, tainted, inflated })
}

/// A number that is an object of its own.
fn length_at(content: &[u8], place: &Place) -> Option<usize> {
    let Place::At(at) = place else { return None };
    let mut parser = Parser::new(content, *at);
    parser.head()?;
    parser.integer().and_then(|length| usize::try_from(length).ok())
}

fn unpacked(content: &[u8], entry: &Entry, inflated: &mut usize) -> Result<Vec<u8>, Refusal> {
    let dictionary = entry.object.as_dictionary().ok_or(BROKEN)?;
    let data = entry.data.clone().and_then(|data| content.get(data)).ok_or(BROKEN)?;
    let data = filter::unpacked(dictionary, data, *inflated)?;
    *inflated = inflated.checked_sub(data.len()).ok_or(BROKEN)?;
    Ok(data)
}

/// The objects of an object stream (ISO 32000-2 §7.5.7).
fn objects_inside(
    dictionary: &Dictionary,
    data: &[u8],
    budget: &mut Budget,
) -> Result<Vec<(u32, Object)>, Refusal> {
    let size = |key: &[u8]| dictionary.get(key).and_then(Object::as_size).ok_or(BROKEN);
    let (count, first) = (size(b"N")?, size(b"First")?);
    if dictionary.name(b"Type") != Some(b"ObjStm") || first > data.len() {
        return Err(BROKEN);
    }
    if count > MOST_INSIDE {
        return Err(UNSUPPORTED);
    }
    let mut heads = Parser::new(data, 0);
    let mut objects = Vec::with_capacity(count);
    for _ in 0..count {
        let number = heads.integer().and_then(|number| u32::try_from(number).ok()).ok_or(BROKEN)?;
        let offset = heads.integer().and_then(|offset| usize::try_from(offset).ok()).ok_or(BROKEN)?;
        let at = first.checked_add(offset).filter(|at| *at < data.len()).ok_or(BROKEN)?;
        let mut parser = Parser::new(data, at);
        let object = parser.object(budget)?;
        budget.spend_bytes(parser.at - at)?;
        objects.push((number, object));
    }
    Ok(objects)
}

/// What a trailer calls information, and what anything calls metadata or private data. A damaged or
/// dishonest file may point to it by another name as well; it is not copied then either.
fn tainted(trailers: &[Dictionary], entries: &BTreeMap<u32, Entry>) -> BTreeSet<u32> {
    let mut tainted = BTreeSet::new();
    for trailer in trailers {
        if let Some(Object::Reference(number)) = trailer.get(b"Info") {
            tainted.insert(*number);
        }
    }
    for entry in entries.values() {
        note(&entry.object, &mut tainted);
    }
    tainted
}

fn note(object: &Object, tainted: &mut BTreeSet<u32>) {
    match object {
        Object::Dictionary(dictionary) => {
            for (key, value) in &dictionary.0 {
                match value {
                    Object::Reference(number) if super::rebuild::LEFT_OUT.contains(&key.as_slice()) => {
                        tainted.insert(*number);
                    }
                    other => note(other, tainted),
                }
            }
        }
        Object::Array(values) => values.iter().for_each(|value| note(value, tainted)),
        Object::Null
        | Object::Bool(_)
        | Object::Number(_)
        | Object::Name(_)
        | Object::Text(_)
        | Object::Reference(_) => {}
    }
}
