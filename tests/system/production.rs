//! `zavicaj serve --production`: what the public meets, and what the operator can rely on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tests::eventually;
use tests::http::{Request, encoded, themes_file};
use tests::program::{command, run};
use tests::{Office, Page, Person, Server, Site};

pub const PUBLIC: &str = "https://www.grad.example";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

pub fn start(site: &Site, place: &TempDir) -> Server {
    let (data, keys) = (place.path().join("data"), place.path().join("keys"));
    let more = ["--production", "--base-url", PUBLIC, "--trusted-proxy", "127.0.0.1"];
    Server::start_with(&site.root(), &data, &keys, &more)
}

pub fn town() -> (Site, TempDir, Server) {
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let server = start(&site, &place);
    (site, place, server)
}

fn ask_to_build(server: &Server) {
    assert!(Command::new("kill").args(["-HUP", &server.id().to_string()]).status().unwrap().success());
}

#[test]
fn every_answer_bears_the_safety_headers_and_no_editors_help() {
    let (_site, _place, server) = town();
    let person = Person::who_registers();
    let post = |origin: &str, path: &str| {
        Request::new("POST", path)
            .header("Origin", origin)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(encoded(&person.answers))
    };
    let requests = [
        Request::new("GET", "/"),
        Request::new("GET", &themes_file(server.address(), "style.css")),
        Request::new("GET", "/robots.txt"),
        Request::new("GET", "/nema-toga/"),
        Request::new("GET", "/obrasci"),
        Request::new("DELETE", "/"),
        Request::new("GET", "/usluge/potvrda/nema"),
        Request::new("GET", "/usluge/nema"),
        Request::new("GET", "/usluge/registracija/provjera"),
        post(PUBLIC, "/usluge/registracija/provjera"),
        post(PUBLIC, "/usluge/registracija/potvrda"),
        post("https://evil.example", "/usluge/registracija/provjera"),
    ];
    for request in requests {
        let answer = request.send(server.address());
        let header = |name: &str| answer.header(name).unwrap_or_else(|| panic!("{name}: {request:?}"));
        assert_eq!(header("strict-transport-security"), "max-age=31536000");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert!(header("permissions-policy").contains("geolocation=()"));
        let policy = header("content-security-policy");
        for rule in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert!(!answer.body.contains("/.zavicaj/"), "{request:?}");
        assert_eq!(answer.header("server"), None, "nobody learns the version");
    }
    for path in ["/.zavicaj/reload.js", "/.zavicaj/events"] {
        let answer = Request::new("GET", path).header("Host", "localhost").send(server.address());
        assert_eq!(answer.status, 404, "{path}");
    }
    let dynamic = post(PUBLIC, "/usluge/registracija/provjera").send(server.address());
    assert_eq!(dynamic.header("cache-control"), Some("no-store"));
}

#[test]
fn a_form_is_sent_through_the_proxy_as_on_the_desk() {
    let (_site, place, server) = town();
    let person = Person::who_registers();
    let mut form = server.browser().open(&person.page()).form(&person.action("provjera"));
    form.fill_all(&person.answers);
    let post = |path: &str, pairs: &[(String, String)]| {
        let request = Request::new("POST", path)
            .header("Host", "www.grad.example")
            .header("Origin", PUBLIC)
            .header("X-Forwarded-For", "203.0.113.7")
            .header("Content-Type", "application/x-www-form-urlencoded");
        Page::new(request.body(encoded(pairs)).send(server.address()))
    };
    let checked = post(&person.action("provjera"), &form.pairs());
    assert_eq!(checked.status(), 200, "{}", checked.text);
    let sent = post(&person.action("potvrda"), &checked.form(&person.action("potvrda")).pairs());
    assert_eq!(sent.status(), 303, "{}", sent.text);
    assert_eq!(Office::at(place.path()).count(), 1);
    let said = server.said();
    assert!(!said.contains("203.0.113.7"), "addresses of visitors are not logged: {said}");
}

#[test]
fn content_is_built_again_when_the_operator_asks_and_a_mistake_keeps_the_last_good_site() {
    let (site, _place, server) = town();
    let text = site.read("content/kontakt.md");
    site.write("content/kontakt.md", format!("{text}\nUred radi i subotom.\n"));
    std::thread::sleep(Duration::from_millis(500));
    assert!(!server.browser().open("/kontakt/").text.contains("subotom"), "nothing is watched");
    ask_to_build(&server);
    eventually(20, "the new text", || {
        server.browser().open("/kontakt/").text.contains("subotom").then_some(())
    });
    site.write("content/kontakt.md", "---\ntitel: x\n---\n");
    ask_to_build(&server);
    eventually(20, "the mistake is told", || server.said().contains("kontakt.md").then_some(()));
    assert!(server.browser().open("/kontakt/").text.contains("subotom"));
}

#[test]
fn it_does_not_start_with_what_the_public_must_not_meet() {
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let folder = |name: &str| place.path().join(name).display().to_string();
    let root = site.root().display().to_string();
    let (data, keys) = (folder("data"), folder("keys"));
    let refused = |more: &[&str], why: &str| {
        let mut all = vec!["serve", "--production", "--lang", "en", "--port", "0"];
        all.extend(["--root", &root, "--data", &data, "--keys", &keys]);
        all.extend(more);
        let ended = run(&mut command(all));
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(why), "{ended:?}");
    };
    refused(&[], "--base-url https://");
    refused(&["--base-url", "http://www.grad.example"], "--base-url https://");
    refused(&["--base-url", PUBLIC, "--drafts"], "not for the public");
    refused(&["--base-url", PUBLIC, "--trusted-proxy", "everybody"], "write a network");
    site.write("content/kontakt.md", "---\ntitel: x\n---\n");
    refused(&["--base-url", PUBLIC], "no earlier one to serve");
}

/// A connection that has sent a part of a request.
fn begun(server: &Server, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    stream
}

fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that is reset has nothing more to say.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_request_that_was_begun_is_finished_when_the_server_is_stopped() {
    let (_site, _place, server) = town();
    let body = encoded(&Person::who_registers().answers);
    let (first, last) = body.split_at(body.len() / 2);
    let head = format!(
        "POST /usluge/registracija/provjera HTTP/1.1\r\nHost: www.grad.example\r\nOrigin: {PUBLIC}\r\n{FORM}\r\n\
         Content-Length: {}\r\n\r\n{first}",
        body.len()
    );
    let mut stream = begun(&server, &head);
    std::thread::sleep(Duration::from_millis(300));
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    eventually(10, "nobody new is let in", || TcpStream::connect(server.address()).is_err().then_some(()));
    stream.write_all(last.as_bytes()).unwrap();
    let answer = rest(stream);
    assert!(answer.starts_with("HTTP/1.1 422 ") && answer.ends_with("</html>\n"), "{answer}");
    assert!(server.stop().success());
}

#[test]
fn a_head_that_is_too_large_or_has_too_many_lines_is_refused() {
    let (_site, _place, server) = town();
    let many: String = (0..200).map(|number| format!("X-{number}: x\r\n")).collect();
    let large = format!("X-Large: {}\r\n", "x".repeat(64 * 1024));
    for head in [many, large] {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        // The server may have closed before all was written.
        let _ = stream.write_all(format!("GET / HTTP/1.1\r\nHost: a\r\n{head}\r\n").as_bytes());
        let answer = rest(stream);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "x".repeat(20_000));
    assert!(rest(begun(&server, &long)).starts_with("HTTP/1.1 404 "));
    assert_eq!(server.browser().open("/").status(), 200);
}

#[test]
fn crowds_of_slow_clients_keep_nobody_out_and_are_let_go() {
    let (_site, _place, server) = town();
    let start = Instant::now();
    let slow: Vec<_> = (0..300)
        .map(|number| begun(&server, if number % 2 == 0 { "GET / HTTP/1.1\r\nHost: a\r\n" } else { "" }))
        .collect();
    let asked = Instant::now();
    assert_eq!(server.browser().open("/").status(), 200);
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    for stream in slow {
        let answer = rest(stream);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    assert!(start.elapsed() < Duration::from_secs(35), "{:?}", start.elapsed());
    // One that was served and then says nothing is let go as well.
    let idle = begun(&server, "GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(rest(idle).starts_with("HTTP/1.1 200 "));
    assert!(server.stop().success());
}
