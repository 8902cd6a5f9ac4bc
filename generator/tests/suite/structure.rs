//! How a site is put together: archives, series, sections below sections, menus, feeds of lists.

use crate::support::TinySite;

/// A theme that has archives; every value as plain text.
fn with_archives() -> TinySite {
    let site = TinySite::new();
    site.template(
        "archive",
        "<!doctype html><html lang=\"{{ lang }}\"><head><title>{{ page.title }}</title></head><body>\
         {% for crumb in page.breadcrumbs %}[{{ crumb.title }} {{ crumb.url }}]{% endfor %}<h1>{{ page.title }}</h1>\
         {{ archive.period }} {{ archive.year }}/{{ archive.month }} #{{ archive.count }}\
         {% for year in archive.years %} {{ year.title }}={{ year.count }}:\
         {% for month in year.months %}{{ month.name }} {{ month.title }} {{ month.url }} {{ month.count }};{% endfor %}{% endfor %}\
         {% for item in pages %}<a href=\"{{ item.url }}\">{{ item.title }}</a>{% endfor %}\
         {% if archive.older %}<a rel=prev href=\"{{ archive.older.url }}\">{{ archive.older.title }}</a>{% endif %}\
         {% if archive.newer %}<a rel=next href=\"{{ archive.newer.url }}\">{{ archive.newer.title }}</a>{% endif %}\
         {% for other in page.translations %}({{ other.lang }} {{ other.url }}){% endfor %} {{ pager.number }}/{{ pager.total }}",
    );
    for (language, all) in [("hr", "{section}: arhiva"), ("en", "{section}: archive")] {
        let file = site.root().join(format!("themes/tiny/strings/{language}.yaml"));
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text
            .replace(&format!("archive.all: archive.all {language}"), &format!("archive.all: \"{all}\""))
            .replace(
                &format!("archive.title: archive.title {language}"),
                "archive.title: \"{section}: {period}\"",
            );
        std::fs::write(file, text).unwrap();
    }
    site
}

#[test]
fn a_section_of_dated_articles_has_an_archive_by_year_and_month() {
    let site = with_archives();
    site.article("a", "2018-12-31", "")
        .article("b", "2019-05-01", "")
        .article("c", "2019-05-31T23:30", "")
        .article("d", "2019-06-01", "");
    let all = site.page("vijesti/arhiva/index.html");
    assert!(all.contains("<h1>Vijesti: arhiva</h1>"), "{all}");
    assert!(
        all.contains(" 2019.=3:lipanj lipanj 2019. /vijesti/arhiva/2019/06/ 1;svibanj svibanj 2019."),
        "{all}"
    );
    assert!(all.contains("[Vijesti /vijesti/]<h1>"), "{all}");
    let year = site.page("vijesti/arhiva/2019/index.html");
    assert!(year.contains("<h1>Vijesti: 2019.</h1>2019. 2019/ #3"), "{year}");
    assert!(year.contains(">d</a>") && year.contains(">b</a>") && !year.contains(">a</a>"), "{year}");
    assert!(year.contains("<a rel=prev href=\"/vijesti/arhiva/2018/\">2018.</a>"), "{year}");
    let month = site.page("vijesti/arhiva/2019/05/index.html");
    assert!(month.contains("<h1>Vijesti: svibanj 2019.</h1>svibanj 2019. 2019/5 #2"), "{month}");
    assert!(month.contains("[archive.name hr /vijesti/arhiva/][2019. /vijesti/arhiva/2019/]<h1>"), "{month}");
    assert!(month.contains(">c</a><a href=\"/vijesti/b/\">b</a><a rel=prev"), "{month}");
    assert!(month.contains("<a rel=prev href=\"/vijesti/arhiva/2018/12/\">prosinac 2018.</a>"), "{month}");
    assert!(month.contains("<a rel=next href=\"/vijesti/arhiva/2019/06/\">lipanj 2019.</a>"), "{month}");
}

#[test]
fn an_archive_has_pages_and_leads_to_the_same_period_in_other_languages() {
    let site = with_archives();
    site.write("content/vijesti/_index.md", "---\ntitle: Vijesti\npaginate: 2\n---\n")
        .write("content/vijesti/_index.en.md", "---\ntitle: News\n---\n");
    for number in 1..=3 {
        site.article(&format!("v{number}"), &format!("2020-01-0{number}"), "");
    }
    site.write("content/vijesti/v1.en.md", "---\ntitle: One\ndate: 2020-01-01\n---\n");
    let first = site.page("vijesti/arhiva/2020/01/index.html");
    assert!(first.contains("(hr /vijesti/arhiva/2020/01/)(en /en/vijesti/arhiva/2020/01/) 1/2"), "{first}");
    let second = site.page("vijesti/arhiva/2020/01/stranica/2/index.html");
    assert!(second.contains(">v1</a>") && !second.contains(">v2</a>") && second.contains(" 2/2"), "{second}");
    assert!(site.page("en/vijesti/arhiva/2020/01/index.html").contains("<h1>News: January 2020</h1>"));
    assert!(site.page("sitemap.xml").contains("https://place.example/vijesti/arhiva/2020/01/<"));
}

#[test]
fn an_archive_holds_the_articles_of_all_sections_below() {
    let site = with_archives();
    site.write("content/vijesti/sport/_index.md", "---\ntitle: Sport\nsort: title\n---\n")
        .write("content/vijesti/sport/nogomet/_index.md", "---\ntitle: Nogomet\narchive: false\n---\n")
        .article("a", "2020-01-01", "")
        .article("sport/b", "2020-01-02", "")
        .article("sport/nogomet/c", "2020-01-03", "")
        .article("sport/nogomet/d", "2019-06-01", "");
    let month = site.page("vijesti/arhiva/2020/01/index.html");
    let links = ["/vijesti/sport/nogomet/c/", "/vijesti/sport/b/", "/vijesti/a/"];
    let places = links.map(|url| month.find(&format!("<a href=\"{url}\">")));
    assert!(places.is_sorted() && places[0].is_some(), "all three, the newest first: {places:?} {month}");
    assert!(month.contains(" #3"), "{month}");
    assert!(site.page("vijesti/arhiva/index.html").contains("2019.=1"));
    // The list itself is as it was: what lies below stands in its own lists.
    let list = site.page("vijesti/index.html");
    assert!(list.contains("/vijesti/a/") && !list.contains("/vijesti/sport/b/\">sport"), "{list}");
    let archives: Vec<String> =
        site.outputs().0.into_keys().filter(|path| path.ends_with("arhiva/index.html")).collect();
    assert_eq!(archives, ["vijesti/arhiva/index.html"], "a list by titles has none, nor one that wants none");
    // A section whose articles all lie below has one as well.
    std::fs::remove_file(site.root().join("content/vijesti/a.md")).unwrap();
    assert!(site.page("vijesti/arhiva/2020/01/index.html").contains(" #2"));
}

#[test]
fn how_much_stands_on_a_page_of_a_list_is_said_in_the_settings() {
    let site = with_archives();
    let file = std::fs::read_to_string(site.root().join("site.yaml")).unwrap();
    let settings = |lists: &str| site.write("site.yaml", &format!("{file}lists: {{ {lists} }}\n"));
    for number in 1..=3 {
        site.article(
            &format!("v{number}"),
            &format!("202{number}-01-01"),
            &format!("tags: [t{number}, svi]\n"),
        );
    }
    settings("paginate: 2, terms: 3, years: 1, feed: 1");
    let (outputs, _) = site.outputs();
    for (path, pages) in [("vijesti", 2), ("oznake", 2), ("oznake/svi", 2), ("vijesti/arhiva", 3)] {
        let last = format!("{path}/stranica/{pages}/index.html");
        let more = format!("{path}/stranica/{}/index.html", pages + 1);
        assert!(outputs.contains_key(&last) && !outputs.contains_key(&more), "{path}: {:?}", outputs.keys());
    }
    let feed = String::from_utf8(outputs["atom.xml"].clone()).unwrap();
    assert_eq!(feed.matches("<entry>").count(), 1, "{feed}");
    // What a section says itself goes first.
    site.write("content/vijesti/_index.md", "---\ntitle: Vijesti\npaginate: 3\n---\n");
    assert!(!site.outputs().0.contains_key("vijesti/stranica/2/index.html"));
    for wrong in ["paginate: 0", "years: 501", "terms: 100000", "feed: 0"] {
        settings(wrong);
        let found = site.errors();
        let place = found[0].place.as_ref().unwrap();
        assert_eq!((found[0].code, place.path.as_str()), ("bad-page-length", "site.yaml"), "{wrong}");
        assert_eq!(place.line, file.lines().count() + 1, "{wrong}");
    }
}

#[test]
fn there_is_no_archive_where_nobody_wants_one() {
    let paths = |section: &str, settings: &str| {
        let site = with_archives();
        site.write("content/vijesti/_index.md", section).article("a", "2020-01-01", "");
        let file = std::fs::read_to_string(site.root().join("site.yaml")).unwrap();
        site.write("site.yaml", &format!("{file}{settings}"));
        let mut paths: Vec<_> = site.outputs().0.into_keys().collect();
        paths.retain(|path| path.contains("/arhiva/") || path.contains("/stari-brojevi/"));
        paths.len()
    };
    assert_eq!(paths("---\ntitle: Vijesti\n---\n", ""), 3);
    assert_eq!(paths("---\ntitle: Vijesti\narchive: false\n---\n", ""), 0);
    assert_eq!(paths("---\ntitle: Vijesti\nsort: title\n---\n", ""), 0);
    assert_eq!(paths("---\ntitle: Vijesti\n---\n", "paths: { archive: stari-brojevi }\n"), 3);
    let site = TinySite::new();
    site.article("a", "2020-01-01", "");
    assert!(!site.outputs().0.keys().any(|path| path.contains("arhiva")), "the theme has no template for it");
}

#[test]
fn a_list_leads_to_its_archive() {
    let site = with_archives();
    site.template(
        "section",
        "<!doctype html><html lang=\"hr\"><head><title>x</title></head><body><h1>x</h1>{% if page.archive %}\
         <a href=\"{{ page.archive.url }}\">{{ page.archive.title }}</a>\
         {% for year in page.archive.years %}<a href=\"{{ year.url }}\">{{ year.title }}</a>{{ year.count }}{% endfor %}{% endif %}",
    );
    site.article("a", "2020-01-01", "").article("b", "2020-02-01", "").article("c", "2021-01-01", "");
    let list = site.page("vijesti/index.html");
    assert!(list.contains(
        "<a href=\"/vijesti/arhiva/\">archive.name hr</a><a href=\"/vijesti/arhiva/2021/\">2021.</a>1"
    ));
    assert!(list.contains("<a href=\"/vijesti/arhiva/2020/\">2020.</a>2"), "{list}");
}

#[test]
fn an_archive_takes_no_address_of_somebody_else() {
    let site = with_archives();
    site.article("a", "2020-01-01", "")
        .write("content/vijesti/arhiva/2020.md", "---\ntitle: Stara\ndate: 2020-01-01\n---\n");
    assert_eq!(site.codes(), ["url-taken"]);
}

/// A theme that has series.
fn with_series() -> TinySite {
    let site = TinySite::new();
    let base = "<!doctype html><html lang=\"{{ lang }}\"><head><title>{{ page.title }}</title></head><body>";
    site.template(
        "series",
        &format!(
            "{base}{{% for crumb in page.breadcrumbs %}}[{{{{ crumb.url }}}}]{{% endfor %}}<h1>{{{{ page.title }}}}</h1>\
             {{{{ page.kind }}}} {{% for item in pages %}}<a href=\"{{{{ item.url }}}}\">{{{{ item.title }}}}</a>{{% endfor %}} \
             {{{{ term.count }}}} from {{{{ pager.first }}}} {{{{ pager.number }}}}/{{{{ pager.total }}}}"
        ),
    );
    site.template(
        "article",
        &format!(
            "{base}<h1>{{{{ page.title }}}}</h1>{{% if page.series %}}{{{{ page.series.name }}}} {{{{ page.series.url }}}} \
             {{{{ page.series.number }}}}/{{{{ page.series.total }}}}\
             {{% if page.series.previous %}} before {{{{ page.series.previous.title }}}}{{% endif %}}\
             {{% if page.series.next %}} after {{{{ page.series.next.title }}}}{{% endif %}}{{% endif %}}"
        ),
    );
    site
}

#[test]
fn articles_of_a_series_have_a_page_and_know_their_part() {
    let site = with_series();
    site.article("treci", "2020-03-01", "series: Kroz stoljeća\n")
        .article("prvi", "2020-01-01", "series: Kroz stoljeća\n")
        .article("drugi", "2020-02-01", "series: \" Kroz stoljeća \"\n")
        .article("sam", "2020-02-02", "")
        .write("content/vijesti/prvi.en.md", "---\ntitle: one\ndate: 2020-01-01\nseries: Through\n---\n");
    let series = site.page("serije/kroz-stoljeca/index.html");
    assert!(series.contains("[/][/serije/]<h1>Kroz stoljeća</h1>series "), "{series}");
    let order = ["prvi", "drugi", "treci"].map(|name| series.find(&format!(">{name}</a>")).unwrap());
    assert!(order.is_sorted(), "{series}");
    assert!(series.contains(" 3 from 1 1/1"), "{series}");
    let part = site.page("vijesti/drugi/index.html");
    assert!(part.contains("Kroz stoljeća /serije/kroz-stoljeca/ 2/3 before prvi after treci"), "{part}");
    assert!(site.page("vijesti/prvi/index.html").contains(" 1/3 after drugi"));
    assert!(site.page("vijesti/treci/index.html").ends_with(" 3/3 before drugi"));
    assert!(site.page("vijesti/sam/index.html").ends_with("<h1>sam</h1>"));
    assert!(site.page("en/vijesti/prvi/index.html").contains("Through /en/serije/through/ 1/1"));
    assert!(site.page("serije/index.html").contains("Kroz stoljeća=3;"));
}

#[test]
fn a_long_series_has_pages_and_one_day_is_ordered_by_weight() {
    let site = with_series();
    for number in 1..=21 {
        site.article(
            &format!("d{:02}", 99 - number),
            "2020-01-01",
            &format!("series: S\nweight: {number}\n"),
        );
    }
    let first = site.page("serije/s/index.html");
    assert!(
        first.find(">d98<").unwrap() < first.find(">d97<").unwrap() && !first.contains(">d78<"),
        "{first}"
    );
    assert!(site.page("serije/s/stranica/2/index.html").contains(">d78</a> 21 from 21 2/2"));
}

#[test]
fn a_theme_without_a_template_for_series_has_none() {
    let site = TinySite::new();
    site.article("a", "2020-01-01", "series: S\n");
    assert!(!site.outputs().0.keys().any(|path| path.contains("serije")));
}

#[test]
fn a_section_shows_the_sections_right_below_it() {
    let site = TinySite::new();
    site.template(
        "section",
        "<!doctype html><html lang=\"hr\"><head><title>x</title></head><body>\
         {% for crumb in page.breadcrumbs %}[{{ crumb.url }}]{% endfor %}<h1>{{ page.title }}</h1>\
         {% for section in page.subsections %}{{ section.title }} {{ section.url }} {{ section.description }};{% endfor %}\
         {% for item in pages %}<a href=\"{{ item.url }}\">{{ item.title }}</a>{% endfor %}",
    );
    let write = |path: &str, front: &str| {
        site.write(&format!("content/{path}.md"), &format!("---\n{front}---\n"));
    };
    write("grad/_index", "title: Grad\n");
    write("grad/uprava/_index", "title: Uprava\ndescription: Tko što radi.\nweight: 2\n");
    write("grad/četvrti/_index", "title: Četvrti\n");
    write("grad/uprava/odjeli/_index", "title: Odjeli\n");
    write("grad/uprava/odjeli/promet", "title: Promet\n");
    // A folder without a list of its own is no level.
    write("grad/uprava/odjeli/stari/x", "title: Stari\n");
    let top = site.page("grad/index.html");
    assert!(
        top.ends_with("<h1>Grad</h1>Četvrti /grad/cetvrti/ ;Uprava /grad/uprava/ Tko što radi.;"),
        "{top}"
    );
    let middle = site.page("grad/uprava/index.html");
    assert!(middle.contains("[/][/grad/]<h1>Uprava</h1>Odjeli /grad/uprava/odjeli/ ;"), "{middle}");
    let bottom = site.page("grad/uprava/odjeli/index.html");
    assert!(bottom.contains("[/][/grad/][/grad/uprava/]<h1>Odjeli</h1><a href="), "{bottom}");
    assert!(bottom.contains(">Promet</a>") && bottom.contains(">Stari</a>"), "{bottom}");
    let page = site.page("grad/uprava/odjeli/promet/index.html");
    assert!(page.contains("[nav.home hr][Grad][Uprava][Odjeli]<h1>Promet</h1>"), "{page}");
}

#[test]
fn the_list_of_all_terms_has_pages() {
    let site = TinySite::new();
    let terms: Vec<String> = (0..201).map(|number| format!("t{number:03}")).collect();
    site.article("a", "2020-01-01", &format!("tags: [{}]\n", terms.join(", ")));
    let first = site.page("oznake/index.html");
    assert!(first.contains("t199=1;") && !first.contains("t200=1;"), "{first}");
    assert!(site.page("oznake/stranica/2/index.html").contains("<h1>taxonomy.tags hr</h1>t200=1;"));
}

#[test]
fn a_menu_has_entries_below_entries_and_knows_where_one_is() {
    let site = TinySite::new();
    let file = std::fs::read_to_string(site.root().join("site.yaml")).unwrap();
    let file = file.replace(
        "link: vijesti/_index.md }\n",
        "link: vijesti/_index.md, children: [{ label: { hr: Uprava, en: Office }, link: vijesti/uprava/_index.md }] }\n    - { label: { hr: Kući, en: Home }, link: / }\n",
    );
    site.write("site.yaml", &file)
        .write("content/vijesti/uprava/_index.md", "---\ntitle: Uprava\n---\n")
        .write("content/vijesti/uprava/a.md", "---\ntitle: A\ndate: 2020-01-01\n---\n")
        .write("content/b.md", "---\ntitle: B\n---\n");
    let page = "<!doctype html><html lang=\"hr\"><head><title>x</title></head><body><h1>x</h1>\
        {% for entry in menus.main %}{{ entry.label }}:{{ current(url=entry.url) }};\
        {% for child in entry.children %}{{ child.label }} {{ child.url }}:{{ current(url=child.url) }};{% endfor %}{% endfor %}";
    for name in ["article", "page", "section", "home"] {
        site.template(name, page);
    }
    let ends = |path: &str, end: &str| assert!(site.page(path).ends_with(end), "{}", site.page(path));
    ends("vijesti/uprava/a/index.html", "Vijesti:true;Uprava /vijesti/uprava/:true;Kući:;");
    ends("vijesti/uprava/index.html", "Vijesti:true;Uprava /vijesti/uprava/:page;Kući:;");
    ends("vijesti/index.html", "Vijesti:page;Uprava /vijesti/uprava/:;Kući:;");
    ends("b/index.html", "Vijesti:;Uprava /vijesti/uprava/:;Kući:;");
    ends("index.html", "Vijesti:;Uprava /vijesti/uprava/:;Kući:page;");
}

#[test]
fn sections_and_terms_have_feeds_of_their_newest_articles() {
    let site = with_series();
    for number in 1..=21 {
        site.article(
            &format!("v{number:02}"),
            &format!("2020-01-{number:02}"),
            "tags: [voda]\nseries: S\ndescription: Kratko.\n",
        );
    }
    site.template(
        "term",
        "<!doctype html><html lang=\"hr\"><head><title>x</title></head><body><h1>x</h1>\
         {% for feed in page.feeds %}{{ feed.type }} {{ feed.url }} {{ feed.title }}{% endfor %}",
    );
    for (path, title) in [
        ("vijesti/atom.xml", "Vijesti – Mjesto"),
        ("oznake/voda/atom.xml", "voda – Mjesto"),
        ("serije/s/atom.xml", "S – Mjesto"),
    ] {
        let feed = site.page(path);
        assert!(feed.contains(&format!("<title>{title}</title>")), "{feed}");
        assert!(feed.contains(&format!("href=\"https://place.example/{path}\"")), "{feed}");
        assert!(feed.find(">v21<").unwrap() < feed.find(">v20<").unwrap(), "{feed}");
        assert!(feed.contains("<summary>Kratko.</summary>") && !feed.contains("<content"), "{feed}");
        assert!(feed.contains(">v02<") && !feed.contains(">v01<"), "twenty of them: {feed}");
    }
    let term = site.page("oznake/voda/index.html");
    assert!(term.ends_with("application/atom+xml /oznake/voda/atom.xml voda – Mjesto"), "{term}");
    assert!(site.page("atom.xml").contains("<content type=\"html\">"));
}

#[test]
fn the_settings_say_which_feeds_there_are() {
    let feeds = |settings: &str| {
        let site = TinySite::new();
        site.article("a", "2020-01-01", "tags: [voda]\n");
        let file = std::fs::read_to_string(site.root().join("site.yaml")).unwrap();
        site.write("site.yaml", &format!("{file}{settings}"));
        let mut paths: Vec<_> = site.outputs().0.into_keys().collect();
        paths.retain(|path| path.ends_with("atom.xml") || path.ends_with("feed.json"));
        paths.join(" ")
    };
    let of_site = "atom.xml en/atom.xml en/feed.json feed.json";
    assert_eq!(
        feeds(""),
        "atom.xml en/atom.xml en/feed.json feed.json oznake/voda/atom.xml vijesti/atom.xml"
    );
    assert_eq!(feeds("feeds: [site]\n"), of_site);
    assert_eq!(feeds("feeds: [sections]\n"), "vijesti/atom.xml");
    assert_eq!(
        feeds("feeds: [site, terms]\n"),
        "atom.xml en/atom.xml en/feed.json feed.json oznake/voda/atom.xml"
    );
    assert_eq!(feeds("feeds: []\n"), "");
}
