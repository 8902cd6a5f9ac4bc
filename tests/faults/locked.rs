//! Another program that holds the database while two hundred people send.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::Connection;
use tests::{Office, Site};

use crate::chance::Chance;
use crate::crowd::{Crowd, PEOPLE};
use crate::{ledger, tell};

/// How long it is held, in milliseconds: short enough to wait for, and longer than anybody waits.
const HELD_MS: [u64; 4] = [300, 6500, 900, 100];

#[test]
fn while_another_program_holds_the_database_people_wait_or_are_told_and_nobody_is_lost() {
    let (mut chance, seed) = Chance::seeded();
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let (data, keys) = (place.path().join("data"), place.path().join("keys"));
    let server = crate::server(&site, &data, &keys);
    let office = Office::over(&data, &keys);
    let crowd = Crowd::at(&server);
    for held_ms in HELD_MS {
        crowd.wait_for_more(1 + usize::try_from(chance.below(20)).unwrap());
        let other = Connection::open(data.join("submissions.sqlite3")).unwrap();
        other.busy_timeout(Duration::from_secs(30)).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        std::thread::sleep(Duration::from_millis(held_ms));
        other.execute_batch("ROLLBACK").unwrap();
    }
    let refused = crowd.counts().not_now.load(Ordering::Relaxed);
    assert!(refused > 0, "nobody was told, though the database was held longer than anybody waits");
    let (told, counts) = crowd.end();
    assert!(server.said().contains("store-busy"), "the operator is told why");
    assert!(server.stop().success(), "the server ends when asked");
    let balance = ledger::compare(&office, &told);
    tell(&format!(
        "{} times a locked database under {PEOPLE} people (seed {seed}): {} receipts, {} records, {} lost, {} doubled; \
         {} \"not now\"",
        HELD_MS.len(),
        balance.told,
        balance.stored,
        balance.lost,
        balance.doubled,
        counts.not_now.load(Ordering::Relaxed),
    ));
}
