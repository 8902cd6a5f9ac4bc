//! Streams: copied as they are packed; pictures of cameras and scanners without their metadata.

use super::object::{Dictionary, Object};
use super::{BROKEN, UNSUPPORTED, filter};
use crate::jpeg::{self, Place};
use crate::{Limits, Refusal};

const FILTERS: &[&[u8]] = &[
    b"ASCII85Decode",
    b"ASCIIHexDecode",
    b"CCITTFaxDecode",
    b"DCTDecode",
    b"FlateDecode",
    b"JBIG2Decode",
    b"JPXDecode",
    b"LZWDecode",
    b"RunLengthDecode",
];
/// What describes the packed bytes; the length is written anew.
const OF_PACKING: &[&[u8]] = &[b"DecodeParms", b"Filter", b"Length"];

/// A stream to be written, or `None` for one that holds metadata or another file.
pub(super) fn stream(
    dictionary: &Dictionary,
    data: &[u8],
    limits: &Limits,
    inflated: &mut usize,
) -> Result<Option<(Dictionary, Vec<u8>)>, Refusal> {
    let is = |key: &[u8], name: &[u8]| dictionary.name(key) == Some(name);
    let is_packet = data.trim_ascii_start().starts_with(b"<?xpacket") || data.starts_with(b"<x:xmpmeta");
    if is(b"Type", b"Metadata") || is(b"Subtype", b"XML") || is_packet {
        return Ok(None);
    }
    // Bytes in another file, and drawing instructions that are programs.
    if [&b"F"[..], b"FFilter", b"FDecodeParms"].iter().any(|key| dictionary.get(key).is_some())
        || is(b"Subtype", b"PS")
    {
        return Err(UNSUPPORTED);
    }
    let filters = filter::names(dictionary)?;
    if filters.iter().any(|name| !FILTERS.contains(name)) {
        return Err(BROKEN);
    }
    if is(b"Subtype", b"Image") {
        let side = |key: &[u8]| dictionary.get(key).and_then(Object::as_size).map_or(0, |size| size as u64);
        if !limits.allow(side(b"Width"), side(b"Height")) {
            return Err(Refusal::TooManyPixels);
        }
    }
    match filters[..] {
        [b"DCTDecode"] => {
            let cleaned = jpeg_of_page(data, limits)?;
            Ok(Some((without(dictionary, &[b"Length"]), cleaned)))
        }
        [b"FlateDecode", b"DCTDecode"] => {
            let packed = filter::inflate(data, *inflated)?;
            *inflated = inflated.checked_sub(packed.len()).ok_or(BROKEN)?;
            let cleaned = jpeg_of_page(&packed, limits)?;
            let mut alone = without(dictionary, OF_PACKING);
            alone.0.push((b"Filter".to_vec(), Object::Name(b"DCTDecode".to_vec())));
            if let Some([_, parameters]) = dictionary.get(b"DecodeParms").and_then(Object::as_array) {
                alone.0.push((b"DecodeParms".to_vec(), parameters.clone()));
            }
            Ok(Some((alone, cleaned)))
        }
        // JPEG inside old text packings, and JPEG 2000: their metadata would have to be looked for inside.
        [.., b"DCTDecode"] | [.., b"JPXDecode"] => Err(UNSUPPORTED),
        [] if data.starts_with(b"\xff\xd8\xff") => Err(BROKEN),
        _ => Ok(Some((without(dictionary, &[b"Length"]), data.to_vec()))),
    }
}

fn without(dictionary: &Dictionary, keys: &[&[u8]]) -> Dictionary {
    Dictionary(dictionary.0.iter().filter(|(key, _)| !keys.contains(&key.as_slice())).cloned().collect())
}

fn jpeg_of_page(data: &[u8], limits: &Limits) -> Result<Vec<u8>, Refusal> {
    jpeg::clean(data, limits, Place::Page).map_err(|refusal| match refusal {
        Refusal::Broken(_) => BROKEN,
        Refusal::Unsupported(_) => UNSUPPORTED,
        other => other,
    })
}
