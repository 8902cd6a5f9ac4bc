//! JPEG (ITU-T T.81): taken apart into segments, written again from those that the picture needs.

use crate::orientation::Orientation;
use crate::reader::Reader;
use crate::{Kind, Limits, Refusal, polyglot};

const BROKEN: Refusal = Refusal::Broken(Kind::Jpeg);
const UNSUPPORTED: Refusal = Refusal::Unsupported(Kind::Jpeg);

/// Where the picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file of its own.
    File,
    /// A page of a PDF: its orientation means nothing there.
    Page,
}

/// The picture without metadata.
pub(crate) fn clean(content: &[u8], limits: &Limits, place: Place) -> Result<Vec<u8>, Refusal> {
    let mut reader = Reader::new(content);
    if reader.array() != Some([0xff, 0xd8]) {
        return Err(BROKEN);
    }
    let mut picture = Picture::default();
    loop {
        // Without its end a file was cut off on the way.
        let code = marker(&mut reader).ok_or(BROKEN)?;
        if code == 0xd9 {
            if place == Place::File && polyglot::is_foreign(reader.rest()) {
                return Err(Refusal::Polyglot);
            }
            break;
        }
        let length = usize::from(reader.u16().ok_or(BROKEN)?).checked_sub(2).ok_or(BROKEN)?;
        let data = reader.take(length).ok_or(BROKEN)?;
        picture.segment(code, data, limits)?;
        if code == 0xda {
            picture.scan(&mut reader)?;
        }
    }
    picture.written(place)
}

/// The code of the next marker: 0xff, possibly repeated, and a byte that is neither 0 nor 0xff.
fn marker(reader: &mut Reader<'_>) -> Option<u8> {
    if reader.u8()? != 0xff {
        return None;
    }
    loop {
        match reader.u8()? {
            0xff => {}
            0 => return None,
            code => return Some(code),
        }
    }
}

/// What is kept.
#[derive(Default)]
struct Picture {
    /// The density: unit, horizontal, vertical.
    density: Option<[u8; 5]>,
    /// Which way up.
    orientation: Option<Orientation>,
    /// Adobe's colour transform.
    transform: Option<u8>,
    /// How many components the frame has, once it was seen.
    components: Option<u8>,
    /// Tables, frame and scans as they came.
    body: Vec<u8>,
    scans: usize,
}

impl Picture {
    fn segment(&mut self, code: u8, data: &[u8], limits: &Limits) -> Result<(), Refusal> {
        match code {
            0xe0 => {
                if let Some(density) = data.strip_prefix(b"JFIF\0").and_then(|rest| rest.get(2..7)) {
                    self.density = density.try_into().ok();
                }
                return Ok(());
            }
            0xe1 => {
                if let Some(tiff) = data.strip_prefix(b"Exif\0\0") {
                    self.orientation = self.orientation.or_else(|| Orientation::of_tiff(tiff));
                }
                return Ok(());
            }
            0xee => {
                if let Some(rest) = data.strip_prefix(b"Adobe") {
                    self.transform = rest.get(6).copied().filter(|transform| *transform <= 2);
                }
                return Ok(());
            }
            // Other application data and comments.
            0xe2..=0xef | 0xfe => return Ok(()),
            // Lossless, hierarchical and arithmetic coding: no browser shows them.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcc..=0xcf => return Err(UNSUPPORTED),
            0xc0..=0xc2 => self.frame(data, limits)?,
            0xc4 => sound(huffman_tables(data))?,
            0xdb => sound(quantisation_tables(data))?,
            0xdd => sound((data.len() == 2).then_some(()))?,
            0xda => self.scan_head(data)?,
            _ => return Err(BROKEN),
        }
        self.body.extend_from_slice(&[0xff, code]);
        self.body.extend_from_slice(&u16::try_from(data.len() + 2).map_err(|_| BROKEN)?.to_be_bytes());
        self.body.extend_from_slice(data);
        Ok(())
    }

    fn frame(&mut self, data: &[u8], limits: &Limits) -> Result<(), Refusal> {
        let mut reader = Reader::new(data);
        let mut read = || Some((reader.u8()?, reader.u16()?, reader.u16()?, reader.u8()?));
        let (precision, height, width, components) = read().ok_or(BROKEN)?;
        let fits = data.len() == 6 + 3 * usize::from(components) && (1..=4).contains(&components);
        if self.components.is_some() || !fits || width == 0 || height == 0 {
            return Err(BROKEN);
        }
        if precision != 8 {
            return Err(UNSUPPORTED);
        }
        if !limits.allow(width.into(), height.into()) {
            return Err(Refusal::TooManyPixels);
        }
        self.components = Some(components);
        Ok(())
    }

    fn scan_head(&self, data: &[u8]) -> Result<(), Refusal> {
        let of_frame = self.components.ok_or(BROKEN)?;
        let components = data.first().copied().ok_or(BROKEN)?;
        let fits = (1..=of_frame).contains(&components) && data.len() == 4 + 2 * usize::from(components);
        sound(fits.then_some(()))
    }

    /// The coded data that follows the head of a scan, up to the next marker that is no restart.
    fn scan(&mut self, reader: &mut Reader<'_>) -> Result<(), Refusal> {
        let rest = reader.rest();
        let ends = |pair: &[u8]| matches!(pair, [0xff, code] if *code != 0 && !(0xd0..=0xd7).contains(code));
        // A scan that runs to the end of the bytes is judged by the caller: no marker follows.
        let length = rest.windows(2).position(ends).unwrap_or(rest.len());
        let data = reader.take(length).filter(|data| !data.is_empty()).ok_or(BROKEN)?;
        self.body.extend_from_slice(data);
        self.scans += 1;
        Ok(())
    }

    fn written(self, place: Place) -> Result<Vec<u8>, Refusal> {
        if self.scans == 0 {
            return Err(BROKEN);
        }
        let mut out = Vec::with_capacity(self.body.len() + 80);
        out.extend_from_slice(&[0xff, 0xd8]);
        if let Some(density) = self.density {
            out.extend_from_slice(b"\xff\xe0\0\x10JFIF\0\x01\x01");
            out.extend_from_slice(&density);
            out.extend_from_slice(&[0, 0]);
        }
        if let Some(orientation) = self.orientation.filter(|_| place == Place::File) {
            out.extend_from_slice(b"\xff\xe1\0\x22Exif\0\0");
            out.extend_from_slice(&orientation.to_tiff());
        }
        if let Some(transform) = self.transform {
            out.extend_from_slice(b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0");
            out.push(transform);
        }
        out.extend_from_slice(&self.body);
        out.extend_from_slice(&[0xff, 0xd9]);
        Ok(out)
    }
}

fn sound(good: Option<()>) -> Result<(), Refusal> {
    good.ok_or(BROKEN)
}

/// One or more tables of 8- or 16-bit steps, and nothing else.
fn quantisation_tables(data: &[u8]) -> Option<()> {
    let mut reader = Reader::new(data);
    loop {
        match reader.u8()? {
            0x00..=0x03 => reader.take(64)?,
            0x10..=0x13 => reader.take(128)?,
            _ => return None,
        };
        if reader.is_empty() {
            return Some(());
        }
    }
}

/// One or more tables of codes, and nothing else.
fn huffman_tables(data: &[u8]) -> Option<()> {
    let mut reader = Reader::new(data);
    loop {
        if !matches!(reader.u8()?, 0x00..=0x03 | 0x10..=0x13) {
            return None;
        }
        let counts = reader.take(16)?;
        let symbols: usize = counts.iter().map(|count| usize::from(*count)).sum();
        if symbols > 256 {
            return None;
        }
        reader.take(symbols)?;
        if reader.is_empty() {
            return Some(());
        }
    }
}
