//! The tags of an HTML text, one after the other, without a copy.

use memchr::{memchr, memmem};

/// What stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a, 'b> {
    /// `<name attributes>`
    Start(Tag<'a, 'b>),
    /// `</name>`
    End(&'a str),
    /// Between tags, as it is written.
    Text(&'a str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a, 'b> {
    /// As it is written.
    pub name: &'a str,
    /// Name and value of every attribute, as they are written.
    pub attributes: &'b [(&'a str, &'a str)],
}

impl<'a> Tag<'a, '_> {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// Whether it is this element.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The tokens of a text; comments are left out, and the text of scripts and styles.
#[derive(Debug)]
pub struct Tokens<'a> {
    html: &'a str,
    at: usize,
    /// Of the last tag.
    attributes: Vec<(&'a str, &'a str)>,
}

/// So many attributes has hardly any tag more.
const EXPECTED: usize = 8;

impl<'a> Tokens<'a> {
    /// Of a text that this program made: well-formed tags, quoted attributes or none. In anything else, what cannot
    /// be read is text.
    pub fn of(html: &'a str) -> Self {
        Self { html, at: 0, attributes: Vec::with_capacity(EXPECTED) }
    }

    /// The next one. No iterator: the attributes of a tag lie where those of the next one will.
    #[expect(clippy::should_implement_trait, reason = "a token borrows from the reader")]
    pub fn next(&mut self) -> Option<Token<'a, '_>> {
        loop {
            let rest = &self.html.as_bytes()[self.at..];
            match (rest.first()?, rest.get(1)) {
                (b'<', Some(b'/')) => return Some(self.end()),
                (b'<', Some(letter)) if letter.is_ascii_alphabetic() => return Some(self.start()),
                (b'<', Some(b'!')) => {
                    let (from, close) = if rest.starts_with(b"<!--") { (4, "-->") } else { (2, ">") };
                    let end = memmem::find(&rest[from..], close.as_bytes());
                    self.at += end.map_or(rest.len(), |at| from + at + close.len());
                }
                _ => {
                    let from = self.at;
                    self.at += memchr(b'<', &rest[1..]).map_or(rest.len(), |at| at + 1);
                    return Some(Token::Text(&self.html[from..self.at]));
                }
            }
        }
    }

    fn start(&mut self) -> Token<'a, '_> {
        let from = self.at + 1;
        let bytes = self.html.as_bytes();
        let name_end = first(bytes, from, NAME_END | CLOSE);
        self.at = name_end;
        self.attributes.clear();
        while let Some(attribute) = self.attribute() {
            self.attributes.push(attribute);
        }
        let tag = Tag { name: &self.html[from..name_end], attributes: &self.attributes };
        // The text of a script or style is no HTML.
        if matches!(bytes.get(from), Some(b's' | b'S')) {
            for raw in ["script", "style"] {
                if tag.is(raw) {
                    let close = memmem::find(&bytes[self.at..], format!("</{raw}").as_bytes());
                    self.at = close.map_or(bytes.len(), |length| self.at + length);
                }
            }
        }
        Token::Start(tag)
    }

    /// The next attribute of a tag; behind the tag, if there is none.
    fn attribute(&mut self) -> Option<(&'a str, &'a str)> {
        let (html, bytes) = (self.html, self.html.as_bytes());
        let start = first_but(bytes, self.at, NAME_END);
        if bytes.get(start).is_none_or(|byte| *byte == b'>') {
            self.at = (start + 1).min(bytes.len());
            return None;
        }
        // A stray `=` at the front belongs to the name, as in a browser.
        let end = first(bytes, start + 1, NAME_END | EQUALS | CLOSE);
        let name = &html[start..end];
        let equals = first_but(bytes, end, SPACE);
        if bytes.get(equals) != Some(&b'=') {
            self.at = end;
            return Some((name, ""));
        }
        let value = first_but(bytes, equals + 1, SPACE);
        let (from, to) = match bytes.get(value) {
            Some(quote @ (b'"' | b'\'')) => {
                let to = memchr(*quote, &bytes[value + 1..]).map_or(bytes.len(), |length| value + 1 + length);
                self.at = (to + 1).min(bytes.len());
                (value + 1, to)
            }
            _ => {
                let to = first(bytes, value, SPACE | CLOSE);
                self.at = to;
                (value, to)
            }
        };
        Some((name, &html[from..to]))
    }

    fn end(&mut self) -> Token<'a, '_> {
        let from = self.at + 2;
        let bytes = self.html.as_bytes();
        let end = first(bytes, from, CLOSE);
        self.at = (end + 1).min(bytes.len());
        Token::End(self.html[from..end].trim_ascii_end())
    }
}

/// `/`, and white space: what ends a name.
const NAME_END: u8 = SPACE | 8;
/// White space.
const SPACE: u8 = 1;
/// `=`
const EQUALS: u8 = 2;
/// `>`
const CLOSE: u8 = 4;

/// What each byte is of these.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0c => SPACE,
            b'/' => NAME_END & !SPACE,
            b'=' => EQUALS,
            b'>' => CLOSE,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// Where the first byte of these classes stands, or the end.
fn first(bytes: &[u8], from: usize, classes: u8) -> usize {
    let is_of = |byte: &u8| CLASSES[usize::from(*byte)] & classes != 0;
    position(bytes, from, is_of)
}

/// Where the first byte of none of these classes stands, or the end.
fn first_but(bytes: &[u8], from: usize, classes: u8) -> usize {
    let is_other = |byte: &u8| CLASSES[usize::from(*byte)] & classes == 0;
    position(bytes, from, is_other)
}

fn position(bytes: &[u8], from: usize, is_it: impl Fn(&u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().position(is_it).map_or(bytes.len(), |length| from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every token as one line.
    fn tokens(html: &str) -> Vec<String> {
        let mut tokens = Tokens::of(html);
        let mut found = Vec::new();
        while let Some(token) = tokens.next() {
            found.push(match token {
                Token::Start(tag) => {
                    let attributes = tag.attributes.iter().map(|(name, value)| format!(" {name}[{value}]"));
                    format!("<{}{}", tag.name, attributes.collect::<String>())
                }
                Token::End(name) => format!("/{name}"),
                Token::Text(text) => text.to_owned(),
            });
        }
        found
    }

    #[test]
    fn a_text_is_cut_into_tags_and_what_stands_between() {
        let html = r#"<!doctype html><p class="a > b" id=x>Čaj <b>i</b></P ><!-- <p> --><br/>"#;
        let expected = ["<p class[a > b] id[x]", "Čaj ", "<b", "i", "/b", "/P", "<br"];
        assert_eq!(tokens(html), expected);
        let mut tokens = Tokens::of(html);
        let Some(Token::Start(tag)) = tokens.next() else { panic!("no tag") };
        assert_eq!((tag.attribute("ID"), tag.attribute("title")), (Some("x"), None));
    }

    #[test]
    fn attributes_are_read_as_a_browser_reads_them() {
        for (html, expected) in [
            ("<a b c=d/e f = \"g h\"i='j\"k'>l", &["<a b[] c[d/e] f[g h] i[j\"k]", "l"][..]),
            ("<a href=x\"y>z", &["<a href[x\"y]", "z"]),
            ("<a =b>c", &["<a =b[]", "c"]),
            ("<a b=>c", &["<a b[]", "c"]),
            ("<a / b / >c", &["<a b[]", "c"]),
            ("<a b=\"\"c>d", &["<a b[] c[]", "d"]),
            ("<a b='>'>c", &["<a b[>]", "c"]),
            ("<a\nb\t=\n'c'\n>d", &["<a b[c]", "d"]),
        ] {
            assert_eq!(tokens(html), expected, "{html}");
        }
    }

    #[test]
    fn a_script_has_no_tags_inside() {
        let found = tokens("<script>let a = '<b>';</script><i>");
        assert_eq!(found, ["<script", "/script", "<i"]);
    }

    #[test]
    fn broken_html_ends_the_reading_and_nothing_else() {
        for html in [
            "<",
            "<a",
            "<a href",
            "<a href=",
            "<a href=\"",
            "<a =",
            "<a ='>",
            "<!",
            "<!--",
            "<!-->",
            "</",
            "<script>",
            "a<b <ž",
            "<a ž=š č>",
            "<a =ž=>",
            "< p>",
            "<a/>",
            "<a href='x\">",
        ] {
            let mut tokens = Tokens::of(html);
            let mut length = 0;
            while let Some(token) = tokens.next() {
                length += match token {
                    Token::Start(tag) => 1 + tag.name.len() + tag.attributes.len(),
                    Token::End(name) => 2 + name.len(),
                    Token::Text(text) => text.len(),
                };
            }
            assert!(length <= html.len(), "{html}");
        }
    }
}
