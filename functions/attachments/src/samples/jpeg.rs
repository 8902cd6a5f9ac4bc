//! JPEG: 8 × 8 grey pixels that every decoder shows.

use super::planted;

/// The tables of the smallest baseline picture: two codes for each kind of coefficient.
const QUANTISATION: [u8; 64] = [1; 64];

fn segment(code: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap_or(u16::MAX);
    [&[0xff, code], &length.to_be_bytes()[..], data].concat()
}

/// EXIF with an orientation, a text and a place on Earth.
fn exif(orientation: u8) -> Vec<u8> {
    let text = planted("exif-camera");
    let mut out = b"Exif\0\0II*\0\x08\0\0\0\x03\0".to_vec();
    let length = u32::try_from(text.len()).unwrap_or_default();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    out.extend(entry(0x0110, 2, length, 50));
    out.extend(entry(0x0112, 3, 1, orientation.into()));
    // The directory of places follows the text.
    out.extend(entry(0x8825, 4, 1, 50 + length));
    out.extend([0; 4]);
    out.extend(&text);
    out.extend([1, 0]);
    out.extend(entry(0x001d, 2, length, 50 + length + 18));
    out.extend([0; 4]);
    out.extend(planted("exif-place"));
    out
}

/// A photograph as a telephone writes it: lying on its side, with everything that tells where, when and who.
pub fn jpeg() -> Vec<u8> {
    with_orientation(6)
}

/// The same held upright.
pub fn jpeg_upright() -> Vec<u8> {
    with_orientation(1)
}

fn with_orientation(orientation: u8) -> Vec<u8> {
    let mut thumbnail = b"JFIF\0\x01\x02\x01\0\x48\0\x48\x04\x03".to_vec();
    thumbnail.extend(planted("jfif-thumbnail").iter().cycle().take(36));
    let xmp = [&b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>"[..], &planted("xmp")].concat();
    let iptc = [&b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x20\x1c\x02\x50"[..], &planted("iptc")].concat();
    let profile = [&b"ICC_PROFILE\0\x01\x01"[..], &planted("profile")].concat();
    let second = [&b"MPF\0"[..], &planted("second-picture")].concat();
    let adobe = [&b"Adobe\0\x64\0\0\0\0\0"[..], &planted("adobe")].concat();
    [
        vec![0xff, 0xd8],
        segment(0xe0, &thumbnail),
        segment(0xe1, &exif(orientation)),
        segment(0xe1, &xmp),
        segment(0xe2, &profile),
        segment(0xe2, &second),
        segment(0xed, &iptc),
        segment(0xee, &adobe),
        segment(0xef, &planted("application")),
        segment(0xfe, &planted("comment")),
        segment(0xdb, &[&[0][..], &QUANTISATION].concat()),
        segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        segment(0xc4, &[&[0][..], &[1], &[0; 15], &[0]].concat()),
        segment(0xc4, &[&[0x10][..], &[1], &[0; 15], &[0]].concat()),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        // Difference 0, end of block, padding of ones.
        vec![0b0011_1111],
        vec![0xff, 0xd9],
        // Telephones write more behind the end.
        planted("behind"),
    ]
    .concat()
}
