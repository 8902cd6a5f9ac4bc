//! What an editor reads when something is wrong: every message with its file, line, column, the line itself and
//! a way out, in both languages; and it ends with the right exit code.

mod alerts;
mod definitions;
mod downloads;
mod languages;
mod machine;
mod rare;

use tests::Site;
use tests::program::{NOW, Run, command, run};

/// A `site.yaml` whose lines do not move when the shipped one changes.
const SITE_YAML: &str = "\
title: { hr: Grad, en: Town, de: Stadt }
description: { hr: Vijesti, en: News, de: Aktuelles }
public_url: https://grad.example
theme: ljubuski
time_zone: Europe/Sarajevo
default_language: hr
languages:
  - { code: hr, name: Hrvatski }
  - { code: en, name: English }
  - { code: de, name: Deutsch }
menus:
  main:
    - label: { hr: Vijesti, en: News, de: Aktuelles }
      link: vijesti/_index.md
  footer:
    - label: { hr: Kontakt, en: Contact, de: Kontakt }
      link: kontakt.md
contact:
  name: { hr: Grad, en: Town, de: Stadt }
mail:
  from_name: { hr: Grad, en: Town, de: Stadt }
  from_address: no-reply@grad.example
";

/// A small form in order.
const FORM: &str = "\
title: { hr: Pitanje, en: Question, de: Frage }
description: { hr: Pitajte, en: Ask, de: Fragen }
retention: zahtjevi-za-isprave
sections:
  - id: you
    title: { hr: Vi, en: You, de: Sie }
    fields:
      - id: name
        kind: name
        label: { hr: Ime, en: Name, de: Name }
        missing: { hr: Upišite ime., en: Enter your name., de: Bitte geben Sie Ihren Namen an. }
";

const PAGE: &str = "---\ntitle: Proba\n---\n\n";

fn check(site: &Site, language: &str) -> Run {
    let root = site.root();
    run(&mut command(["check", "--root", root.to_str().unwrap(), "--now", NOW, "--lang", language]))
}

/// What a spoilt site is warned of; it is good all the same.
fn warns(code: &str, spoil: impl Fn(&Site)) {
    let site = Site::shipped();
    site.write("site.yaml", SITE_YAML);
    spoil(&site);
    let [hr, en] = ["hr", "en"].map(|language| check(&site, language));
    assert_eq!((hr.code, en.code), (Some(0), Some(0)), "{}", hr.err);
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("warning_{code}"), format!("{}\n{}", hr.err, en.err));
    });
}

/// Spoils a site, looks at it in both languages, and compares with what was agreed.
fn says(code: &str, place: &str, spoil: impl Fn(&Site)) {
    says_as(code, code, place, spoil);
}

fn says_as(name: &str, code: &str, place: &str, spoil: impl Fn(&Site)) {
    let site = Site::shipped();
    site.write("site.yaml", SITE_YAML);
    spoil(&site);
    let [hr, en] = ["hr", "en"].map(|language| check(&site, language));
    for (run, word) in [(&hr, "greška"), (&en, "error")] {
        assert_eq!(run.code, Some(1), "{name}: {}{}", run.out, run.err);
        assert!(run.err.contains(&format!("{word}[{code}]: ")), "{name}: {}", run.err);
        assert!(run.err.contains(&format!("--> {place}")), "{name}: {}", run.err);
        assert!(!run.err.contains('\u{1b}'), "no colours outside a terminal");
        assert!(!run.err.contains(" at line "), "{name}: a second, other place: {}", run.err);
    }
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("error_{name}"), format!("{}\n{}", hr.err, en.err));
    });
}

/// A page with a text.
fn page(text: &str) -> impl Fn(&Site) {
    let content = format!("{PAGE}{text}\n");
    move |site| {
        site.write("content/proba.md", &content);
    }
}

/// A page with lines more in its front matter.
fn front(lines: &str) -> impl Fn(&Site) {
    let content = format!("---\ntitle: Proba\n{lines}\n---\n\nTekst.\n");
    move |site| {
        site.write("content/proba.md", &content);
    }
}

/// The small form with one text replaced.
fn form(from: &'static str, to: &'static str) -> impl Fn(&Site) {
    assert!(FORM.contains(from));
    move |site| {
        site.write("content/obrasci/proba.yaml", FORM.replacen(from, to, 1));
    }
}

/// The settings with one text replaced.
fn settings(from: &'static str, to: &'static str) -> impl Fn(&Site) {
    assert!(SITE_YAML.contains(from));
    move |site| {
        site.replace("site.yaml", from, to);
    }
}

#[test]
fn the_site_of_these_tests_is_in_order() {
    let site = Site::shipped();
    site.write("site.yaml", SITE_YAML);
    site.write("content/proba.md", PAGE).write("content/obrasci/proba.yaml", FORM);
    let run = check(&site, "en");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
}

#[test]
fn front_matter() {
    says("bad-web-address", "content/projekti/proba.md:3:", |site| {
        site.write("content/projekti/proba.md", "---\ntitle: Proba\nurl: grad.example\n---\n\nTekst.\n");
    });
    says("bad-page-length", "content/proba/_index.md:3:", |site| {
        site.write("content/proba/_index.md", "---\ntitle: Proba\npaginate: 0\n---\n");
    });
    says("archive-without-dates", "content/proba/_index.md:4:", |site| {
        site.write("content/proba/_index.md", "---\ntitle: Proba\nsort: title\narchive: true\n---\n");
    });
    says("yaml-unreadable", "content/proba.md:3:", front("description: [ovo nije: zatvoreno"));
    says("unknown-key", "content/proba.md:3:1", front("opis: Nešto"));
    says_as("unknown-key-near", "unknown-key", "content/proba.md:3:1", front("descripton: Nešto"));
    says("key-of-other-kind", "content/proba.md:3:", front("city: Zagreb"));
    says("bad-date", "content/proba.md:3:", front("date: 31. 2. 2026."));
    says("bad-slug", "content/proba.md:3:", front("slug: Dva Dijela/x"));
    says("bad-alias", "content/proba.md:3:", front("aliases: [\"https://drugdje.example/\"]"));
    says("expires-before-publish", "content/proba.md:", front("publish: 2026-12-01\nexpires: 2026-11-01"));
    says_as("picture-missing-alt", "missing-key", "content/proba.md:3:", front("picture: { src: wall.svg }"));
    says("picture-without-alt", "content/proba.md:3:", front("picture: { src: wall.svg, alt: \"\" }"));
    says("duplicate-key", "content/proba.md:3:1", front("title: Još jednom"));
    says("front-matter-missing", "content/proba.md:1:1", |site| {
        site.write("content/proba.md", "# Proba\n\nTekst.\n");
    });
    says("missing-key", "content/proba.md:", |site| {
        site.write("content/proba.md", "---\ndescription: Bez naslova\n---\n\nTekst.\n");
    });
    says("empty-title", "content/proba.md:2:", |site| {
        site.write("content/proba.md", "---\ntitle: \"\"\n---\n\nTekst.\n");
    });
    says("ends-before-start", "content/dogadanja/proba.md:", |site| {
        site.write(
            "content/dogadanja/proba.md",
            "---\ntitle: Proba\nstart: 2026-12-02\nend: 2026-12-01\nplace: Dom\n---\n",
        );
    });
}

#[test]
fn text() {
    says("unknown-target", "content/proba.md:5:", page("Vidi [ovo](dijaspora/nema.md)."));
    says_as(
        "picture-in-text-without-alt",
        "picture-without-alt",
        "content/proba.md:5:",
        page("![](wall.svg)"),
    );
    says("raw-html", "content/proba.md:5:", page("Ovo je <b onclick=x>debelo</b>."));
    says("dangerous-link", "content/proba.md:5:", page("[Pritisni](java&#115;cript:alert)."));
    says("first-level-heading", "content/proba.md:5:", page("# Još jedan naslov"));
    says("empty-link", "content/proba.md:5:", page("Vidi [](kontakt.md)."));
    says("dead-link", "content/proba.md", page("Vidi [ovo](/nema/te/stranice/)."));
    says("dead-anchor", "content/proba.md", page("Vidi [ovo](kontakt.md#nema)."));
    says("target-unpublished", "content/proba.md:5:", |site| {
        page("Vidi [ovo](nacrt.md).")(site);
        site.write("content/nacrt.md", "---\ntitle: Nacrt\ndraft: true\n---\n\nTekst.\n");
    });
}

#[test]
fn files_and_addresses() {
    says("url-taken", "content/", |site| {
        site.write("content/proba.md", PAGE)
            .write("content/druga.md", "---\ntitle: Druga\nslug: proba\n---\n");
    });
    says("not-utf8", "content/proba.md", |site| {
        site.write("content/proba.md", b"---\ntitle: Proba\n---\n\n\xe8\n");
    });
    says("unknown-language", "content/proba.fr.md", |site| {
        site.write("content/proba.fr.md", PAGE);
    });
    says("unusable-file-name", "content/", |site| {
        site.write("content/što je ovo?.md", PAGE);
    });
    says("ambiguous-file-name", "content/", |site| {
        site.write("content/proba.md", PAGE).write("content/Proba.md", PAGE);
    });
    says("symbolic-link", "content/proba.md", |site| {
        std::os::unix::fs::symlink("/etc/hostname", site.root().join("content/proba.md")).unwrap();
    });
}

#[test]
fn a_link_to_a_page_that_is_over_is_a_warning() {
    let site = Site::shipped();
    site.write("site.yaml", SITE_YAML);
    site.write("content/proba.md", format!("{PAGE}Vidi [akciju](akcija.md).\n"));
    site.write("content/akcija.md", "---\ntitle: Akcija\nexpires: 2020-01-01\n---\n");
    let [hr, en] = ["hr", "en"].map(|language| check(&site, language));
    assert_eq!((hr.code, en.code), (Some(0), Some(0)), "{}", hr.err);
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("warning_target-not-now", format!("{}\n{}", hr.err, en.err));
    });
}

#[test]
fn yaml_that_would_never_end_is_refused() {
    let deep = format!("tags: {}", "[".repeat(300));
    says_as("yaml-too-deep", "yaml-unreadable", "content/proba.md:3:", front(&deep));
}

#[test]
fn a_file_larger_than_any_page_needs_is_refused_before_it_is_read() {
    says("file-too-large", "content/film.mp4", |site| {
        let file = std::fs::File::create(site.root().join("content/film.mp4")).unwrap();
        file.set_len(65 * 1024 * 1024).unwrap();
    });
}

#[test]
fn what_cannot_be_published() {
    says("reserved-path", "content/usluge/otpad.md", |site| {
        site.write("content/usluge/otpad.md", PAGE);
    });
    says("name-without-letters", "content/….md", |site| {
        site.write("content/….md", PAGE);
    });
    says("unpublishable-file", "content/tajna.MD", |site| {
        site.write("content/tajna.MD", PAGE);
    });
    says("text-too-long", "content/proba.md", |site| {
        site.write("content/proba.md", format!("{PAGE}{}", "riječ ".repeat(700_000)));
    });
    says("control-character", "content/proba.md", |site| {
        site.write("content/proba.md", "---\ntitle: \"Proba\\x01\"\n---\n");
    });
    says("terms-on-one-url", "content/vijesti/proba.md", |site| {
        let article = "---\ntitle: Proba\ndate: 2020-01-01\ntags: [Škola, skola]\n---\n\nTekst.\n";
        site.write("content/vijesti/proba.md", article);
    });
}

#[test]
fn all_mistakes_of_a_run_are_shown() {
    let site = Site::shipped();
    for name in ["prva", "druga", "treća"] {
        site.write(&format!("content/{name}.md"), format!("{PAGE}Vidi [ovo](nema/{name}.md).\n"));
    }
    site.write("content/cetvrta.md", "---\ntitle: [\n---\n");
    let run = check(&site, "en");
    for name in ["prva", "druga", "treća", "cetvrta"] {
        assert!(run.err.contains(&format!("content/{name}.md:")), "{name}: {}", run.err);
    }
    assert!(run.err.contains("4 errors"), "{}", run.err);
}
