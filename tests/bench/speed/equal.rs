//! Whether two built sites show people the same: the pages' visible text and the targets of their links.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::path::{Path, PathBuf};

use crate::tell;

/// So many differences are told.
const TOLD: usize = 5;

/// The pages of a built site. Only fingerprints are kept: the benchmark has to stay small.
pub struct Pages {
    root: PathBuf,
    pages: BTreeMap<String, (u64, u64)>,
    redirects: usize,
}

impl Pages {
    /// Reads them.
    pub fn of(root: &Path) -> Self {
        let mut found = Self { root: root.to_owned(), pages: BTreeMap::new(), redirects: 0 };
        let mut open = vec![root.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|extension| extension == "html") {
                    let html = fs::read_to_string(&path).unwrap();
                    if html.len() < 1500 && html.contains("http-equiv=\"refresh\"") {
                        found.redirects += 1;
                        continue;
                    }
                    let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                    found.pages.insert(name, (fingerprint(&text(&html)), fingerprint(&links(&html))));
                }
            }
        }
        found
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.pages.len()
    }
}

/// Both must have the same pages, each with the same text and the same links.
pub fn compare(ours: &Pages, theirs: &Pages) {
    let mut differences = Vec::new();
    for (name, page) in &ours.pages {
        match theirs.pages.get(name) {
            None => differences.push(format!("{name}: only in ours")),
            Some(other) if other.0 != page.0 => {
                let (one, two) = (read(ours, name), read(theirs, name));
                differences.push(format!("{name}: text\n{}", first_difference(&text(&one), &text(&two))));
            }
            Some(other) if other.1 != page.1 => {
                let (one, two) = (links(&read(ours, name)), links(&read(theirs, name)));
                let place = one.iter().zip(&two).position(|(one, two)| one != two);
                let at = place.unwrap_or(one.len().min(two.len()));
                differences.push(format!(
                    "{name}: links, at number {at}\n    ours {:?}\n    Hugo {:?}",
                    one.get(at),
                    two.get(at)
                ));
            }
            Some(_) => {}
        }
    }
    let only_theirs = theirs.pages.keys().filter(|name| !ours.pages.contains_key(*name));
    differences.extend(only_theirs.map(|name| format!("{name}: only in Hugo's")));
    let count = differences.len();
    differences.truncate(TOLD);
    assert!(
        differences.is_empty(),
        "{count} pages differ, so times are not comparable:\n{}",
        differences.join("\n")
    );
    tell(&format!(
        "  {} pages, each with the same text and links as Hugo's; redirects apart: {} of ours, {} of Hugo's",
        ours.count(),
        ours.redirects,
        theirs.redirects
    ));
}

fn read(pages: &Pages, name: &str) -> String {
    fs::read_to_string(pages.root.join(name)).unwrap()
}

fn fingerprint(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The text without tags. Generators differ in white space, so there is none.
fn text(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let mut text = resolved(&text);
    text.retain(|letter| !letter.is_whitespace());
    text
}

/// The values of `href`, in order.
fn links(html: &str) -> Vec<String> {
    html.split(" href=\"").skip(1).map(|rest| resolved(rest.split('"').next().unwrap_or_default())).collect()
}

/// With the characters for which the entities of these two generators stand.
fn resolved(text: &str) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut parts = text.split('&');
    resolved.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, after) = part.split_once(';').unwrap_or((part, ""));
        let number = name.strip_prefix("#x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let number = number.or_else(|| name.strip_prefix('#')?.parse().ok());
        let letter = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "nbsp" => Some('\u{a0}'),
            _ => number.and_then(char::from_u32),
        };
        match letter {
            Some(letter) => {
                resolved.push(letter);
                resolved.push_str(after);
            }
            None => {
                resolved.push('&');
                resolved.push_str(part);
            }
        }
    }
    resolved
}

fn first_difference(one: &str, two: &str) -> String {
    let same = one.chars().zip(two.chars()).take_while(|(one, two)| one == two).count();
    let around = |text: &str| text.chars().skip(same.saturating_sub(30)).take(90).collect::<String>();
    format!("    ours …{}…\n    Hugo …{}…", around(one), around(two))
}

#[test]
fn a_difference_of_a_word_or_a_target_is_seen() {
    let page = "<html><p title=\"a\">Jedan &amp; <a href=\"/b/?c=1&amp;d\">dva</a>\n</p>";
    assert_eq!(text(page), "Jedan&dva");
    assert_eq!(links(page), ["/b/?c=1&d"]);
    assert_eq!(text("<b>Jedan</b> &#38;  dva"), text(page), "tags and white space do not count");
    assert_ne!(text("Jedan & tri"), text(page));
    assert!(first_difference("Jedan dva", "Jedan tri").contains("Jedan dva"));
}
