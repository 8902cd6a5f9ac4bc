//! `zavicaj doctor`: what an operator is told, and that it notices.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use sealing::{KeyFolder, KeyKind};
use tempfile::TempDir;
use zavicaj::diagnostic::MessageLanguage;
use zavicaj::doctor::{Finding, Level, Place, examine};

struct Machine {
    folder: TempDir,
    place: Place,
}

impl Machine {
    /// As it should be: keys of two desks, both elsewhere, data for the owner only, a fresh backup.
    fn healthy() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("site")).unwrap();
        let site = fs::read_to_string(repository().join("site.yaml")).unwrap();
        fs::write(at("site/site.yaml"), site.replace("to be confirmed", "confirmed")).unwrap();
        let keys = KeyFolder::new(&at("keys"));
        keys.make("2026-11-26T13:00:00Z").unwrap();
        keys.rotate(KeyKind::Desk, "2026-11-26T13:00:00Z").unwrap();
        fs::rename(at("keys/desk"), at("desk")).unwrap();
        fs::create_dir(at("data")).unwrap();
        fs::set_permissions(at("data"), fs::Permissions::from_mode(0o700)).unwrap();
        for name in ["data/submissions.sqlite3", "backup", "backup.keys"] {
            fs::write(at(name), "x").unwrap();
            fs::set_permissions(at(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        let place =
            Place { root: at("site"), data: at("data"), keys: at("keys"), backup: Some(at("backup")) };
        Self { folder, place }
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn found(&self, subject: &str, hours_later: i64) -> Vec<Finding> {
        let now = Timestamp::now() + SignedDuration::from_hours(hours_later);
        examine(&self.place, now).into_iter().filter(|finding| finding.subject == subject).collect()
    }

    /// The worst about a subject, with all that was said.
    fn worst(&self, subject: &str) -> (Level, String) {
        let found = self.found(subject, 0);
        let level = found.iter().map(|finding| finding.level).max().unwrap();
        let said = found.iter().map(|finding| {
            format!("{} {}\n", finding.said.get(MessageLanguage::En), finding.help.get(MessageLanguage::En))
        });
        (level, said.collect())
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn a_healthy_machine_has_nothing_wrong() {
    let machine = Machine::healthy();
    for subject in ["settings", "keys", "modes", "disk", "backup"] {
        let found = machine.found(subject, 0);
        assert!(!found.is_empty(), "{subject}");
        assert!(found.iter().all(|finding| finding.level == Level::Good), "{found:?}");
    }
}

#[test]
fn the_desks_private_key_on_the_server_is_wrong() {
    let machine = Machine::healthy();
    fs::rename(machine.at("desk"), machine.at("keys/desk")).unwrap();
    let (level, said) = machine.worst("keys");
    assert_eq!(level, Level::Wrong);
    assert!(said.contains("still on this machine") && said.contains("registrar's computer"), "{said}");
}

#[test]
fn keys_that_are_missing_readable_or_in_the_wrong_place_are_wrong() {
    let machine = Machine::healthy();
    let path = machine.at("keys/service/identity.age");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let (level, said) = machine.worst("keys");
    assert_eq!(level, Level::Wrong);
    assert!(said.contains(&format!("chmod 600 '{}'", path.display())), "{said}");

    let mut machine = Machine::healthy();
    fs::rename(machine.at("keys"), machine.at("data/keys")).unwrap();
    machine.place.keys = machine.at("data/keys");
    let (level, said) = machine.worst("keys");
    assert_eq!(level, Level::Wrong);
    assert!(said.contains("lies inside") && said.contains("--keys"), "{said}");

    machine.place.keys = machine.at("nowhere");
    assert_eq!(machine.worst("keys").0, Level::Wrong);
}

#[test]
fn a_single_desk_key_is_a_warning() {
    let machine = Machine::healthy();
    let list = KeyFolder::new(&machine.place.keys).list().unwrap();
    let one = list.iter().find(|key| key.kind == KeyKind::Desk).unwrap();
    KeyFolder::new(&machine.place.keys).retire(KeyKind::Desk, &one.name).unwrap();
    assert_eq!(machine.worst("keys").0, Level::Warning);
}

#[test]
fn data_that_others_can_read_are_wrong() {
    for (name, mode, wanted) in [("data", 0o750, 700), ("data/submissions.sqlite3", 0o640, 600)] {
        let machine = Machine::healthy();
        fs::set_permissions(machine.at(name), fs::Permissions::from_mode(mode)).unwrap();
        let (level, said) = machine.worst("modes");
        assert_eq!(level, Level::Wrong, "{name}");
        assert!(said.contains(&format!("chmod {wanted} '{}'", machine.at(name).display())), "{said}");
    }
}

#[test]
fn a_clock_behind_the_data_is_wrong() {
    let machine = Machine::healthy();
    let found = machine.found("clock", -2);
    assert_eq!(found[0].level, Level::Wrong, "{found:?}");
    assert!(machine.found("clock", 2)[0].level < Level::Wrong);
}

#[test]
fn a_backup_gets_old_and_one_without_its_keys_is_none() {
    let machine = Machine::healthy();
    let level = |hours| machine.found("backup", hours).iter().map(|finding| finding.level).max().unwrap();
    assert_eq!(level(25), Level::Good);
    assert_eq!(level(27), Level::Warning);
    assert_eq!(level(24 * 7 + 1), Level::Wrong);
    fs::remove_file(machine.at("backup.keys")).unwrap();
    assert_eq!(level(0), Level::Wrong);
}

#[test]
fn what_the_town_has_not_confirmed_is_counted() {
    let machine = Machine::healthy();
    fs::copy(repository().join("site.yaml"), machine.at("site/site.yaml")).unwrap();
    let (level, said) = machine.worst("settings");
    assert_eq!(level, Level::Warning);
    assert!(said.contains("to be confirmed"), "{said}");
    fs::write(machine.at("site/site.yaml"), "titel: x\n").unwrap();
    assert_eq!(machine.worst("settings").0, Level::Wrong);
}

#[test]
fn nothing_is_said_in_one_language_only() {
    let mut machine = Machine::healthy();
    machine.place.backup = None;
    for finding in examine(&machine.place, Timestamp::now()) {
        for text in [&finding.said, &finding.help] {
            let (hr, en) = (text.get(MessageLanguage::Hr), text.get(MessageLanguage::En));
            assert_eq!(hr.is_empty(), en.is_empty(), "{finding:?}");
        }
    }
}

#[test]
fn a_mail_server_that_does_not_answer_is_wrong() {
    let machine = Machine::healthy();
    assert_eq!(machine.worst("mail").0, Level::Warning, "none is named");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let path = machine.at("site/site.yaml");
    let site = fs::read_to_string(&path).unwrap();
    let line = format!("\nmail:\n  smtp: {{ host: 127.0.0.1, port: {port} }}\n");
    fs::write(&path, site.replace("\nmail:\n", &line)).unwrap();
    assert_eq!(machine.worst("mail").0, Level::Good, "{:?}", machine.found("settings", 0));
    drop(listener);
    let (level, said) = machine.worst("mail");
    assert_eq!(level, Level::Wrong);
    assert!(said.contains(&format!("127.0.0.1:{port}")) && said.contains("mail.smtp"), "{said}");
}
