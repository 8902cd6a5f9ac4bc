//! What an operator sees of the key files.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use sealing::{DeskKey, Identity, KeyError, Keys};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn the_first_start_makes_keys_that_only_the_owner_reads() {
    let town = tempfile::tempdir().unwrap();
    let folder = town.path().join("keys");
    let keys = Keys::open_or_create(&folder).unwrap();
    assert!(keys.created);
    assert_eq!(keys.desk_key, DeskKey::StillHere);
    for name in ["", "service", "desk"] {
        assert_eq!(mode(&folder.join(name)), 0o700, "{name}");
    }
    for name in ["service/hashing.key", "service/identity.age", "service/receipt.key", "desk/identity.age"] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["desk", "service"], "nothing half-made is left");
}

#[test]
fn later_starts_change_nothing() {
    let town = tempfile::tempdir().unwrap();
    let first = Keys::open_or_create(town.path()).unwrap();
    let second = Keys::open_or_create(town.path()).unwrap();
    assert!(!second.created);
    assert_eq!(first.hashing.current().mac("a", &[]), second.hashing.current().mac("a", &[]));
    let letter = first.sealer.seal_for_service(b"letter").unwrap();
    assert_eq!(second.service_identity.unseal(&letter).unwrap(), b"letter");
}

#[test]
fn after_the_desk_key_has_moved_answers_are_still_sealed_to_it() {
    let town = tempfile::tempdir().unwrap();
    Keys::open_or_create(town.path()).unwrap();
    let registrar = tempfile::tempdir().unwrap();
    let moved = registrar.path().join("desk");
    fs::rename(town.path().join("desk"), &moved).unwrap();

    let keys = Keys::open_or_create(town.path()).unwrap();
    assert_eq!(keys.desk_key, DeskKey::MovedAway);
    assert!(!keys.created && !town.path().join("desk").exists(), "no second desk key is made");
    let answers = keys.sealer.seal_for_desk(b"answers").unwrap();
    let identity: Identity = fs::read_to_string(moved.join("identity.age")).unwrap().parse().unwrap();
    assert_eq!(identity.unseal(&answers).unwrap(), b"answers");
    assert!(keys.service_identity.unseal(&answers).is_err());
}

#[test]
fn a_first_start_that_was_interrupted_is_completed() {
    let town = tempfile::tempdir().unwrap();
    Keys::open_or_create(town.path()).unwrap();
    let desk = fs::read_to_string(town.path().join("desk/identity.age")).unwrap();
    fs::remove_dir_all(town.path().join("service")).unwrap();
    let keys = Keys::open_or_create(town.path()).unwrap();
    assert!(keys.created);
    assert_eq!(fs::read_to_string(town.path().join("desk/identity.age")).unwrap(), desk);
    let answers = keys.sealer.seal_for_desk(b"answers").unwrap();
    assert!(desk.parse::<Identity>().unwrap().unseal(&answers).is_ok());
}

#[test]
fn a_key_that_others_can_read_is_refused_with_the_command_that_helps() {
    for (name, mode) in [
        ("service", 0o750),
        ("service/hashing.key", 0o640),
        ("service/identity.age", 0o604),
        ("service/receipt.key", 0o644),
        ("desk", 0o755),
        ("desk/identity.age", 0o644),
    ] {
        let town = tempfile::tempdir().unwrap();
        Keys::open_or_create(town.path()).unwrap();
        let path = town.path().join(name);
        set_mode(&path, mode);
        let error = Keys::open_or_create(town.path()).unwrap_err();
        assert!(matches!(error, KeyError::ReadableByOthers { .. }), "{name}: {error}");
        let said = error.to_string();
        assert!(said.contains(&format!("'{}'", path.display())) && said.contains("chmod "), "{said}");
        set_mode(&path, if path.is_dir() { 0o700 } else { 0o600 });
        Keys::open_or_create(town.path()).unwrap();
    }
}

#[test]
fn a_lost_or_damaged_file_is_an_error_and_never_replaced() {
    for name in [
        "service/hashing.key",
        "service/identity.age",
        "service/receipt.key",
        "service/receipt-public.pem",
        "service/desk-recipients.txt",
    ] {
        let town = tempfile::tempdir().unwrap();
        Keys::open_or_create(town.path()).unwrap();
        let path = town.path().join(name);
        fs::write(&path, "SECRET-LOOKING").unwrap();
        let said = Keys::open_or_create(town.path()).unwrap_err().to_string();
        assert!(said.contains(&path.display().to_string()) && !said.contains("SECRET-LOOKING"), "{said}");
        fs::remove_file(&path).unwrap();
        let said = Keys::open_or_create(town.path()).unwrap_err().to_string();
        assert!(said.contains(&path.display().to_string()), "{said}");
        assert!(!path.exists());
    }
}

#[test]
fn no_key_text_is_printed() {
    let town = tempfile::tempdir().unwrap();
    let keys = Keys::open_or_create(town.path()).unwrap();
    let printed = format!("{keys:?}");
    let secret = fs::read_to_string(town.path().join("service/hashing.key")).unwrap();
    assert!(!printed.contains(secret.trim()) && !printed.contains("AGE-SECRET"), "{printed}");
}

#[test]
fn several_starts_at_once_agree_on_the_same_keys() {
    let town = tempfile::tempdir().unwrap();
    let made: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> =
            (0..8).map(|_| scope.spawn(|| Keys::open_or_create(town.path()).unwrap())).collect();
        starts.into_iter().map(|start| start.join().unwrap().hashing.current().mac("a", &[])).collect()
    });
    assert!(made.windows(2).all(|pair| pair[0] == pair[1]));
}
