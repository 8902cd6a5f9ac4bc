//! How large the functions are, and what they touch until they ask for work: a committed table, so that a regression is a
//! difference that somebody sees.
//!
//! How long a start takes depends on the machine, and has a table of its own (times.rs). Most of it is loading: pages of
//! the program that are touched for the first time, and those can be counted. After a wanted change:
//! `INSTA_UPDATE=always tests/run lambda`, and look at the difference in git.

use std::fs;
use std::path::PathBuf;

use tests::{Person, tell};

use crate::function::{Function, binary};
use crate::gateway::Gateway;

pub const FUNCTIONS: [&str; 6] =
    ["registration", "certificate_request", "status", "notify", "bounce", "purge"];

/// A function that is larger loads slowly.
const LARGEST_KB: u64 = 5_000;
/// The same program differs by so much between the folders it is built in: `notify` had 3,993 and 3,964 kB.
const TOLERANCE_KB: u64 = 40;
/// In pages, of a hundred: kernels map neighbours of a page along, as many as they see fit.
const TOLERANCE_PERCENT: u64 = 15;
/// A form without attachments, and one with an attachment of 4 MB.
const MOST_MB: [(&str, u64); 2] = [("form", 16), ("form with 4 MB", 48)];

fn table() -> PathBuf {
    tests::site::repository().join("tests/lambda/sizes.txt")
}

/// Of one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size {
    kb: u64,
    pages: u64,
}

impl Size {
    /// The binary, and a start of it.
    fn of(name: &str, gateway: &Gateway) -> Self {
        let function = Function::start(name, &gateway.variables_with(&[]));
        function.asked_for_work();
        Self { kb: fs::metadata(binary(name)).unwrap().len() / 1000, pages: function.page_faults() }
    }
}

/// Name and numbers of each line.
fn read(table: &str) -> Vec<(String, Size)> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (name, numbers) = line.rsplit_once(": ").unwrap();
            let mut numbers = numbers.split(' ').filter_map(|word| word.parse().ok());
            let mut next = || numbers.next().unwrap();
            (name.to_owned(), Size { kb: next(), pages: next() })
        })
        .collect()
}

pub fn wanted() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always")
}

#[test]
fn no_function_is_larger_or_loads_more_than_the_table_says() {
    let gateway = Gateway::deploy();
    let now: Vec<_> = FUNCTIONS.iter().map(|name| (*name, Size::of(name, &gateway))).collect();
    let line = |(name, size): &(&str, Size)| format!("{name}: {} kB, {} pages\n", size.kb, size.pages);
    let text: String = now.iter().map(line).collect();
    tell(&text);
    if wanted() {
        let head = "# Stripped programs for x86_64, profile `lambda`, and the pages that a start touches; tests/lambda/size.rs compares.\n";
        fs::write(table(), format!("{head}{text}")).unwrap();
    }
    let committed = read(&fs::read_to_string(table()).unwrap());
    for (name, Size { kb, pages }) in now {
        assert!(kb < LARGEST_KB, "{name} has {kb} kB, and may have {LARGEST_KB}");
        // One that is new has no line yet.
        let Some((_, before)) = committed.iter().find(|(committed, _)| committed == name) else {
            continue;
        };
        assert!(kb.abs_diff(before.kb) <= TOLERANCE_KB, "{name} has {kb} kB, and had {}:\n{text}", before.kb);
        assert!(
            pages * 100 <= before.pages * (100 + TOLERANCE_PERCENT),
            "a start of {name} touches {pages} pages, and touched {}:\n{text}",
            before.pages
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
