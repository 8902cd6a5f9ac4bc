//! Letters that cannot be handed over for a while: people are told all the same, and each letter leaves once.

use std::fs;
use std::time::Duration;

use tests::{Office, Site, eventually};

use crate::crowd::{Crowd, PEOPLE};
use crate::{ledger, tell};

#[test]
fn while_letters_cannot_be_handed_over_everybody_is_told_and_every_letter_leaves_once_in_the_end() {
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let (data, keys) = (place.path().join("data"), place.path().join("keys"));
    // What stands where letters should go.
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("mail"), "").unwrap();
    let server = crate::server(&site, &data, &keys);
    let office = Office::over(&data, &keys);
    let crowd = Crowd::at(&server);
    crowd.wait_for_more(PEOPLE);
    let (told, _) = crowd.end();
    let balance = ledger::compare(&office, &told);
    assert_eq!(office.letters().len(), 0);
    eventually(60, "the operator is told", || server.said().contains("mail").then_some(()));

    fs::remove_file(data.join("mail")).unwrap();
    let letters = eventually(300, "every letter", || {
        // The pause after a failed attempt is over.
        office.let_leases_end();
        std::thread::sleep(Duration::from_secs(1));
        let letters = office.letters().len();
        (letters >= balance.stored).then_some(letters)
    });
    assert_eq!(letters, balance.stored, "a letter for each, and none twice");
    tell(&format!(
        "no letters could leave under {PEOPLE} people: {} receipts, {} records, {} lost, {} doubled; then {letters} letters",
        balance.told, balance.stored, balance.lost, balance.doubled,
    ));
}
