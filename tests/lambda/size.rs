//! How large the functions are: a committed table, so that a regression is a difference that somebody sees.
//!
//! Sizes and memory are compared; times have a table of their own. After a wanted change:
//! `INSTA_UPDATE=always tests/run lambda`, and look at the difference in git.

use std::fs;
use std::path::PathBuf;

use tests::{Person, tell};

use crate::function::binary;
use crate::gateway::Gateway;

pub const FUNCTIONS: [&str; 6] =
    ["registration", "certificate_request", "status", "notify", "bounce", "purge"];

/// A function that is larger loads slowly.
const LARGEST_KB: u64 = 5_000;
/// The same program differs by so much between the folders it is built in: `notify` had 3,993 and 3,964 kB.
const TOLERANCE_KB: u64 = 40;
/// A form without attachments, and one with an attachment of 4 MB.
const MOST_MB: [(&str, u64); 2] = [("form", 16), ("form with 4 MB", 48)];

fn table() -> PathBuf {
    tests::site::repository().join("tests/lambda/sizes.txt")
}

/// Name and number of each line.
fn read(table: &str) -> Vec<(String, u64)> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (name, number) = line.rsplit_once(": ").unwrap();
            (name.to_owned(), number.split(' ').next().unwrap().parse().unwrap())
        })
        .collect()
}

pub fn wanted() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always")
}

#[test]
fn no_function_is_larger_than_the_table_says() {
    let now: Vec<_> =
        FUNCTIONS.iter().map(|name| (*name, fs::metadata(binary(name)).unwrap().len() / 1000)).collect();
    let text: String = now.iter().map(|(name, kb)| format!("{name}: {kb} kB\n")).collect();
    tell(&text);
    if wanted() {
        let head =
            "# Stripped programs for x86_64, profile `lambda`; the test in tests/lambda/size.rs compares.\n";
        fs::write(table(), format!("{head}{text}")).unwrap();
    }
    let committed = read(&fs::read_to_string(table()).unwrap());
    for (name, kb) in now {
        assert!(kb < LARGEST_KB, "{name} has {kb} kB, and may have {LARGEST_KB}");
        // One that is new has no line yet.
        let Some((_, committed_kb)) = committed.iter().find(|(committed, _)| committed == name) else {
            continue;
        };
        assert!(
            kb.abs_diff(*committed_kb) <= TOLERANCE_KB,
            "{name} has {kb} kB, and had {committed_kb}:\n{text}"
        );
    }
}

#[test]
fn functions_need_little_memory() {
    let gateway = Gateway::deploy();
    let person = Person::who_registers();
    for (number, letter) in ('a'..='t').enumerate() {
        let name = format!("Ana {}", letter.to_string().repeat(3));
        gateway
            .browser()
            .send(&person.clone().but("given_name", &name).but("email", &format!("a{number}@example.org")));
    }
    let plain = gateway.peak_bytes("registration") / 1_000_000;

    let mut person = Person::who_orders();
    for (_, content) in &mut person.files {
        // A photograph whose picture is long: before the marker of its end.
        let end = content.len() - 2;
        content.splice(end..end, std::iter::repeat_n(0x55, 3_990_000));
    }
    gateway.browser().send(&person);
    let large = gateway.peak_bytes("certificate_request") / 1_000_000;
    for ((what, most), peak) in MOST_MB.into_iter().zip([plain, large]) {
        tell(&format!("{what}: {peak} MB at most"));
        assert!(peak < most, "{what}: {peak} MB, and may be {most}");
    }
}
