//! `zavicaj build` into a folder.

use std::fs;

use tests::Site;
use tests::program::{NOW, build, command, run};
use tests::site::{contents, differing, files};

/// `style.3f9a2c1b.css` → `style.*.css`: a list of files is no list of their contents.
fn without_fingerprint(path: &str) -> String {
    let is_print = |part: &str| part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts: Vec<_> = path.split('.').map(|part| if is_print(part) { "*" } else { part }).collect();
    parts.join(".")
}

#[test]
fn the_shipped_site_has_these_files() {
    let site = Site::shipped();
    let out = site.beside("public");
    let built = build(&site.root(), &out);
    assert_eq!(built.code, Some(0), "{}", built.err);
    assert_eq!(built.err, "", "the shipped site builds without a warning");
    let paths: Vec<_> = contents(&out).into_keys().map(|path| without_fingerprint(&path)).collect();
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("files_of_the_shipped_site", paths.join("\n"));
    });
}

#[test]
fn two_builds_of_the_same_input_are_equal_byte_for_byte() {
    let (one, two) = (Site::shipped(), Site::shipped());
    for site in [&one, &two] {
        assert_eq!(build(&site.root(), &site.beside("public")).code, Some(0));
    }
    let [first, second] = [&one, &two].map(|site| contents(&site.beside("public")));
    assert!(first.len() > 90);
    assert_eq!(differing(&first, &second), [""; 0]);
}

#[test]
fn a_second_build_writes_nothing() {
    let site = Site::shipped();
    let out = site.beside("public");
    build(&site.root(), &out);
    let before = files(&out);
    let again = build(&site.root(), &out);
    assert!(again.out.contains("written 0,") && again.out.contains("removed 0)"), "{}", again.out);
    assert_eq!(differing(&files(&out), &before), [""; 0]);
}

#[test]
fn a_changed_page_changes_only_what_shows_it() {
    let site = Site::shipped();
    let out = site.beside("public");
    build(&site.root(), &out);
    let before = files(&out);
    site.write("content/kontakt.md", site.read("content/kontakt.md") + "\nPromijenjeno.\n");
    assert_eq!(build(&site.root(), &out).code, Some(0));
    let after = files(&out);
    let changed = differing(&before, &after);
    assert!(changed.iter().any(|path| path == "kontakt/index.html") && changed.len() <= 3, "{changed:?}");
}

#[test]
fn a_page_that_is_gone_is_removed_and_foreign_files_stay() {
    let site = Site::shipped();
    let out = site.beside("public");
    site.write("content/proba.md", "---\ntitle: Proba\n---\n\nTekst.\n");
    build(&site.root(), &out);
    assert!(out.join("proba/index.html").is_file());
    fs::write(out.join("CNAME"), "ljubuski.example").unwrap();
    site.remove("content/proba.md");
    assert_eq!(build(&site.root(), &out).code, Some(0));
    assert!(!out.join("proba").exists());
    assert!(out.join("CNAME").is_file(), "a file that is not ours was removed");
}

#[test]
fn an_error_leaves_the_published_site_as_it_was() {
    let site = Site::shipped();
    let out = site.beside("public");
    build(&site.root(), &out);
    let before = files(&out);
    site.write("content/kontakt.md", "---\ntitle: [\n---\n");
    let failed = build(&site.root(), &out);
    assert_eq!(failed.code, Some(1), "{}", failed.out);
    assert!(failed.err.contains("content/kontakt.md"), "{}", failed.err);
    assert_eq!(differing(&files(&out), &before), [""; 0]);
    assert!(!out.join(".zavicaj/staging").exists());
}

#[test]
fn an_error_found_after_everything_was_made_leaves_it_too() {
    let site = Site::shipped();
    let out = site.beside("public");
    build(&site.root(), &out);
    let before = files(&out);
    // Every page would change, and a link on one of them leads nowhere.
    site.replace("site.yaml", "hr: Grad Ljubuški", "hr: Grad Ljubuški na Trebižatu");
    let text = site.read("content/kontakt.md");
    site.write("content/kontakt.md", format!("{text}\n[ovdje](/nema/)\n"));
    let failed = build(&site.root(), &out);
    assert_eq!(failed.code, Some(1), "{}", failed.out);
    assert!(failed.err.contains("dead-link"), "{}", failed.err);
    assert_eq!(differing(&files(&out), &before), [""; 0]);
    assert!(!out.join(".zavicaj/staging").exists());
}

#[test]
fn an_error_in_the_first_build_leaves_no_folder() {
    let site = Site::shipped();
    site.write("content/kontakt.md", "---\ntitle: [\n---\n");
    assert_eq!(build(&site.root(), &site.beside("public")).code, Some(1));
    let left: Vec<_> =
        fs::read_dir(site.beside("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["site"]);
}

#[test]
fn a_folder_that_is_not_ours_is_not_touched() {
    let site = Site::shipped();
    let out = site.beside("fotografije");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("ljeto.jpg"), "slika").unwrap();
    let before = files(&out);
    let refused = build(&site.root(), &out);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.err.contains("was not made by zavicaj") && refused.err.contains("nothing was removed"),
        "{}",
        refused.err
    );
    assert_eq!(differing(&files(&out), &before), [""; 0]);
}

#[test]
fn a_build_that_was_killed_is_completed_by_the_next_one() {
    let site = Site::shipped();
    let (out, whole) = (site.beside("public"), site.beside("whole"));
    build(&site.root(), &out);
    // A change that reaches every page.
    site.replace("site.yaml", "hr: Grad Ljubuški", "hr: Grad Ljubuški na Trebižatu");
    build(&site.root(), &whole);
    let [root, target] = [site.root(), out.clone()].map(|path| path.to_str().unwrap().to_owned());
    let mut interrupted = 0;
    for delay_ms in (0..240).step_by(12) {
        let arguments = ["build", "--root", &root, "--out", &target, "--now", NOW];
        let mut child = command(arguments)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(delay_ms));
        let _ = child.kill();
        interrupted += usize::from(!child.wait().unwrap().success());
        // Never half a page, whatever was published when the power went.
        for (path, (bytes, _)) in
            files(&out).iter().filter(|(path, _)| path.ends_with(".html") && !path.starts_with(".zavicaj"))
        {
            assert!(bytes.ends_with(b"</html>\n"), "{path} is cut off");
        }
        assert_eq!(build(&site.root(), &out).code, Some(0));
        assert_eq!(differing(&contents(&out), &contents(&whole)), [""; 0], "after {delay_ms} ms");
        // Back to the old site, so that the next one has all to do again.
        site.replace("site.yaml", "na Trebižatu", "");
        build(&site.root(), &out);
        site.replace("site.yaml", "hr: Grad Ljubuški", "hr: Grad Ljubuški na Trebižatu");
    }
    assert!(interrupted > 0, "no build was interrupted");
}

#[test]
fn two_builds_into_one_folder_do_not_mix() {
    let site = Site::shipped();
    let out = site.beside("public");
    build(&site.root(), &out);
    site.replace("site.yaml", "hr: Grad Ljubuški", "hr: Grad Ljubuški na Trebižatu");
    let codes: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| build(&site.root(), &out))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    for run in &codes {
        let waits = run.code == Some(2) && run.err.contains("another build is writing");
        assert!(run.code == Some(0) || waits, "{run:?}");
    }
    assert!(codes.iter().any(|run| run.code == Some(0)));
    let whole = site.beside("whole");
    build(&site.root(), &whole);
    assert_eq!(differing(&contents(&out), &contents(&whole)), [""; 0]);
}

#[test]
fn the_schedule_decides_by_the_moment_of_the_build() {
    let site = Site::shipped();
    site.write("content/vijesti/2026/najava.md", "---\ntitle: Najava\ndate: 2026-12-01\n---\n\nUskoro.\n");
    let [root, out] = [site.root(), site.beside("public")].map(|path| path.to_str().unwrap().to_owned());
    // A bare date is midnight in Ljubuški: 23:00 UTC of the day before.
    for (moment, is_there) in [("2026-11-30T22:59:59Z", false), ("2026-11-30T23:00:00Z", true)] {
        let built =
            run(&mut command(["build", "--root", &root, "--out", &out, "--now", moment, "--lang", "en"]));
        assert_eq!(built.code, Some(0), "{}", built.err);
        assert_eq!(site.beside("public/vijesti/2026/najava/index.html").exists(), is_there, "{moment}");
        assert_eq!(built.out.contains("2026-11-30T23:00:00Z"), !is_there, "{}", built.out);
    }
}
