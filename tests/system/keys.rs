//! `zavicaj keys` as an operator uses it.

use std::path::Path;

use tests::program::{Run, command, run};
use tests::{Office, Person, Server, Site};

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

    let warned = keys(&folder, &["retire", "hashing", &first]);
    assert_eq!(warned.code, Some(2), "{warned:?}");
    assert!(warned.err.contains("Without this key:") && warned.err.contains("--yes"), "{warned:?}");
    assert_eq!(listed(&folder).len(), 8, "nothing happened");
    let done = keys(&folder, &["retire", "hashing", &first, "--yes"]);
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
