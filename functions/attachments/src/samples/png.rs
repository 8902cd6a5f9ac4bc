//! PNG: 4 × 4 grey pixels.

use super::planted;

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(name);
    hasher.update(data);
    [&length.to_be_bytes(), &name[..], data, &hasher.finalize().to_be_bytes()].concat()
}

/// A picture with texts, a time, EXIF, a profile, an animation, and more behind its end.
pub fn png() -> Vec<u8> {
    let rows = [0, 10, 20, 30, 40].repeat(4);
    let pixels = miniz_oxide::deflate::compress_to_vec_zlib(&rows, 9);
    let (first, second) = pixels.split_at(pixels.len() / 2);
    let tiff = [
        &b"MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\x01\x10\0\x02\0\0\0\x10\0\0\0\x26\0\0\0\0"
            [..],
        &planted("exif"),
    ]
    .concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0, 0, 0, 4, 0, 0, 0, 4, 8, 0, 0, 0, 0]),
        chunk(b"gAMA", &45_455_u32.to_be_bytes()),
        chunk(b"iCCP", &[&b"profile\0\0"[..], &planted("profile")].concat()),
        chunk(b"pHYs", &[0, 0, 11, 19, 0, 0, 11, 19, 1]),
        chunk(b"tEXt", &[&b"Author\0"[..], &planted("text")].concat()),
        chunk(b"iTXt", &[&b"XML:com.adobe.xmp\0\0\0\0\0"[..], &planted("xmp")].concat()),
        chunk(b"tIME", &[7, 234, 11, 26, 12, 0, 0]),
        chunk(b"eXIf", &tiff),
        chunk(b"prVt", &planted("private")),
        chunk(b"IDAT", first),
        chunk(b"IDAT", second),
        chunk(b"tEXt", &[&b"Comment\0"[..], &planted("text-after")].concat()),
        chunk(b"IEND", &[]),
        planted("behind"),
    ]
    .concat()
}
