//! Paragraphs that are plainly written in another language of the site than their page (WCAG 3.1.2).
//!
//! A language is told by its small words, which names and numbers do not have. Quotations, headings, lists and short
//! paragraphs are not judged: a false alarm costs more than a paragraph that is missed.

use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// Small words by language, each of them in one of these languages only.
const SMALL_WORDS: &[(&str, &[&str])] = &[
    (
        "hr",
        &[
            "i", "je", "se", "na", "su", "za", "od", "da", "koji", "koja", "koje", "će", "ili", "kao", "što",
            "iz", "po", "bi", "te", "sa", "ali", "nije", "ovo", "biti", "bila", "bio", "nakon", "prije",
            "godine", "svoje", "njihove", "njihov", "kod", "sve", "još", "samo", "može", "mogu", "koju",
            "kojim", "ako", "zbog", "u",
        ],
    ),
    (
        "en",
        &[
            "the", "of", "and", "to", "is", "are", "for", "with", "from", "that", "this", "by", "were",
            "have", "has", "which", "their", "they", "you", "your", "can", "will", "been", "our", "there",
            "who", "or", "at", "be", "it", "as", "not",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "das", "und", "ist", "den", "dem", "des", "ein", "eine", "einer", "einen", "zu",
            "mit", "auf", "für", "nicht", "sich", "auch", "von", "wird", "werden", "sind", "wurde", "sie",
            "ihre", "wir", "oder", "nach", "bei", "durch", "über", "kann", "dass", "als", "im", "zum", "zur",
        ],
    ),
];

/// A shorter paragraph may be a name, a motto or an address.
const FEWEST_WORDS: usize = 15;
/// So many different small words of the other language, …
const FEWEST_DIFFERENT: usize = 5;
/// … which make up at least a fifth of all words (`1 / LEAST_SHARE`), …
const LEAST_SHARE: usize = 5;
/// … and so many times as many as those of the page's own language.
const TIMES_OWN: usize = 6;

/// Where the text begins behind the front matter.
pub(super) fn body_of(text: &str) -> usize {
    let Some(inside) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else { return 0 };
    let before = text.len() - inside.len();
    let mut at = before;
    for line in inside.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "---" {
            return at;
        }
    }
    0
}

/// Paragraphs in another of the site's languages, and in which. `own` is the page's.
pub(super) fn foreign<'a>(
    text: &str,
    own: &str,
    of_site: &BTreeSet<&'a str>,
) -> Vec<(Range<usize>, &'a str)> {
    let others: Vec<(&'a str, &[&str])> = of_site
        .iter()
        .filter(|language| primary(language) != primary(own))
        .filter_map(|language| Some((*language, small_words(language)?)))
        .collect();
    // Without its own small words nothing can be told from anything.
    let Some(own) = small_words(own).filter(|_| !others.is_empty()) else { return Vec::new() };
    paragraphs(text)
        .into_iter()
        .filter_map(|(range, words)| {
            let words: Vec<&str> =
                words.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
            let language = others.iter().find(|(_, other)| is_plainly(&words, own, other))?.0;
            Some((range, language))
        })
        .collect()
}

fn is_plainly(words: &[&str], own: &[&str], other: &[&str]) -> bool {
    let (of_own, of_other) = (count(words, own), count(words, other));
    words.len() >= FEWEST_WORDS
        && of_other.different >= FEWEST_DIFFERENT
        && of_other.all * LEAST_SHARE >= words.len()
        && of_other.all >= of_own.all * TIMES_OWN
}

struct Count {
    all: usize,
    different: usize,
}

fn count(words: &[&str], known: &[&str]) -> Count {
    let found: Vec<&str> = words
        .iter()
        // With a capital it may be a part of a name or a title.
        .filter_map(|word| known.iter().copied().find(|known| known == word))
        .collect();
    Count { all: found.len(), different: found.iter().collect::<BTreeSet<_>>().len() }
}

fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or_default()
}

fn small_words(language: &str) -> Option<&'static [&'static str]> {
    SMALL_WORDS.iter().find(|(known, _)| *known == primary(language)).map(|(_, words)| *words)
}

/// Paragraphs that are the page's own words, with their text; what is marked or quoted is left out.
fn paragraphs(text: &str) -> Vec<(Range<usize>, String)> {
    let body = body_of(text);
    let mut found = Vec::new();
    let mut open: Option<(Range<usize>, String)> = None;
    let (mut quoted, mut marked, mut in_block) = (0_usize, 0_usize, false);
    for (event, range) in Parser::new(&text[body..]).into_offset_iter() {
        match event {
            Event::Start(Tag::BlockQuote(_)) => quoted += 1,
            Event::End(TagEnd::BlockQuote(_)) => quoted -= 1,
            Event::Start(Tag::Paragraph) if quoted == 0 => {
                open = Some((range.start + body..range.end + body, String::new()));
            }
            Event::End(TagEnd::Paragraph) => {
                let Some((range, words)) = open.take() else { continue };
                let begins = words.lines().next().is_some_and(|line| line.starts_with("::: "));
                let ends = words.lines().next_back().is_some_and(|line| line.trim() == ":::");
                if !in_block && !begins {
                    found.push((range, words));
                }
                in_block = (in_block || begins) && !ends;
            }
            // The words of a link are those of a page that may be in any language.
            Event::Start(Tag::Link { .. }) => marked += 1,
            Event::End(TagEnd::Link) => marked = marked.saturating_sub(1),
            Event::Text(part) if marked == 0 => {
                if let Some((_, words)) = &mut open {
                    words.push_str(&part);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some((_, words)) = &mut open {
                    words.push('\n');
                }
            }
            _ => {}
        }
    }
    found.into_iter().map(|(range, words)| (range, without_quotations(&words))).collect()
}

/// What stands in quotation marks belongs to somebody else.
fn without_quotations(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut until: Option<&[char]> = None;
    for c in words.chars() {
        match (until, c) {
            (Some(ends), c) if ends.contains(&c) => until = None,
            (Some(_), _) => {}
            (None, '„' | '“' | '‚') => until = Some(&['”', '“', '‘', '’']),
            (None, '»') => until = Some(&['«']),
            (None, '«') => until = Some(&['»']),
            (None, '"') => until = Some(&['"', '”', '“']),
            (None, c) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: &str = "Die Stadt hat mit den Vereinen der Auswanderer eine neue Seite gemacht, und sie ist für alle \
                          da, die sich über die Heimat informieren oder etwas bei uns bestellen möchten.";
    const ENGLISH: &str = "The town has made a new page for the people who live abroad, and they can find there all \
                           that they need to know about the office and its work.";
    const CROATIAN: &str = "Grad je napravio novu stranicu za sve koji žive u inozemstvu, te će na njoj biti sve što \
                            je potrebno znati o uredu, ali i o tome kako se dolazi do isprava.";

    fn found(text: &str, own: &str) -> Vec<String> {
        let site = BTreeSet::from(["de", "en", "hr"]);
        foreign(text, own, &site)
            .into_iter()
            .map(|(range, other)| format!("{other}@{}", range.start))
            .collect()
    }

    #[test]
    fn a_paragraph_in_another_language_of_the_site_is_seen() {
        let text = format!("---\ntitle: T\n---\n{CROATIAN}\n\n{GERMAN}\n\n- {ENGLISH}\n\n  {ENGLISH}\n");
        let german = text.find(GERMAN).unwrap();
        let english = text.find(ENGLISH).unwrap();
        let second = text.rfind(ENGLISH).unwrap();
        assert_eq!(
            found(&text, "hr"),
            [format!("de@{german}"), format!("en@{english}"), format!("en@{second}")]
        );
        assert_eq!(found(CROATIAN, "de-AT"), ["hr@0"]);
        assert_eq!(found(CROATIAN, "en"), ["hr@0"]);
    }

    #[test]
    fn its_own_words_names_quotations_and_what_is_marked_are_no_reason() {
        for (text, own) in [
            (CROATIAN.to_owned(), "hr"),
            (GERMAN.to_owned(), "de"),
            (ENGLISH.to_owned(), "en-GB"),
            (format!("> {GERMAN}"), "hr"),
            (format!("Na zidu piše: „{GERMAN}”"), "hr"),
            (format!("Na zidu piše: \"{ENGLISH}\" i ništa više."), "hr"),
            (format!("[{GERMAN}](lang:de)"), "hr"),
            (format!("::: lang de\n\n{GERMAN}\n\n:::\n\nI dalje."), "hr"),
            (format!("::: lang de\n{GERMAN}\n:::"), "hr"),
            (format!("## {GERMAN}"), "hr"),
            (format!("```\n{GERMAN}\n```"), "hr"),
            (format!("{CROATIAN} {GERMAN}"), "hr"),
            (format!("{GERMAN} {CROATIAN}"), "de"),
            ("Die Hard, The Who, Of Mice and Men, The Wall, All That Jazz, For Whom the Bell Tolls.".to_owned(), "hr"),
            ("Udruga „Die Brücke”, Verein der Freunde und Förderer, Grabenstraße 12, 8010 Graz, Österreich, e-pošta \
              info@verein.example, predsjednik Ivan Horvat, tajnica Ana Marić, blagajnik Mate Kovač".to_owned(), "hr"),
            ("Welcome to the town.".to_owned(), "hr"),
        ] {
            assert_eq!(found(&text, own), Vec::<String>::new(), "{own}: {text}");
        }
    }

    #[test]
    fn a_language_that_the_site_has_not_is_never_named() {
        let site = BTreeSet::from(["hr", "fr"]);
        assert!(foreign(GERMAN, "hr", &site).is_empty());
        assert!(foreign(GERMAN, "fr", &BTreeSet::from(["fr", "de"])).is_empty());
    }

    #[test]
    fn after_a_block_the_page_goes_on_in_its_own_language() {
        let text = format!("::: lang de\n\n{GERMAN}\n\n:::\n\n{ENGLISH}\n");
        assert_eq!(found(&text, "hr"), [format!("en@{}", text.find(ENGLISH).unwrap())]);
    }
}
