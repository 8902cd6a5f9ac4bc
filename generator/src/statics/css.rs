//! What a style sheet refers to: `url(…)`, `@import`, `image-set(…)`.

mod font_face;

use std::ops::Range;

use cssparser::{ParseError, Parser, Token};

/// What a style sheet needs another file for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Another style sheet.
    Import,
    /// A font.
    Font,
    /// A picture.
    Picture,
}

/// One place at which a style sheet names another file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The whole token: `url(a.svg)`, or the quoted text.
    pub range: Range<usize>,
    /// The address as it is meant, without quotes and escapes.
    pub target: String,
    /// What for.
    pub used: Use,
    /// Whether a current browser may load it to show a page: of the forms of one font or picture the first that it
    /// reads, and nothing for paper or for other scripts only.
    pub is_loaded: bool,
}

/// All references of a style sheet, in order. What is no CSS has none.
pub fn references(css: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut parser = Parser::new(css);
    read(&mut parser, Around { is_address: false, used: Use::Picture, is_for_screens: true }, &mut found);
    found
}

#[derive(Clone, Copy)]
struct Around {
    /// Whether a quoted text is an address here.
    is_address: bool,
    used: Use,
    /// Whether it is for more than paper.
    is_for_screens: bool,
}

impl Around {
    fn reference(self, range: Range<usize>, target: &str) -> Reference {
        Reference { range, target: target.to_owned(), used: self.used, is_loaded: self.is_for_screens }
    }
}

fn read(parser: &mut Parser<'_>, outside: Around, found: &mut Vec<Reference>) {
    let mut around = outside;
    let mut prelude = Prelude::Other;
    loop {
        let start = parser.position().byte_index();
        // Anything that cannot be read ends the reading: a browser stops at the same place or later.
        let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else { return };
        let end = parser.position().byte_index();
        match token {
            Token::UnquotedUrl(url) => found.push(around.reference(start..end, &url)),
            Token::QuotedString(text) if around.is_address => {
                found.push(around.reference(start..end, &text));
            }
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("import") => {
                around = Around { is_address: true, used: Use::Import, ..outside };
            }
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("font-face") => around.used = Use::Font,
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("media") => prelude = Prelude::Media,
            Token::Ident(name) if prelude == Prelude::Media && name.eq_ignore_ascii_case("print") => {
                prelude = Prelude::Paper;
            }
            Token::Ident(name) if prelude == Prelude::Media && !name.eq_ignore_ascii_case("only") => {
                prelude = Prelude::Other;
            }
            Token::Comma => prelude = Prelude::Other,
            Token::Semicolon => around = outside,
            Token::Function(name) => {
                let is_choice =
                    ["image-set", "-webkit-image-set"].iter().any(|known| name.eq_ignore_ascii_case(known));
                let takes_address =
                    is_choice || ["url", "src"].iter().any(|known| name.eq_ignore_ascii_case(known));
                let before = found.len();
                inside(parser, Around { is_address: takes_address, ..around }, found);
                if is_choice {
                    found.iter_mut().skip(before + 1).for_each(|other| other.is_loaded = false);
                }
            }
            Token::CurlyBracketBlock if around.used == Use::Font => {
                let _: Result<(), ParseError<()>> = parser.parse_nested_block(|inner| {
                    font_face::read(inner, around, found);
                    Ok(())
                });
                around = outside;
            }
            Token::CurlyBracketBlock => {
                let is_for_screens = around.is_for_screens && prelude != Prelude::Paper;
                inside(parser, Around { is_address: false, is_for_screens, ..around }, found);
                (around, prelude) = (outside, Prelude::Other);
            }
            Token::ParenthesisBlock | Token::SquareBracketBlock => {
                inside(parser, Around { is_address: false, ..around }, found);
            }
            _ => {}
        }
    }
}

/// What stands before a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prelude {
    /// `@media`, and nothing yet.
    Media,
    /// `@media print`, with or without a condition.
    Paper,
    Other,
}

fn inside(parser: &mut Parser<'_>, around: Around, found: &mut Vec<Reference>) {
    // The block is left behind whatever is in it.
    let _: Result<(), ParseError<()>> = parser.parse_nested_block(|inner| {
        read(inner, around, found);
        Ok(())
    });
}

/// The style sheet with other addresses at some references.
pub fn rewritten(css: &str, changes: &[(&Reference, String)]) -> String {
    let mut out = String::with_capacity(css.len() + changes.len() * 16);
    let mut at = 0;
    for (reference, address) in changes {
        let token = &css[reference.range.clone()];
        out.push_str(&css[at..reference.range.start]);
        let is_quoted = token.starts_with(['"', '\'']);
        out.push_str(&if is_quoted { format!("\"{address}\"") } else { format!("url(\"{address}\")") });
        at = reference.range.end;
    }
    out.push_str(&css[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(css: &str) -> Vec<(String, Use)> {
        references(css).into_iter().map(|found| (found.target, found.used)).collect()
    }

    #[test]
    fn every_way_to_name_a_file_is_found_with_what_it_is_for() {
        let css = r#"
            @import "a.css"; @import url(b.css) layer(x) screen; @import url("c.css");
            /* url(no.svg) */
            @font-face { font-family: "No"; src: local("No"), url(d.woff2) format("woff2"); }
            p { content: "no.svg"; mask: url( 'e.svg' ) } @media print { q { background: URL(f\.svg), image-set("g.png" 1x) } }
        "#;
        let found = targets(css);
        let expected = [
            ("a.css", Use::Import),
            ("b.css", Use::Import),
            ("c.css", Use::Import),
            ("d.woff2", Use::Font),
            ("e.svg", Use::Picture),
            ("f.svg", Use::Picture),
            ("g.png", Use::Picture),
        ];
        assert_eq!(found, expected.map(|(target, used)| (target.to_owned(), used)));
    }

    /// What a browser loads of a style sheet.
    fn loaded(css: &str) -> Vec<String> {
        references(css).into_iter().filter(|found| found.is_loaded).map(|found| found.target).collect()
    }

    #[test]
    fn of_several_forms_of_a_font_the_first_that_a_browser_reads_is_loaded() {
        for (declarations, expected) in [
            ("src: url(a.woff2)", "a.woff2"),
            ("src: url(a.woff2) format(\"woff2\"), url(a.woff) format('woff')", "a.woff2"),
            ("src: local(A), url(a.woff2) format(woff2), url(a.ttf)", "a.woff2"),
            ("src: url(a.ttf) format('truetype'), url(a.woff2) format('woff2')", "a.ttf"),
            (
                "src: url(a.eot); src: url(a.eot?#x) format('embedded-opentype'), url('a.woff') format('WOFF')",
                "a.woff",
            ),
            ("SRC: src(\"a.svg\") format(\"svg\"), url(a.otf) format('opentype') tech(variations)", "a.otf"),
            ("font-family: src; unicode-range: U+00-FF, u+2??; src: url(a.woff2)", "a.woff2"),
            ("src: url(a.woff2); unicode-range: U+400-45F, U+490", ""),
            ("src: url(a.woff2); unicode-range: U+4??, U+100-17F", "a.woff2"),
            ("src: url(a.eot) format('embedded-opentype')", ""),
            ("font-display: swap", ""),
        ] {
            let css = format!("a {{ b: c }} @font-face {{ {declarations} }} d {{ e: url(x.svg) }}");
            let mut expected: Vec<&str> = vec![expected, "x.svg"];
            expected.retain(|name| !name.is_empty());
            assert_eq!(loaded(&css), expected, "{declarations}");
        }
    }

    #[test]
    fn what_is_for_paper_is_not_loaded_and_of_a_set_of_pictures_one_is() {
        for (css, expected) in [
            ("@media print { a { b: url(p.svg) } } c { d: url(s.svg) }", "s.svg"),
            ("@media PRINT and (color) { @layer x { a { b: url(p.svg) } } }", ""),
            ("@media print, screen { a { b: url(s.svg) } }", "s.svg"),
            ("@media only print { a { b: url(p.svg) } } c { d: url(s.svg) }", "s.svg"),
            ("@media not print { a { b: url(s.svg) } }", "s.svg"),
            ("@media (min-width: 40em) { a { b: url(s.svg) } }", "s.svg"),
            (
                "a { b: image-set(\"1.avif\" type('image/avif') 1x, url(2.png) 2x); c: url(3.png) }",
                "1.avif 3.png",
            ),
        ] {
            assert_eq!(loaded(css).join(" "), expected, "{css}");
        }
    }

    #[test]
    fn what_is_no_css_has_no_references_and_does_no_harm() {
        for css in ["", "}", "url(", "@import", "{{{{", "a{b:url(\"x", "\u{0}ž url(\n)", "@import \"a\nb\""]
        {
            let found = references(css);
            assert!(found.iter().all(|reference| css.get(reference.range.clone()).is_some()), "{css}");
        }
        let deep = "(".repeat(100_000);
        assert_eq!(references(&deep), []);
    }

    #[test]
    fn other_addresses_are_put_in_and_nothing_else_changes() {
        let css = "a{b:url(x.svg)}@import 'y.css';c{d:url( \"x.svg\" )}";
        let found = references(css);
        let changes: Vec<_> =
            found.iter().map(|reference| (reference, format!("1/{}", reference.target))).collect();
        assert_eq!(
            rewritten(css, &changes),
            "a{b:url(\"1/x.svg\")}@import \"1/y.css\";c{d:url( \"1/x.svg\" )}"
        );
    }
}
