//! `zavicaj keys` as an operator uses it.

use std::path::Path;

use store::{Changed, Changes as _, Erasure};
use tests::office::wait_for;
use tests::program::{Run, command, run};
use tests::{Office, Person, Server, Site, eventually};

fn keys(folder: &Path, arguments: &[&str]) -> Run {
    let mut all = vec!["keys", "--lang", "en", "--keys", folder.to_str().unwrap()];
    all.extend(arguments);
    run(&mut command(all))
}

fn listed(folder: &Path) -> Vec<serde_json::Value> {
    serde_json::from_str(&keys(folder, &["list", "--json"]).out).unwrap()
}

fn name_of(folder: &Path, kind: &str, is_in_use: bool) -> String {
    let list = listed(folder);
    let key = list.iter().find(|key| key["kind"] == kind && key["in_use"] == is_in_use).unwrap();
    key["name"].as_str().unwrap().to_owned()
}

#[test]
fn keys_are_made_listed_rotated_and_retired_and_no_secret_is_ever_shown() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("keys");
    assert!(keys(&folder, &[]).out.contains("There are no keys"));
    let made = keys(&folder, &["make"]);
    assert!(made.out.contains("hashing, service, receipt, desk"), "{made:?}");
    assert!(keys(&folder, &["make"]).out.contains("nothing was changed"));

    let first = name_of(&folder, "hashing", true);
    let mut said = String::new();
    for kind in ["hashing", "service", "receipt", "desk"] {
        let rotated = keys(&folder, &["rotate", kind]);
        assert_eq!(rotated.code, Some(0), "{rotated:?}");
        said.push_str(&rotated.out);
    }
    assert_eq!(listed(&folder).len(), 8);
    assert_eq!(name_of(&folder, "hashing", false), first);

    let data = place.path().join("data");
    let retire = ["retire", "hashing", &first, "--data", data.to_str().unwrap()];
    let blind = keys(&folder, &[&retire[..], &["--yes"]].concat());
    assert_eq!(blind.code, Some(2), "{blind:?}");
    assert!(blind.err.contains("nobody can tell whether the key is still needed"), "{blind:?}");
    drop(Office::over(&data, &folder).store());
    let warned = keys(&folder, &retire);
    assert_eq!(warned.code, Some(2), "{warned:?}");
    assert!(warned.err.contains("Without this key:") && warned.err.contains("--yes"), "{warned:?}");
    assert!(warned.err.contains("found by e-mail address with this key only: 0"), "{warned:?}");
    assert_eq!(listed(&folder).len(), 8, "nothing happened");
    let done = keys(&folder, &[&retire[..], &["--yes"]].concat());
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(listed(&folder).len(), 7);
    let in_use = name_of(&folder, "hashing", true);
    let refused = keys(&folder, &["retire", "hashing", &in_use, "--yes"]);
    assert!(refused.err.contains("is in use") && refused.err.contains("keys rotate hashing"), "{refused:?}");

    said.push_str(&keys(&folder, &["list"]).out);
    said.push_str(&keys(&folder, &["list", "--json"]).out);
    for file in ["service/hashing.key", "service/identity.age", "service/receipt.key", "desk/identity.age"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for secret in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            assert!(!said.contains(secret), "{file}");
        }
    }
}

/// What `retire` says and does about the older key of a kind.
fn retired(place: &Path, kind: &str, name: &str) -> Run {
    let data = place.join("data");
    keys(&place.join("keys"), &["retire", kind, name, "--yes", "--data", data.to_str().unwrap()])
}

#[test]
fn a_key_that_something_stored_needs_is_not_retired_and_the_counts_say_why() {
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let (folder, office) = (place.path().join("keys"), Office::at(place.path()));
    let server = Server::start(&site.root(), place.path());
    server.browser().send(&Person::who_registers());
    server.browser().send(&Person::who_orders());
    office.wait_for_letters(2);
    assert!(server.stop().success());
    let old = ["hashing", "service", "receipt"].map(|kind| {
        let name = name_of(&folder, kind, true);
        assert_eq!(keys(&folder, &["rotate", kind]).code, Some(0));
        (kind, name)
    });
    // One more, under the newer keys; its letter waits, sealed to the newer one.
    let server = Server::start(&site.root(), place.path());
    server.browser().send(&Person::who_registers().but("email", "poslije@example.org"));
    office.wait_for_letters(3);
    assert!(server.stop().success());

    let counts = [
        ["with this key only: 2", "whose receipt needs this key: 2", "audit trail"],
        ["letters that wait or failed and that only this key opens: 0", "only this key opens: 2", ""],
        ["with a signed receipt that perhaps only this key proves: 3", "", ""],
    ];
    for ((kind, name), counts) in old.iter().zip(counts) {
        let refused = retired(place.path(), kind, name);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.err.contains("still needed; nothing was changed. Keep it"), "{refused:?}");
        for count in counts {
            assert!(refused.err.contains(count), "{count}: {refused:?}");
        }
        assert!(!refused.err.contains("example.org"), "{refused:?}");
        assert!(listed(&folder).iter().any(|key| key["name"] == name.as_str()), "it is still there");
    }
    let croatian = run(&mut command([
        "keys",
        "retire",
        "service",
        &old[1].1,
        "--yes",
        "--keys",
        folder.to_str().unwrap(),
        "--data",
        place.path().join("data").to_str().unwrap(),
    ]));
    assert!(croatian.err.contains("zahtjevi čiju adresu za pisma otvara samo taj ključ: 2"), "{croatian:?}");
    assert!(croatian.err.contains("taj se ključ još treba; ništa nije promijenjeno"), "{croatian:?}");

    // Once what needs them is erased, they go, and the third person is found and written to as before.
    let store = office.store();
    for head in office.heads().into_iter().take(2) {
        let erasure = Erasure {
            reference: head.reference,
            version: None,
            at: jiff::Timestamp::now(),
            event: "erased by office".to_owned(),
            uses: None,
            messages: Vec::new(),
        };
        assert!(matches!(wait_for(store.erase(&erasure)).unwrap(), Changed::Done(_)));
    }
    drop(store);
    for (kind, name) in &old[..2] {
        let done = retired(place.path(), kind, name);
        assert_eq!(done.code, Some(0), "{done:?}");
        assert!(done.out.contains("The key was retired"), "{done:?}");
    }
    let server = Server::start(&site.root(), place.path());
    let mut form = server.browser().open("/usluge/moj-upis").form("/usluge/moj-upis");
    form.fill("email", "poslije@example.org");
    assert_eq!(server.browser().submit(&form).status(), 200);
    eventually(20, "the link to one's own entry", || {
        let to = |letter: &String| letter.contains("To: poslije@example.org\r\n");
        (office.letters().iter().filter(|letter| to(letter)).count() == 2).then_some(())
    });
    assert!(server.stop().success());
}

#[test]
fn a_letter_that_waits_keeps_its_key_in_the_ring() {
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let (data, folder) = (place.path().join("data"), place.path().join("keys"));
    // In production without a mail server's password letters wait.
    site.replace(
        "site.yaml",
        "\nmail:\n",
        "\nmail:\n  smtp: { host: localhost, user: grad, password_file: smtp }\n",
    );
    let more = ["--production", "--base-url", crate::production::PUBLIC];
    let server = Server::start_with(&site.root(), &data, &folder, &more);
    server.browser().send(&Person::who_orders());
    assert!(server.stop().success());
    let old = name_of(&folder, "service", true);
    assert_eq!(keys(&folder, &["rotate", "service"]).code, Some(0));
    let refused = retired(place.path(), "service", &old);
    assert!(
        refused.err.contains("letters that wait or failed and that only this key opens: 1"),
        "{refused:?}"
    );
}

#[test]
fn a_desk_key_of_the_registrars_machine_is_added_on_the_server() {
    let place = tempfile::tempdir().unwrap();
    let (server, registrar) = (place.path().join("keys"), place.path().join("registrar"));
    keys(&server, &["make"]);
    std::fs::remove_dir_all(server.join("desk")).unwrap();
    let elsewhere = keys(&server, &["rotate", "desk"]);
    assert!(elsewhere.err.contains("registrar's machine"), "{elsewhere:?}");
    assert_eq!(keys(&registrar, &["rotate", "desk"]).code, Some(0));
    let name = name_of(&registrar, "desk", false);
    let added = keys(&server, &["rotate", "desk", "--recipient", &name]);
    assert_eq!(added.code, Some(0), "{added:?}");
    assert_eq!(listed(&server).iter().filter(|key| key["kind"] == "desk").count(), 2);
}

#[test]
fn receipts_from_before_a_rotation_are_still_found_by_the_restarted_server() {
    let site = Site::shipped();
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(&site.root(), place.path());
    let receipt = server.browser().send(&Person::who_registers());
    assert!(server.stop().success());
    for kind in ["hashing", "service", "receipt", "desk"] {
        assert_eq!(keys(&place.path().join("keys"), &["rotate", kind]).code, Some(0));
    }
    let server = Server::start(&site.root(), place.path());
    assert_eq!(server.browser().receipt(&receipt.location), receipt);
    let later = Person::who_registers().but("email", "later@example.org");
    server.browser().send(&later);
    assert_eq!(Office::at(place.path()).submissions().len(), 2, "the desk opens both");
    assert!(server.stop().success());
}
