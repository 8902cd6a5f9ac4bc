//! What an operator does with keys over the years, and that nothing stored is orphaned by it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use sealing::{Identity, KeyError, KeyFolder, KeyKind, Keys};

const NOW: &str = "2026-11-26T13:00:00Z";

fn town() -> (tempfile::TempDir, KeyFolder) {
    let town = tempfile::tempdir().unwrap();
    let folder = KeyFolder::new(town.path());
    folder.make(NOW).unwrap();
    (town, folder)
}

fn names(folder: &KeyFolder, kind: KeyKind) -> Vec<String> {
    folder.list().unwrap().into_iter().filter(|key| key.kind == kind).map(|key| key.name).collect()
}

fn desk_identity(place: &Path) -> Identity {
    fs::read_to_string(place.join("desk/identity.age")).unwrap().parse().unwrap()
}

#[test]
fn a_newer_hash_key_makes_what_is_new_and_the_older_one_still_verifies() {
    let (town, folder) = town();
    let before = Keys::open(town.path()).unwrap();
    let tag = before.hashing.current().mac("receipt", &[b"a"]);
    let newer = folder.rotate(KeyKind::Hashing, NOW).unwrap();
    let after = Keys::open(town.path()).unwrap();
    assert_eq!(after.hashing.current().id(), newer);
    let older = after.hashing.by_id(before.hashing.current().id()).unwrap();
    assert!(older.verify("receipt", &[b"a"], &tag));
}

#[test]
fn letters_sealed_before_a_rotation_are_opened_after_it() {
    let (town, folder) = town();
    let sealed = Keys::open(town.path()).unwrap().sealer.seal_for_service(b"letter").unwrap();
    folder.rotate(KeyKind::Service, NOW).unwrap();
    folder.rotate(KeyKind::Service, NOW).unwrap();
    let keys = Keys::open(town.path()).unwrap();
    assert_eq!(keys.service_identity.unseal(&sealed).unwrap(), b"letter");
    let newer = keys.sealer.seal_for_service(b"newer").unwrap();
    assert_eq!(keys.service_identity.unseal(&newer).unwrap(), b"newer");
    assert_eq!(names(&folder, KeyKind::Service).len(), 3);
}

#[test]
fn receipts_signed_before_a_rotation_still_check_with_what_is_published() {
    let (town, folder) = town();
    let before = Keys::open(town.path()).unwrap().receipt;
    let signature = before.current().sign(b"potvrda");
    folder.rotate(KeyKind::Receipt, NOW).unwrap();
    let after = Keys::open(town.path()).unwrap().receipt;
    assert_ne!(after.current().id(), before.current().id());
    assert!(after.public().any(|key| key.verify(b"potvrda", &signature)));
    assert_eq!(after.public().count(), 2);
}

#[test]
fn a_second_desk_key_reads_what_comes_after_it_and_the_first_still_reads_everything() {
    let (town, folder) = town();
    let first = desk_identity(town.path());
    let old = Keys::open(town.path()).unwrap().sealer.seal_for_desk(b"old").unwrap();
    folder.rotate(KeyKind::Desk, NOW).unwrap();
    let new = Keys::open(town.path()).unwrap().sealer.seal_for_desk(b"new").unwrap();
    let ring = desk_identity(town.path());
    assert_eq!(ring.unseal(&old).unwrap(), b"old");
    assert_eq!(ring.unseal(&new).unwrap(), b"new");
    assert_eq!(first.unseal(&new).unwrap(), b"new", "until it is retired");

    folder.retire(KeyKind::Desk, &first.recipient().to_string()).unwrap();
    let latest = Keys::open(town.path()).unwrap().sealer.seal_for_desk(b"latest").unwrap();
    assert!(first.unseal(&latest).is_err());
    assert_eq!(desk_identity(town.path()).unseal(&old).unwrap(), b"old", "no private key is taken away");
}

#[test]
fn a_desk_key_of_another_machine_is_added_by_its_public_half() {
    let (town, folder) = town();
    fs::remove_dir_all(town.path().join("desk")).unwrap();
    let said = folder.rotate(KeyKind::Desk, NOW).unwrap_err();
    assert!(matches!(said, KeyError::DeskElsewhere), "{said}");

    let registrar = tempfile::tempdir().unwrap();
    let name = KeyFolder::new(registrar.path()).rotate(KeyKind::Desk, NOW).unwrap();
    assert!(folder.add_desk_recipient(&name.parse().unwrap(), NOW).unwrap());
    assert!(!folder.add_desk_recipient(&name.parse().unwrap(), NOW).unwrap(), "only once");
    let sealed = Keys::open(town.path()).unwrap().sealer.seal_for_desk(b"answers").unwrap();
    assert_eq!(desk_identity(registrar.path()).unseal(&sealed).unwrap(), b"answers");
}

#[test]
fn only_what_is_no_longer_in_use_can_be_retired() {
    let (town, folder) = town();
    for kind in [KeyKind::Hashing, KeyKind::Service, KeyKind::Receipt] {
        let first = names(&folder, kind).remove(0);
        assert!(matches!(folder.retire(kind, &first).unwrap_err(), KeyError::InUse { .. }), "{kind}");
        folder.rotate(kind, NOW).unwrap();
        assert!(matches!(folder.retire(kind, "0000").unwrap_err(), KeyError::Unknown { .. }), "{kind}");
        folder.retire(kind, &first).unwrap();
        assert_eq!(names(&folder, kind).len(), 1, "{kind}");
        Keys::open(town.path()).unwrap();
    }
    let only = names(&folder, KeyKind::Desk).remove(0);
    assert!(matches!(folder.retire(KeyKind::Desk, &only).unwrap_err(), KeyError::OnlyDeskKey { .. }));
}

#[test]
fn every_key_is_listed_with_its_age_and_whether_it_is_in_use() {
    let (_town, folder) = town();
    for kind in KeyKind::ALL {
        folder.rotate(kind, NOW).unwrap();
    }
    let list = folder.list().unwrap();
    for kind in KeyKind::ALL {
        let keys: Vec<_> = list.iter().filter(|key| key.kind == kind).collect();
        assert_eq!(keys.len(), 2, "{kind}");
        assert_eq!(keys[0].made.as_deref(), Some(NOW), "{kind}");
        assert!(keys[0].is_in_use && keys[0].is_private_here, "{kind}");
        assert_eq!(keys[1].is_in_use, kind == KeyKind::Desk, "{kind}");
    }
    let printed = format!("{list:?}");
    assert!(!printed.contains("SECRET"), "{printed}");
}

#[test]
fn changed_files_stay_for_the_owner_only_and_nothing_half_made_is_left() {
    let (town, folder) = town();
    for kind in KeyKind::ALL {
        folder.rotate(kind, NOW).unwrap();
    }
    for (place, files) in [("service", 5), ("desk", 1)] {
        let entries: Vec<_> = fs::read_dir(town.path().join(place)).unwrap().map(Result::unwrap).collect();
        assert_eq!(entries.len(), files, "{place}");
        for entry in entries {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        }
    }
}

#[test]
fn rotations_at_once_lose_no_key() {
    let (_town, folder) = town();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| folder.rotate(KeyKind::Hashing, NOW).unwrap());
        }
    });
    assert_eq!(names(&folder, KeyKind::Hashing).len(), 9);
}

#[test]
fn a_folder_from_before_there_were_signed_receipts_gets_their_key_when_asked() {
    let (town, folder) = town();
    let path = town.path().join("service/receipt.key");
    fs::remove_file(&path).unwrap();
    fs::remove_file(town.path().join("service/receipt-public.pem")).unwrap();
    let said = Keys::open_or_create(town.path()).unwrap_err().to_string();
    assert!(said.contains("zavicaj keys make") && !path.exists(), "{said}");
    assert_eq!(folder.make(NOW).unwrap(), [KeyKind::Receipt]);
    Keys::open(town.path()).unwrap();
    assert_eq!(folder.make(NOW).unwrap(), [], "and only once");
}
