//! What a file is, by its first bytes and never by its name.

use std::fmt;

/// The kinds of files that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A photograph (ITU-T T.81).
    Jpeg,
    /// A picture, often of a screen (ISO/IEC 15948).
    Png,
    /// A photograph of a newer telephone (ISO/IEC 23008-12 with HEVC).
    Heic,
    /// A document (ISO 32000).
    Pdf,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Heic, Self::Pdf];

    /// The name in stores: `jpeg`, `png`, `heic`, `pdf`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Heic => "heic",
            Self::Pdf => "pdf",
        }
    }

    /// How a file of this kind is called.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png | Self::Heic | Self::Pdf => self.name(),
        }
    }

    /// The media type (IANA).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Heic => "image/heic",
            Self::Pdf => "application/pdf",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What a file seems to be, as far as advice differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// A kind that is taken.
    Accepted(Kind),
    /// Another kind of picture: GIF, WebP, TIFF, AVIF, BMP.
    Picture,
    /// A document of a word processor, or an archive.
    Office,
    /// A video.
    Video,
    /// Anything else.
    Unknown,
}

/// Recognises a file by its first bytes.
pub fn recognise(content: &[u8]) -> Known {
    let starts = |signature: &[u8]| content.starts_with(signature);
    if starts(b"\xff\xd8\xff") {
        return Known::Accepted(Kind::Jpeg);
    }
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Known::Accepted(Kind::Png);
    }
    if starts(b"%PDF-") {
        return Known::Accepted(Kind::Pdf);
    }
    if content.get(4..8) == Some(b"ftyp") {
        return by_brand(content.get(8..12).unwrap_or_default());
    }
    if starts(b"GIF8") || starts(b"II*\0") || starts(b"MM\0*") || starts(b"BM") || starts(b"8BPS") {
        return Known::Picture;
    }
    if starts(b"RIFF") {
        return if content.get(8..12) == Some(b"WEBP") { Known::Picture } else { Known::Video };
    }
    // ZIP (docx, odt, xlsx), the older Office container, RTF, RAR, 7-Zip, gzip.
    let office: [&[u8]; 6] = [b"PK", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"];
    if office.iter().any(|signature| starts(signature)) {
        return Known::Office;
    }
    if starts(b"\x1aE\xdf\xa3") || content.get(4..8) == Some(b"moov") {
        return Known::Video;
    }
    Known::Unknown
}

/// The brand of an ISO base media file says which of its many uses it is.
fn by_brand(brand: &[u8]) -> Known {
    match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1" => Known::Accepted(Kind::Heic),
        b"avif" | b"avis" | b"crx " | b"jp2 " => Known::Picture,
        _ => Known::Video,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_by_their_first_bytes() {
        for (content, expected) in [
            (&b"\xff\xd8\xff\xe0"[..], Known::Accepted(Kind::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0\0", Known::Accepted(Kind::Png)),
            (b"%PDF-1.7", Known::Accepted(Kind::Pdf)),
            (b"\0\0\0\x18ftypheic", Known::Accepted(Kind::Heic)),
            (b"\0\0\0\x18ftypmif1", Known::Accepted(Kind::Heic)),
            (b"\0\0\0\x18ftypavif", Known::Picture),
            (b"\0\0\0\x18ftypqt  ", Known::Video),
            (b"GIF89a", Known::Picture),
            (b"RIFF\0\0\0\0WEBPVP8 ", Known::Picture),
            (b"PK\x03\x04", Known::Office),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", Known::Office),
            (b"Dear Sir or Madam", Known::Unknown),
            (b"\xef\xbb\xbf%PDF-1.7", Known::Unknown),
            (b"", Known::Unknown),
        ] {
            assert_eq!(recognise(content), expected, "{content:?}");
        }
    }
}
