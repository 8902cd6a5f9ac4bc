//! What becomes of content: addresses, lists, neighbours, languages, schedule.

use crate::support::TinySite;

fn paths(site: &TinySite) -> Vec<String> {
    site.outputs().0.into_keys().collect()
}

#[test]
fn every_document_gets_the_address_of_its_place_and_name() {
    let site = TinySite::new();
    site.article("2019/Čišćenje Đurđevca", "2019-05-15", "")
        .write(
            "content/vijesti/album/index.md",
            "---\ntitle: Album\ndate: 2020-01-01\n---\n![more](more.txt)\n",
        )
        .write("content/vijesti/album/more.txt", "x")
        .write("content/kontakt.en.md", "---\ntitle: Contact\n---\n")
        .write("content/kontakt.md", "---\ntitle: Kontakt\nslug: javite-se\n---\n");
    let paths = paths(&site);
    for expected in [
        "index.html",
        "vijesti/index.html",
        "vijesti/2019/ciscenje-durdevca/index.html",
        "vijesti/album/index.html",
        "vijesti/album/more.txt",
        "javite-se/index.html",
        "en/kontakt/index.html",
        "404.html",
        "en/404.html",
        "atom.xml",
        "feed.json",
        "sitemap.xml",
        "robots.txt",
    ] {
        assert!(paths.iter().any(|path| path == expected), "{expected} is missing in {paths:?}");
    }
}

#[test]
fn a_list_has_pages_of_twenty_newest_first() {
    let site = TinySite::new();
    for number in 1..=21 {
        site.article(&format!("v{number:02}"), &format!("2020-01-{number:02}"), "");
    }
    let first = site.page("vijesti/index.html");
    assert!(first.find("v21").unwrap() < first.find("v20").unwrap());
    assert!(first.contains("1/2") && !first.contains(">v01<"));
    let second = site.page("vijesti/stranica/2/index.html");
    assert!(second.contains(">v01<") && second.contains("2/2") && !second.contains(">v02<"));
}

#[test]
fn an_article_knows_its_older_and_newer_neighbour_and_its_section() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "").article("b", "2020-01-02", "").article("c", "2020-01-03", "");
    let page = site.page("vijesti/b/index.html");
    assert!(page.contains(r#"rel=prev href="/vijesti/a/""#), "{page}");
    assert!(page.contains(r#"rel=next href="/vijesti/c/""#), "{page}");
    assert!(page.contains("[nav.home hr][Vijesti]<h1>b</h1>"), "{page}");
    assert!(page.contains("2. siječnja 2020."), "{page}");
}

#[test]
fn related_articles_share_terms_and_the_nearest_come_first() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "tags: [voda, most]\n")
        .article("b", "2020-01-02", "tags: [voda]\n")
        .article("c", "2020-01-03", "tags: [voda, most]\n")
        .article("d", "2020-01-04", "tags: [sport]\n");
    let page = site.page("vijesti/a/index.html");
    let (c, b) = (page.find(r#"related href="/vijesti/c/""#), page.find(r#"related href="/vijesti/b/""#));
    assert!(c.unwrap() < b.unwrap(), "{page}");
    assert!(!page.contains(r#"related href="/vijesti/d/""#), "{page}");
}

#[test]
fn terms_have_pages_in_the_order_of_the_alphabet() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "categories: [Šport, Čuvari, Cvijet]\ntags: [lj]\n").article(
        "b",
        "2020-01-02",
        "categories: [Šport]\n",
    );
    assert!(site.page("kategorije/index.html").contains("Cvijet=1;Čuvari=1;Šport=2;"));
    assert!(site.page("kategorije/sport/index.html").contains(">b</a>"));
    assert!(site.page("oznake/lj/index.html").contains(">a</a>"));
}

#[test]
fn a_draft_and_what_is_not_due_or_is_over_are_not_published() {
    let mut site = TinySite::new();
    site.article("nacrt", "2020-01-01", "draft: true\n")
        .article("sutra", "2026-11-24", "")
        .article("isteklo", "2020-01-01", "expires: 2026-11-23\n")
        .article("vrijedi", "2020-01-01", "expires: 2026-11-24\npublish: 2026-11-23\n");
    let (outputs, built) = site.outputs();
    let has = |name: &str| outputs.contains_key(&format!("vijesti/{name}/index.html"));
    assert_eq!((has("nacrt"), has("sutra"), has("isteklo"), has("vrijedi")), (false, false, false, true));
    // Midnight in Sarajevo is 23:00 UTC in winter.
    assert_eq!(built.next_change, Some("2026-11-23T23:00:00Z".parse().unwrap()));

    site.drafts = true;
    let (outputs, _) = site.outputs();
    assert!(outputs.contains_key("vijesti/nacrt/index.html"));
    assert!(outputs.contains_key("vijesti/sutra/index.html"));
}

#[test]
fn a_page_appears_at_its_moment() {
    let mut site = TinySite::new();
    site.article("nova", "2026-11-24", "");
    site.now = "2026-11-23T22:59:59Z".parse().unwrap();
    assert!(!paths(&site).contains(&"vijesti/nova/index.html".to_owned()));
    site.now = "2026-11-23T23:00:00Z".parse().unwrap();
    assert!(paths(&site).contains(&"vijesti/nova/index.html".to_owned()));
}

#[test]
fn links_by_source_path_lead_to_the_page_in_the_readers_language() {
    let site = TinySite::new();
    site.write("content/cilj.md", "---\ntitle: Cilj\n---\n## Što vam treba\n")
        .write("content/cilj.en.md", "---\ntitle: Goal\n---\n## What you need\n")
        .write("content/samo.md", "---\ntitle: Samo\n---\n")
        .write("content/mapa/a.md", "---\ntitle: A\n---\n[c](cilj.md#što-vam-treba-ne)\n")
        .write("content/mapa/a.en.md", "---\ntitle: A\n---\n[c](../cilj.md#what-you-need) [s](samo.md)\n");
    assert_eq!(site.codes(), ["dead-anchor"]);
    site.write("content/mapa/a.md", "---\ntitle: A\n---\n[c](cilj.md#sto-vam-treba)\n");
    assert!(site.page("mapa/a/index.html").contains(r##"href="/cilj/#sto-vam-treba""##));
    let english = site.page("en/mapa/a/index.html");
    assert!(english.contains(r##"href="/en/cilj/#what-you-need""##), "{english}");
    assert!(english.contains(r#"href="/samo/""#), "{english}");
}

#[test]
fn an_old_address_leads_to_the_new_one() {
    let site = TinySite::new();
    site.article("nova", "2020-01-01", "aliases: [/staro/mjesto/, /staro.html]\n");
    for path in ["staro/mjesto/index.html", "staro.html"] {
        let page = site.page(path);
        assert!(page.contains(r#"content="0; url=/vijesti/nova/""#), "{page}");
        assert!(page.contains(r#"rel="canonical" href="https://place.example/vijesti/nova/""#), "{page}");
    }
}

#[test]
fn the_sitemap_names_the_same_page_in_other_languages() {
    let site = TinySite::new();
    site.write("content/k.md", "---\ntitle: K\n---\n").write("content/k.en.md", "---\ntitle: K\n---\n");
    let map = site.page("sitemap.xml");
    assert!(map.contains("<loc>https://place.example/k/</loc>"), "{map}");
    assert!(map.contains(r#"hreflang="en" href="https://place.example/en/k/"/>"#), "{map}");
}

#[test]
fn feeds_hold_the_whole_text_with_absolute_links() {
    let site = TinySite::new();
    site.write(
        "content/vijesti/a.md",
        "---\ntitle: A & B\ndate: 2020-01-01\n---\n[x](/robots.txt) <i@x.hr>\n",
    );
    let atom = site.page("atom.xml");
    assert!(atom.contains("<title>A &amp; B</title>"), "{atom}");
    assert!(
        atom.contains("href=\"https://place.example/robots.txt\"")
            || atom.contains("&quot;https://place.example/robots.txt&quot;"),
        "{atom}"
    );
    let json: serde_json::Value = serde_json::from_str(&site.page("feed.json")).unwrap();
    assert_eq!(json["items"][0]["url"], "https://place.example/vijesti/a/");
    let html = json["items"][0]["content_html"].as_str().unwrap();
    assert!(html.contains(r#"href="https://place.example/robots.txt""#), "{html}");
    assert!(html.contains(r#"href="mailto:i@x.hr""#), "{html}");
}

#[test]
fn two_builds_of_the_same_sources_are_the_same_bytes() {
    let site = TinySite::new();
    for number in 1..=30 {
        site.article(&format!("v{number}"), "2020-01-01", "tags: [a, b, c]\ncategories: [x, y]\n");
    }
    assert_eq!(site.outputs().0, site.outputs().0);
}

#[test]
fn the_catalogue_of_a_language_without_a_text_is_refused() {
    let site = TinySite::new();
    let path = site.root().join("themes/tiny/strings/en.yaml");
    let text = std::fs::read_to_string(&path).unwrap().replace("content.table: content.table en\n", "");
    site.write("themes/tiny/strings/en.yaml", &text);
    assert_eq!(site.codes(), ["string-missing"]);
}
