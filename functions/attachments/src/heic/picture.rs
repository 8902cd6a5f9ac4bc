//! The primary picture: one coded picture, or a grid of them. Everything else in the file is left behind.

use std::collections::BTreeMap;

use super::boxes::{Part, full};
use super::items::Items;
use super::{BROKEN, UNSUPPORTED, coded};
use crate::reader::Reader;
use crate::{Limits, Refusal};

/// A grid has at most 256 rows and columns; real ones have fewer than this many tiles.
const MOST_TILES: usize = 4096;
/// Real pictures have fewer than ten.
const MOST_PROPERTIES: usize = 32;

/// A picture that another file can be written from.
pub(super) struct Picture {
    /// The first is the primary one.
    pub items: Vec<Item>,
    /// Content of property boxes, each once.
    pub properties: Vec<Property>,
}

pub(super) struct Item {
    pub kind: [u8; 4],
    pub data: Vec<u8>,
    /// Places in [`Picture::properties`], and whether a reader must understand them.
    pub properties: Vec<(usize, bool)>,
}

pub(super) struct Property {
    pub name: [u8; 4],
    pub content: Vec<u8>,
}

pub(super) fn of(items: &Items<'_>, content: &[u8], limits: &Limits) -> Result<Picture, Refusal> {
    let mut reading = Reading {
        items,
        content,
        limits,
        left: content.len(),
        known: BTreeMap::new(),
        picture: Picture::empty(),
    };
    match items.kinds.get(&items.primary) {
        Some(b"hvc1") => reading.coded(items.primary)?,
        Some(b"grid") => reading.grid(items.primary)?,
        Some(_) => return Err(UNSUPPORTED),
        None => return Err(BROKEN),
    }
    Ok(reading.picture)
}

impl Picture {
    fn empty() -> Self {
        Self { items: Vec::new(), properties: Vec::new() }
    }
}

struct Reading<'a> {
    items: &'a Items<'a>,
    content: &'a [u8],
    limits: &'a Limits,
    /// How many bytes may still be copied: overlapping items make no file larger.
    left: usize,
    /// Properties that were read before, by their place in the file: tiles share them.
    known: BTreeMap<usize, Known>,
    picture: Picture,
}

/// What is kept of what is said about an item.
struct Described {
    properties: Vec<(usize, bool)>,
    /// How long the lengths of a coded item's units are.
    length_bytes: Option<u8>,
}

/// What became of a property.
#[derive(Clone, Copy)]
enum Known {
    /// Kept at this place, and what it told.
    Kept(usize, Told),
    LeftOut,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Size,
    LengthBytes(u8),
    Else,
}

impl Reading<'_> {
    fn grid(&mut self, id: u32) -> Result<(), Refusal> {
        let data = self.data(id)?;
        let mut reader = Reader::new(&data);
        let mut head = || {
            let [version, flags, rows, columns] = reader.array()?;
            let wide = flags & 1 == 1;
            let width = if wide { reader.u32()? } else { reader.u16()?.into() };
            let height = if wide { reader.u32()? } else { reader.u16()?.into() };
            let good = version == 0 && reader.is_empty();
            good.then_some((usize::from(rows) + 1, usize::from(columns) + 1, width, height))
        };
        let (rows, columns, width, height) = head().ok_or(BROKEN)?;
        if !self.limits.allow(width.into(), height.into()) {
            return Err(Refusal::TooManyPixels);
        }
        let tiles = self.items.parts.get(&id).filter(|tiles| tiles.len() == rows * columns).ok_or(BROKEN)?;
        if tiles.len() > MOST_TILES {
            return Err(UNSUPPORTED);
        }
        let Described { properties, .. } = self.described(id)?;
        self.picture.items.push(Item { kind: *b"grid", data, properties });
        for tile in tiles {
            if self.items.kinds.get(tile) != Some(b"hvc1") {
                return Err(UNSUPPORTED);
            }
            self.coded(*tile)?;
        }
        Ok(())
    }

    fn coded(&mut self, id: u32) -> Result<(), Refusal> {
        let Described { properties, length_bytes } = self.described(id)?;
        let data = coded::slices(&self.data(id)?, length_bytes.ok_or(BROKEN)?)?;
        self.picture.items.push(Item { kind: *b"hvc1", data, properties });
        Ok(())
    }

    /// The bytes of an item.
    fn data(&mut self, id: u32) -> Result<Vec<u8>, Refusal> {
        let mut data = Vec::new();
        for extent in self.items.extents.get(&id).ok_or(BROKEN)? {
            let place = if extent.in_meta { self.items.inline } else { self.content };
            let offset = usize::try_from(extent.offset).map_err(|_| BROKEN)?;
            let length = usize::try_from(extent.length).map_err(|_| BROKEN)?;
            let end = offset.checked_add(length).filter(|_| length > 0).ok_or(BROKEN)?;
            self.left = self.left.checked_sub(length).ok_or(BROKEN)?;
            data.extend_from_slice(place.get(offset..end).ok_or(BROKEN)?);
        }
        Ok(data)
    }

    fn described(&mut self, id: u32) -> Result<Described, Refusal> {
        let uses = self.items.uses.get(&id).ok_or(BROKEN)?;
        if uses.len() > MOST_PROPERTIES {
            return Err(UNSUPPORTED);
        }
        let mut length_bytes = None;
        let mut has_size = false;
        let mut kept = Vec::new();
        for (number, essential) in uses {
            // 0 means no property (ISO/IEC 23008-12 §9.3.1).
            let Some(place) = number.checked_sub(1) else { continue };
            match self.property(place)? {
                Known::Kept(place, told) => {
                    kept.push((place, *essential));
                    has_size |= told == Told::Size;
                    if let Told::LengthBytes(bytes) = told {
                        length_bytes = Some(bytes);
                    }
                }
                // Without something that must be understood the picture would look other than it is.
                Known::LeftOut if *essential => return Err(UNSUPPORTED),
                Known::LeftOut => {}
            }
        }
        if has_size { Ok(Described { properties: kept, length_bytes }) } else { Err(BROKEN) }
    }

    fn property(&mut self, place: usize) -> Result<Known, Refusal> {
        if let Some(known) = self.known.get(&place) {
            return Ok(*known);
        }
        let part = self.items.properties.get(place).copied().ok_or(BROKEN)?;
        let read = match &part.name {
            b"hvcC" => {
                let setup = coded::setup(part.content)?;
                Some((setup.content, Told::LengthBytes(setup.length_bytes)))
            }
            b"ispe" => Some((self.size(part.content)?, Told::Size)),
            _ => is_kept(part)?.then(|| (part.content.to_vec(), Told::Else)),
        };
        let known = match read {
            Some((content, told)) => {
                self.picture.properties.push(Property { name: part.name, content });
                Known::Kept(self.picture.properties.len() - 1, told)
            }
            None => Known::LeftOut,
        };
        self.known.insert(place, known);
        Ok(known)
    }

    fn size(&self, content: &[u8]) -> Result<Vec<u8>, Refusal> {
        let (_, _, mut reader) = full(content)?;
        let (width, height) = reader.u32().zip(reader.u32()).filter(|_| reader.is_empty()).ok_or(BROKEN)?;
        if width == 0 || height == 0 {
            return Err(BROKEN);
        }
        if !self.limits.allow(width.into(), height.into()) {
            return Err(Refusal::TooManyPixels);
        }
        Ok(content.to_vec())
    }
}

/// Whether a property says how the picture looks and has room for nothing else.
fn is_kept(part: Part<'_>) -> Result<bool, Refusal> {
    let content = part.content;
    let fits = match &part.name {
        b"irot" | b"imir" => content.len() == 1,
        b"pasp" => content.len() == 8,
        b"clap" => content.len() == 32,
        b"pixi" => {
            content.get(4).is_some_and(|count| content.len() == 5 + usize::from(*count) && *count <= 4)
        }
        // Colours by numbers are kept; a profile is a file of its own with texts in it.
        b"colr" if content.starts_with(b"nclx") => content.len() == 11,
        _ => return Ok(false),
    };
    if fits { Ok(true) } else { Err(BROKEN) }
}
