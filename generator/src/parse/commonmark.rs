//! The examples of the CommonMark specification through this program's own pipeline.
//!
//! They come from the test data of `pulldown-cmark`, of exactly the version that is built in, wherever Cargo keeps it.
//! Where a page of ours is not what the specification shows, `commonmark.txt` says why; one that is not listed there
//! fails, and so does one that is listed and agrees.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use super::body::{Body, Labels, SlotUse};
use super::markdown::render;
use crate::html::escaped_url;

struct Example {
    number: usize,
    markdown: String,
    html: String,
}

/// Where Cargo keeps a crate of this program.
fn folder_of(name: &str) -> PathBuf {
    // Only what this machine builds is in Cargo's folder on a new one.
    let version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == name).unwrap();
    PathBuf::from(package["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned()
}

/// `fn spec_test_N() { let original = r##"…"##; let expected = r##"…"##; … }`
fn examples() -> Vec<Example> {
    let file = folder_of("pulldown-cmark").join("tests/suite/spec.rs");
    let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let raw = |text: &str, name: &str| {
        let (_, after) = text.split_once(&format!("let {name} = r##\"")).unwrap();
        after.split_once("\"##;").unwrap().0.to_owned()
    };
    let functions = source.split("fn spec_test_").skip(1);
    functions
        .map(|text| Example {
            number: text.split_once('(').unwrap().0.parse().unwrap(),
            markdown: raw(text, "original"),
            html: raw(text, "expected"),
        })
        .collect()
}

/// The HTML with every target as it was written: what a page would hold whose links all lead somewhere.
fn filled(body: &Body) -> String {
    let (mut html, mut at) = (String::new(), 0);
    for slot in &body.slots {
        html.push_str(&body.html[at..slot.at]);
        at = slot.at;
        match slot.usage {
            SlotUse::Link => html.push_str(&format!(" href=\"{}\"", escaped_url(&slot.target))),
            SlotUse::Picture => html.push_str(&format!("src=\"{}\"", escaped_url(&slot.target))),
            SlotUse::Retention => html.push_str("<!-- retention -->"),
            SlotUse::Download(_) => {}
        }
    }
    html.push_str(&body.html[at..]);
    html
}

/// Line ends beside tags mean nothing, and neither does the slash of an empty element.
fn normalised(html: &str) -> String {
    let mut html = html.replace(" />", ">").replace("&quot;", "\"").trim().to_owned();
    for (from, to) in [("\n<", "<"), (">\n", ">")] {
        while html.contains(from) {
            html = html.replace(from, to);
        }
    }
    html
}

/// Number and reason of each known difference.
fn differences() -> BTreeMap<usize, &'static str> {
    let mut reason = "";
    let mut known = BTreeMap::new();
    for line in include_str!("commonmark.txt").lines().filter(|line| !line.is_empty()) {
        if line.starts_with(|first: char| first.is_ascii_digit()) {
            assert!(!reason.is_empty(), "a number without a reason: {line}");
            for number in line.split_whitespace() {
                assert!(known.insert(number.parse().unwrap(), reason).is_none(), "{number} stands twice");
            }
        } else {
            reason = line;
        }
    }
    known
}

#[test]
fn every_example_of_the_specification_agrees_or_its_difference_has_a_reason() {
    let (examples, known) = (examples(), differences());
    assert!(examples.len() > 640, "{} examples", examples.len());
    let mut wrong = Vec::new();
    for example in &examples {
        let (body, _) = render(&example.markdown, true, &Labels::default());
        let (ours, theirs) = (normalised(&filled(&body)), normalised(&example.html));
        match (ours == theirs, known.get(&example.number)) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(reason)) => wrong.push(format!("{} agrees, but is listed: {reason}", example.number)),
            (false, None) => wrong.push(format!(
                "{}: {:?}\n  specified: {theirs:?}\n  ours:      {ours:?}",
                example.number, example.markdown
            )),
        }
    }
    let unknown = known.keys().filter(|number| examples.iter().all(|example| example.number != **number));
    assert_eq!(unknown.count(), 0, "numbers that the specification does not have");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), examples.len(), wrong.join("\n"));
}
