//! The ledger of allocations: how many a build makes, of how many bytes, and how much is held at once. Counted on one
//! thread over articles that are always the same, so that a change of the numbers is a change of the program.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test -p tests --test ledger`, and look at the difference.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use allocation_counter::{AllocationInfo, measure};
use tests::corpus::Corpus;
use zavicaj::build::{Options, check, publish};
use zavicaj::cache::Key;
use zavicaj::source::Happened;

const PAGES: u64 = 1000;
/// Thousandths by which a number may leave the ledger: tables with random keys do not grow at the same moment always.
const TOLERANCE: u64 = 10;
const LEDGER: &str = "ledger/allocations.txt";
const HEAD: &str = "\
# What a build allocates, of 1,000 articles on one thread (tests/ledger/main.rs). Compared to one in a hundred.
# what                               allocations          bytes     most at once
";

#[test]
fn a_build_allocates_what_the_ledger_says() {
    let counted = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(count);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(LEDGER);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&file, table(&counted)).unwrap();
    }
    let ledger = fs::read_to_string(&file).unwrap();
    let expected = read(&ledger);
    let same = expected.len() == counted.len()
        && counted.iter().zip(&expected).all(|(now, then)| {
            now.0 == then.0 && now.1.iter().zip(&then.1).all(|(now, then)| close(*now, *then))
        });
    assert!(same, "{LEDGER} says\n{ledger}\nand this build does\n{}", table(&counted));
}

type Row = (String, [u64; 3]);

/// One row for each kind of build. What texts or terms cost is the difference to the first.
fn count() -> Vec<Row> {
    let whole = Corpus::of(PAGES);
    let sites = [
        ("whole site", whole),
        ("one line for each text", whole.without_texts()),
        ("no categories and tags", whole.without_terms()),
        ("neither", whole.without_texts().without_terms()),
    ];
    let mut rows = Vec::new();
    for (what, corpus) in sites {
        let place = tempfile::tempdir().unwrap();
        corpus.for_ours(place.path());
        let options = options(place.path());
        let counted = measure(|| {
            check(&options).unwrap();
        });
        rows.push(row(what, &counted));
        if rows.len() == 1 {
            let out = place.path().join("public");
            for what in ["published into a new folder", "again, nothing changed"] {
                let counted = measure(|| {
                    publish(&options, &out).unwrap();
                });
                rows.push(row(what, &counted));
            }
        }
    }
    rows
}

fn options(root: &Path) -> Options {
    let now = tests::program::NOW.parse().unwrap();
    Options {
        root: root.to_owned(),
        base_url: None,
        drafts: false,
        now,
        read_at: SystemTime::now(),
        happened: Happened::Anything,
        program: Key::default(),
        fresh: false,
        minify: false,
        precompress: false,
    }
}

fn row(what: &str, counted: &AllocationInfo) -> Row {
    (what.to_owned(), [counted.count_total, counted.bytes_total, counted.bytes_max])
}

fn table(rows: &[Row]) -> String {
    let mut table = HEAD.to_owned();
    for (what, [count, bytes, most]) in rows {
        writeln!(table, "{what:32} {count:>15} {bytes:>14} {most:>16}").unwrap();
    }
    table
}

fn read(ledger: &str) -> Vec<Row> {
    let lines = ledger.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let mut words: Vec<_> = line.split_whitespace().collect();
            let numbers = words.split_off(words.len() - 3);
            (words.join(" "), [0, 1, 2].map(|place: usize| numbers[place].parse().unwrap()))
        })
        .collect()
}

fn close(now: u64, then: u64) -> bool {
    now.abs_diff(then) <= then * TOLERANCE / 1000
}

#[test]
fn two_in_a_hundred_more_is_seen() {
    let rows = vec![("whole site".to_owned(), [1000, 20_000, 3000])];
    assert_eq!(read(&table(&rows)), rows);
    assert!(close(1009, 1000) && !close(1020, 1000) && !close(980, 1000));
}
