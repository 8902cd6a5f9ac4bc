//! What must hold for whatever editors write, or somebody gives them to publish.

use zavicaj::check::tags::{Token, Tokens};
use zavicaj::fuzzing;

/// A front matter: read, or refused at a place inside it.
pub fn front_matter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // A lone carriage return ends a line as well.
    let lines = text.replace("\r\n", "\n").split(['\r', '\n']).count() + 3;
    for (line, _) in fuzzing::front_matter(text) {
        assert!(line <= lines, "line {line} of {lines}");
    }
}

/// What the flat reader reads of a front matter, the YAML library reads alike.
pub fn flat(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some((flat, library)) = fuzzing::flat_and_library(text) {
        assert_eq!(flat, library);
    }
}

/// A text: nothing in its HTML runs, and whatever points into it points between characters.
pub fn markdown(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let read = fuzzing::markdown(text, false);
    let mut before = 0;
    for (at, _) in &read.slots {
        assert!(read.html.is_char_boundary(*at) && *at >= before, "slot at {at} after {before}");
        before = *at;
    }
    for range in &read.problems {
        assert!(range.end <= text.len() && range.start <= range.end, "{range:?} of {}", text.len());
    }
    let ids: std::collections::BTreeSet<_> = read.ids.iter().collect();
    assert_eq!(ids.len(), read.ids.len(), "an id for every heading");
    assert!(!read.html.contains('\0'), "a mark stayed");
    let mut tokens = Tokens::of(&read.html);
    while let Some(token) = tokens.next() {
        let Token::Start(tag) = token else { continue };
        assert!(ELEMENTS.contains(&tag.name), "<{}> came out of a text", tag.name);
        for (name, value) in tag.attributes {
            assert!(ATTRIBUTES.contains(name), "{name} came out of a text");
            let scheme = value.split_once(':').map_or("", |(scheme, _)| scheme);
            let is_known =
                ["http", "https", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
            assert!(*name != "href" || is_known || value.starts_with('#'), "a link to {value}");
        }
    }
    let _ = fuzzing::markdown(text, true);
}

/// All that a text without HTML of its own can become.
const ELEMENTS: &[&str] = &[
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "a",
    "img",
    "em",
    "strong",
    "del",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "hr",
    "br",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "div",
    "span",
    "sup",
    "section",
    "figure",
    "figcaption",
];
const ATTRIBUTES: &[&str] = &[
    "id",
    "href",
    "title",
    "alt",
    "loading",
    "class",
    "role",
    "aria-label",
    "tabindex",
    "start",
    "style",
    "lang",
];

/// A directive stands for something only where it is a paragraph of its own.
pub fn directive(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // Control characters are spaces before anything is read.
    let text = &*zavicaj::source::cleaned(text);
    let tables = fuzzing::markdown(text, false).slots.iter().filter(|(_, is_table)| *is_table).count();
    let written = text.matches("::: cuvanje").count();
    assert!(tables <= written, "{tables} tables from {written} directives");
    // In a fence it is an example.
    if !text.contains('`') && !text.contains('\r') {
        let fenced = fuzzing::markdown(&format!("````\n{text}\n````\n"), false);
        assert!(fenced.slots.is_empty(), "a directive in a fence");
    }
}

/// Names of files and targets of links: no address and no target leaves the site. The folder stands on the first line.
pub fn path(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (folder, target) = text.split_once('\n').unwrap_or(("", text));
    let url = fuzzing::url_of(folder);
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'/');
    assert!(url.bytes().all(is_plain), "{url:?}");
    assert_eq!(fuzzing::url_of(&url), url, "an address stays what it is");
    for file in fuzzing::targets(folder, target) {
        assert!(
            !file.starts_with('/') && file.split('/').all(|part| !matches!(part, "." | "..")),
            "{file:?}"
        );
    }
}

/// The reader of finished HTML: it ends, and all that it finds stands in the text, in this order.
pub fn tags(bytes: &[u8]) {
    let Ok(html) = std::str::from_utf8(bytes) else { return };
    let (from, mut last) = (html.as_ptr() as usize, 0);
    let mut tokens = Tokens::of(html);
    while let Some(token) = tokens.next() {
        let parts: Vec<&str> = match token {
            Token::Start(tag) => {
                let attributes = tag.attributes.iter().flat_map(|(name, value)| [*name, *value]);
                std::iter::once(tag.name).chain(attributes.filter(|part| !part.is_empty())).collect()
            }
            Token::End(part) | Token::Text(part) => vec![part],
        };
        for part in parts {
            let at = part.as_ptr() as usize - from;
            assert!(at >= last && at + part.len() <= html.len(), "{part:?} at {at} after {last}");
            last = at;
        }
    }
}
