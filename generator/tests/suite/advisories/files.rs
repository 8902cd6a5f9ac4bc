//! Files that are read from where they should not be, lost, overwritten, or two under one name.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use zavicaj::build::{self, Failure};

use crate::support::TinySite;

const SECRET: &str = "nobody-may-read-this";

/// All files below a folder.
fn state(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(
                    path.strip_prefix(folder).unwrap().display().to_string(),
                    fs::read(&path).unwrap(),
                );
            }
        }
    }
    found
}

/// GHSA-fw87-fv5r-9fpw and GHSA-c3wq-j5vh-68rc (Hugo): a link inside a mounted folder, or on the way to it, led out of
/// the site, and what it led to was published. Hugo's #15303: so did a mounted folder that was a link itself.
#[cfg(unix)]
#[test]
fn no_link_publishes_what_lies_outside_the_site() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("tajna.txt"), SECRET).unwrap();
    fs::write(outside.path().join("tajna.md"), format!("---\ntitle: T\n---\n{SECRET}\n")).unwrap();
    fs::write(outside.path().join("hr.yaml"), format!("nav.home: {SECRET}\n")).unwrap();
    fs::write(outside.path().join("page.html"), SECRET).unwrap();
    let file = |name: &str| outside.path().join(name);
    for (link, target) in [
        ("content/tajna.txt", file("tajna.txt")),
        ("content/tajna.md", file("tajna.md")),
        ("content/mapa", outside.path().to_owned()),
        ("content/vijesti/mapa", outside.path().to_owned()),
        ("themes/tiny/static/tajna.txt", file("tajna.txt")),
        ("themes/tiny/static/mapa", outside.path().to_owned()),
        ("themes/tiny/templates/tajna.html", file("page.html")),
        ("themes/tiny/strings/de.yaml", file("hr.yaml")),
        ("content/nikamo.txt", file("nema.txt")),
    ] {
        let site = TinySite::new();
        std::os::unix::fs::symlink(&target, site.root().join(link)).unwrap();
        let found = site.errors();
        assert!(
            found
                .iter()
                .any(|found| found.code == "symbolic-link" && found.place.as_ref().unwrap().path == link),
            "{link}: {found:#?}"
        );
    }
    // The folders themselves.
    for folder in [
        "content",
        "themes/tiny/static",
        "themes/tiny/templates",
        "themes/tiny/strings",
        "themes/tiny",
        "themes",
    ] {
        let (site, other) = (TinySite::new(), tempfile::tempdir().unwrap());
        let place = site.root().join(folder);
        let moved = other.path().join("mapa");
        fs::rename(&place, &moved).unwrap();
        std::os::unix::fs::symlink(&moved, &place).unwrap();
        let found = site.errors();
        assert!(found.iter().any(|found| found.code == "symbolic-link"), "{folder}: {found:#?}");
    }
}

/// A link that stays inside: towns change the theme of a day by one.
#[cfg(unix)]
#[test]
fn a_theme_may_be_a_link_to_a_folder_of_the_same_site() {
    let site = TinySite::new();
    fs::rename(site.root().join("themes/tiny"), site.root().join("themes/tiny-2")).unwrap();
    std::os::unix::fs::symlink("tiny-2", site.root().join("themes/tiny")).unwrap();
    assert!(site.page("index.html").contains("<h1>"));
}

/// zola#1378: `--output-dir` with the folder of the project deleted the project.
#[test]
fn an_output_folder_that_holds_anything_else_is_left_as_it_is() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "").write("dokumenti/diplomski.odt", "years of work");
    let before = state(site.root());
    let root = site.root().to_owned();
    for out in [
        root.clone(),
        root.join("."),
        root.join("content"),
        root.join("content/vijesti"),
        root.join("content/novo"),
        root.join("themes"),
        root.join("themes/tiny/static"),
        root.join("themes/tiny/static/novo"),
        root.join("dokumenti"),
        root.join("public/../dokumenti"),
        root.join("site.yaml"),
        root.join("dokumenti/diplomski.odt"),
        std::env::temp_dir(),
    ] {
        let failure = build::publish(&site.options(), &out);
        assert!(matches!(failure, Err(Failure::Environment(_))), "{}: {failure:?}", out.display());
        assert_eq!(state(&root), before, "{}", out.display());
    }
}

/// The same, after a good build: what somebody put into the folder outlives every later one.
#[test]
fn what_an_editor_puts_into_the_output_folder_outlives_every_build() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "").article("b", "2020-01-02", "");
    build::publish(&site.options(), &site.out()).unwrap();
    site.write("public/vijesti/a/moje.txt", "x")
        .write("public/CNAME", "place.example")
        .write("public/novo/x.txt", "x");
    fs::remove_file(site.root().join("content/vijesti/a.md")).unwrap();
    build::publish(&site.options(), &site.out()).unwrap();
    let after = state(&site.out());
    for path in ["vijesti/a/moje.txt", "CNAME", "novo/x.txt"] {
        assert!(after.contains_key(path), "{path}");
    }
    assert!(!after.contains_key("vijesti/a/index.html"));
}

/// zola#3231: files beside a section with several pages (or one that was not rendered) were lost without a word;
/// zola#1731: so were files whose names have no extension.
#[test]
fn every_file_of_the_content_is_published_or_spoken_of() {
    let site = TinySite::new();
    site.write("content/vijesti/_index.md", "---\ntitle: Vijesti\npaginate: 1\n---\n")
        .write("content/prazno/_index.md", "---\ntitle: Prazno\n---\n")
        .write("content/album/index.md", "---\ntitle: Album\n---\n")
        .write("content/samo-en/index.en.md", "---\ntitle: Album\n---\n")
        .write("content/drugamo/index.md", "---\ntitle: D\nslug: ovamo\naliases: [/staro/]\n---\n")
        .write("content/isteklo.md", "---\ntitle: I\nexpires: 2020-01-01\n---\n");
    for number in 1..4 {
        site.article(&format!("v{number}"), &format!("2020-01-0{number}"), "");
    }
    let files = [
        "vijesti/popis.pdf",
        "vijesti/slike/a.JPG",
        "vijesti/v1.txt",
        "prazno/popis.pdf",
        "album/popis.pdf",
        "album/slike/duboko/a.png",
        "samo-en/popis.pdf",
        "drugamo/popis.pdf",
        "bez-stranice/popis.pdf",
        "popis.pdf",
        "isteklo.pdf",
        "Šetnica/Čaj.pdf",
    ];
    for path in files {
        site.write(&format!("content/{path}"), path);
    }
    let (outputs, _) = site.outputs();
    for path in files {
        let copies: Vec<_> =
            outputs.iter().filter(|(_, bytes)| bytes == &path.as_bytes()).map(|(path, _)| path).collect();
        assert_eq!(copies.len(), 1, "{path}: {copies:?}");
    }
    // A page of the list shows the file from its own address.
    site.write("content/vijesti/_index.md", "---\ntitle: Vijesti\npaginate: 1\n---\n[Popis](popis.pdf)\n");
    let second = site.page("vijesti/stranica/2/index.html");
    assert!(!second.contains("popis.pdf") || second.contains("/vijesti/popis.pdf"), "{second}");
    for path in ["vijesti/CITAJ", "vijesti/slika.tiff", "vijesti/a.bak"] {
        let site = TinySite::new();
        site.write(&format!("content/{path}"), "x");
        let found = site.errors();
        assert_eq!((found.len(), found[0].code), (1, "unpublishable-file"), "{path}");
    }
}

/// zola#1030 and others: a name in the form of a Mac (`c` and its caron apart) was another page than the same name in
/// the form of all others, and links between them broke on the way to the server.
#[test]
fn both_unicode_forms_of_a_name_are_one_page_with_one_address() {
    let (apart, one) = ("c\u{30c}aj-i-s\u{30c}ec\u{301}er", "čaj-i-šećer");
    let mut pages = Vec::new();
    for (file, link) in [(apart, one), (one, apart), (apart, apart), (one, one)] {
        let site = TinySite::new();
        site.write(&format!("content/{file}/index.md"), "---\ntitle: Č\n---\n")
            .write(&format!("content/{file}/{file}.pdf"), "x")
            .write(
                "content/k.md",
                &format!("---\ntitle: K\n---\n[a]({link}/index.md) [b]({link}/{link}.pdf)\n"),
            );
        let (outputs, _) = site.outputs();
        assert!(
            outputs.contains_key("caj-i-secer/index.html")
                && outputs.contains_key("caj-i-secer/čaj-i-šećer.pdf"),
            "{:?}",
            outputs.keys()
        );
        pages.push(outputs["k/index.html"].clone());
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "{}", String::from_utf8_lossy(&pages[1]));
    let site = TinySite::new();
    site.write(&format!("content/{apart}.md"), "---\ntitle: A\n---\n")
        .write(&format!("content/{one}.md"), "---\ntitle: B\n---\n");
    assert!(site.codes().contains(&"ambiguous-file-name"), "two files are one on a Mac");
    // Words of a taxonomy come from two keyboards as well.
    let site = TinySite::new();
    site.article("a", "2020-01-01", &format!("tags: [\"{apart}\"]\n")).article(
        "b",
        "2020-01-01",
        &format!("tags: [\"{one}\"]\n"),
    );
    match build::check(&site.options()) {
        Ok(_) => assert_eq!(
            site.outputs().0.keys().filter(|path| path.ends_with("caj-i-secer/index.html")).count(),
            1
        ),
        Err(Failure::Content(found)) => {
            assert!(found.iter().all(|found| found.code == "terms-on-one-url"), "{found:#?}")
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// Git for Windows, hugo#11190 and others: of two names that differ only in case, one overwrote the other when the site
/// was checked out, or uploaded, on a disk that does not tell them apart.
#[test]
fn names_that_differ_only_in_case_are_refused_wherever_they_meet() {
    for (one, other) in [
        ("content/vijesti/Proba.md", "content/vijesti/proba.md"),
        ("content/popis.pdf", "content/POPIS.pdf"),
        ("content/a/Čaj.pdf", "content/a/čaj.pdf"),
        ("content/Mapa/a.pdf", "content/mapa/a.pdf"),
        ("themes/tiny/static/a.css", "themes/tiny/static/A.css"),
        ("themes/tiny/templates/deo.html", "themes/tiny/templates/Deo.html"),
        ("content/popis.pdf", "themes/tiny/static/Popis.pdf"),
        ("content/css/a.txt", "themes/tiny/static/css/A.txt"),
    ] {
        let site = TinySite::new();
        let text = if one.ends_with(".md") { "---\ntitle: T\ndate: 2020-01-01\n---\n" } else { "x" };
        site.write(one, text).write(other, text);
        let codes = site.codes();
        assert!(
            codes.contains(&"ambiguous-file-name") || codes.contains(&"url-taken"),
            "{one}, {other}: {codes:?}"
        );
    }
    // A link in other letters than the file's works here and nowhere else.
    let site = TinySite::new();
    site.article("a", "2020-01-01", "").write("content/k.md", "---\ntitle: K\n---\n[a](vijesti/A.md)\n");
    assert_eq!(site.codes(), ["unknown-target"]);
}
