//! PNG (ISO/IEC 15948): taken apart into chunks, written again from those that the picture needs.

use crate::orientation::Orientation;
use crate::reader::Reader;
use crate::{Kind, Limits, Refusal, polyglot};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const BROKEN: Refusal = Refusal::Broken(Kind::Png);

/// The picture without metadata.
pub(crate) fn clean(content: &[u8], limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let mut reader = Reader::new(content.strip_prefix(SIGNATURE).ok_or(BROKEN)?);
    let mut out = SIGNATURE.to_vec();
    let head = chunk(&mut reader).filter(|head| head.name == *b"IHDR").ok_or(BROKEN)?;
    header(head.data, limits)?;
    write(&mut out, head.name, head.data)?;

    let mut orientation = None;
    let mut picture = Data::Before;
    loop {
        let Chunk { name, data } = chunk(&mut reader).ok_or(BROKEN)?;
        picture = match (&name, picture) {
            (b"IDAT", Data::Before) if is_zlib(data) => Data::Inside,
            (b"IDAT", Data::Inside) => Data::Inside,
            (b"IDAT", _) => return Err(BROKEN),
            (_, Data::Inside) => Data::After,
            (_, other) => other,
        };
        match &name {
            b"IEND" if data.is_empty() && picture == Data::After => break,
            b"eXIf" => orientation = Orientation::of_tiff(data),
            b"IDAT" => write(&mut out, name, data)?,
            _ if is_kept(name, data)? && picture == Data::Before => write(&mut out, name, data)?,
            _ => {}
        }
    }
    if polyglot::is_foreign(reader.rest()) {
        return Err(Refusal::Polyglot);
    }
    if let Some(orientation) = orientation {
        write(&mut out, *b"eXIf", &orientation.to_tiff())?;
    }
    write(&mut out, *b"IEND", &[])?;
    Ok(out)
}

/// Where the reading stands: the chunks of picture data are one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Data {
    Before,
    Inside,
    After,
}

struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
}

/// The next chunk; `None` if it is cut off or its checksum is wrong.
fn chunk<'a>(reader: &mut Reader<'a>) -> Option<Chunk<'a>> {
    let length = usize::try_from(reader.u32()?).ok()?;
    let name: [u8; 4] = reader.array()?;
    let data = reader.take(length)?;
    let good = reader.u32()? == checksum(name, data) && name.iter().all(u8::is_ascii_alphabetic);
    good.then_some(Chunk { name, data })
}

fn checksum(name: [u8; 4], data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&name);
    hasher.update(data);
    hasher.finalize()
}

pub(crate) fn write(out: &mut Vec<u8>, name: [u8; 4], data: &[u8]) -> Result<(), Refusal> {
    out.extend_from_slice(&u32::try_from(data.len()).map_err(|_| BROKEN)?.to_be_bytes());
    out.extend_from_slice(&name);
    out.extend_from_slice(data);
    out.extend_from_slice(&checksum(name, data).to_be_bytes());
    Ok(())
}

fn header(data: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let mut reader = Reader::new(data);
    let mut read = || Some((reader.u32()?, reader.u32()?, reader.array::<5>()?));
    let (width, height, [depth, colour, compression, filter, interlace]) = read().ok_or(BROKEN)?;
    let depths: &[u8] = match colour {
        0 => &[1, 2, 4, 8, 16],
        3 => &[1, 2, 4, 8],
        2 | 4 | 6 => &[8, 16],
        _ => return Err(BROKEN),
    };
    let sound =
        data.len() == 13 && depths.contains(&depth) && compression == 0 && filter == 0 && interlace <= 1;
    let most = 0x7fff_ffff;
    if !sound || !(1..=most).contains(&width) || !(1..=most).contains(&height) {
        return Err(BROKEN);
    }
    if limits.allow(width.into(), height.into()) { Ok(()) } else { Err(Refusal::TooManyPixels) }
}

/// Whether a chunk says how the picture looks. One that a reader must understand and we do not is refused.
fn is_kept(name: [u8; 4], data: &[u8]) -> Result<bool, Refusal> {
    let fits = match &name {
        b"PLTE" => data.len() <= 768 && data.len().is_multiple_of(3),
        b"tRNS" => data.len() <= 256,
        b"gAMA" | b"cICP" => data.len() == 4,
        b"cHRM" => data.len() == 32,
        b"sRGB" => data.len() == 1,
        b"pHYs" => data.len() == 9,
        b"sBIT" => data.len() <= 4,
        _ if name[0].is_ascii_uppercase() => return Err(BROKEN),
        _ => return Ok(false),
    };
    if fits { Ok(true) } else { Err(BROKEN) }
}

/// Whether picture data begins with the header of a zlib stream (RFC 1950).
fn is_zlib(data: &[u8]) -> bool {
    matches!(data, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}
