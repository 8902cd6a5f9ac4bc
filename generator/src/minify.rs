//! Fewer bytes that mean the same: of style sheets, and of pages where somebody wants it.

use cssparser::{ParseError, Parser, Token};

/// Why a style sheet cannot be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// A comment without `*/`.
    Comment,
    /// Quotation marks that are not closed on their line.
    Quotes,
    /// An address in `url(…)` with signs that it can have in quotation marks only.
    Address,
}

/// A style sheet without comments and spaces that mean nothing.
pub fn css(text: &str) -> Result<String, Unreadable> {
    let mut made = Sheet { out: String::with_capacity(text.len()), gap: None, is_open: true };
    made.read(&mut Parser::new(text), text)?;
    Ok(made.out)
}

/// What stood between two tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Comment,
    Space,
}

struct Sheet {
    out: String,
    gap: Option<Gap>,
    /// Whether a space means nothing after the last token.
    is_open: bool,
}

impl Sheet {
    fn read(&mut self, parser: &mut Parser<'_>, text: &str) -> Result<(), Unreadable> {
        loop {
            let start = parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else { return Ok(()) };
            let written = &text[start..parser.position().byte_index()];
            match token {
                Token::BadString(_) => return Err(Unreadable::Quotes),
                Token::BadUrl(_) => return Err(Unreadable::Address),
                Token::Comment(_) if !written.ends_with("*/") || written.len() < 4 => {
                    return Err(Unreadable::Comment);
                }
                Token::Comment(_) => self.gap = self.gap.or(Some(Gap::Comment)),
                Token::WhiteSpace(_) => self.gap = Some(Gap::Space),
                Token::Semicolon | Token::Comma => self.add(written, true, true),
                Token::Colon => self.add(written, false, true),
                Token::CurlyBracketBlock => self.block(parser, text, (written, true), "}")?,
                Token::SquareBracketBlock => self.block(parser, text, (written, false), "]")?,
                Token::Function(_) | Token::ParenthesisBlock => {
                    self.block(parser, text, (written, false), ")")?;
                }
                _ => self.add(written, false, false),
            }
        }
    }

    fn block(
        &mut self,
        parser: &mut Parser<'_>,
        text: &str,
        (begin, closes): (&str, bool),
        end: &str,
    ) -> Result<(), Unreadable> {
        self.add(begin, closes, true);
        let mut done = Ok(());
        let _: Result<(), ParseError<()>> = parser.parse_nested_block(|inner| {
            done = self.read(inner, text);
            Ok(())
        });
        self.add(end, true, end == "}");
        done
    }

    /// Adds a token. Before one that `closes`, and after one that `opens`, a space means nothing.
    fn add(&mut self, written: &str, closes: bool, opens: bool) {
        match self.gap.take().filter(|_| !closes && !self.is_open) {
            Some(Gap::Space) => self.out.push(' '),
            Some(Gap::Comment) => self.out.push_str("/**/"),
            None => {}
        }
        self.out.push_str(written);
        self.is_open = opens;
    }
}

/// A page without comments, whose runs of spaces are one: none disappears between words or elements, and `pre` and
/// `textarea` stay as they are.
pub fn html(page: &[u8]) -> Result<Vec<u8>, String> {
    let mut minifier = html_minifier::HTMLMinifier::new();
    minifier.digest(page).map_err(|error| error.to_string())?;
    Ok(minifier.get_html().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_means_the_same_afterwards() {
        let made = |page: &str| String::from_utf8(html(page.as_bytes()).unwrap()).unwrap();
        for (page, expected) in [
            ("<p>a <b>b</b>  <i>c</i>\n   d</p>", "<p>a <b>b</b> <i>c</i>\nd</p>"),
            ("<p>a<b>b</b>c</p>", "<p>a<b>b</b>c</p>"),
            ("<pre>a\n  b\n\n c</pre>", "<pre>a\n  b\n\n c</pre>"),
            ("<pre><code>  a\n    b</code></pre>", "<pre><code>  a\n    b</code></pre>"),
            ("<textarea>\n\n a\n  b </textarea>", "<textarea>\n\n a\n  b </textarea>"),
            ("<input value=\"a\n  b\">", "<input value=\"a\n  b\">"),
            ("<p>a<!-- c -->b\u{a0} \u{a0}c&nbsp; d</p>", "<p>ab\u{a0} \u{a0}c&nbsp; d</p>"),
            ("<img src=\"x\" alt=\"\">", "<img src=\"x\" alt>"),
            ("<main>zavicaj-slot-main</main>", "<main>zavicaj-slot-main</main>"),
        ] {
            assert_eq!(made(page), expected);
            assert_eq!(made(expected), expected, "again");
        }
    }

    #[test]
    fn a_style_sheet_means_the_same_afterwards() {
        for (sheet, expected) in [
            ("a { width: calc(1px + 2px - var(--x)) }", "a{width:calc(1px + 2px - var(--x))}"),
            ("a :is(b, c) > d + e ~ f { x: y; }", "a :is(b,c) > d + e ~ f{x:y;}"),
            ("a::after { content: \"›  /*\" / \"\" }", "a::after{content:\"›  /*\" / \"\"}"),
            (
                "@media (min-width: 40em) and (not (print)) { a { b: c } }",
                "@media (min-width:40em) and (not (print)){a{b:c}}",
            ),
            ("a { & > b { c: d } }", "a{& > b{c:d}}"),
            ("a { b: clamp(1rem, 0.5rem + 2.4vw, 3rem) }", "a{b:clamp(1rem,0.5rem + 2.4vw,3rem)}"),
            ("a/* x */b :hover [c] { d: 1/* y */2 }", "a/**/b :hover [c]{d:1/**/2}"),
            ("a { mask: url( \"a b.svg\" ) }", "a{mask:url(\"a b.svg\")}"),
        ] {
            assert_eq!(css(sheet).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_cannot_be_read_to_its_end_is_called_by_its_name() {
        for (sheet, expected) in [
            ("a { b: c } /* nastavak", Unreadable::Comment),
            ("a { b: c /*/ }", Unreadable::Comment),
            ("a::after { content: \"čaj\n }", Unreadable::Quotes),
            ("a { b: f(c, 'd\n) }", Unreadable::Quotes),
            ("a { mask: url(a b.svg) }", Unreadable::Address),
        ] {
            assert_eq!(css(sheet), Err(expected), "{sheet}");
        }
    }
}
