//! The tables of a `meta` box: which items there are, where they lie, what they are made of.

use std::collections::BTreeMap;

use super::boxes::{Part, all, full, only};
use super::{BROKEN, UNSUPPORTED};
use crate::Refusal;
use crate::reader::Reader;

/// Where bytes of an item lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// In the `idat` box instead of the file.
    pub in_meta: bool,
    pub offset: u64,
    pub length: u64,
}

/// The tables.
#[derive(Default)]
pub(super) struct Items<'a> {
    pub primary: u32,
    pub kinds: BTreeMap<u32, [u8; 4]>,
    pub extents: BTreeMap<u32, Vec<Extent>>,
    /// From a derived picture to those that it is made of.
    pub parts: BTreeMap<u32, Vec<u32>>,
    pub properties: Vec<Part<'a>>,
    /// Numbers of properties, from 1; whether a reader must understand them.
    pub uses: BTreeMap<u32, Vec<(usize, bool)>>,
    pub inline: &'a [u8],
}

pub(super) fn read(meta: &[u8]) -> Result<Items<'_>, Refusal> {
    let (_, _, reader) = full(meta)?;
    let parts = all(reader.rest())?;
    let handler = only(&parts, *b"hdlr")?;
    if handler.get(8..12) != Some(b"pict") {
        return Err(UNSUPPORTED);
    }
    let mut items = Items { primary: primary(only(&parts, *b"pitm")?)?, ..Items::default() };
    kinds(only(&parts, *b"iinf")?, &mut items)?;
    locations(only(&parts, *b"iloc")?, &mut items)?;
    if parts.iter().any(|part| part.name == *b"iref") {
        references(only(&parts, *b"iref")?, &mut items)?;
    }
    if parts.iter().any(|part| part.name == *b"idat") {
        items.inline = only(&parts, *b"idat")?;
    }
    let properties = all(only(&parts, *b"iprp")?)?;
    items.properties = all(only(&properties, *b"ipco")?)?;
    for part in properties.iter().filter(|part| part.name == *b"ipma") {
        associations(part.content, &mut items)?;
    }
    Ok(items)
}

/// An item's number: 16 bits in early versions of a box, 32 in later ones.
fn number(reader: &mut Reader<'_>, wide: bool) -> Result<u32, Refusal> {
    if wide { reader.u32() } else { reader.u16().map(u32::from) }.ok_or(BROKEN)
}

fn primary(content: &[u8]) -> Result<u32, Refusal> {
    let (version, _, mut reader) = full(content)?;
    number(&mut reader, version > 0)
}

fn kinds(content: &[u8], items: &mut Items<'_>) -> Result<(), Refusal> {
    let (version, _, mut reader) = full(content)?;
    number(&mut reader, version > 0)?;
    for part in all(reader.rest())?.iter().filter(|part| part.name == *b"infe") {
        let (version, _, mut reader) = full(part.content)?;
        if !(2..=3).contains(&version) {
            return Err(UNSUPPORTED);
        }
        let id = number(&mut reader, version == 3)?;
        let protection = reader.u16().ok_or(BROKEN)?;
        let kind = reader.array().ok_or(BROKEN)?;
        // A protected item is left out, and with it a picture that needs it.
        if protection == 0 && items.kinds.insert(id, kind).is_some() {
            return Err(BROKEN);
        }
    }
    Ok(())
}

fn locations(content: &[u8], items: &mut Items<'_>) -> Result<(), Refusal> {
    let (version, _, mut reader) = full(content)?;
    if version > 2 {
        return Err(UNSUPPORTED);
    }
    let [sizes, more] = reader.array().ok_or(BROKEN)?;
    let (offset_bytes, length_bytes, base_bytes) = (sizes >> 4, sizes & 15, more >> 4);
    let index_bytes = if version == 0 { 0 } else { more & 15 };
    for _ in 0..number(&mut reader, version == 2)? {
        let id = number(&mut reader, version == 2)?;
        let method = if version == 0 { 0 } else { reader.u16().ok_or(BROKEN)? & 15 };
        let elsewhere = reader.u16().ok_or(BROKEN)? != 0;
        let base = reader.sized(base_bytes).ok_or(BROKEN)?;
        let mut extents = Vec::new();
        for _ in 0..reader.u16().ok_or(BROKEN)? {
            reader.sized(index_bytes).ok_or(BROKEN)?;
            let offset = reader.sized(offset_bytes).and_then(|offset| base.checked_add(offset));
            let length = reader.sized(length_bytes).ok_or(BROKEN)?;
            if offset_bytes == 0 && length_bytes == 0 {
                return Err(UNSUPPORTED);
            }
            extents.push(Extent { in_meta: method == 1, offset: offset.ok_or(BROKEN)?, length });
        }
        // An item in another file, or made of other items' bytes, is left out.
        if method <= 1 && !elsewhere && items.extents.insert(id, extents).is_some() {
            return Err(BROKEN);
        }
    }
    Ok(())
}

fn references(content: &[u8], items: &mut Items<'_>) -> Result<(), Refusal> {
    let (version, _, reader) = full(content)?;
    let wide = version > 0;
    for part in all(reader.rest())?.iter().filter(|part| part.name == *b"dimg") {
        let mut reader = Reader::new(part.content);
        let from = number(&mut reader, wide)?;
        let count = reader.u16().ok_or(BROKEN)?;
        let to = (0..count).map(|_| number(&mut reader, wide)).collect::<Result<Vec<_>, _>>()?;
        if items.parts.insert(from, to).is_some() {
            return Err(BROKEN);
        }
    }
    Ok(())
}

fn associations(content: &[u8], items: &mut Items<'_>) -> Result<(), Refusal> {
    let (version, flags, mut reader) = full(content)?;
    for _ in 0..reader.u32().ok_or(BROKEN)? {
        let id = number(&mut reader, version > 0)?;
        let count = reader.u8().ok_or(BROKEN)?;
        let mut uses = Vec::with_capacity(count.into());
        for _ in 0..count {
            let (value, top) = if flags & 1 == 1 {
                (reader.u16().ok_or(BROKEN)?, 0x8000)
            } else {
                (reader.u8().ok_or(BROKEN)?.into(), 0x80)
            };
            uses.push((usize::from(value & (top - 1)), value & top != 0));
        }
        if items.uses.insert(id, uses).is_some() {
            return Err(BROKEN);
        }
    }
    Ok(())
}
