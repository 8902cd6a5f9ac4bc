//! What a change reaches in a build over the last one, and what it leaves alone.

use std::fs;

use crate::support::TinySite;
use crate::support::kept::{Kept, png, show_everything, with_pictures};
use zavicaj::cache::Cache;
use zavicaj::source::Happened;

#[test]
fn what_a_change_does_not_reach_is_not_made_again() {
    let site = with_pictures();
    for number in 0..50 {
        site.article(&format!("{number:02}"), "2019-05-15", "");
    }
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    let (outcome, made) = kept.build(&site, &mut cache, Happened::Anything);
    let files = outcome.unwrap().0.len();
    assert_eq!(made, files);
    assert_eq!(kept.build(&site, &mut cache, Happened::Anything).1, 0, "nothing changed");
    site.write("content/vijesti/49.md", "---\ntitle: \"49\"\ndate: 2019-05-15\n---\nDrugi tekst.\n");
    let made = kept.build(&site, &mut cache, Happened::Anything).1;
    // Its page, its list, three pages of the archive, the front page, two neighbours (they show its first words),
    // three feeds.
    assert!((1..=12).contains(&made), "{made} of {files} files were made again");
}

#[test]
fn a_link_to_a_file_tells_the_size_that_the_file_has_now() {
    let site = TinySite::new();
    site.article("a", "2019-05-15", "")
        .write("content/tekst.md", "---\ntitle: T\n---\n[Odluka](odluka.pdf)\n");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    for (size, told) in [(640_000, "640\u{a0}kB"), (3_000_000, "3,0\u{a0}MB")] {
        site.bytes("content/odluka.pdf", &[b"%PDF-1.7\n".to_vec(), vec![b' '; size - 9]].concat());
        let (outcome, made) = kept.build(&site, &mut cache, Happened::Anything);
        let (files, warnings) = outcome.unwrap();
        assert!(warnings.is_empty(), "{warnings:?}");
        let page = String::from_utf8(files["tekst/index.html"].clone()).unwrap();
        assert!(page.contains(&format!("Odluka (PDF, {told})</a>")), "{page}");
        assert!(size == 640_000 || made == 2, "the file and the page that links to it, not {made}");
    }
}

#[test]
fn what_stands_around_a_form_is_as_new_as_elsewhere() {
    let site = crate::support::form::site();
    site.template(
        "form",
        "<!doctype html><html lang=\"{{ lang }}\"><head><title>{{ page.title }}</title></head><body>\
         <h1>{{ page.title }}</h1>{{ page.content | safe }}\
         {% for item in section(path=\"vijesti\", limit=1) %}{{ item.title }}{% endfor %}",
    );
    site.article("a", "2020-01-01", "");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    kept.build(&site, &mut cache, Happened::Anything).0.unwrap();
    site.write("content/vijesti/a.md", "---\ntitle: Najnovije\ndate: 2020-01-01\n---\nTekst.\n");
    let followed = kept.build(&site, &mut cache, Happened::Anything).0.unwrap().0;
    let forms = followed.iter().filter(|(path, _)| path.starts_with("obrasci/") && path.ends_with(".html"));
    let old: Vec<&String> = forms
        .filter(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("Najnovije"))
        .map(|(path, _)| path)
        .collect();
    assert!(old.is_empty(), "{old:?}");
}

#[test]
fn the_lead_story_of_the_front_page_is_as_new_as_its_own_page() {
    let site = with_pictures();
    for number in 10..20 {
        site.article(&format!("{number}"), &format!("20{number}-05-15"), "");
    }
    site.write("content/_index.md", "---\ntitle: Početna\nlead: vijesti/10.md\n---\n");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    kept.build(&site, &mut cache, Happened::Anything).0.unwrap();
    site.write("content/vijesti/10.md", "---\ntitle: Novi naslov\ndate: 2010-05-15\n---\nTekst.\n");
    let followed = kept.build(&site, &mut cache, Happened::Anything).0.unwrap().0;
    let front_page = String::from_utf8_lossy(&followed["index.html"]);
    assert!(front_page.contains("Novi naslov"), "{front_page}");
}

/// The codes of a build over the last one.
fn codes(kept: &mut Kept, site: &TinySite, cache: &mut Cache) -> Vec<&'static str> {
    let found = kept.build(site, cache, Happened::Anything).0.err().unwrap_or_default();
    found.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn what_a_link_leads_to_can_go_while_its_page_stays_as_it_was() {
    let site = with_pictures();
    site.write("content/a.md", "---\ntitle: A\n---\n\n[Odlomak](b.md#odlomak) i [stranica](/c/).\n");
    site.write("content/b.md", "---\ntitle: B\n---\n\n## Odlomak\n");
    site.write("content/c.md", "---\ntitle: C\n---\n");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    assert_eq!(codes(&mut kept, &site, &mut cache), [""; 0]);
    site.write("content/b.md", "---\ntitle: B\n---\n\n## Drugi odlomak\n");
    assert_eq!(codes(&mut kept, &site, &mut cache), ["dead-anchor"]);
    site.write("content/b.md", "---\ntitle: B\n---\n\n## Odlomak\n\nVraćen.\n");
    assert_eq!(codes(&mut kept, &site, &mut cache), [""; 0]);
    fs::remove_file(site.root().join("content/c.md")).unwrap();
    assert_eq!(codes(&mut kept, &site, &mut cache), ["dead-link"]);
}

#[test]
fn a_new_title_takes_its_place_in_a_list_by_titles() {
    let site = with_pictures();
    site.write("content/vijesti/_index.md", "---\ntitle: Vijesti\nsort: title\n---\n");
    for (name, title) in [("x", "Breg"), ("y", "Cesta"), ("z", "Dom")] {
        site.write(
            &format!("content/vijesti/{name}.md"),
            &format!("---\ntitle: {title}\ndate: 2020-01-01\n---\n"),
        );
    }
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    kept.build(&site, &mut cache, Happened::Anything).0.unwrap();
    site.write("content/vijesti/z.md", "---\ntitle: Akacija\ndate: 2020-01-01\n---\n");
    let followed = kept.build(&site, &mut cache, Happened::Anything).0.unwrap().0;
    let list = String::from_utf8_lossy(&followed["vijesti/index.html"]).into_owned();
    let place = |title: &str| list.find(&format!("\"{title}\"")).or_else(|| list.find(title));
    assert!(place("Akacija") < place("Breg") && place("Breg") < place("Cesta"), "{list}");
}

#[test]
fn a_page_that_is_not_made_again_is_told_to_be_too_heavy_as_long_as_its_picture_is() {
    let site = TinySite::new();
    site.template(
        "page",
        "<!doctype html><html lang=\"{{ lang }}\"><head><title>{{ page.title }}</title></head><body>\
         <h1>{{ page.title }}</h1><img src=\"/slike/velika.png\" alt=\"\">",
    );
    site.write("content/slike/tekst.md", "---\ntitle: T\n---\nTekst.\n");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    let mut build = |size: usize| {
        site.bytes("content/slike/velika.png", &[png(4, 2), vec![0; size]].concat());
        let (outcome, made) = kept.build(&site, &mut cache, Happened::Anything);
        let told: Vec<(&str, String)> =
            outcome.unwrap().1.into_iter().map(|found| (found.code, found.message.en)).collect();
        (told, made)
    };
    assert_eq!(build(900_000).0, []);
    let message = "the page slike/tekst/index.html loads 1301 kB when it is opened, more than the allowed 1000 kB; the \
                   heaviest: slike/velika.png 1301 kB, the page itself 1 kB";
    let told = vec![("page-too-heavy", message.to_owned())];
    assert_eq!(build(1_300_000), (told.clone(), 1), "only the picture is made");
    assert_eq!(build(1_300_000), (told, 0), "told again, though nothing has changed");
    assert_eq!(build(900_000), (Vec::new(), 1));
    site.write(
        "site.yaml",
        &format!(
            "{}checks: {{ page_weight_kb: 900 }}\n",
            fs::read_to_string(site.root().join("site.yaml")).unwrap()
        ),
    );
    assert_eq!(build(900_000).0.len(), 1, "a lower limit");
}

#[test]
fn a_page_that_is_not_made_again_is_told_to_be_too_heavy_as_long_as_its_style_sheet_loads_a_large_font() {
    let site = TinySite::new();
    site.template(
        "page",
        "<!doctype html><html lang=\"{{ lang }}\"><head><title>{{ page.title }}</title>\
         <link rel=\"stylesheet\" href=\"/css/all.css\"></head><body><h1>{{ page.title }}</h1>",
    );
    site.write("content/tekst.md", "---\ntitle: T\n---\nTekst.\n")
        .write(
            "themes/tiny/static/css/all.css",
            "@import \"fonts.css\"; body { background: url(../slika.png) }",
        )
        .bytes("themes/tiny/static/css/a.woff2", &vec![0; 900_000])
        .bytes("themes/tiny/static/css/a.woff", &vec![0; 9_000_000])
        .bytes("content/slika.png", &[png(4, 2), vec![0; 200_000]].concat());
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    let mut build = |fonts: &str| {
        site.write("themes/tiny/static/css/fonts.css", fonts);
        let (outcome, made) = kept.build(&site, &mut cache, Happened::Anything);
        let told: Vec<String> = outcome.unwrap().1.into_iter().map(|found| found.message.en).collect();
        (told, made)
    };
    assert_eq!(build("").0, Vec::<String>::new());
    let fonts =
        "@font-face { font-family: A; src: url(a.woff2) format('woff2'), url(a.woff) format('woff') }";
    let told = vec![
        "the page tekst/index.html loads 1101 kB when it is opened, more than the allowed 1000 kB; the heaviest: \
         css/a.woff2 900 kB, slika.png 201 kB, the page itself 1 kB"
            .to_owned(),
    ];
    assert_eq!(build(fonts).0, told);
    assert_eq!(build(fonts), (told, 0), "told again, though nothing has changed");
    assert_eq!(build("").0, Vec::<String>::new());
}

#[test]
fn an_archive_is_as_new_as_the_articles_of_the_sections_below() {
    let site = TinySite::new();
    show_everything(&site);
    site.write("content/vijesti/sport/_index.md", "---\ntitle: Sport\n---\n")
        .article("a", "2020-01-01", "")
        .article("sport/b", "2020-01-02", "");
    let (mut kept, mut cache) = (Kept::default(), Cache::default());
    let mut build = || kept.build(&site, &mut cache, Happened::Anything).0.unwrap().0;
    build();
    site.write("content/vijesti/sport/b.md", "---\ntitle: Novi naslov\ndate: 2020-01-02\n---\nTekst.\n");
    let month = String::from_utf8(build()["vijesti/arhiva/2020/01/index.html"].clone()).unwrap();
    assert!(month.contains("Novi naslov"), "{month}");
    site.article("sport/c", "2020-01-03", "");
    let month = String::from_utf8(build()["vijesti/arhiva/2020/01/index.html"].clone()).unwrap();
    assert!(month.contains("sport/c"), "{month}");
}
