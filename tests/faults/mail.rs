//! A mail server that is down: people are told all the same, and each letter leaves once when it is back.

use std::collections::BTreeSet;

use tests::{Office, Site, eventually};

use crate::crowd::{Crowd, PEOPLE};
use crate::sink::{Sink, free_port};
use crate::{ledger, tell};

#[test]
fn while_the_mail_server_is_down_everybody_is_told_and_every_letter_leaves_once_in_the_end() {
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let (data, keys) = (place.path().join("data"), place.path().join("keys"));
    let port = free_port();
    let server = format!("\n  smtp: {{ host: 127.0.0.1, port: {port}, security: loopback }}\n");
    let settings = site.read("site.yaml");
    let address = settings.lines().find(|line| line.starts_with("  from_address:")).unwrap();
    site.replace("site.yaml", address, &format!("  from_address: no-reply@grad.example{server}"));

    let server = crate::server(&site, &data, &keys);
    let office = Office::over(&data, &keys);
    let crowd = Crowd::at(&server);
    crowd.wait_for_more(PEOPLE / 10);
    let (told, _) = crowd.end();
    let balance = ledger::compare(&office, &told);
    eventually(60, "the operator is told", || server.said().contains("mail").then_some(()));

    assert!(server.stop().success(), "the server ends when asked");

    // Later that day: the pauses after failed attempts are over, and both servers run.
    office.let_leases_end();
    let sink = Sink::start(port);
    let _server = crate::server(&site, &data, &keys);
    let taken = eventually(300, "every letter", || {
        let taken = sink.taken();
        (taken.len() >= balance.letters).then_some(taken)
    });
    let people: BTreeSet<_> = taken.iter().collect();
    let letters = taken.len();
    assert_eq!(
        (letters, people.len()),
        (balance.letters, balance.stored),
        "every letter to everybody, and none twice"
    );
    assert!(told.iter().all(|told| people.contains(&told.email)));
    tell(&format!(
        "a mail server that is down under {PEOPLE} people: {} receipts, {} records, {} lost, {} doubled; then {letters} \
         letters taken by it",
        balance.told, balance.stored, balance.lost, balance.doubled,
    ));
}
