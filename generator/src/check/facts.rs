//! What a check needs to know of a page, read from its HTML in one pass.

use std::borrow::Cow;

use super::audit::{Audit, Finding};
use super::tags::{Token, Tokens};
use super::weight;
use crate::bytes;

/// Ids and link targets of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageFacts<'a> {
    /// All ids, in order.
    pub ids: Vec<Cow<'a, str>>,
    /// `href`, `src` and `action` as a browser reads them; first those that are loaded at once.
    pub targets: Vec<Cow<'a, str>>,
    /// How many of them are loaded at once.
    pub loads: usize,
    /// A character that HTML and feeds do not allow.
    pub has_control_character: bool,
    /// What is wrong with the page by itself.
    pub findings: Vec<Finding>,
}

impl PageFacts<'_> {
    /// Ids that stand more than once, each as often as it is repeated.
    pub fn double_ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.ids.iter().map(AsRef::as_ref).collect();
        ids.sort_unstable();
        ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
    }
}

/// So many ids have hardly any more pages.
const EXPECTED: usize = 8;

/// Reads a page that this program made.
pub fn read(html: &str) -> PageFacts<'_> {
    let mut facts = PageFacts {
        ids: Vec::with_capacity(EXPECTED),
        targets: Vec::with_capacity(4 * EXPECTED),
        has_control_character: bytes::any(html.as_bytes(), bytes::is_control),
        ..PageFacts::default()
    };
    let mut audit = Audit::default();
    let mut tokens = Tokens::of(html);
    while let Some(token) = tokens.next() {
        audit.token(&token);
        let Token::Start(tag) = token else { continue };
        let loaded = weight::loaded_by(&tag);
        for &(name, value) in tag.attributes {
            match name {
                "id" => facts.ids.push(unescaped(value)),
                "href" | "src" | "action" => {
                    facts.targets.push(unescaped(value.trim_ascii()));
                    if loaded == Some(name) {
                        let last = facts.targets.len() - 1;
                        facts.targets.swap(facts.loads, last);
                        facts.loads += 1;
                    }
                }
                _ => audit.attribute(name, value),
            }
        }
    }
    facts.findings = audit.finish();
    facts
}

/// The few character references that our own escaping writes.
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let known = REFERENCES.iter().find(|(written, _)| after.starts_with(written));
        let (written, meant) = known.copied().unwrap_or(("&", '&'));
        out.push(meant);
        rest = &after[written.len()..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

const REFERENCES: [(&str, char); 7] = [
    ("&amp;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&#x27;", '\''),
    ("&#39;", '\''),
    ("&#x2F;", '/'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_targets_are_read_and_scripts_and_comments_are_not() {
        let html = r#"<a id="x" href="/a/?b=1&amp;c=2">t</a><!-- <a href="/no/"> --><img src=/p.svg alt='a > b'>
            <script>let a = '<a href="/never/">';</script><p id='x'>"#;
        let facts = read(html);
        assert_eq!(facts.ids, ["x", "x"]);
        assert_eq!(facts.double_ids(), ["x"]);
        assert_eq!(facts.targets, ["/p.svg", "/a/?b=1&c=2"]);
    }

    #[test]
    fn what_is_loaded_at_once_stands_first() {
        let html = r#"<a href="/a/">a</a><link rel="icon" href="/i.svg"><link href="/s.css" rel="alternate stylesheet">
            <link rel="preload" href="/f.woff2" as="font"><link rel="MODULEPRELOAD" href="/m.js"><link rel="prefetch" href="/n.js">
            <script src="/s.js" defer></script><script>let a;</script><img loading="lazy" src="/l.png" alt="">
            <img src="/p.png?a=1&amp;b=2" alt="" loading="eager"><link rel="alternate" href="/atom.xml">
            <link rel="canonical" href="/"><img src="/p.png" alt="" data-loading="lazy">"#;
        let facts = read(html);
        let (loaded, others) = facts.targets.split_at(facts.loads);
        assert_eq!(loaded, ["/s.css", "/f.woff2", "/m.js", "/s.js", "/p.png?a=1&b=2", "/p.png"]);
        let mut others = others.to_vec();
        others.sort_unstable();
        assert_eq!(others, ["/", "/a/", "/atom.xml", "/i.svg", "/l.png", "/n.js"]);
    }

    #[test]
    fn a_reference_is_read_once() {
        assert_eq!(unescaped("a&amp;lt;b&&#39;&nbsp;&"), "a&lt;b&'&nbsp;&");
    }

    #[test]
    fn a_control_character_is_seen_wherever_it_stands() {
        for at in [0, 1, 15, 16, 4095, 4096, 5000] {
            let mut html = "č".repeat(3000);
            html.insert(at / 2 * 2, '\u{b}');
            assert!(read(&html).has_control_character, "{at}");
        }
        assert!(read("a\u{7f}").has_control_character);
        assert!(!read("a\t\r\n\u{c}ž").has_control_character);
    }
}
