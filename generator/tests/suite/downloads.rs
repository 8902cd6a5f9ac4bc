//! Links to files: kind and size are told in the reader's language, and a file that is not what it seems is told.

use crate::support::TinySite;

/// A site with a PDF of 1,240,000 bytes, and a page that links to it.
fn site(text: &str) -> TinySite {
    let site = TinySite::new();
    let mut pdf = b"%PDF-1.7\n".to_vec();
    pdf.resize(1_240_000, b' ');
    site.bytes("content/dokumenti/Odluka o komunalnom redu.PDF", &pdf);
    site.write("content/dokumenti/popis.csv", "ime;grad\n");
    site.write("content/dokumenti/slika.jpg", "x");
    for ending in ["", ".en"] {
        site.write(&format!("content/tekst{ending}.md"), &format!("---\ntitle: T\n---\n{text}\n"));
    }
    site
}

fn links(text: &str, page: &str) -> String {
    let page = site(text).page(page);
    page.split_once("<p>").unwrap().1.split_once("</p>").unwrap().0.to_owned()
}

const PDF: &str = "<dokumenti/Odluka o komunalnom redu.PDF>";

#[test]
fn kind_and_size_are_added_in_the_language_of_the_reader() {
    let href = "<a href=\"/dokumenti/Odluka%20o%20komunalnom%20redu.PDF\">";
    for (page, size) in [("tekst/index.html", "1,2\u{a0}MB"), ("en/tekst/index.html", "1.2\u{a0}MB")] {
        assert_eq!(links(&format!("[Odluka]({PDF})."), page), format!("{href}Odluka (PDF, {size})</a>."));
    }
    // However the file is named.
    for target in
        ["</dokumenti/Odluka o komunalnom redu.PDF>", "<./dokumenti/Odluka o komunalnom redu.PDF#page=2>"]
    {
        assert!(
            links(&format!("[Odluka]({target})"), "tekst/index.html")
                .ends_with("Odluka (PDF, 1,2\u{a0}MB)</a>"),
            "{target}"
        );
    }
    assert!(
        links(&format!("[**Odluka** i *popis*][o]\n\n[o]: {PDF}"), "tekst/index.html")
            .contains("<em>popis</em> (PDF, ")
    );
    assert_eq!(
        links("[Popis](dokumenti/popis.csv)", "tekst/index.html"),
        "<a href=\"/dokumenti/popis.csv\">Popis (CSV, 1\u{a0}kB)</a>"
    );
    assert_eq!(
        links("[Plakat](dokumenti/slika.jpg)", "tekst/index.html"),
        "<a href=\"/dokumenti/slika.jpg\">Plakat</a>"
    );
    // A page of others is theirs.
    assert!(links("[Zakon](https://zakon.example/a.pdf)", "tekst/index.html").ends_with(">Zakon</a>"));
}

#[test]
fn what_the_editor_wrote_is_not_added_again() {
    for (words, end) in [
        ("Odluka (PDF, 1,2 MB)", "Odluka (PDF, 1,2 MB)</a>"),
        ("Odluka (pdf)", "Odluka (pdf) (1,2\u{a0}MB)</a>"),
        ("Odluka u PDF-u, 1.2 MB", "Odluka u PDF-u, 1.2 MB</a>"),
        ("Odluka (1,2 MB)", "Odluka (1,2 MB) (PDF)</a>"),
    ] {
        assert!(links(&format!("[{words}]({PDF})"), "tekst/index.html").ends_with(end), "{words}");
    }
}

#[test]
fn what_the_editor_wrote_and_is_not_so_is_told_with_its_place() {
    for (words, code) in [
        ("Odluka (Word, 1,2 MB)", "download-kind-wrong"),
        ("Odluka (DOCX)", "download-kind-wrong"),
        ("Odluka (PDF, 2,4 MB)", "download-size-wrong"),
        ("Odluka (PDF, 900 kB)", "download-size-wrong"),
    ] {
        let (_, built) = site(&format!("Vidi [{words}]({PDF}).")).outputs();
        let found: Vec<_> = built.warnings.iter().map(|found| found.code).collect();
        assert_eq!(found, [code, code], "{words}, once in each language");
        let place = built.warnings[0].place.as_ref().unwrap();
        assert_eq!((place.line, place.column), (4, 6), "{words}");
    }
    let (_, built) =
        site(&format!("[Kako napraviti zip, odluka]({PDF}) i [PDF]({PDF}) i [1,24 MB]({PDF})")).outputs();
    assert!(built.warnings.is_empty(), "{:?}", built.warnings);
}
