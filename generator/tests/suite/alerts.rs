//! Alerts above pages: where, when, in which language, and what an editor hears about mistakes.

use crate::support::TinySite;
use zavicaj::diagnostic::Diagnostic;

/// A theme that shows alerts as plain text.
fn site() -> TinySite {
    let site = TinySite::new();
    let page = "<!doctype html><html lang=\"{{ lang }}\"><head><title>x</title></head><body><h1>x</h1>\
        {% for alert in alerts %}({{ alert.level }} {{ alert.lang }} {{ alert.title }}: {{ alert.content | safe }}){% endfor %}";
    for name in ["home", "section", "article", "page", "404", "term", "taxonomy"] {
        site.template(name, page);
    }
    site.template("form", &format!("{page}<title>{{{{ page.title }}}}</title>{{{{ page.content | safe }}}}"));
    site.write("content/_index.en.md", "---\ntitle: Home\n---\n");
    site
}

fn alert(site: &TinySite, name: &str, front: &str, text: &str) {
    site.write(
        &format!("content/obavijesti/{name}.md"),
        &format!("---\ntitle: {name}\n{front}---\n{text}\n"),
    );
}

const UNTIL: &str = "expires: 2026-12-01\n";

fn alerts(site: &TinySite, path: &str) -> String {
    let page = site.page(path);
    page.split_once("</h1>").unwrap().1.replace('\n', "")
}

fn warnings(site: &TinySite) -> Vec<&'static str> {
    site.outputs().1.warnings.iter().map(|diagnostic: &Diagnostic| diagnostic.code).collect()
}

#[test]
fn an_alert_stands_above_every_page_and_has_none_of_its_own() {
    let site = site();
    site.article("a", "2020-01-01", "tags: [voda]\n");
    alert(
        &site,
        "Nema vode",
        &format!("level: warning\n{UNTIL}"),
        "Do 18 sati. [Stanje vodovoda](vijesti/a.md).",
    );
    let expected = "(warning hr Nema vode: <p>Do 18 sati. <a href=\"/vijesti/a/\">Stanje vodovoda</a>.</p>)";
    for path in
        ["index.html", "vijesti/index.html", "vijesti/a/index.html", "404.html", "oznake/voda/index.html"]
    {
        assert_eq!(alerts(&site, path), expected, "{path}");
    }
    let (outputs, built) = site.outputs();
    assert!(!outputs.keys().any(|path| path.contains("obavijesti")), "{:?}", outputs.keys());
    assert!(!String::from_utf8_lossy(&outputs["sitemap.xml"]).contains("obavijesti"));
    assert!(built.warnings.is_empty(), "{:?}", built.warnings);
}

#[test]
fn the_most_urgent_comes_first() {
    let site = site();
    for (name, front) in
        [("a", ""), ("b", "level: danger\n"), ("c", "level: warning\n"), ("d", "level: danger\nweight: -1\n")]
    {
        alert(&site, name, &format!("{front}{UNTIL}"), "x");
    }
    let shown = alerts(&site, "index.html");
    let order = ["danger hr d", "danger hr b", "warning hr c", "information hr a"];
    assert!(order.map(|alert| shown.find(alert).unwrap()).is_sorted(), "{shown}");
}

#[test]
fn an_alert_comes_and_goes_at_its_moments_and_the_server_knows_them() {
    let mut site = site();
    alert(&site, "a", "publish: 2026-11-23T14:00\nexpires: 2026-11-23T15:00\n", "x");
    let mut at = |now: &str| {
        site.now = now.parse().unwrap();
        (
            alerts(&site, "index.html").contains("(information"),
            site.outputs().1.next_change.unwrap().to_string(),
        )
    };
    assert_eq!(at("2026-11-23T12:59:59Z"), (false, "2026-11-23T13:00:00Z".to_owned()));
    assert_eq!(at("2026-11-23T13:00:00Z"), (true, "2026-11-23T14:00:00Z".to_owned()));
    assert_eq!(at("2026-11-23T14:00:00Z"), (false, "2026-12-31T23:00:00Z".to_owned()));
}

#[test]
fn an_alert_can_be_limited_to_sections() {
    let site = site();
    site.article("a", "2020-01-01", "")
        .write("content/četvrti/_index.md", "---\ntitle: Č\n---\n")
        .write("content/četvrti/x.md", "---\ntitle: X\n---\n")
        .write("content/četvrtina.md", "---\ntitle: Y\n---\n");
    alert(&site, "a", &format!("sections: [četvrti]\n{UNTIL}"), "x");
    for (path, is_there) in [
        ("cetvrti/index.html", true),
        ("cetvrti/x/index.html", true),
        ("cetvrtina/index.html", false),
        ("vijesti/a/index.html", false),
        ("index.html", false),
    ] {
        assert_eq!(!alerts(&site, path).is_empty(), is_there, "{path}");
    }
    alert(&site, "a", &format!("sections: [vijesti/_index.md, obrasci/]\n{UNTIL}"), "x");
    assert!(!alerts(&site, "vijesti/a/index.html").is_empty());
    assert!(alerts(&site, "cetvrti/index.html").is_empty());
}

#[test]
fn without_a_translation_the_text_of_the_default_language_is_shown_with_its_tag() {
    let site = site();
    alert(&site, "voda", &format!("level: danger\n{UNTIL}"), "Hrvatski.");
    assert_eq!(alerts(&site, "en/index.html"), "(danger hr voda: <p>Hrvatski.</p>)");
    // A translation says only what it has to say.
    site.write("content/obavijesti/voda.en.md", "---\ntitle: Water\n---\nEnglish.\n");
    assert_eq!(alerts(&site, "en/index.html"), "(danger en Water: <p>English.</p>)");
    assert_eq!(alerts(&site, "index.html"), "(danger hr voda: <p>Hrvatski.</p>)");
    assert_eq!(warnings(&site), [""; 0]);
}

#[test]
fn a_translation_does_not_outlive_its_original() {
    let mut site = site();
    alert(&site, "voda", UNTIL, "Hrvatski.");
    site.write("content/obavijesti/voda.en.md", "---\ntitle: Water\n---\nEnglish.\n");
    site.now = "2026-12-02T00:00:00Z".parse().unwrap();
    assert_eq!((alerts(&site, "index.html"), alerts(&site, "en/index.html")), (String::new(), String::new()));
    site.now = "2026-11-24T00:00:00Z".parse().unwrap();
    alert(&site, "voda", &format!("draft: true\n{UNTIL}"), "Hrvatski.");
    assert_eq!(alerts(&site, "en/index.html"), "");
}

#[test]
fn mistakes_of_editors_are_told() {
    let codes = |front: &str, text: &str| {
        let site = site();
        alert(&site, "a", front, text);
        site.codes()
    };
    assert_eq!(codes(&format!("level: velika\n{UNTIL}"), "x"), ["alert-level-unknown"]);
    assert_eq!(codes(&format!("sections: [vijest]\n{UNTIL}"), "x"), ["alert-section-unknown"]);
    assert_eq!(codes("expires: 2026-12-01\npublish: 2026-12-02\n", "x"), ["expires-before-publish"]);
    assert_eq!(codes(&format!("slug: a\n{UNTIL}"), "x"), ["key-of-other-kind"]);
    assert_eq!(codes(&format!("description: a\n{UNTIL}"), "x"), ["key-of-other-kind"]);
    assert_eq!(codes(&format!("lvel: danger\n{UNTIL}"), "x"), ["unknown-key"]);
    assert_eq!(codes(UNTIL, "[b](nema.md)"), ["unknown-target"]);
    for block in
        ["## Naslov", "![a](/robots.txt)", "> a", "---", "| a |\n|---|\n| b |", "```\na\n```", "- [ ] a"]
    {
        assert_eq!(codes(UNTIL, &format!("x\n\n{block}")), ["alert-with-block"], "{block}");
    }
    // Alerts stand outside of the main part of pages, where such numbers are looked for.
    assert_eq!(codes(UNTIL, "JMB 0101990150010"), ["personal-number"]);
    let site = site();
    site.write("content/obavijesti/_index.md", "---\ntitle: Obavijesti\n---\n");
    assert_eq!(site.codes(), ["alert-folder-without-list"]);
    let site = TinySite::new();
    alert(&site, "a", UNTIL, "x");
    site.write("content/b.md", "---\ntitle: B\n---\n[a](obavijesti/a.md)\n");
    assert_eq!(site.codes(), ["unknown-target"], "an alert has no page to link to");
}

#[test]
fn what_is_only_doubtful_is_a_warning() {
    let site = site();
    alert(&site, "a", "", "x");
    assert_eq!(warnings(&site), ["alert-without-end"]);
    alert(&site, "a", UNTIL, &"riječ ".repeat(120));
    assert_eq!(warnings(&site), ["alert-too-long"]);
    alert(&site, "a", UNTIL, "x");
    site.write("content/obavijesti/a.en.md", "---\ntitle: A\nlevel: danger\nexpires: 2027-12-01\n---\nx\n");
    assert_eq!(warnings(&site), ["alert-differs"]);
}
