//! A file with one picture in it.

use super::UNSUPPORTED;
use super::picture::Picture;
use crate::Refusal;

/// Writes it: `ftyp`, `meta`, `mdat`.
pub(super) fn file(picture: &Picture) -> Result<Vec<u8>, Refusal> {
    let mut out = part(*b"ftyp", &[b"heic\0\0\0\0mif1heicheix"])?;
    // Places in the file depend on the size of `meta`, which depends on their number only.
    let before = out.len() + meta(picture, 0)?.len() + 8;
    out.extend_from_slice(&meta(picture, before)?);
    let data: Vec<&[u8]> = picture.items.iter().map(|item| item.data.as_slice()).collect();
    out.extend_from_slice(&part(*b"mdat", &data)?);
    Ok(out)
}

fn meta(picture: &Picture, data_starts: usize) -> Result<Vec<u8>, Refusal> {
    let handler = part(*b"hdlr", &[&[0; 8], b"pict", &[0; 13]])?;
    let primary = part(*b"pitm", &[&[0; 4], &[0, 1]])?;
    let parts = [handler, primary, infos(picture)?, references(picture)?, properties(picture)?];
    let parts = parts.into_iter().chain([locations(picture, data_starts)?]).collect::<Vec<_>>().concat();
    part(*b"meta", &[&[0; 4], &parts])
}

fn part(name: [u8; 4], content: &[&[u8]]) -> Result<Vec<u8>, Refusal> {
    let content = content.concat();
    Ok([&number32(content.len() + 8)?[..], &name, &content].concat())
}

fn number32(number: usize) -> Result<[u8; 4], Refusal> {
    u32::try_from(number).map(u32::to_be_bytes).map_err(|_| UNSUPPORTED)
}

fn number16(number: usize) -> Result<[u8; 2], Refusal> {
    u16::try_from(number).map(u16::to_be_bytes).map_err(|_| UNSUPPORTED)
}

fn infos(picture: &Picture) -> Result<Vec<u8>, Refusal> {
    let mut out = [&[0; 4][..], &number16(picture.items.len())?].concat();
    for (place, item) in picture.items.iter().enumerate() {
        // Tiles are not shown for themselves: flag 1.
        let version = [2, 0, 0, u8::from(place > 0)];
        let info = [&version[..], &number16(place + 1)?, &[0, 0], &item.kind, &[0]].concat();
        out.extend_from_slice(&part(*b"infe", &[&info])?);
    }
    part(*b"iinf", &[&out])
}

/// From the grid, which is the first item, to its tiles, which are the others.
fn references(picture: &Picture) -> Result<Vec<u8>, Refusal> {
    let tiles = picture.items.len() - usize::from(!picture.items.is_empty());
    if tiles == 0 {
        return Ok(Vec::new());
    }
    let mut out = [[0, 1], number16(tiles)?].concat();
    for tile in 0..tiles {
        out.extend_from_slice(&number16(tile + 2)?);
    }
    part(*b"iref", &[&[0; 4], &part(*b"dimg", &[&out])?])
}

fn properties(picture: &Picture) -> Result<Vec<u8>, Refusal> {
    let mut boxes = Vec::new();
    for property in &picture.properties {
        boxes.extend_from_slice(&part(property.name, &[&property.content])?);
    }
    // Version 0, flag 1: numbers of 15 bits.
    let mut uses = [&[0, 0, 0, 1][..], &number32(picture.items.len())?].concat();
    for (place, item) in picture.items.iter().enumerate() {
        uses.extend_from_slice(&number16(place + 1)?);
        uses.push(u8::try_from(item.properties.len()).map_err(|_| UNSUPPORTED)?);
        for (property, essential) in &item.properties {
            let number =
                u16::try_from(property + 1).ok().filter(|number| *number < 0x8000).ok_or(UNSUPPORTED)?;
            uses.extend_from_slice(&(number | u16::from(*essential) << 15).to_be_bytes());
        }
    }
    part(*b"iprp", &[&part(*b"ipco", &[&boxes])?, &part(*b"ipma", &[&uses])?])
}

fn locations(picture: &Picture, data_starts: usize) -> Result<Vec<u8>, Refusal> {
    // Offsets and lengths of 4 bytes, no base.
    let mut out = [&[0, 0, 0, 0, 0x44, 0][..], &number16(picture.items.len())?].concat();
    let mut offset = data_starts;
    for (place, item) in picture.items.iter().enumerate() {
        out.extend_from_slice(&number16(place + 1)?);
        out.extend_from_slice(&[0, 0, 0, 1]);
        out.extend_from_slice(&number32(offset)?);
        out.extend_from_slice(&number32(item.data.len())?);
        offset += item.data.len();
    }
    part(*b"iloc", &[&out])
}
