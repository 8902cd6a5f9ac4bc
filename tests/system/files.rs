//! The static pages over HTTP.

use tests::http::{Request, themes_file};

use crate::Town;

#[test]
fn no_path_leaves_the_site() {
    let town = Town::new();
    for path in [
        "/../site.yaml",
        "/../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/style.css/../../site.yaml",
        "/vijesti/..%5c..%5csite.yaml",
        "//etc/passwd",
        "/.zavicaj/forms.json",
        "/.zavicaj/manifest.json",
        "/%2ezavicaj/forms.json",
        "/site.yaml",
        "/content/_index.md",
        "/obrasci/registracija.yaml",
        "/data/submissions.sqlite3",
        "/keys/desk/identity.age",
        "/index.html%00.png",
        "/%ff",
    ] {
        let answer = Request::new("GET", path).send(town.server().address());
        assert!(answer.status == 404 || answer.status == 400, "{path}: {}", answer.status);
        for leak in ["default_language:", "root:", "AGE-SECRET-KEY", "\"files\"", "fingerprint\":"] {
            assert!(!answer.body.contains(leak), "{path} shows {leak}");
        }
    }
}

#[test]
fn what_is_not_there_is_said_in_the_language_of_the_address() {
    let town = Town::new();
    for (path, language) in [("/nema/", "hr"), ("/en/nope", "en"), ("/de/nichts/", "de"), ("/energija", "hr")]
    {
        let page = town.browser().open(path);
        assert_eq!(page.status(), 404);
        assert!(page.answer.body.contains(&format!("<html lang=\"{language}\"")), "{path}");
        assert!(!page.heading.is_empty() && page.links.len() > 5, "{path}: {}", page.text);
    }
}

#[test]
fn a_folder_without_its_slash_leads_to_the_folder() {
    let town = Town::new();
    for path in ["/vijesti", "/en/dijaspora", "/obrasci/registracija"] {
        let page = town.browser().open(path);
        assert!([301, 308].contains(&page.status()), "{path}: {}", page.status());
        assert_eq!(page.location(), format!("{path}/"));
        assert_eq!(town.browser().open(page.location()).status(), 200);
    }
    // Never to another host.
    let page = town.browser().open("//vijesti");
    assert!(page.answer.header("location").is_none_or(|to| !to.starts_with("//")), "{:?}", page.answer);
}

#[test]
fn a_head_request_has_the_headers_and_no_body() {
    let town = Town::new();
    let style = themes_file(town.server().address(), "style.css");
    for path in ["/", &style, "/nema/"] {
        let whole = Request::new("GET", path).send(town.server().address());
        let head = Request::new("HEAD", path).send(town.server().address());
        assert_eq!(head.status, whole.status);
        assert_eq!(head.header("content-type"), whole.header("content-type"));
        assert_eq!(head.header("content-length"), whole.header("content-length"), "{path}");
        assert_eq!(head.body, "");
    }
    let posted = Request::new("POST", "/vijesti/").send(town.server().address());
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD")));
}

#[test]
fn what_the_browser_has_is_not_sent_again() {
    let town = Town::new();
    let style = themes_file(town.server().address(), "style.css");
    for path in ["/", &style, "/sitemap.xml", "/atom.xml"] {
        let first = Request::new("GET", path).send(town.server().address());
        let tag = first.header("etag").expect("a validator").to_owned();
        let again = |tags: &str| {
            Request::new("GET", path).header("If-None-Match", tags).send(town.server().address())
        };
        for tags in [tag.as_str(), &format!("\"other\", {tag}"), &format!("W/{tag}")] {
            let answer = again(tags);
            assert_eq!((answer.status, answer.body.as_str()), (304, ""), "{path} {tags}");
            assert_eq!(answer.header("etag"), Some(tag.as_str()));
        }
        assert_eq!(again("\"other\"").status, 200);
    }
}

#[test]
fn every_kind_of_file_has_its_media_type() {
    let town = Town::new();
    let [style, script, sign] =
        ["style.css", "script.js", "favicon.svg"].map(|name| themes_file(town.server().address(), name));
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        (style.as_str(), "text/css; charset=utf-8"),
        (script.as_str(), "text/javascript; charset=utf-8"),
        (sign.as_str(), "image/svg+xml"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ] {
        let answer = Request::new("GET", path).send(town.server().address());
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[test]
fn a_name_with_a_fingerprint_is_kept_for_good_and_anything_else_is_asked_for_again() {
    let town = Town::new();
    let kept = |path: &str| {
        let answer = Request::new("GET", path).send(town.server().address());
        (answer.status, answer.header("cache-control").unwrap_or_default().to_owned())
    };
    for name in ["style.css", "script.js", "favicon.svg"] {
        let path = themes_file(town.server().address(), name);
        assert_eq!(kept(&path), (200, "public, max-age=31536000, immutable".to_owned()), "{path}");
    }
    for path in ["/", "/robots.txt", "/atom.xml", "/nema/"] {
        assert_eq!(kept(path).1, "no-cache", "{path}");
    }
    assert_eq!(kept("/style.css").0, 404, "only the name with the fingerprint is there");
}
