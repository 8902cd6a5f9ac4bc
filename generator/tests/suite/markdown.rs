//! What becomes of a text, and what is refused in one.

use crate::support::TinySite;

/// The HTML of a text between the heading and the rest of the article.
fn html(markdown: &str) -> String {
    let site = TinySite::new();
    site.write("content/tekst.md", &format!("---\ntitle: T\n---\n{markdown}\n"));
    let page = site.page("tekst/index.html");
    page.split_once("<h1>T</h1>").unwrap().1.trim().to_owned()
}

/// Code, line and marked text of what is refused.
fn refused(markdown: &str) -> Vec<(&'static str, usize, String)> {
    let site = TinySite::new();
    site.write("content/tekst.md", &format!("---\ntitle: T\n---\n{markdown}\n"));
    site.errors()
        .into_iter()
        .map(|diagnostic| {
            let place = diagnostic.place.unwrap();
            (
                diagnostic.code,
                place.line,
                place.text.chars().skip(place.column - 1).take(place.length).collect(),
            )
        })
        .collect()
}

#[test]
fn headings_get_ids_that_are_plain_and_unique() {
    let html = html("## Što treba\n\n## Što treba\n\n### Đačka *knjižica*\n\n## …");
    assert_eq!(
        html,
        "<h2 id=\"sto-treba\">Što treba</h2>\n<h2 id=\"sto-treba-2\">Što treba</h2>\n\
         <h3 id=\"dacka-knjizica\">Đačka <em>knjižica</em></h3>\n<h2 id=\"odlomak\">…</h2>"
    );
}

#[test]
fn tables_scroll_in_a_region_that_the_keyboard_reaches() {
    let html = html("| a | b |\n|---|--:|\n| 1 | 2 |");
    assert!(
        html.starts_with(
            r#"<div class="table" role="region" aria-label="content.table hr" tabindex="0"><table>"#
        ),
        "{html}"
    );
    assert!(html.ends_with("</table>\n</div>"), "{html}");
}

#[test]
fn tasks_say_their_state_in_words() {
    let html = html("- [x] plaćeno\n- [ ] poslano");
    assert!(html.contains(r#"aria-label="content.task_done hr">☑</span> plaćeno"#), "{html}");
    assert!(html.contains(r#"aria-label="content.task_open hr">☐</span> poslano"#), "{html}");
}

#[test]
fn footnotes_stand_at_the_end_in_the_order_of_their_references() {
    let html = html("B[^b] a[^a] opet b[^b].\n\n[^a]: Prva *bilješka*.\n[^b]: Druga.\n[^c]: Bez upućivanja.");
    let section = html.split_once("<section").unwrap().1;
    assert!(section.find("Druga").unwrap() < section.find("Prva").unwrap(), "{html}");
    assert!(section.contains(r##"href="#fnref-1""##) && !section.contains("Bez"), "{html}");
    assert!(html.contains(r##"<a id="fnref-1" href="#fn-1">1</a>"##), "{html}");
    assert!(html.contains(r##"<a id="fnref-1-2" href="#fn-1">1</a>"##), "{html}");
}

#[test]
fn a_note_may_refer_to_another_note() {
    let html = html("A[^1].\n\n[^1]: N[^2].\n[^2]: S.");
    assert!(html.contains("<li id=\"fn-2\">\n<p>S."), "{html}");
}

#[test]
fn many_equal_headings_get_ids_of_their_own() {
    let html = html(&"## A\n\n".repeat(3000));
    assert!(html.contains(r#"id="a-3000""#) && !html.contains(r#"id="a-3001""#));
}

#[test]
fn comments_of_editors_are_left_out_on_one_line_and_on_several() {
    assert_eq!(html("a <!-- b --> c\n\n<!-- d\ne\n\nf -->\n\ng"), "<p>a  c</p>\n<p>g</p>");
    assert_eq!(refused("<!-- a --> <b>x</b> <!-- c -->")[0].0, "raw-html");
}

#[test]
fn control_characters_of_word_processors_become_spaces_and_lone_returns_lines() {
    assert_eq!(html("a\u{b}b\u{1}c"), "<p>a b c</p>");
    let site = TinySite::new();
    site.write("content/tekst.md", "---\rtitle: T\r---\rJedan.\r\rDva.\r");
    assert!(site.page("tekst/index.html").contains("<p>Jedan.</p>\n<p>Dva.</p>"));
    site.write("content/tekst.md", "---\ntitle: \"T\\x01\"\n---\n");
    assert!(site.codes().contains(&"control-character"));
}

#[test]
fn a_picture_alone_becomes_a_figure_with_its_size() {
    let site = TinySite::new();
    // A PNG header of 3 by 2 pixels; the sizes are read from it without decoding.
    let header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";
    site.bytes("content/album/slika.png", header)
        .write("content/album/index.md", "---\ntitle: T\n---\n![Most](slika.png \"Stari most\")\n");
    let page = site.page("album/index.html");
    assert!(
        page.contains(
            r#"<figure><img src="/album/slika.png" width="3" height="2" alt="Most" loading="lazy"><figcaption>Stari most</figcaption></figure>"#
        ),
        "{page}"
    );
}

#[test]
fn text_is_escaped_and_a_nul_becomes_a_space() {
    assert_eq!(html("a &lt; b & c \0 0\0d"), "<p>a &lt; b &amp; c   0 d</p>");
}

#[test]
fn content_is_never_run_as_a_template() {
    let html = html("{{ page.title }} {% include \"x\" %} `{{ 1 }}`");
    assert!(html.contains("{{ page.title }}") && html.contains("{% include"), "{html}");
}

#[test]
fn raw_html_is_refused_with_its_place() {
    assert_eq!(refused("a\n\n<div>x</div>\n"), [("raw-html", 6, "<div>x</div>".to_owned())]);
    assert_eq!(refused("t <b onclick=x>b</b>").len(), 2);
    assert_eq!(refused("<script>alert(1)</script>")[0].0, "raw-html");
}

#[test]
fn dangerous_links_are_refused_in_every_disguise() {
    for target in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java&#115;cript:alert(1)",
        "&#x6a;avascript&colon;alert(1)",
        "javascript&#9;:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
    ] {
        let found = refused(&format!("[x]({target})"));
        assert_eq!(found.len(), 1, "{target}: {found:?}");
        assert_eq!(found[0].0, "dangerous-link", "{target}");
    }
    assert_eq!(refused("<javascript:alert(1)>")[0].0, "dangerous-link");
    assert_eq!(refused("[x][y]\n\n[y]: javascript:alert(1)")[0].0, "dangerous-link");
}

#[test]
fn good_links_stay_as_they_are() {
    let html = html("[a](https://x.hr/?a=1&b=č) [b](mailto:i@x.hr) [c](tel:+38739000) [d](#e)\n\n## E");
    assert!(html.contains(r#"href="https://x.hr/?a=1&amp;b=%C4%8D""#), "{html}");
    assert!(html.contains(r#"href="mailto:i@x.hr""#) && html.contains(r#"href="tel:+38739000""#), "{html}");
}

#[test]
fn what_stands_invisibly_before_a_link_does_not_make_it_another_one() {
    for (written, leads) in [
        ("<&#8;&#4;#t>", "#t"),
        ("<\u{a0}#t&#4;t>", "#tt"),
        ("<&#8;https://drugo.example/a b>", "https://drugo.example/a%20b"),
        ("<ht&#9;tps://drugo.example>", "https://drugo.example"),
    ] {
        let found = html(&format!("## T\n\n## Tt\n\n[a]({written})"));
        assert!(found.contains(&format!("<a href=\"{leads}\">a</a>")), "{written:?}: {found}");
    }
}

#[test]
fn pictures_need_words_and_a_file() {
    assert_eq!(
        refused("![](nema.png)").iter().map(|found| found.0).collect::<Vec<_>>(),
        ["picture-without-alt", "unknown-target"]
    );
    assert_eq!(refused("![x](https://other.example/p.png)")[0].0, "unknown-target");
}

#[test]
fn links_to_nowhere_are_refused_with_a_guess() {
    let site = TinySite::new();
    site.write("content/e-maticar.md", "---\ntitle: E\n---\n")
        .write("content/tekst.md", "---\ntitle: T\n---\n[x](e-matičar.md)\n");
    let found = site.errors();
    assert_eq!(found[0].code, "unknown-target");
    assert_eq!(found[0].help.as_ref().unwrap().hr, "jeste li mislili „e-maticar.md”?");
    assert_eq!(refused("[x](../../etc/passwd)")[0].0, "unknown-target");
    assert_eq!(refused("[x](//host.example/)")[0].0, "unknown-target");
    assert_eq!(refused("a\n\n[x](/nema/)"), [("dead-link", 6, "[x](/nema/)".to_owned())]);
}

#[test]
fn headings_of_the_first_level_and_empty_links_are_refused() {
    assert_eq!(refused("# Naslov")[0].0, "first-level-heading");
    assert_eq!(refused("[](https://x.hr)")[0].0, "empty-link");
}

#[test]
fn words_and_paragraphs_in_another_language_say_so() {
    assert_eq!(
        html(
            "## [Willkommen](lang:de)\n\nNatpis [*Gasthaus* zur Post](lang:de-at) i [Добро дошли][sr].\n\n[sr]: lang:sr-Cyrl"
        ),
        "<h2 id=\"willkommen\"><span lang=\"de\">Willkommen</span></h2>\n\
         <p>Natpis <span lang=\"de-AT\"><em>Gasthaus</em> zur Post</span> i <span lang=\"sr-Cyrl\">Добро дошли</span>.</p>"
    );
    let block = "<div lang=\"de\">\n<p>Guten Tag.</p>\n<ul>\n<li>eins</li>\n</ul>\n</div>\n<p>Dalje.</p>";
    assert_eq!(html("::: lang de\n\nGuten Tag.\n\n- eins\n\n:::\n\nDalje."), block);
    // Lines that stand close are the same, and the paragraph around them is whole.
    let one = "<div lang=\"de\">\n<p>Guten\nTag.</p>\n</div>\n<p>Dalje.</p>";
    for close in ["::: lang de\nGuten\nTag.\n:::\nDalje.", "::: lang de\n\nGuten\nTag.\n:::\n\nDalje."] {
        assert_eq!(html(close), one, "{close}");
    }
    // In a quotation or a list it is a text.
    assert!(html("> ::: lang de").contains("<p>::: lang de</p>"));
}

#[test]
fn what_is_no_language_or_never_ends_is_refused_where_it_begins() {
    for (text, code, marked) in [
        ("[Guten Tag](lang:ge)", "language-tag-unknown", "[Guten Tag](lang:ge)"),
        ("::: lang deutsch\n\na\n\n:::", "language-tag-unknown", "::: lang deutsch"),
        ("a\n\n::: lang de\n\nb", "language-block-open", "::: lang de"),
        ("::: lang de\n\n- a\n\n  :::\n\nb", "language-block-open", "::: lang de"),
        ("a\n\n:::\n\nb", "directive-unknown", ":::"),
        ("::: čuvanje", "directive-unknown", "::: čuvanje"),
    ] {
        let found = refused(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!((found[0].0, found[0].2.as_str()), (code, marked), "{text}");
    }
    let two = refused("::: lang de\n\na\n\n::: lang en\n\nb\n\n:::");
    assert_eq!((two.len(), two[0].0, two[0].1), (1, "language-block-open", 4));
}
