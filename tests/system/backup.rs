//! `zavicaj backup`, `restore` and `verify audit` as an operator uses them.

use std::path::Path;

use store::{Changed, Changes as _, Erasure, Reference};
use tests::program::{Run, command, run};
use tests::{Office, Person, Server};

use super::Town;

fn zavicaj(town: &Town, arguments: &[&str]) -> Run {
    let (data, keys) = (town.data(), town.keys());
    let mut all: Vec<&str> = arguments.to_vec();
    all.extend(["--lang", "en", "--data", data.to_str().unwrap()]);
    if arguments[0] != "backup" {
        all.extend(["--keys", keys.to_str().unwrap()]);
    }
    run(&mut command(all))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn erase(office: &Office, reference: &Reference) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let erasure = Erasure {
        reference: reference.clone(),
        version: None,
        at: jiff::Timestamp::now(),
        event: "erased by applicant".to_owned(),
        uses: None,
        messages: Vec::new(),
    };
    let changed = runtime.block_on(office.store().erase(&erasure)).unwrap();
    assert!(matches!(changed, Changed::Done(_)), "{changed:?}");
}

#[test]
fn a_backup_of_a_running_server_comes_back_without_what_was_erased_since() {
    let mut town = Town::new();
    town.browser().send(&Person::who_registers());
    town.browser().send(&Person::who_registers().but("email", "druga@example.org"));
    let (monday, tuesday) = (town.place.path().join("monday"), town.place.path().join("tuesday"));

    let made = zavicaj(&town, &["backup", text(&monday)]);
    assert_eq!(made.code, Some(0), "{made:?}");
    assert!(made.out.contains("records: 2") && made.out.contains("Keep only the newest .keys"), "{made:?}");
    let again = zavicaj(&town, &["backup", text(&monday)]);
    assert_eq!(again.code, Some(2), "{again:?}");
    assert!(again.err.contains("is there already"), "{again:?}");

    let office = town.office();
    let erased = office.heads()[0].reference.clone();
    erase(&office, &erased);
    assert_eq!(zavicaj(&town, &["backup", text(&tuesday)]).code, Some(0));
    let newest = town.place.path().join("tuesday.keys");

    let running = zavicaj(&town, &["restore", text(&monday), "--record-keys", text(&newest)]);
    assert_eq!(running.code, Some(2), "{running:?}");
    assert!(running.err.contains("stop it first"), "{running:?}");
    assert!(town.server.take().unwrap().stop().success());
    let restored = zavicaj(&town, &["restore", text(&monday), "--record-keys", text(&newest)]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(restored.out.contains("records: 1") && restored.out.contains("Erased again"), "{restored:?}");

    let verified = zavicaj(&town, &["verify", "audit", "--checkpoint"]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    assert!(verified.out.contains("Records: 2"), "{verified:?}");
    town.server = Some(Server::start(&town.site.root(), town.place.path()));
    assert_eq!(town.office().submissions().len(), 1);
    town.browser().send(&Person::who_registers().but("email", "treca@example.org"));
    assert_eq!(town.office().submissions().len(), 2, "it goes on");
}

#[test]
fn a_changed_audit_line_is_found() {
    let town = Town::new();
    town.browser().send(&Person::who_registers());
    town.browser().send(&Person::who_registers().but("email", "druga@example.org"));
    let good = zavicaj(&town, &["verify", "audit", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&good.out).unwrap();
    assert_eq!((&report["holds"], &report["records"]), (&true.into(), &2.into()), "{report}");

    let database = rusqlite::Connection::open(town.data().join("submissions.sqlite3")).unwrap();
    let reference = &town.office().heads()[0].reference;
    let change = "UPDATE audit_line SET event = 'refused by office' WHERE reference = ?1";
    database.execute(change, [reference.compact()]).unwrap();
    let found = zavicaj(&town, &["verify", "audit"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    let said = format!("{reference}: line 1 of the audit trail is not the one that was written");
    assert!(found.err.contains(&said), "{found:?}");
}

#[test]
fn where_nothing_is_stored_nothing_is_made_and_that_is_said() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let missing =
        run(&mut command(["backup", "--lang", "en", "--data", text(&data), text(&place.path().join("one"))]));
    assert_eq!(missing.code, Some(2), "{missing:?}");
    assert!(missing.err.contains("there is no database in"), "{missing:?}");
    assert!(!data.exists());
}

#[test]
fn why_a_database_cannot_be_used_is_said_in_the_language_of_the_command() {
    let place = tempfile::tempdir().unwrap();
    let (data, keys) = (place.path().join("data"), place.path().join("keys"));
    drop(Office::over(&data, &keys).store());
    let copy = place.path().join("copy");
    std::fs::write(&copy, "no database at all, but long enough for a header of one hundred bytes").unwrap();
    std::fs::write(place.path().join("copy.keys"), "nor is this one").unwrap();
    let said = |arguments: &[&str], lang: &str| {
        let more = ["--lang", lang, "--data", text(&data)];
        let ended = run(&mut command([arguments, &more].concat()));
        assert_eq!(ended.code, Some(2), "{ended:?}");
        ended.err
    };
    let restore = ["restore", text(&copy), "--keys", text(&keys)];
    assert!(said(&restore, "en").contains("this backup cannot be used: "), "{}", said(&restore, "en"));
    let hr = said(&restore, "hr");
    assert!(hr.contains("ta se kopija ne može upotrijebiti: ") && hr.contains("nije baza podataka"), "{hr}");
    assert!(!hr.contains("is not a database"), "{hr}");

    std::fs::write(data.join("submissions.sqlite3"), "x".repeat(5000)).unwrap();
    let other = place.path().join("other");
    let backup = ["backup", text(&other)];
    let hr = said(&backup, "hr");
    assert!(hr.contains("bazu podataka nije moguće pročitati: "), "{hr}");
    assert!(hr.contains("nije baza podataka; ako je to bila, vratite sigurnosnu kopiju"), "{hr}");
    assert!(said(&backup, "en").contains("is not a database; if it was one, restore a backup"));
    let audit = ["verify", "audit", "--keys", text(&keys)];
    let hr = said(&audit, "hr");
    assert!(hr.contains("greška: ") && hr.contains("nije baza podataka\n  pomoć: ako je to bila"), "{hr}");
}
