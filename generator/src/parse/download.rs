//! Links to files: what their words tell of kind and size. Who reads with a telephone abroad should know both before
//! the file is on its way (WCAG 2.4.4, 3.2.4).

use std::ops::Range;

use super::body::SlotUse;
use super::markdown::{Spanned, Writer};
use super::plain::plain;
use super::problems::MarkdownMistake;
use super::target::{Target, classify};

/// Kinds of files that a browser hands on or that take a while, and the words that name them.
const KINDS: &[(&str, &[&str])] = &[
    ("pdf", &["pdf"]),
    ("doc", &["doc", "word"]),
    ("docx", &["docx", "word"]),
    ("odt", &["odt"]),
    ("rtf", &["rtf"]),
    ("xls", &["xls", "excel"]),
    ("xlsx", &["xlsx", "excel"]),
    ("ods", &["ods"]),
    ("csv", &["csv"]),
    ("ppt", &["ppt", "powerpoint"]),
    ("pptx", &["pptx", "powerpoint"]),
    ("odp", &["odp"]),
    ("epub", &["epub"]),
    ("zip", &["zip"]),
    ("mp3", &["mp3"]),
    ("m4a", &["m4a"]),
    ("ogg", &["ogg"]),
    ("mp4", &["mp4"]),
    ("webm", &["webm"]),
];

/// What the words of a link to a file tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Told {
    /// The kind of file stands there.
    pub kind: bool,
    /// The size stands there: at least and at most so many bytes, as it was rounded.
    pub size: Option<(u64, u64)>,
}

impl Told {
    /// Whether a file of this size may be told so.
    pub fn fits(&self, size_bytes: u64) -> bool {
        self.size.is_none_or(|(least, most)| (least..=most).contains(&size_bytes))
    }
}

/// The kind of file that a target leads to, if it is a file to download.
pub(crate) fn extension(target: &str) -> Option<&'static str> {
    let path = target.split(['#', '?']).next().unwrap_or_default();
    let (_, extension) = path.rsplit_once('.')?;
    KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension)).map(|(known, _)| *known)
}

impl<'a> Writer<'a> {
    /// The words of a link to a file, and its end.
    pub(super) fn download(
        &mut self,
        extension: &'static str,
        inside: Vec<Spanned<'a>>,
        url: &str,
        range: Range<usize>,
    ) {
        if matches!(classify(url), Target::Internal) && !inside.is_empty() {
            let words = plain(&inside);
            let told = Told {
                kind: kinds(&words).any(|kind| names(extension).contains(&kind.as_str())),
                size: size(&words),
            };
            let claimed = words.rsplit_once('(').map_or("", |(_, claimed)| claimed);
            if let Some(other) = kinds(claimed).next().filter(|_| !told.kind) {
                self.problem(range.clone(), MarkdownMistake::WrongKind(other, extension));
            }
            self.write(inside);
            let slot = self.slot(SlotUse::Download(told), url, range);
            self.html(slot);
        } else {
            self.write(inside);
        }
        self.end_link();
    }
}

fn names(extension: &str) -> &'static [&'static str] {
    KINDS.iter().find(|(known, _)| *known == extension).map_or(&[], |(_, names)| *names)
}

/// Kinds of files that words name.
fn kinds(words: &str) -> impl Iterator<Item = String> + '_ {
    words
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| KINDS.iter().any(|(_, names)| names.contains(&word.as_str())))
}

/// The first size that words name, as wide as its rounding and the two meanings of `MB` make it.
fn size(words: &str) -> Option<(u64, u64)> {
    let numbers = words.match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at);
    let begins = |at: &usize| !words[..*at].ends_with(|c: char| c.is_ascii_digit() || matches!(c, ',' | '.'));
    numbers.filter(begins).find_map(|at| size_at(&words[at..]))
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounds of a rounded size, never negative"
)]
fn size_at(words: &str) -> Option<(u64, u64)> {
    let end = words.find(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '.')).unwrap_or(words.len());
    let (number, rest) = words.split_at(end);
    let number = number.replace(',', ".");
    let value: f64 = number.parse().ok()?;
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let unit: String = rest.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    let power = match unit.to_ascii_lowercase().as_str() {
        "kb" | "kib" => 1,
        "mb" | "mib" => 2,
        "gb" | "gib" => 3,
        _ => return None,
    };
    let half = 0.5 / 10_f64.powi(i32::try_from(decimals).ok()?);
    // A tenth more in each direction: nobody is misled by that.
    let least = (value - half).max(0.0) * 1000_f64.powi(power) * 0.9;
    let most = (value + half) * 1024_f64.powi(power) * 1.1;
    Some((least as u64, most as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_to_download_are_told_by_their_names() {
        for (target, kind) in [
            ("popis.pdf", Some("pdf")),
            ("../A/Popis.PDF?1#s", Some("pdf")),
            ("/dokumenti/a.docx", Some("docx")),
            ("slika.jpg", None),
            ("stranica.md", None),
            ("pdf", None),
            ("a.b/c", None),
        ] {
            assert_eq!(extension(target), kind, "{target}");
        }
    }

    #[test]
    fn a_size_is_read_however_it_is_written() {
        for (words, bytes) in [
            ("Odluka (PDF, 1,2 MB)", 1_200_000),
            ("Odluka (PDF, 1.2 MB)", 1_258_000),
            ("Odluka, 640\u{a0}kB", 640_000),
            ("Odluka od 12. 5. 2026. (640kb)", 655_360),
            ("Film 2 (1 GB)", 1_000_000_000),
        ] {
            let (least, most) = size(words).unwrap();
            assert!(least < bytes && bytes < most && most < bytes * 2, "{words}: {least}–{most}");
        }
        for words in ["Odluka 2026", "Odluka 12 mbar", "1,2,3 MB", "MB", "Pravilnik br. 5"] {
            assert_eq!(size(words), None, "{words}");
        }
    }
}
