//! What a style sheet refers to: `url(…)`, `@import`, `image-set(…)`.

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
}

/// All references of a style sheet, in order. What is no CSS has none.
pub fn references(css: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut parser = Parser::new(css);
    read(&mut parser, Around { is_address: false, used: Use::Picture }, &mut found);
    found
}

#[derive(Clone, Copy)]
struct Around {
    /// Whether a quoted text is an address here.
    is_address: bool,
    used: Use,
}

fn read(parser: &mut Parser<'_>, outside: Around, found: &mut Vec<Reference>) {
    let mut around = outside;
    loop {
        let start = parser.position().byte_index();
        // Anything that cannot be read ends the reading: a browser stops at the same place or later.
        let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else { return };
        let end = parser.position().byte_index();
        match token {
            Token::UnquotedUrl(url) => {
                found.push(Reference { range: start..end, target: url.to_string(), used: around.used });
            }
            Token::QuotedString(text) if around.is_address => {
                found.push(Reference { range: start..end, target: text.to_string(), used: around.used });
            }
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("import") => {
                around = Around { is_address: true, used: Use::Import };
            }
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("font-face") => around.used = Use::Font,
            Token::Semicolon => around = outside,
            Token::Function(name) => {
                let takes_address = ["url", "src", "image-set", "-webkit-image-set"]
                    .iter()
                    .any(|known| name.eq_ignore_ascii_case(known));
                inside(parser, Around { is_address: takes_address, ..around }, found);
            }
            Token::CurlyBracketBlock => {
                inside(parser, Around { is_address: false, ..around }, found);
                around = outside;
            }
            Token::ParenthesisBlock | Token::SquareBracketBlock => {
                inside(parser, Around { is_address: false, ..around }, found);
            }
            _ => {}
        }
    }
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
