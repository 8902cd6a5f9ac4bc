//! Two outputs on one address, names that cannot be addresses, files that nobody meant to publish.

use crate::support::TinySite;

fn codes(write: impl Fn(&TinySite)) -> Vec<&'static str> {
    let site = TinySite::new();
    write(&site);
    let mut codes = site.codes();
    codes.dedup();
    codes
}

#[test]
fn two_pages_on_one_address_are_refused() {
    assert_eq!(
        codes(|site| {
            site.write("content/čaj.md", "---\ntitle: Č\n---\n")
                .write("content/caj.md", "---\ntitle: C\n---\n");
        }),
        ["url-taken"]
    );
    let page = "---\ntitle: E\n---\n";
    assert_eq!(
        codes(|site| {
            site.write("content/en/x.md", page).write("content/x.en.md", page);
        }),
        ["url-taken"]
    );
}

#[test]
fn what_the_program_writes_itself_is_taken() {
    for path in
        ["content/robots.txt", "content/feed.json", "themes/tiny/static/sitemap.xml", "content/404.html"]
    {
        let expected = if path.ends_with("404.html") { "unpublishable-file" } else { "url-taken" };
        assert_eq!(
            codes(|site| {
                site.write(path, "x");
            }),
            [expected],
            "{path}"
        );
    }
}

#[test]
fn terms_and_further_pages_of_lists_are_taken() {
    assert_eq!(
        codes(|site| {
            site.article("a", "2020-01-01", "categories: [Kultura]\n")
                .write("content/kategorije/kultura.md", "---\ntitle: K\n---\n");
        }),
        ["url-taken"]
    );
    assert_eq!(
        codes(|site| {
            for number in 1..=21 {
                site.article(&format!("v{number}"), "2020-01-01", "");
            }
            site.write("content/vijesti/stranica/2.md", "---\ntitle: D\ndate: 2020-01-01\n---\n");
        }),
        ["url-taken"]
    );
}

#[test]
fn an_old_address_in_the_place_of_a_file_is_refused_with_its_line() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "aliases: [/robots.txt/, /vijesti/]\n");
    let found = site.errors();
    assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), ["url-taken", "url-taken"]);
    assert!(found.iter().all(|found| found.place.as_ref().unwrap().line == 4), "{found:#?}");
}

#[test]
fn names_without_letters_and_reserved_folders_are_refused() {
    assert_eq!(
        codes(|site| {
            site.article("a", "2020-01-01", "categories: [\"???\"]\n");
        }),
        ["name-without-letters"]
    );
    assert_eq!(
        codes(|site| {
            site.write("content/usluge/otpad.md", "---\ntitle: O\n---\n");
        }),
        ["reserved-path"]
    );
}

#[test]
fn what_looks_like_a_page_but_is_none_is_never_published() {
    for path in [
        "tajna.MD",
        "x.markdown",
        "obrasci/moj.yml",
        "obrasci/arhiva/x.yaml",
        "obrasci/_index.md.bak",
        "bilješke",
    ] {
        let found = codes(|site| {
            site.write(&format!("content/{path}"), "---\ndraft: true\n---\n");
        });
        assert_eq!(found, ["unpublishable-file"], "{path}");
    }
}

#[test]
fn the_files_of_a_draft_wait_with_it() {
    let site = TinySite::new();
    site.write("content/album/index.md", "---\ntitle: A\ndraft: true\n---\n")
        .write("content/album/s.txt", "x");
    assert!(!site.outputs().0.contains_key("album/s.txt"));
    site.write("content/album/index.md", "---\ntitle: A\n---\n[s](s.txt)\n");
    assert!(site.outputs().0.contains_key("album/s.txt"));
}

#[test]
fn the_schedule_goes_on_when_a_page_that_others_link_to_is_over() {
    let site = TinySite::new();
    site.write("content/akcija.md", "---\ntitle: A\nexpires: 2026-11-01\n---\n").write(
        "content/k.md",
        "---\ntitle: K\nentries: [{ title: A, link: akcija.md }]\n---\n[Akcija](akcija.md).\n",
    );
    let (outputs, built) = site.outputs();
    let page = String::from_utf8(outputs["k/index.html"].clone()).unwrap();
    assert!(page.contains("<a>Akcija</a>."), "{page}");
    let codes: Vec<_> = built.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["target-not-now", "target-not-now"]);
    site.write("content/akcija.md", "---\ntitle: A\ndraft: true\n---\n");
    assert_eq!(site.codes(), ["target-unpublished", "target-unpublished"]);
}
