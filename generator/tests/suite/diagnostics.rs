//! `DIAGNOSTICS.md` is made from the source: from what the tests have seen the program say (`tests/snapshots`), and for
//! the few codes that no snapshot shows from the code itself. After a wanted change:
//! `ZAVICAJ_WRITE_DOCUMENTS=1 cargo test -p zavicaj --test suite diagnostics`, and look at the difference in git.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Codes that no snapshot shows, and why. Whoever adds a code adds a snapshot; this list only becomes shorter.
const WITHOUT_SNAPSHOT: &[&str] = &[
    // The disk does not let a cache be written: no mistake of an editor's, and the site is good without it.
    "cache-not-written",
    // A feed or sitemap that cannot be written into memory: no editor can cause it.
    "output-failed",
];

/// Where editors' mistakes are found.
const SOURCES: &[&str] = &[
    "generator/src/check",
    "generator/src/build.rs",
    "generator/src/config",
    "generator/src/config.rs",
    "generator/src/contrast",
    "generator/src/parse",
    "generator/src/render",
    "generator/src/review",
    "generator/src/site",
    "generator/src/source",
    "generator/src/statics",
    "generator/src/yaml.rs",
    "functions/forms/src/check",
    "functions/forms/src/yaml",
    "functions/mail/src/yaml.rs",
    "functions/mail/src/yaml_problems.rs",
];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn sources(place: &Path, found: &mut Vec<PathBuf>) {
    if place.is_dir() {
        let mut inside: Vec<_> = fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()).collect();
        inside.sort();
        inside.iter().for_each(|path| sources(path, found));
    } else if place.extension().is_some_and(|extension| extension == "rs") {
        found.push(place.to_owned());
    }
}

/// The string literals of a source without its tests: where each begins, and what it holds.
fn literals(source: &str) -> Vec<(usize, String)> {
    let source = source.split("#[cfg(test)]").next().unwrap();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = source[at..].find(['"', '/', '\'']) {
        let start = at + next;
        let rest = &source[start..];
        if rest.starts_with("//") {
            at = start + rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("'\"'") {
            at = start + 3;
        } else if rest.starts_with('"') && source[..start].ends_with("r#") {
            let end = rest.find("\"#").unwrap();
            found.push((start, rest[1..end].to_owned()));
            at = start + end + 2;
        } else if rest.starts_with('"') {
            let mut end = 1;
            while !rest[end..].starts_with('"') {
                end += if rest[end..].starts_with('\\') {
                    2
                } else {
                    rest[end..].chars().next().unwrap().len_utf8()
                };
            }
            let text = rest[1..end].replace("\\\"", "\"");
            // A line that goes on in the source.
            let joined = text
                .split("\\\n")
                .enumerate()
                .map(|(number, part)| if number == 0 { part } else { part.trim_start() });
            found.push((start, joined.collect()));
            at = start + end + 1;
        } else {
            at = start + 1;
        }
    }
    found
}

fn is_code(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    text == "yaml"
        || parts.len() > 1
            && parts.iter().all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
}

/// Codes in the sources, and of each the two texts that follow it.
fn codes() -> BTreeMap<String, (String, String)> {
    let mut files = Vec::new();
    SOURCES.iter().for_each(|place| sources(&repository().join(place), &mut files));
    let mut found = BTreeMap::new();
    for file in files.iter().filter(|file| !file.ends_with("commonmark.rs")) {
        let source = fs::read_to_string(file).unwrap();
        let literals = literals(&source);
        for (number, (at, text)) in literals.iter().enumerate() {
            let (before, after) = (source[..*at].trim_end(), &source[at + text.len() + 2..]);
            let is_argument =
                (before.ends_with('(') || before.ends_with("context,")) && after.starts_with(',');
            // The name of a file beside the pages.
            if is_argument && is_code(text) && text != "next-change" {
                let said = |further: usize| {
                    literals.get(number + further).map_or(String::new(), |(_, text)| text.clone())
                };
                found.entry(text.clone()).or_insert_with(|| (said(1), said(2)));
            }
        }
    }
    found
}

/// One finding as a snapshot shows it.
#[derive(Default, Clone)]
struct Said {
    message: String,
    help: String,
    example: String,
}

/// Severity, Croatian and English of the first snapshot of every code.
fn shown() -> BTreeMap<String, (String, Said, Said)> {
    let mut files: Vec<_> = fs::read_dir(repository().join("tests/snapshots"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut found = BTreeMap::new();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if !name.starts_with("error_") && !name.starts_with("warning_") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let mut said: BTreeMap<(String, bool), Said> = BTreeMap::new();
        let mut severities = BTreeMap::new();
        for block in text.split("\n\n") {
            let block = block.rsplit_once("---\n").map_or(block, |(_, block)| block);
            let mut lines = block.lines();
            let Some((head, message)) = lines.next().and_then(|line| line.split_once("]: ")) else {
                continue;
            };
            let Some((severity, code)) = head.split_once('[') else { continue };
            let is_croatian = ["greška", "upozorenje"].contains(&severity);
            let mut one = Said { message: message.to_owned(), ..Said::default() };
            for line in lines {
                match line.strip_prefix("  pomoć: ").or_else(|| line.strip_prefix("  help: ")) {
                    Some(help) => one.help = help.to_owned(),
                    None => writeln!(one.example, "{line}").unwrap(),
                }
            }
            severities.insert(
                code.to_owned(),
                if ["greška", "error"].contains(&severity) { "error" } else { "warning" },
            );
            said.entry((code.to_owned(), is_croatian)).or_insert(one);
        }
        for (code, severity) in severities {
            let pair = |is_croatian| {
                said.get(&(code.clone(), is_croatian))
                    .cloned()
                    .unwrap_or_else(|| panic!("{name}: {code} in one language only"))
            };
            found.entry(code.clone()).or_insert_with(|| (severity.to_owned(), pair(true), pair(false)));
        }
    }
    found
}

fn document() -> String {
    let (codes, shown) = (codes(), shown());
    let mut text = String::from(
        "# What the program says to editors\n\n\
         Made from the source by `generator/tests/suite/diagnostics.rs`; do not edit. Every message has a code that stays the same, \
         its place, and what to do. An error keeps the site from being published; a warning does not.\n\n\
         `zavicaj check` tells them in the terminal (`--lang hr` or `en`), `--format json` for programs, `--format github` \
         beside the lines of a pull request; `zavicaj serve` shows errors in the browser as well.\n",
    );
    let all: BTreeSet<&String> = codes.keys().chain(shown.keys()).collect();
    writeln!(text, "\nCodes: {}.", all.len()).unwrap();
    for code in all {
        match shown.get(code) {
            Some((severity, croatian, english)) => {
                write!(text, "\n## `{code}` ({severity})\n").unwrap();
                for (language, to_do, said) in
                    [("Hrvatski", "Što učiniti", croatian), ("English", "What to do", english)]
                {
                    write!(text, "\n**{language}:** {}  \n", said.message).unwrap();
                    if !said.help.is_empty() {
                        writeln!(text, "{to_do}: {}", said.help).unwrap();
                    }
                }
                write!(text, "\n```text\n{}```\n", english.example).unwrap();
            }
            None => {
                let (croatian, english) = &codes[code];
                write!(text, "\n## `{code}`\n\n**Hrvatski:** {croatian}\n\n**English:** {english}\n")
                    .unwrap();
            }
        }
    }
    text
}

#[test]
fn the_document_is_what_the_source_says() {
    let path = repository().join("generator/DIAGNOSTICS.md");
    let text = document();
    if std::env::var_os("ZAVICAJ_WRITE_DOCUMENTS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let differing = text.lines().zip(written.lines()).find(|(new, old)| new != old);
    assert!(
        written == text,
        "generator/DIAGNOSTICS.md is out of date: {differing:?}; see the head of this file"
    );
    assert!(text.matches("\n## `").count() >= 40);
}

#[test]
fn every_code_has_a_snapshot_in_both_languages() {
    let (codes, shown) = (codes(), shown());
    let without: BTreeSet<&str> =
        codes.keys().map(String::as_str).filter(|code| !shown.contains_key(*code)).collect();
    let known: BTreeSet<&str> = WITHOUT_SNAPSHOT.iter().copied().collect();
    assert_eq!(
        without, known,
        "left: codes of the source without a snapshot; right: those that this test knows of"
    );
    let gone: Vec<_> = shown.keys().filter(|code| !codes.contains_key(*code)).collect();
    assert!(gone.is_empty(), "snapshots of codes that the source no longer has: {gone:?}");
}
