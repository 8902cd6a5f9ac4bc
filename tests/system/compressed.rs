//! What travels compressed (`assets: { precompress: true }`): the same bytes in the form that a client likes best, and
//! never a page of the form handlers, whose length would tell what is in it.

use std::io::Read as _;

use tempfile::TempDir;
use tests::http::{Answer, Request, encoded, themes_file};
use tests::{Page, Person, Server, Site};

use crate::production::{PUBLIC, start};

fn town() -> (Site, TempDir, Server) {
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    site.write("site.yaml", format!("{}\nassets: {{ precompress: true }}\n", site.read("site.yaml")));
    let server = start(&site, &place);
    (site, place, server)
}

fn ask(server: &Server, path: &str, wish: Option<&str>, known: Option<&str>) -> Answer {
    let mut request = Request::new("GET", path);
    for (name, value) in [("Accept-Encoding", wish), ("If-None-Match", known)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    request.send(server.address())
}

/// The bytes that a client has in the end.
fn decoded(answer: &Answer) -> Vec<u8> {
    let mut out = Vec::new();
    match answer.header("content-encoding") {
        None => out.extend_from_slice(&answer.bytes),
        Some("br") => {
            brotli::Decompressor::new(answer.bytes.as_slice(), 4096).read_to_end(&mut out).unwrap();
        }
        Some("gzip") => {
            flate2::read::GzDecoder::new(answer.bytes.as_slice()).read_to_end(&mut out).unwrap();
        }
        Some(other) => panic!("nobody asked for {other}"),
    }
    out
}

/// What a client sends, and in which form it has to be answered.
const WISHES: &[(Option<&str>, Option<&str>)] = &[
    (None, None),
    (Some(""), None),
    (Some("br"), Some("br")),
    (Some("gzip"), Some("gzip")),
    (Some("x-gzip"), Some("gzip")),
    (Some("gzip, deflate, br, zstd"), Some("br")),
    (Some("gzip;q=1.0, br;q=0.5"), Some("gzip")),
    (Some("*"), Some("br")),
    (Some("identity"), None),
    (Some("identity;q=1, br;q=0.9, gzip;q=0.9"), None),
    (Some("br;q=0, gzip"), Some("gzip")),
    (Some("br;q=0, *"), Some("gzip")),
    (Some("br;q=0, gzip;q=0"), None),
    (Some("*;q=0"), None),
    (Some("zstd"), None),
    (Some("zstd, gzip;q=0.1"), Some("gzip")),
    (Some("br;q=dva"), None),
];

#[test]
fn a_file_comes_in_the_form_that_the_client_likes_best_and_is_the_same() {
    let (_site, _place, server) = town();
    let style = themes_file(server.address(), "style.css");
    for path in ["/", &style, "/obrasci/registracija/", "/obrasci/registracija/schema.json", "/nema-toga/"] {
        let plain = ask(&server, path, None, None);
        assert_eq!(plain.status, if path == "/nema-toga/" { 404 } else { 200 }, "{path}");
        for (wish, form) in WISHES {
            let answer = ask(&server, path, *wish, None);
            let what = format!("{path} for {wish:?}: {:?}", answer.headers);
            assert_eq!(answer.header("content-encoding"), *form, "{what}");
            assert_eq!(answer.status, plain.status, "{what}");
            assert_eq!(answer.header("vary"), Some("Accept-Encoding"), "{what}");
            assert_eq!(answer.header("content-type"), plain.header("content-type"), "{what}");
            assert_eq!(answer.header("cache-control"), plain.header("cache-control"), "{what}");
            let length: Option<usize> = answer.header("content-length").map(|length| length.parse().unwrap());
            assert_eq!(length, Some(answer.bytes.len()), "{what}");
            assert!(form.is_none() || answer.bytes.len() < plain.bytes.len(), "{what}");
            assert!(decoded(&answer) == plain.bytes, "other bytes: {what}");
        }
    }
}

#[test]
fn what_a_client_has_is_not_sent_again_and_every_form_has_its_own_tag() {
    let (_site, _place, server) = town();
    let style = themes_file(server.address(), "style.css");
    let forms = [None, Some("gzip"), Some("br")];
    for path in ["/", &style] {
        let tags = forms.map(|form| ask(&server, path, form, None).header("etag").unwrap().to_owned());
        assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
        for (asked, form) in forms.iter().enumerate() {
            for (known, tag) in tags.iter().enumerate() {
                let answer = ask(&server, path, *form, Some(tag));
                let what = format!("{path} as {form:?}, {tag} is known: {:?}", answer.headers);
                assert_eq!(answer.status, if asked == known { 304 } else { 200 }, "{what}");
                assert_eq!(answer.bytes.is_empty(), asked == known, "{what}");
                assert_eq!(answer.header("etag"), Some(tags[asked].as_str()), "{what}");
                assert_eq!(answer.header("vary"), Some("Accept-Encoding"), "{what}");
            }
            // A cache in between may have all of them.
            assert_eq!(ask(&server, path, *form, Some(&tags.join(", "))).status, 304, "{path} as {form:?}");
        }
    }
}

#[test]
fn pages_of_the_form_handlers_are_never_compressed() {
    let (_site, _place, server) = town();
    let person = Person::who_registers();
    let mut form = server.browser().open(&person.page()).form(&person.action("provjera"));
    let send = |request: Request, status: u16| {
        let answer = request.header("Accept-Encoding", "br, gzip, *").send(server.address());
        assert_eq!(answer.status, status, "{answer:?}");
        for name in ["content-encoding", "vary"] {
            assert_eq!(answer.header(name), None, "{answer:?}");
        }
        answer
    };
    let post = |step: &str, pairs: &[(String, String)], status: u16| {
        let request = Request::new("POST", &person.action(step))
            .header("Host", "www.grad.example")
            .header("Origin", PUBLIC)
            .header("Content-Type", "application/x-www-form-urlencoded");
        Page::new(send(request.body(encoded(pairs)), status))
    };
    let mistakes = post("provjera", &form.pairs(), 422);
    assert!(mistakes.answer.body.len() > 1000, "enough to be compressed");
    form.fill_all(&person.answers);
    let checked = post("provjera", &form.pairs(), 200);
    let sent = post("potvrda", &checked.form(&person.action("potvrda")).pairs(), 303);
    let receipt = sent.answer.header("location").unwrap();
    let receipt = send(Request::new("GET", receipt.strip_prefix(PUBLIC).unwrap_or(receipt)), 200);
    assert!(receipt.body.len() > 1000, "enough to be compressed");
    for path in ["/usluge/status", "/usluge/moj-upis?lang=de"] {
        send(Request::new("GET", path), 200);
    }
}
