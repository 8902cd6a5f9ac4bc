//! A process that is killed right after it answered "accepted" has lost nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail like tests")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use jiff::Timestamp;
use store::conformance::audit_keys;
use store::{Arrival, Doubles, Intake, KeyedHash, NewMessage, Outcome, Records, Reference, Stage};
use store_sqlite::{FILE_NAME, SqliteStore};

/// Set in the child process only: the folder to store in, and the number to begin with.
const FOLDER: &str = "ZAVICAJ_TEST_KILLED_FOLDER";
const BEGIN: &str = "ZAVICAJ_TEST_KILLED_BEGIN";

/// What the child says for each accepted arrival.
const ACCEPTED: &str = "accepted ";

/// How often a process is killed, each time after a little more work.
const KILLS: u32 = 5;

#[test]
fn what_was_accepted_is_there_after_a_kill() {
    // This test starts itself as the process to be killed.
    if let Some(folder) = std::env::var_os(FOLDER) {
        let begin = std::env::var(BEGIN).unwrap().parse().unwrap();
        return accept_for_ever(&folder, begin);
    }
    let folder = tempfile::tempdir().unwrap();
    let mut accepted = Vec::new();
    for kill in 0..KILLS {
        let begin = accepted.last().map_or(0, |last| last + 1) + 1000;
        let (mut child, output) = start(folder.path(), begin);
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let numbers = lines.by_ref().filter_map(|line| line.strip_prefix(ACCEPTED)?.parse::<u32>().ok());
        accepted.extend(numbers.take(3 + 7 * usize::try_from(kill).unwrap()));
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said between our last look and its end was said too.
        accepted.extend(lines.filter_map(|line| line.strip_prefix(ACCEPTED)?.parse::<u32>().ok()));
        assert_all_there(folder.path(), &accepted);
    }
}

fn start(folder: &Path, begin: u32) -> (Child, ChildStdout) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["what_was_accepted_is_there_after_a_kill", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .env(BEGIN, begin.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    (child, output)
}

#[tokio::main(flavor = "current_thread")]
async fn accept_for_ever(folder: &OsStr, begin: u32) {
    let store = SqliteStore::open(Path::new(folder), audit_keys()).unwrap();
    for number in begin.. {
        assert_eq!(store.accept(&arrival(number)).await.unwrap(), Outcome::Accepted);
        let mut output = std::io::stdout();
        writeln!(output, "{ACCEPTED}{number}").and_then(|()| output.flush()).unwrap();
    }
}

#[tokio::main(flavor = "current_thread")]
async fn assert_all_there(folder: &Path, accepted: &[u32]) {
    let store = SqliteStore::open(folder, audit_keys()).unwrap();
    for number in accepted {
        let expected = arrival(*number);
        let record = store.read(&expected.reference).await.unwrap().expect("an accepted submission is gone");
        assert!(record.payload == expected.payload, "the payload of {number} changed");
        assert_eq!(record.verify_audit(&audit_keys()), Ok(()));
        assert_eq!(store.accept(&expected).await.unwrap(), Outcome::Replayed(expected.reference.clone()));
    }
    // The last one before the kill may be there without having been answered; half of one never is.
    let database = rusqlite::Connection::open(folder.join(FILE_NAME)).unwrap();
    let rows = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let submissions = rows("SELECT count(*) FROM record");
    assert!(submissions >= i64::try_from(accepted.len()).unwrap());
    for (table, sql) in [
        ("check_key", "SELECT count(*) FROM check_key"),
        ("answers", "SELECT count(*) FROM answers"),
        ("content", "SELECT count(*) FROM content"),
        ("audit_line", "SELECT count(*) FROM audit_line"),
        ("message", "SELECT count(*) FROM message"),
        ("counter", "SELECT sum(accepted) FROM counter"),
    ] {
        assert_eq!(rows(sql), submissions, "{table}");
    }
}

fn arrival(number: u32) -> Arrival {
    let [a, b, c, d] = number.to_be_bytes();
    let random = [a & 7, b >> 4, b & 15, c >> 4, c & 15, d >> 4, d & 15];
    Arrival {
        reference: Reference::from_random(random),
        form: "registracija".to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        language: "hr".to_owned(),
        received_at: Timestamp::from_second(1_795_435_200).unwrap(),
        // Larger than a page, so that one submission is many writes.
        payload: number.to_be_bytes().repeat(5000),
        facets: BTreeMap::new(),
        check_key: KeyedHash { key_id: "k".to_owned(), hash: format!("{number:064x}") },
        answers: KeyedHash { key_id: "k".to_owned(), hash: format!("{number:064x}") },
        answers_by_other_keys: Vec::new(),
        doubles: Doubles::Accept,
        retention: "register".to_owned(),
        stage: Stage::Received,
        promised: None,
        contact: None,
        contact_sealed: None,
        renewal_due_at: None,
        doubts: Vec::new(),
        files: None,
        parcels: Vec::new(),
        messages: vec![NewMessage { id: format!("message-{number}"), sealed: vec![1; 100] }],
    }
}
