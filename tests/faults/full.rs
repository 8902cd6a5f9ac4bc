//! A disk that is full at random moments while two hundred people send.

use std::sync::atomic::Ordering;

use tests::disk::Disk;
use tests::{Office, Site};

use crate::chance::Chance;
use crate::crowd::{Crowd, PEOPLE};
use crate::{ledger, tell};

/// How often the disk gets full and empty again.
const TIMES: u64 = 8;

#[test]
fn on_a_disk_that_gets_full_again_and_again_nobody_is_lost_or_stored_twice() {
    let test = "on_a_disk_that_gets_full_again_and_again_nobody_is_lost_or_stored_twice";
    let Some(disk) = Disk::of("96m", test) else { return };
    let (mut chance, seed) = Chance::seeded();
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let (data, keys) = (disk.path().join("data"), place.path().join("keys"));
    let server = crate::server(&site, &data, &keys);
    let office = Office::over(&data, &keys);
    let crowd = Crowd::at(&server);
    for _ in 0..TIMES {
        crowd.wait_for_more(1 + usize::try_from(chance.below(20)).unwrap());
        let ballast = disk.fill();
        let refused = crowd.counts().not_now.load(Ordering::Relaxed);
        tests::eventually(60, "somebody hears that the disk is full", || {
            (crowd.counts().not_now.load(Ordering::Relaxed) > refused).then_some(())
        });
        std::thread::sleep(chance.within_ms(300));
        std::fs::remove_file(ballast).unwrap();
    }
    let (told, counts) = crowd.end();
    assert!(server.said().contains("store-full"), "the operator is told why");
    assert!(server.stop().success(), "the server ends when asked");
    let balance = ledger::compare(&office, &told);
    tell(&format!(
        "{TIMES} times a full disk under {PEOPLE} people (seed {seed}): {} receipts, {} records, {} lost, {} doubled; \
         {} \"not now\"",
        balance.told,
        balance.stored,
        balance.lost,
        balance.doubled,
        counts.not_now.load(Ordering::Relaxed),
    ));
}
