//! Text in fewer bytes on its way: Brotli (RFC 7932) and gzip (RFC 1952), the same bytes for the same text.
//!
//! Only what is the same for everybody is compressed: files, never the answers of form handlers. An answer that holds
//! both a secret and what somebody else may put into it tells the secret by its length (BREACH).

use std::io::Write as _;

/// A content coding (RFC 9110, 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coding {
    /// The smaller one.
    Brotli,
    /// What every client knows.
    Gzip,
}

/// All, the best first.
pub const CODINGS: [Coding; 2] = [Coding::Brotli, Coding::Gzip];

/// How much time is spent on a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Done once, sent for months: as small as it gets.
    Most,
    /// While a server starts.
    Little,
}

/// What made the files of an earlier build: others are not taken over.
pub const MADE_BY: &str = "brotli 9.1 quality 11, gzip 9\n";

/// Below this nothing is gained: an answer's head is larger.
const LEAST_BYTES: usize = 256;

/// Endings of files that are text.
const TEXTS: &[&str] = &[
    "atom",
    "css",
    "csv",
    "geojson",
    "gpx",
    "html",
    "ics",
    "js",
    "json",
    "kml",
    "map",
    "mjs",
    "svg",
    "txt",
    "vtt",
    "webmanifest",
    "xml",
];

impl Coding {
    /// Its name in `Accept-Encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What its files end in.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// Whether a file is text, by its path.
pub fn is_text(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').is_some_and(|(_, ending)| TEXTS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// The bytes in a coding; nothing where that would not be less.
pub fn compressed(bytes: &[u8], coding: Coding, effort: Effort) -> std::io::Result<Option<Vec<u8>>> {
    if bytes.len() < LEAST_BYTES {
        return Ok(None);
    }
    let made = match coding {
        Coding::Brotli => {
            let quality = if effort == Effort::Most { 11 } else { 5 };
            let mut writer =
                brotli::CompressorWriter::new(Vec::with_capacity(bytes.len() / 3), 4096, quality, 22);
            writer.write_all(bytes)?;
            writer.into_inner()
        }
        Coding::Gzip => {
            let level = if effort == Effort::Most { 9 } else { 6 };
            // The head says nothing of a time or a machine.
            let head = flate2::GzBuilder::new().mtime(0).operating_system(255);
            let mut writer = head.write(Vec::with_capacity(bytes.len() / 3), flate2::Compression::new(level));
            writer.write_all(bytes)?;
            writer.finish()?
        }
    };
    Ok((made.len() < bytes.len()).then_some(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest as _;
    use std::io::Read as _;

    fn read(coding: Coding, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        match coding {
            Coding::Brotli => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut out).unwrap(),
            Coding::Gzip => flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).unwrap(),
        };
        out
    }

    #[test]
    fn what_was_compressed_is_read_back_and_always_the_same() {
        let text = "Grad Ljubuški, vijesti i usluge. ".repeat(200);
        for coding in CODINGS {
            for effort in [Effort::Most, Effort::Little] {
                let made = compressed(text.as_bytes(), coding, effort).unwrap().unwrap();
                assert_eq!(read(coding, &made), text.as_bytes());
                assert_eq!(compressed(text.as_bytes(), coding, effort).unwrap().unwrap(), made);
            }
        }
        let gzip = compressed(text.as_bytes(), Coding::Gzip, Effort::Most).unwrap().unwrap();
        assert_eq!(&gzip[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255], "no time, no name, no machine");
    }

    #[test]
    fn what_would_not_be_less_is_left() {
        assert_eq!(compressed(b"kratko", Coding::Brotli, Effort::Most).unwrap(), None);
        let noise: Vec<u8> = (0..64_u64).flat_map(|n| sha2::Sha384::digest(n.to_le_bytes())).collect();
        for coding in CODINGS {
            assert_eq!(compressed(&noise, coding, Effort::Most).unwrap(), None);
        }
        assert!(is_text("a/Index.HTML") && is_text("style.3f9a2c1b.css") && is_text("atom.xml"));
        assert!(!is_text("a.html.br") && !is_text("slika.jpg") && !is_text("html") && !is_text("a.pdf"));
    }
}
