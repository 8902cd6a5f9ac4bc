//! SIGKILL at random moments while two hundred people send.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tests::{Office, Site, eventually};

use crate::chance::Chance;
use crate::crowd::{Crowd, PEOPLE};
use crate::{ledger, tell};

/// Twenty in every run; the long tier sets 500.
const KILLS: u64 = 20;

/// After so many kills the comparison is made in between, too.
const COMPARED_EVERY: u64 = 50;

#[test]
fn killed_at_random_moments_no_receipt_is_lost_and_nobody_is_stored_twice() {
    let kills = std::env::var("ZAVICAJ_TEST_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let (mut chance, seed) = Chance::seeded();
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let office = Office::at(place.path());
    let start = || crate::server(&site, &place.path().join("data"), &place.path().join("keys"));
    let mut server = start();
    let crowd = Crowd::at(&server);
    for kill in 1..=kills {
        // In the middle of the work: somebody was told since the start, and others are about to be.
        crowd.wait_for_more(1 + usize::try_from(chance.below(20)).unwrap());
        std::thread::sleep(chance.within_ms(300));
        server.kill();
        if kill % COMPARED_EVERY == 0 {
            assert!(office.is_sound(), "after {kill} kills (seed {seed})");
            tell(&format!("{kill} kills, {} told so far", crowd.told()));
        }
        server = start();
        crowd.go_to(&server);
    }
    let (told, counts) = crowd.end();
    assert!(server.stop().success(), "the server ends when asked");
    let balance = ledger::compare(&office, &told);

    office.let_leases_end();
    let _server = start();
    // Nothing was sent between two kills: what 500 of them leave takes a while.
    let patience_s = 600 + u64::try_from(balance.letters / 100).unwrap();
    let letters = eventually(patience_s, "every letter", || {
        std::thread::sleep(Duration::from_millis(500));
        let letters = office.letter_count();
        (letters >= balance.letters).then_some(letters)
    });
    assert_eq!(letters, balance.letters, "every letter, and none twice");
    tell(&format!(
        "{kills} kills under {PEOPLE} people (seed {seed}): {} receipts, {} records, {} lost, {} doubled, {letters} \
         letters; {} requests broken, {} \"not now\", {} pressed again",
        balance.told,
        balance.stored,
        balance.lost,
        balance.doubled,
        counts.broken.load(Ordering::Relaxed),
        counts.not_now.load(Ordering::Relaxed),
        counts.pressed_again.load(Ordering::Relaxed),
    ));
}
