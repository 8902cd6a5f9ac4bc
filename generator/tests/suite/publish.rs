//! What a build does to the folder that visitors see.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::support::TinySite;
use zavicaj::build::{self, Failure};
use zavicaj::error::EnvironmentError;
use zavicaj::publish::Published;

fn publish(site: &TinySite) -> Published {
    match build::publish(&site.options(), &site.out()) {
        Ok((_, published)) => published,
        Err(failure) => panic!("{failure:#?}"),
    }
}

/// Every file with its bytes and its time of change, but for the lock that each build holds.
fn state(folder: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file() && entry.file_name() != "lock")
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            let changed = entry.metadata().unwrap().modified().unwrap();
            (name, (fs::read(entry.path()).unwrap(), changed))
        })
        .collect()
}

#[test]
fn a_second_build_writes_nothing() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "");
    let first = publish(&site);
    assert!(first.written > 5 && first.unchanged == 0, "{first:?}");
    let before = state(&site.out());
    let second = publish(&site);
    assert_eq!(second, Published { unchanged: first.written, ..Published::default() });
    assert_eq!(state(&site.out()), before);
}

#[test]
fn only_what_differs_is_written_and_what_is_gone_is_removed() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "").article("b", "2021-01-01", "");
    publish(&site);
    let before = state(&site.out());
    fs::remove_file(site.root().join("content/vijesti/a.md")).unwrap();
    let published = publish(&site);
    assert_eq!(published.removed, 1, "{published:?}");
    let after = state(&site.out());
    assert!(!after.contains_key("vijesti/a/index.html") && !site.out().join("vijesti/a").exists());
    assert_eq!(after["404.html"], before["404.html"]);
    assert_ne!(after["vijesti/index.html"], before["vijesti/index.html"]);
}

#[test]
fn an_error_changes_nothing() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "");
    publish(&site);
    let before = state(&site.out());
    site.article("b", "not a date", "");
    assert!(matches!(build::publish(&site.options(), &site.out()), Err(Failure::Content(_))));
    // An error that only the finished page shows comes after rendering.
    site.write("content/vijesti/b.md", "---\ntitle: B\ndate: 2020-01-01\n---\n[x](/nema/)\n");
    assert!(matches!(build::publish(&site.options(), &site.out()), Err(Failure::Content(_))));
    assert_eq!(state(&site.out()), before);
}

#[test]
fn a_first_build_that_fails_leaves_nothing_behind() {
    let site = TinySite::new();
    site.article("b", "not a date", "");
    assert!(build::publish(&site.options(), &site.out()).is_err());
    let mut left: Vec<_> =
        fs::read_dir(site.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["content", "site.yaml", "themes"]);
}

#[test]
fn a_folder_with_foreign_files_is_left_alone() {
    let site = TinySite::new();
    site.write("public/diplomski.odt", "years of work");
    let failure = build::publish(&site.options(), &site.out()).unwrap_err();
    assert!(matches!(failure, Failure::Environment(EnvironmentError::ForeignOutput { .. })), "{failure:?}");
    assert_eq!(state(&site.out()).len(), 1);
}

#[test]
fn files_that_somebody_added_to_the_output_stay() {
    let site = TinySite::new();
    publish(&site);
    site.write("public/.well-known/security.txt", "x");
    site.article("a", "2020-01-01", "");
    publish(&site);
    assert!(site.out().join(".well-known/security.txt").exists());
}

#[test]
fn a_file_that_was_cut_or_removed_by_hand_is_written_again() {
    let site = TinySite::new();
    publish(&site);
    fs::write(site.out().join("index.html"), "cut").unwrap();
    fs::remove_file(site.out().join("404.html")).unwrap();
    assert_eq!(publish(&site).written, 2);
}

#[test]
fn a_publication_that_was_killed_between_renames_is_completed() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "");
    publish(&site);
    let good = state(&site.out());
    // As a kill leaves it: the marker, one page of another state of the same size, a page that no manifest names.
    site.write("public/.zavicaj/publishing", r#"["vijesti/a/index.html", "vijesti/half/index.html"]"#);
    let page = site.out().join("vijesti/a/index.html");
    let damaged: Vec<u8> = fs::read(&page).unwrap().iter().map(|byte| byte ^ 1).collect();
    fs::write(&page, damaged).unwrap();
    site.write("public/vijesti/half/index.html", "half");
    publish(&site);
    let after = state(&site.out());
    let hashes = |state: BTreeMap<String, (Vec<u8>, SystemTime)>| -> BTreeMap<String, Vec<u8>> {
        state.into_iter().map(|(path, (bytes, _))| (path, bytes)).collect()
    };
    assert_eq!(hashes(after), hashes(good));
}

#[test]
fn after_an_interruption_files_of_others_stay() {
    let site = TinySite::new();
    publish(&site);
    site.write("public/.well-known/security.txt", "x").write("public/.zavicaj/publishing", "[]");
    assert_eq!(publish(&site).removed, 0);
    assert!(site.out().join(".well-known/security.txt").exists());
    assert!(!site.out().join(".zavicaj/publishing").exists());
}

#[test]
fn what_others_put_in_the_way_stops_the_publication_before_anything_changed() {
    let site = TinySite::new();
    publish(&site);
    site.write("public/zz.txt/own.txt", "x").write("content/zz.txt", "new");
    site.write("content/_index.md", "---\ntitle: Novo\n---\n");
    let before = state(&site.out());
    let failure = build::publish(&site.options(), &site.out()).unwrap_err();
    assert!(matches!(failure, Failure::Environment(EnvironmentError::InTheWay { .. })), "{failure:?}");
    assert_eq!(state(&site.out()), before);
    fs::remove_dir_all(site.out().join("zz.txt")).unwrap();
    publish(&site);
    assert_eq!(fs::read(site.out().join("zz.txt")).unwrap(), b"new");
}

#[test]
fn an_empty_folder_is_filled_and_stays_empty_when_the_build_fails() {
    let site = TinySite::new();
    fs::create_dir(site.out()).unwrap();
    site.article("b", "not a date", "");
    assert!(build::publish(&site.options(), &site.out()).is_err());
    assert_eq!(fs::read_dir(site.out()).unwrap().count(), 0);
    site.article("b", "2020-01-01", "");
    assert!(publish(&site).written > 5);
    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        let link = site.root().join("link");
        std::os::unix::fs::symlink(elsewhere.path(), &link).unwrap();
        assert!(build::publish(&site.options(), &link).is_ok());
        assert!(elsewhere.path().join("index.html").exists());
    }
}

#[test]
fn an_unreadable_list_of_files_is_told_and_nothing_is_guessed() {
    let site = TinySite::new();
    publish(&site);
    site.write("public/.zavicaj/manifest.json", "{");
    let before = state(&site.out());
    let failure = build::publish(&site.options(), &site.out()).unwrap_err();
    assert!(
        matches!(failure, Failure::Environment(EnvironmentError::ManifestUnreadable { .. })),
        "{failure:?}"
    );
    assert_eq!(state(&site.out()), before);
}

#[test]
fn an_output_among_the_sources_is_refused() {
    let site = TinySite::new();
    for out in ["content/public", "themes", "content/a/../b"] {
        let failure = build::publish(&site.options(), &site.root().join(out)).unwrap_err();
        assert!(
            matches!(failure, Failure::Environment(EnvironmentError::OutputInSources { .. })),
            "{out}: {failure:?}"
        );
    }
}

#[test]
fn a_page_may_become_a_folder_and_a_folder_a_page() {
    let site = TinySite::new();
    site.write("themes/tiny/static/x/y.txt", "one");
    publish(&site);
    fs::remove_dir_all(site.root().join("themes/tiny/static/x")).unwrap();
    site.write("themes/tiny/static/x", "two");
    publish(&site);
    assert_eq!(fs::read(site.out().join("x")).unwrap(), b"two");
    fs::remove_file(site.root().join("themes/tiny/static/x")).unwrap();
    site.write("themes/tiny/static/x/y.txt", "three");
    publish(&site);
    assert_eq!(fs::read(site.out().join("x/y.txt")).unwrap(), b"three");
}

#[test]
fn two_builds_at_once_do_not_write_into_one_folder() {
    let site = TinySite::new();
    publish(&site);
    let one = zavicaj::publish::Publication::begin(&site.out()).unwrap();
    let other = zavicaj::publish::Publication::begin(&site.out());
    assert!(matches!(other, Err(EnvironmentError::OutputLocked { .. })), "{other:?}");
    drop(one);
    publish(&site);
}

#[test]
fn a_theme_without_a_page_for_forms_needs_no_words_for_them_and_publishes_nothing_for_their_handlers() {
    let site = TinySite::new();
    let bundle = site.out().join(".zavicaj/forms.json");
    publish(&site);
    assert!(bundle.is_file());
    for name in ["form", "event", "project", "association", "procedure", "article", "taxonomy", "term"] {
        fs::remove_file(site.root().join(format!("themes/tiny/templates/{name}.html"))).unwrap();
    }
    let own = "content: {table: t, task_done: d, task_open: o, footnotes: f, footnote_back: b, redirect: r}\n\
               nav: {home: h}\nnot_found: {title: n}\n";
    for language in ["hr", "en"] {
        site.write(&format!("themes/tiny/strings/{language}.yaml"), own);
    }
    publish(&site);
    assert!(!bundle.exists(), "what the handlers would read is gone with the page");

    site.article("a", "2020-01-01", "");
    let Err(Failure::Content(found)) = build::publish(&site.options(), &site.out()) else { panic!("built") };
    assert_eq!(found[0].code, "template-missing", "{found:#?}");
    assert!(found[0].message.en.contains("article.html"), "{found:#?}");
}

#[test]
fn a_page_that_is_gone_is_told_unless_its_address_leads_on() {
    let site = TinySite::new();
    for number in 0..21 {
        site.article(&format!("a{number}"), "2020-01-01", "");
    }
    publish(&site);
    assert!(site.out().join("vijesti/stranica/2/index.html").is_file());
    for name in ["a0", "a1"] {
        fs::remove_file(site.root().join(format!("content/vijesti/{name}.md"))).unwrap();
    }
    site.article("novo", "2020-01-02", "aliases: [/vijesti/a1/]\n");
    site.article("stanje", "2020-01-02", "draft: true\n");
    let Ok((built, published)) = build::publish(&site.options(), &site.out()) else { panic!("not built") };
    assert_eq!(published.lost_pages, ["vijesti/a0/index.html", "vijesti/stranica/2/index.html"]);
    let told: Vec<&str> = built
        .warnings
        .iter()
        .filter(|found| found.code == "url-lost")
        .map(|found| found.message.en.as_str())
        .collect();
    assert_eq!(told, ["the page /vijesti/a0/, which was published, is gone"]);
    let Ok((built, _)) = build::publish(&site.options(), &site.out()) else { panic!("not built") };
    assert!(built.warnings.iter().all(|found| found.code != "url-lost"), "told once");
}
