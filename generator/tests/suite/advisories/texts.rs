//! Words that become HTML.

use zavicaj::check::tags::{Token, Tokens};

use crate::support::TinySite;

/// A PNG header of 3 by 2 pixels.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";

fn with_text(markdown: &str) -> TinySite {
    let site = TinySite::new();
    site.bytes("content/vijesti/slika.png", PICTURE)
        .article("a", "2020-01-01", "")
        .write("content/tekst.md", &format!("---\ntitle: T\n---\n{markdown}\n"));
    site
}

/// The page of a text; nothing in it is a script, and no element has an attribute that runs one.
fn harmless(markdown: &str) -> String {
    let page = with_text(markdown).page("tekst/index.html");
    assert_harmless(&page);
    page
}

fn assert_harmless(page: &str) {
    let mut tokens = Tokens::of(page);
    while let Some(token) = tokens.next() {
        let Token::Start(tag) = token else { continue };
        assert!(!["script", "iframe", "object", "embed", "svg"].iter().any(|name| tag.is(name)), "{page}");
        for (name, value) in tag.attributes {
            assert!(!name.to_ascii_lowercase().starts_with("on"), "{name}: {page}");
            let runs = value.trim_start().to_ascii_lowercase().starts_with("javascript:");
            assert!(!runs, "{value}: {page}");
        }
    }
}

/// Codes of what a text is refused for.
fn refused(markdown: &str) -> Vec<&'static str> {
    with_text(markdown).codes()
}

/// CVE-2024-32875 (Hugo): titles of links and pictures went into the page as they were written.
#[test]
fn a_title_of_a_link_or_a_picture_never_leaves_its_attribute() {
    for title in
        [r#"'"><script>alert()</script>'"#, r#"'" onmouseover="alert()'"#, "(\\\" onclick=alert\\(\\) x=)"]
    {
        let page = harmless(&format!(
            "[veza](https://x.example/ {title}) [naša](vijesti/a.md {title})\n\nRiječ ![opis](vijesti/slika.png {title})\n\n\
             ![opis](vijesti/slika.png {title})\n\n[po imenu]\n\n[po imenu]: https://x.example/ {title}\n"
        ));
        assert_eq!(page.matches("title=\"&quot;").count(), 4, "{page}");
        assert_eq!(page.matches("<figcaption>").count(), 1, "{page}");
    }
}

/// CVE-2024-55601 (Hugo): attributes of links, pictures and tables that Markdown brought along were not escaped.
#[test]
fn markdown_brings_no_attributes_of_its_own() {
    let page = harmless(
        "## Naslov {onclick=alert(1)}\n\n[veza](vijesti/a.md){onclick=\"alert(1)\"}\n\n\
         ![opis \"&gt;&lt;script>alert(1)&lt;/script>](vijesti/slika.png){onerror=alert(1)}\n\n\
         | a |\n|---|\n| \"&gt;&lt;img src=x onerror=alert(1)> |\n{onclick=\"alert(1)\"}\n",
    );
    // They are words like any other.
    assert!(
        page.contains("{onclick=alert(1)}</h2>") && page.contains("alt=\"opis &quot;&gt;&lt;script"),
        "{page}"
    );
    // A tag among the words for a picture is no tag of the page.
    let page = harmless("![<script>alert(1)</script> opis](vijesti/slika.png)");
    assert!(page.contains("<img ") && !page.contains("<script"), "{page}");
}

/// CVE-2026-35166 (Hugo, GHSA-mcv8-8m8x-48pg): targets of links and pictures were not escaped.
#[test]
fn a_target_of_a_link_or_a_picture_never_leaves_its_attribute() {
    for target in [
        "\"onclick=\"alert(1)",
        "\"><script>alert(1)</script>",
        "'onclick='alert(1)",
        "&quot;onclick=&quot;alert(1)",
    ] {
        let escaped = target.replace('<', "\\<").replace('>', "\\>");
        let page =
            harmless(&format!("[a](<https://x.example/{escaped}>) [b](<https://y.example/#{escaped}>)"));
        assert_eq!(page.matches("<a href=\"https://").count(), 2, "{page}");
        for inside in [format!("[a](<vijesti/{escaped}>)"), format!("![a](<vijesti/{escaped}>)")] {
            let found = refused(&inside);
            assert!(found.contains(&"unknown-target"), "{inside}: {found:?}");
        }
        let found = refused(&format!("[a](</{escaped}>)"));
        assert_eq!(found, ["dead-link"], "{escaped}");
    }
}

/// GHSA-q76j-gcg9-vxc6 (Hugo): the info string of a fence stood in an attribute as it was written.
#[test]
fn an_info_string_of_a_fence_never_leaves_its_attribute() {
    for info in [
        "\"><script>alert(1)</script>",
        "rust\"onclick=\"alert(1)",
        "a' onclick='alert(1)",
        "&quot;&gt;&lt;script&gt;",
    ] {
        for fence in ["```", "~~~~"] {
            let page = harmless(&format!("{fence}{info}\nx\n{fence}\n"));
            assert_eq!(page.matches("<pre><code").count(), 1, "{page}");
            assert!(page.contains(">x\n</code></pre>"), "{page}");
        }
    }
}

/// GHSA-c54g-xjwj-8g82 (Hugo): HTML files among the content were published with whatever they held.
#[test]
fn html_of_an_editor_is_published_neither_as_a_file_nor_in_a_text() {
    for name in
        ["a.html", "a.HTM", "a.xhtml", "mapa/index.html", "a.shtml", "a.svgz", "a.js", "a.html.txt.html"]
    {
        let site = TinySite::new();
        site.write(&format!("content/{name}"), "<script>alert(1)</script>");
        assert_eq!(site.codes(), ["unpublishable-file"], "{name}");
    }
    for text in [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<!-- --><script>x</script>",
        "<div\nonclick=x>",
        "- <svg onload=x>",
    ] {
        assert!(refused(text).iter().all(|code| *code == "raw-html") && !refused(text).is_empty(), "{text}");
    }
    // What stands in front matter is words, wherever it is shown.
    let site = TinySite::new();
    let words = "\"<script>alert(1)</script>\"";
    site.write("content/vijesti/a.md", &format!("---\ntitle: {words}\ndescription: {words}\ndate: 2020-01-01\ntags: [{words}]\nseries: {words}\nslug: a\n---\nT.\n"));
    // A JSON feed holds titles and summaries as plain text, and says so by its type.
    for (path, bytes) in site.outputs().0.into_iter().filter(|(path, _)| path != "feed.json") {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains("<script>alert"), "{path}: {text}");
    }
}

/// CVE-2026-5160 (goldmark, GHSA-c97m-vxhj-p7j6): the scheme was judged before entities were read; goldmark#601: and
/// only by its first letters.
#[test]
fn a_scheme_is_judged_as_a_browser_reads_it() {
    for target in [
        "javascript&colon;alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6A;avascript&#58;alert(1)",
        "java&Tab;script:alert(1)",
        "java&NewLine;script:alert(1)",
        "&#1;javascript:alert(1)",
        "&#32;javascript:alert(1)",
        "JAVASCRIPT&colon;alert(1)",
        "vbscript&colon;x",
        "data&colon;text/html,x",
        "file&colon;///etc/passwd",
        "javascript\\:alert(1)",
    ] {
        for text in
            [format!("[x](<{target}>)"), format!("[x]\n\n[x]: <{target}>"), format!("![x](<{target}>)")]
        {
            let found = refused(&text);
            let expected = if text.starts_with('!') { "unknown-target" } else { "dangerous-link" };
            assert_eq!(found, [expected], "{text}");
        }
    }
    assert_eq!(refused("<javascript:alert(1)>"), ["dangerous-link"]);
    // A percent sign is no entity: browsers take that for a path, and there is no such file.
    assert_eq!(refused("[x](javascript%3Aalert(1))"), ["unknown-target"]);
    for (path, text) in [
        ("content/projekti/p.md", "---\ntitle: P\nurl: \"javascript:alert(1)\"\n---\n"),
        ("content/udruge/u.md", "---\ntitle: U\nwebsite: \"java\\tscript:alert(1)\"\n---\n"),
        ("content/t.md", "---\ntitle: T\nentries: [{ title: A, link: \"javascript:alert(1)\" }]\n---\n"),
        ("content/t.md", "---\ntitle: T\naliases: [\"javascript:alert(1)\"]\n---\n"),
        ("content/t.md", "---\ntitle: T\npicture: { src: \"javascript:alert(1)\", alt: A }\n---\n"),
    ] {
        let site = TinySite::new();
        site.write(path, text);
        assert!(!site.codes().is_empty(), "{text}");
    }
}
