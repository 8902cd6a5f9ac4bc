//! What a build makes of the files of a theme: names, fewer bytes, compressed forms; and what it tells of them.

use tests::Site;
use tests::program::{NOW, build, command, run};
use tests::site::{contents, files};

use crate::audits::{WARNING, tells};

type Files = std::collections::BTreeMap<String, Vec<u8>>;

const STYLE: &str = "themes/ljubuski/static/style.css";

/// The shipped site with a setting of `assets`.
fn with_assets(setting: &str) -> Site {
    let site = Site::shipped();
    site.write("site.yaml", format!("{}\nassets: {{ {setting} }}\n", site.read("site.yaml")));
    site
}

fn published(site: &Site) -> Files {
    let built = build(&site.root(), &site.beside("public"));
    assert_eq!((built.code, built.err.as_str()), (Some(0), ""), "{}", built.out);
    contents(&site.beside("public"))
}

#[test]
fn a_style_sheet_that_does_not_end_is_published_as_it_is_written() {
    tells("css-not-minified", WARNING, STYLE, |site| {
        site.write("site.yaml", format!("{}\nassets: {{ minify: true }}\n", site.read("site.yaml")));
        site.write(STYLE, format!("{}\n/* nastavak slijedi", site.read(STYLE)));
    });
}

/// The shipped style sheet with another text in place of one.
fn style(from: &'static str, to: &'static str) -> impl Fn(&Site) {
    move |site| {
        site.replace(STYLE, from, to);
    }
}

#[test]
fn a_colour_that_is_too_near_to_what_it_stands_on() {
    tells("contrast-low", WARNING, STYLE, style("--text-soft: #3d4a45", "--text-soft: #7d8a85"));
}

#[test]
fn a_note_on_colours_that_says_nothing() {
    let note = "contrast shapes: --gold on --panel";
    tells("contrast-note-unreadable", WARNING, STYLE, style(note, "contrast forms: --gold on --panel"));
    tells("contrast-colour-unknown", WARNING, STYLE, style(note, "contrast shapes: --silver on --panel"));
}

#[test]
fn a_theme_without_fingerprints_has_the_names_that_it_was_written_with() {
    let out = published(&with_assets("fingerprint: false"));
    let page = String::from_utf8_lossy(&out["index.html"]);
    assert!(page.contains("href=\"/style.css\" integrity=\"sha384-"), "{page}");
    for name in ["style.css", "script.js", "favicon.svg", "wall.svg", "work.js", "attach.js"] {
        assert!(out.contains_key(name), "{name}");
    }
}

#[test]
fn fewer_bytes_mean_the_same_pages() {
    let (plain, fewer) = (published(&Site::shipped()), published(&with_assets("minify: true")));
    let total = |out: &Files, ending: &str| -> usize {
        out.iter().filter(|(path, _)| path.ends_with(ending)).map(|(_, bytes)| bytes.len()).sum()
    };
    assert!(total(&fewer, ".css") * 5 < total(&plain, ".css") * 4, "a fifth of the style sheets at least");
    assert!(total(&fewer, ".html") < total(&plain, ".html"));
    let pages =
        |out: &Files| -> Vec<String> { out.keys().filter(|path| path.ends_with(".html")).cloned().collect() };
    assert_eq!(pages(&plain), pages(&fewer));
    for path in ["obrasci/registracija/index.html", "en/obrasci/zahtjev-za-ispravu/index.html"] {
        let count = |out: &Files| {
            let page = String::from_utf8_lossy(&out[path]).into_owned();
            [" name=\"", "<textarea", "<option", "zavicaj-slot"].map(|text| page.matches(text).count())
        };
        assert_eq!(count(&plain), count(&fewer), "{path}");
    }
}

#[test]
fn compressed_forms_stand_beside_texts_and_go_with_them() {
    let site = Site::shipped();
    site.write("content/novost.md", format!("---\ntitle: Novost\n---\n\n{}\n", "Tekst. ".repeat(100)));
    let out = site.beside("public");
    let [root, folder] = [site.root(), out.clone()].map(|path| path.to_str().unwrap().to_owned());
    let compressed = || {
        let built = run(&mut command([
            "build",
            "--root",
            &root,
            "--out",
            &folder,
            "--now",
            NOW,
            "--lang",
            "en",
            "--precompress",
        ]));
        assert_eq!(built.code, Some(0), "{}", built.err);
        built
    };
    compressed();
    let first = files(&out);
    for path in ["index.html", "novost/index.html", "atom.xml", "sitemap.xml"] {
        for ending in ["br", "gz"] {
            assert!(first[&format!("{path}.{ending}")].0.len() < first[path].0.len() / 2, "{path}.{ending}");
        }
    }
    let again = compressed();
    assert!(again.out.contains("written 0,") && again.out.contains("removed 0)"), "{}", again.out);
    let differing = tests::site::differing(&files(&out), &first);
    assert_eq!(differing, [""; 0], "neither content nor time of a file changes");

    // What changed is compressed anew, and what is gone leaves nothing behind.
    site.remove("content/novost.md");
    compressed();
    let second = contents(&out);
    assert!(second.keys().all(|path| !path.starts_with("novost/")), "{:?}", second.keys());
    assert_ne!(second["sitemap.xml.gz"], first["sitemap.xml.gz"].0);
    let fresh = site.beside("fresh");
    let fresh_folder = fresh.to_str().unwrap().to_owned();
    run(&mut command(["build", "--root", &root, "--out", &fresh_folder, "--now", NOW, "--precompress"]));
    assert_eq!(tests::site::differing(&contents(&fresh), &second), [""; 0], "as a fresh build");

    // Without the wish they go.
    build(&site.root(), &out);
    let third = contents(&out);
    assert!(third.keys().all(|path| !path.ends_with(".br") && !path.ends_with(".gz")), "{:?}", third.keys());
}
