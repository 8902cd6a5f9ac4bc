//! The tags of an HTML text, one after the other, without a copy.

use memchr::{memchr, memchr3, memmem};

/// What stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `<name attributes>`
    Start(Tag<'a>),
    /// `</name>`
    End(&'a str),
    /// Between tags, as it is written.
    Text(&'a str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// As it is written.
    pub name: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// Name and value of every attribute, as they are written.
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes }
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Whether it is this element.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The tokens of a text; comments are left out, and the text of scripts and styles.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// Of a text that this program made: well-formed tags, quoted attributes or none. In anything else, what cannot
    /// be read is text.
    pub fn of(html: &'a str) -> Self {
        Self { html, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        &self.html.as_bytes()[self.at..]
    }

    fn start(&mut self) -> Token<'a> {
        let from = self.at + 1;
        let bytes = self.html.as_bytes();
        let name_end = first(bytes, from, NAME_END | CLOSE);
        let end = match bytes.get(name_end) {
            Some(b'>') | None => name_end,
            Some(_) => name_end + end_of_tag(&bytes[name_end..]),
        };
        let tag = Tag { name: &self.html[from..name_end], attributes: &self.html[name_end..end] };
        self.at = (end + 1).min(bytes.len());
        // The text of a script or style is no HTML.
        if matches!(bytes.get(from), Some(b's' | b'S')) {
            for raw in ["script", "style"] {
                if tag.is(raw) {
                    let close = memmem::find(self.rest(), format!("</{raw}").as_bytes());
                    self.at = close.map_or(bytes.len(), |length| self.at + length);
                }
            }
        }
        Token::Start(tag)
    }

    fn end(&mut self) -> Token<'a> {
        let from = self.at + 2;
        let bytes = self.html.as_bytes();
        let end =
            bytes[from..].iter().position(|byte| *byte == b'>').map_or(bytes.len(), |length| from + length);
        self.at = (end + 1).min(bytes.len());
        Token::End(self.html[from..end].trim_ascii_end())
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
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
}

/// White space and `/`: what ends a name.
const NAME_END: u8 = 1;
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
            b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'/' => NAME_END,
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
    let rest = bytes.get(from..).unwrap_or_default();
    let is_of = |byte: &u8| CLASSES[usize::from(*byte)] & classes != 0;
    rest.iter().position(is_of).map_or(bytes.len(), |length| from + length)
}

/// Where the `>` of a tag stands that closes it: not inside a quoted value.
fn end_of_tag(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr3(b'>', b'"', b'\'', &bytes[at..]) {
        at += found;
        if bytes[at] == b'>' {
            return at;
        }
        match memchr(bytes[at], &bytes[at + 1..]) {
            Some(close) => at += close + 2,
            None => break,
        }
    }
    bytes.len()
}

/// Names and values of a tag's attributes.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.rest.as_bytes();
        let start = bytes.iter().position(|byte| CLASSES[usize::from(*byte)] & NAME_END == 0)?;
        // A stray `=` at the front belongs to the name, as in a browser.
        let end = first(bytes, start + 1, NAME_END | EQUALS);
        let (name, after) = (&self.rest[start..end], &self.rest[end..]);
        let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
            self.rest = after;
            return Some((name, ""));
        };
        let value = value.trim_ascii_start();
        let (value, rest) = match value.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => match memchr(*quote, &value.as_bytes()[1..]) {
                Some(close) => (&value[1..=close], &value[close + 2..]),
                None => (&value[1..], ""),
            },
            _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        self.rest = rest;
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(html: &str) -> Vec<Token<'_>> {
        Tokens::of(html).collect()
    }

    #[test]
    fn a_text_is_cut_into_tags_and_what_stands_between() {
        let html = r#"<!doctype html><p class="a > b" id=x>Čaj <b>i</b></P ><!-- <p> --><br/>"#;
        let found = tokens(html);
        let names: Vec<String> = found
            .iter()
            .map(|token| match token {
                Token::Start(tag) => format!("<{}", tag.name),
                Token::End(name) => format!("/{name}"),
                Token::Text(text) => (*text).to_owned(),
            })
            .collect();
        assert_eq!(names, ["<p", "Čaj ", "<b", "i", "/b", "/P", "<br"]);
        let Token::Start(tag) = found[0] else { panic!("{found:?}") };
        assert_eq!(tag.attributes().collect::<Vec<_>>(), [("class", "a > b"), ("id", "x")]);
        assert_eq!(tag.attribute("ID"), Some("x"));
    }

    #[test]
    fn a_script_has_no_tags_inside() {
        let found = tokens("<script>let a = '<b>';</script><i>");
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(matches!(found[1], Token::End("script")));
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
            for token in Tokens::of(html) {
                if let Token::Start(tag) = token {
                    assert!(tag.attributes().count() <= html.len());
                }
            }
        }
    }
}
