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
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// Of a text that this program made: well-formed tags, quoted attributes or none. In anything else, what cannot
    /// be read is text.
    pub fn of(html: &'a str) -> Self {
        Self { rest: html }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn start(&mut self) -> Token<'a> {
        let bytes = self.rest.as_bytes();
        let name_end = bytes
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
            .unwrap_or(bytes.len());
        let name = self.take(name_end);
        let end = if bytes.get(name_end) == Some(&b'>') { 0 } else { end_of_tag(self.rest) };
        let attributes = self.take(end);
        self.rest = self.rest.get(1..).unwrap_or_default();
        // The text of a script or style is no HTML.
        if matches!(name.as_bytes(), [b's' | b'S', ..]) {
            for raw in ["script", "style"] {
                if name.eq_ignore_ascii_case(raw) {
                    let close = memmem::find(self.rest.as_bytes(), format!("</{raw}").as_bytes());
                    self.take(close.unwrap_or(self.rest.len()));
                }
            }
        }
        Token::Start(Tag { name, attributes })
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let bytes = self.rest.as_bytes();
            match (bytes.first()?, bytes.get(1)) {
                (b'<', Some(b'!')) => {
                    let (from, close) = if bytes.starts_with(b"<!--") { (4, "-->") } else { (2, ">") };
                    let end = memmem::find(&bytes[from..], close.as_bytes());
                    self.take(end.map_or(bytes.len(), |at| from + at + close.len()));
                }
                (b'<', Some(b'/')) => {
                    let end = memchr(b'>', bytes).unwrap_or(bytes.len());
                    let name = self.take(end)[2..].trim_ascii_end();
                    self.rest = self.rest.get(1..).unwrap_or_default();
                    return Some(Token::End(name));
                }
                (b'<', Some(letter)) if letter.is_ascii_alphabetic() => {
                    self.take(1);
                    return Some(self.start());
                }
                _ => {
                    let end = memchr(b'<', &bytes[1..]).map_or(bytes.len(), |at| at + 1);
                    return Some(Token::Text(self.take(end)));
                }
            }
        }
    }
}

/// Where the `>` of a tag stands that closes it: not inside a quoted value.
fn end_of_tag(text: &str) -> usize {
    let bytes = text.as_bytes();
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
        let is_between = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'/';
        let start = self.rest.bytes().position(|byte| !is_between(&byte))?;
        let text = &self.rest[start..];
        // A stray `=` at the front belongs to the name, as in a browser.
        let is_end = |byte: u8| is_between(&byte) || byte == b'=';
        let end = text.bytes().skip(1).position(is_end).map_or(text.len(), |at| at + 1);
        let (name, after) = text.split_at(end);
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
