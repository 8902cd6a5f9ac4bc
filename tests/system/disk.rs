//! A machine that does not let us write: nothing is lost, nothing is half done, and it says so.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use tests::disk::Disk;
use tests::program::{NOW, build, command, run};
use tests::site::{contents, copy, differing, files};
use tests::skip::{is_root, skip};
use tests::{Office, Person, Server, Site};

/// The user that has nothing (Debian: nobody).
const NOBODY: u32 = 65534;

#[test]
fn a_first_build_into_a_full_disk_leaves_nothing() {
    let Some(disk) = Disk::of("300k", "a_first_build_into_a_full_disk_leaves_nothing") else { return };
    let site = Site::shipped();
    let failed = build(&site.root(), &disk.path().join("public"));
    assert_eq!(failed.code, Some(2), "{}", failed.out);
    assert!(failed.err.contains("cannot write") && failed.err.contains("free some space"), "{}", failed.err);
    assert_eq!(files(disk.path()).len(), 0, "{:?}", files(disk.path()).keys());
}

#[test]
fn a_build_into_a_full_disk_leaves_the_old_site_as_it_was() {
    let Some(disk) = Disk::of("16m", "a_build_into_a_full_disk_leaves_the_old_site_as_it_was") else {
        return;
    };
    let site = Site::shipped();
    let out = disk.path().join("public");
    assert_eq!(build(&site.root(), &out).code, Some(0));
    let ballast = disk.fill();
    let before = files(&out);
    site.replace("site.yaml", "hr: Grad Ljubuški", "hr: Grad Ljubuški na Trebižatu");
    let [root, target] = [site.root(), out.clone()].map(|path| path.to_str().unwrap().to_owned());
    for (language, words) in
        [("hr", ["disk je pun", "oslobodite prostor"]), ("en", ["cannot write", "free some space"])]
    {
        let arguments = ["build", "--root", &root, "--out", &target, "--now", NOW, "--lang", language];
        let failed = run(&mut command(arguments));
        assert_eq!(failed.code, Some(2), "{}", failed.out);
        assert!(words.iter().all(|word| failed.err.contains(word)), "{}", failed.err);
        assert_eq!(differing(&files(&out), &before), [""; 0]);
    }
    fs::remove_file(ballast).unwrap();
    assert_eq!(build(&site.root(), &out).code, Some(0));
    build(&site.root(), &site.beside("whole"));
    assert_eq!(differing(&contents(&out), &contents(&site.beside("whole"))), [""; 0]);
}

#[test]
fn a_full_disk_under_the_submissions_loses_nothing() {
    let Some(disk) = Disk::of("4m", "a_full_disk_under_the_submissions_loses_nothing") else { return };
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let (data, keys) = (disk.path().join("data"), place.path().join("keys"));
    let server = Server::start_with(&site.root(), &data, &keys, &[]);
    let office = Office::over(&data, &keys);
    let mut sent = 0;
    for person in Person::everybody() {
        let browser = server.browser();
        // One arrives while there is room.
        browser.send(&person);
        sent += 1;
        office.wait_for_letters(sent);
        let person = person.but("email", "druga@example.org");
        let confirm = browser.check(&person);
        let ballast = disk.fill();
        let refused = browser.submit(&confirm);
        assert_eq!(refused.status(), 503, "{}", refused.text);
        assert!(refused.text.contains("Ništa nije izgubljeno"), "{}", refused.text);
        assert!(refused.answer.header("retry-after").is_some());
        let again = refused.form(&person.action("potvrda"));
        assert_eq!(again.pairs(), confirm.pairs(), "everything is kept");
        assert_eq!(office.count(), sent);
        // Pressing the button while it is still full, then after somebody made room.
        assert_eq!(browser.submit(&again).status(), 503);
        fs::remove_file(ballast).unwrap();
        let receipt = browser.confirm(&again);
        sent += 1;
        assert_eq!(office.count(), sent);
        let letters = office.wait_for_letters(sent);
        assert!(letters.iter().any(|letter| letter.contains(&receipt.reference)));
        assert_eq!(office.submissions()[sent - 1].sealed["answers"]["email"], "druga@example.org");
    }
    assert!(office.is_sound());
    assert!(server.said().contains("store-full"), "the operator is told why: {}", server.said());
    assert!(!server.said().contains("druga@example.org"));
}

#[test]
fn a_folder_that_may_not_be_written_is_an_error_of_the_machine() {
    let test = "a_folder_that_may_not_be_written_is_an_error_of_the_machine";
    if !is_root() {
        // An ordinary user can take the right away from himself, but would leave a folder behind on failure.
        return skip(test, "needs root, to run the program as another user");
    }
    // Somebody else's program and site, readable for everybody.
    let place = tempfile::Builder::new().prefix("zavicaj-").tempdir_in("/tmp").unwrap();
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    open(place.path());
    let program = place.path().join("zavicaj");
    fs::copy(tests::program::binary(), &program).unwrap();
    open(&program);
    let site = Site::shipped();
    copy(&site.root(), &place.path().join("site"));
    let [root, out] = ["site", "public"].map(|name| place.path().join(name).to_str().unwrap().to_owned());
    assert_eq!(build(&site.root(), Path::new(&out)).code, Some(0));
    let before = files(Path::new(&out));
    site.replace("site.yaml", "hr: Grad Ljubuški", "hr: Grad Ljubuški na Trebižatu");
    fs::copy(site.root().join("site.yaml"), place.path().join("site/site.yaml")).unwrap();

    let as_nobody = |arguments: &[&str]| {
        run(Command::new(&program)
            .args(arguments)
            .current_dir(place.path())
            .uid(NOBODY)
            .gid(NOBODY)
            .env_remove("HOME"))
    };
    for (language, words) in
        [("hr", ["nemate dopuštenje", "dajte pravo pisanja"]), ("en", ["cannot write", "allow writing"])]
    {
        let failed = as_nobody(&["build", "--root", &root, "--out", &out, "--now", NOW, "--lang", language]);
        assert_eq!(failed.code, Some(2), "{}{}", failed.out, failed.err);
        assert!(words.iter().all(|word| failed.err.contains(word)), "{}", failed.err);
        assert_eq!(differing(&files(Path::new(&out)), &before), [""; 0]);
    }
    // The same for the folders of the server.
    let failed = as_nobody(&["serve", "--root", &root, "--port", "0", "--lang", "en"]);
    assert_eq!(failed.code, Some(2), "{}{}", failed.out, failed.err);
    assert!(failed.err.starts_with("error: ") && failed.err.contains("keys"), "{}", failed.err);
}
