//! `@font-face`: of the forms in which a font is offered, a browser loads one.

use std::ops::Range;

use cssparser::{Delimiter, ParseError, Parser, Token, UnicodeRange};

use super::{Around, Reference, inside};

/// What no current browser reads any more.
const FORMATS_OF_THE_PAST: [&str; 2] = ["embedded-opentype", "svg"];

/// The signs of the languages that write Latin; a font without any of them waits for a text in another script.
const LATIN: Range<u32> = 0x20..0x250;

/// What is offered at one place of `src`.
struct Offer {
    /// Number of the reference.
    reference: usize,
    is_readable: bool,
}

/// Reads the block of a `@font-face`. Of its last `src`, a browser takes the first form that it reads; what is installed
/// (`local`) is not counted on.
pub(super) fn read(parser: &mut Parser<'_>, around: Around, found: &mut Vec<Reference>) {
    let begin = found.len();
    let mut offers: Vec<Offer> = Vec::new();
    let mut is_latin = true;
    let mut is_name = true;
    loop {
        let before = found.len();
        let start = parser.position().byte_index();
        let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else { break };
        match token {
            Token::Ident(name) if is_name => {
                is_name = false;
                if name.eq_ignore_ascii_case("src") {
                    offers.clear();
                } else if name.eq_ignore_ascii_case("unicode-range") {
                    is_latin = is_of_latin(parser);
                }
            }
            Token::Semicolon => is_name = true,
            Token::UnquotedUrl(url) => {
                found.push(around.reference(start..parser.position().byte_index(), &url));
            }
            Token::Function(name) if name.eq_ignore_ascii_case("format") => {
                let format: Result<String, ParseError<()>> =
                    parser.parse_nested_block(|inner| Ok(inner.expect_ident_or_string()?.to_string()));
                if let (Some(offer), Ok(format)) = (offers.last_mut(), format) {
                    offer.is_readable =
                        !FORMATS_OF_THE_PAST.iter().any(|past| format.eq_ignore_ascii_case(past));
                }
            }
            Token::Function(name) => {
                let is_address = ["url", "src"].iter().any(|known| name.eq_ignore_ascii_case(known));
                inside(parser, Around { is_address, ..around }, found);
            }
            Token::ParenthesisBlock | Token::SquareBracketBlock | Token::CurlyBracketBlock => {
                inside(parser, around, found);
            }
            _ => {}
        }
        offers.extend((before..found.len()).map(|reference| Offer { reference, is_readable: true }));
    }
    let taken = offers.iter().find(|offer| offer.is_readable).filter(|_| is_latin);
    for (number, reference) in found.iter_mut().enumerate().skip(begin) {
        reference.is_loaded &= taken.is_some_and(|taken| taken.reference == number);
    }
}

/// Whether the value of `unicode-range` has a sign of a Latin text; what cannot be read counts as all of Unicode.
fn is_of_latin(parser: &mut Parser<'_>) -> bool {
    let ranges = parser.try_parse(|parser| -> Result<Vec<UnicodeRange>, ParseError<()>> {
        parser.expect_colon()?;
        parser.parse_until_before(Delimiter::Semicolon, |parser| {
            parser.parse_comma_separated(|parser| Ok(UnicodeRange::parse(parser)?))
        })
    });
    let ranges = ranges.ok();
    let is_latin = |range: &UnicodeRange| range.start < LATIN.end && range.end >= LATIN.start;
    ranges.is_none_or(|ranges| ranges.iter().any(is_latin))
}
