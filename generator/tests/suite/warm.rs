//! A build into the folder of the last one makes what a build into a new folder makes, whatever has become of what the
//! last one left.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::support::TinySite;
use zavicaj::build::{self, Built, Options};
use zavicaj::cache::{Ingredients, Key};
use zavicaj::publish::Published;

const CACHE: &str = ".zavicaj/cache";

/// As if all sources had been written long ago: what was written in this moment is always read again.
fn later(site: &TinySite) -> Options {
    Options { read_at: SystemTime::now() + Duration::from_secs(60), ..site.options() }
}

fn publish(options: &Options, out: &Path) -> (Built, Published) {
    match build::publish(options, out) {
        Ok(done) => done,
        Err(failure) => panic!("{failure:#?}"),
    }
}

fn for_visitors(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".zavicaj")
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().to_owned();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Builds over the last build and into a new folder, and compares.
fn compare(site: &TinySite, what: &str) -> Published {
    let (built, published) = publish(&later(site), &site.out());
    let new = tempfile::tempdir().unwrap();
    let (fresh, _) = publish(&later(site), &new.path().join("new"));
    assert_eq!(for_visitors(&site.out()), for_visitors(&new.path().join("new")), "{what}");
    let private = |name: &str| {
        let read = |folder: PathBuf| fs::read(folder.join(".zavicaj").join(name)).ok();
        assert_eq!(read(site.out()), read(new.path().join("new")), "{what}: {name}");
    };
    private("next-change");
    private("forms.json");
    let lost = |built: &Built| {
        built
            .warnings
            .iter()
            .filter(|found| found.code != "url-lost")
            .map(|found| format!("{found:?}"))
            .collect()
    };
    let (warned, expected): (Vec<String>, Vec<String>) = (lost(&built), lost(&fresh));
    assert_eq!(warned, expected, "{what}");
    published
}

fn site() -> TinySite {
    let site = TinySite::new();
    for number in 10..30 {
        site.article(&format!("{number}"), "2020-01-01", "tags: [voda]\n");
    }
    // A heading that skips a level is told in every build.
    site.write(
        "content/vijesti/10.md",
        "---\ntitle: \"10\"\ndate: 2020-01-01\n---\n\n#### Naslov\n\nTekst.\n",
    );
    compare(&site, "the first build");
    site
}

#[test]
fn an_edit_writes_what_it_changes_and_warnings_stay() {
    let site = site();
    let published = compare(&site, "nothing changed");
    assert_eq!(published.written, 0);
    site.write("content/vijesti/20.md", "---\ntitle: Drugi naslov\ndate: 2020-01-01\n---\nTekst.\n");
    assert!(compare(&site, "a title").written > 2);
    fs::remove_file(site.root().join("content/vijesti/21.md")).unwrap();
    assert!(compare(&site, "a page is gone").removed > 0);
    site.article("21", "2026-12-01", "");
    compare(&site, "a page waits for its day");
    let mut site = site;
    site.now = "2026-12-02T12:00:00Z".parse().unwrap();
    assert!(compare(&site, "its day has come").written > 2);
    let theme = "themes/tiny/templates/article.html";
    let template = fs::read_to_string(site.root().join(theme)).unwrap();
    site.write(theme, &template.replace("older", "prije"));
    assert!(compare(&site, "a template").written > 10);
}

#[test]
fn a_cache_that_is_cut_changed_foreign_or_gone_is_none() {
    let site = site();
    let cache = site.out().join(CACHE);
    let good = fs::read(&cache).unwrap();
    for length in [0, 1, 15, 16, 40, 64, good.len() / 2, good.len() - 1] {
        fs::write(&cache, &good[..length]).unwrap();
        compare(&site, &format!("{length} bytes are left"));
    }
    for at in [3, 20, 40, 70, good.len() / 3, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        fs::write(&cache, bad).unwrap();
        compare(&site, &format!("byte {at} is another"));
    }
    fs::write(&cache, [good.as_slice(), b"more"].concat()).unwrap();
    compare(&site, "there is more");
    fs::remove_file(&cache).unwrap();
    compare(&site, "there is none");
    let other = Ingredients::of("another program").finish();
    let (built, _) = publish(&Options { program: other, ..later(&site) }, &site.out());
    assert!(built.warnings.iter().all(|found| found.code != "cache-not-written"));
    compare(&site, "it is of another program");
    assert_ne!(other, Key::default());
}

#[test]
fn what_was_done_to_the_folder_by_hand_is_put_right() {
    let site = site();
    let page = site.out().join("vijesti/15/index.html");
    fs::remove_file(&page).unwrap();
    assert_eq!(compare(&site, "a page was removed").written, 1);
    fs::write(&page, "edited by hand").unwrap();
    assert_eq!(compare(&site, "a page was edited").written, 1);
    fs::remove_dir_all(site.out().join("vijesti")).unwrap();
    assert!(compare(&site, "a folder was removed").written > 20);
    // The cache of another folder's site.
    let other = TinySite::new();
    compare(&other, "another site");
    fs::copy(other.out().join(CACHE), site.out().join(CACHE)).unwrap();
    compare(&site, "the cache of another site");
}

#[test]
fn without_room_for_the_cache_the_site_is_published_and_says_so() {
    let site = site();
    fs::create_dir(site.out().join(".zavicaj/cache.new")).unwrap();
    site.write("content/vijesti/20.md", "---\ntitle: Drugi naslov\ndate: 2020-01-01\n---\nTekst.\n");
    let (built, published) = publish(&later(&site), &site.out());
    assert!(published.written > 0);
    assert!(built.warnings.iter().any(|found| found.code == "cache-not-written"), "{:?}", built.warnings);
    fs::remove_dir(site.out().join(".zavicaj/cache.new")).unwrap();
    compare(&site, "after that");
}

#[test]
fn a_file_that_changes_within_a_moment_of_the_build_is_read_again() {
    let site = site();
    let options = site.options();
    publish(&options, &site.out());
    let article = |text: &str| format!("---\ntitle: \"22\"\ndate: 2020-01-01\n---\n{text}\n");
    site.write("content/vijesti/22.md", &article("Jedan."));
    publish(&site.options(), &site.out());
    // The same length, and on a coarse clock the same time.
    site.write("content/vijesti/22.md", &article("Drugi."));
    publish(&site.options(), &site.out());
    let page = fs::read_to_string(site.out().join("vijesti/22/index.html")).unwrap();
    assert!(page.contains("Drugi."), "{page}");
}
