//! Five hundred power cuts in the middle of a crowd: whoever got a receipt is in the database.

use std::collections::BTreeSet;
use std::sync::mpsc::channel;
use std::time::Duration;

use tests::http::Request;
use tests::{Office, Person, Server, Site, eventually};

/// People who press "send" at the same moment, each time.
const CROWD: usize = 6;

#[test]
fn killed_again_and_again_no_receipt_is_lost() {
    let cuts = crate::setting("ZAVICAJ_TEST_KILLS", 500);
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let office = Office::at(place.path());
    let mut promised = BTreeSet::new();
    for cut in 0..cuts {
        let server = Server::start(&site.root(), place.path());
        let browser = server.browser();
        let address = browser.address().to_owned();
        let crowd: Vec<_> = (0..CROWD)
            .map(|number| {
                let person = if number % 2 == 0 { Person::who_registers() } else { Person::who_orders() };
                browser.check(&person.but("email", &format!("osoba-{cut}-{number}@example.org")))
            })
            .collect();
        let (told, receipts) = channel();
        std::thread::scope(|scope| {
            for form in &crowd {
                let (told, address) = (told.clone(), &address);
                scope.spawn(move || {
                    let answer = Request::form(address, &form.action, &form.pairs()).try_send(address);
                    let location = answer
                        .ok()
                        .filter(|answer| answer.status == 303)
                        .and_then(|answer| answer.header("location").map(str::to_owned));
                    if let Some(location) = location {
                        told.send(location).unwrap();
                    }
                });
            }
            drop(told);
            // The first receipt is the moment; every third time a little later, in the middle of the letters.
            let first = receipts.recv_timeout(Duration::from_secs(30)).expect("a receipt");
            std::thread::sleep(Duration::from_millis([0, 3, 11][usize::try_from(cut % 3).unwrap()]));
            server.kill();
            for location in std::iter::once(first).chain(receipts) {
                let token = location.rsplit('/').next().unwrap();
                promised.insert(token.split('.').next().unwrap().to_owned());
            }
        });
        assert!(office.is_sound(), "after {} cuts", cut + 1);
        if cut % 50 == 49 {
            compare(&office, &promised);
        }
    }
    compare(&office, &promised);
    office.let_leases_end();
    let _server = Server::start(&site.root(), place.path());
    let letters = eventually(300, "every letter", || {
        let letters = office.letters().len();
        (letters >= office.count()).then_some(letters)
    });
    assert_eq!(letters, office.count());
    crate::tell(&format!(
        "{cuts} power cuts, {} receipts, {} submissions, {letters} letters",
        promised.len(),
        office.count()
    ));
}

/// Everything that was promised is there, once.
fn compare(office: &Office, promised: &BTreeSet<String>) {
    let stored: Vec<_> = office.submissions();
    let references: BTreeSet<_> = stored.iter().map(|submission| submission.reference.clone()).collect();
    let lost: Vec<_> = promised.difference(&references).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let people: BTreeSet<_> =
        stored.iter().map(|submission| submission.sealed["answers"]["email"].to_string()).collect();
    assert_eq!(people.len(), stored.len(), "somebody is stored twice");
}
