//! Bytes that are no request, sent as they are: whoever is answered gets the safety headers, and nobody is hurt.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::process::Command;
use std::time::Duration;

use tests::eventually;
use tests::{Server, Site};

use crate::production::PUBLIC;

const HEADERS: [&str; 8] = [
    "content-security-policy: default-src 'none'; script-src 'self'; ",
    "x-content-type-options: nosniff\r\n",
    "referrer-policy: same-origin\r\n",
    "x-frame-options: DENY\r\n",
    "cross-origin-opener-policy: same-origin\r\n",
    "cross-origin-resource-policy: same-origin\r\n",
    "permissions-policy: camera=(), ",
    "date: ",
];
const HTTPS: &str = "strict-transport-security: max-age=31536000\r\n";
const WHOLE: &str = "GET /robots.txt HTTP/1.1\r\nHost: www.grad.example\r\n\r\n";

/// Sends bytes, ends the sending half, and reads all answers until the server ends the connection.
fn said_to(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    // The server may have ended the connection before all was written.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The heads of a connection's answers; an answer's body is as long as its head says.
fn heads(mut text: &str) -> Vec<&str> {
    let mut heads = Vec::new();
    while !text.is_empty() {
        let end = text.find("\r\n\r\n").unwrap_or_else(|| panic!("no whole head: {text}")) + 2;
        let head = &text[..end];
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.unwrap_or_else(|| panic!("no length: {head}")).parse().unwrap();
        heads.push(head);
        text = text.get(end + 2 + length..).unwrap_or_else(|| panic!("cut off: {text}"));
    }
    heads
}

fn status(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

/// What the bytes are, the bytes, and the status of each answer.
fn cases() -> Vec<(&'static str, Vec<u8>, &'static [&'static str])> {
    let get = |headers: &str| format!("GET / HTTP/1.1\r\nHost: a\r\n{headers}\r\n").into_bytes();
    let post = |headers: &str, body: &str| {
        let kind = "Content-Type: application/x-www-form-urlencoded";
        format!(
            "POST /usluge/registracija/provjera HTTP/1.1\r\nHost: a\r\nOrigin: {PUBLIC}\r\n{kind}\r\n{headers}\r\n{body}"
        )
        .into_bytes()
    };
    let many: String = (0..101).map(|number| format!("X-{number}: x\r\n")).collect();
    let large = format!("X-Large: {}\r\n", "x".repeat(31 * 1024));
    let twice = "Content-Length: 3\r\nContent-Length: 4\r\n";
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(8);
    vec![
        ("no request line", b"hello\r\n\r\n".to_vec(), &["400"]),
        ("a wrong version", b"GET / HTTP/9.9\r\n\r\n".to_vec(), &["400"]),
        ("no address", b"GET  HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(), &["400"]),
        ("a header that is none", get("no colon\r\n"), &["400"]),
        ("a null byte", get("X: \0\r\n"), &["400"]),
        ("a TLS greeting", tls, &["400"]),
        ("too many headers", get(&many), &["431"]),
        ("headers that are too large", get(&format!("{large}{large}")), &["431"]),
        ("a length that is no number", post("Content-Length: x\r\n", "abc"), &["400"]),
        ("a negative length", post("Content-Length: -1\r\n", "abc"), &["400"]),
        ("two lengths", post(twice, "abcd"), &["400"]),
        ("chunks that are none", post("Transfer-Encoding: chunked\r\n", "zz\r\nabc\r\n"), &["400"]),
        ("an unknown encoding", post("Transfer-Encoding: gzip\r\n", "abc"), &["400"]),
        ("a body that breaks off", post("Content-Length: 30\r\n", "name=Ana"), &["400"]),
        ("HTTP/2 without having agreed on it", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[]),
        ("nothing", Vec::new(), &[]),
        ("half a head", b"GET / HTTP/1.1\r\nHo".to_vec(), &[]),
        ("nonsense behind a request", format!("{WHOLE}hello\r\n\r\n").into_bytes(), &["200", "400"]),
        (
            "nonsense behind two requests",
            format!("{WHOLE}{WHOLE}\x16\x03\x01 \r\n\r\n").into_bytes(),
            &["200", "200", "400"],
        ),
        (
            "nonsense behind a form",
            [post("Content-Length: 8\r\n", "name=Ana"), b"hello\r\n\r\n".to_vec()].concat(),
            &["422", "400"],
        ),
        (
            // Nothing is read behind a body that nobody wanted.
            "nonsense behind a body that was refused unread",
            b"POST /kontakt/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabchello\r\n\r\n".to_vec(),
            &["405"],
        ),
    ]
}

fn every_answer_bears_the_headers(server: &Server, is_production: bool) {
    for (what, bytes, statuses) in cases() {
        let answers = said_to(server, &bytes);
        let heads = heads(&answers);
        assert_eq!(heads.iter().map(|head| status(head)).collect::<Vec<_>>(), statuses, "{what}: {answers}");
        for head in heads {
            for header in HEADERS {
                assert_eq!(head.matches(header).count(), 1, "{what}: {header} in {head}");
            }
            assert_eq!(head.contains(HTTPS), is_production, "{what}: {head}");
            assert!(!head.contains("server: "), "{what}: {head}");
        }
    }
    assert_eq!(server.browser().open("/").status(), 200, "nobody is hurt");
}

#[test]
fn every_answer_to_bytes_that_are_no_request_bears_the_safety_headers() {
    let (_site, _place, server) = crate::production::town();
    every_answer_bears_the_headers(&server, true);
    assert!(server.stop().success());
}

#[test]
fn at_the_editors_desk_it_is_the_same_without_https() {
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let server = Server::start(&site.root(), place.path());
    // The address of the form's origin is that of production, so the form is refused before it is read.
    for (what, bytes, _) in cases() {
        let answers = said_to(&server, &bytes);
        for head in answers.split("\r\n\r\n").filter(|part| part.starts_with("HTTP/1.1 ")) {
            let head = format!("{head}\r\n");
            for header in HEADERS {
                assert_eq!(head.matches(header).count(), 1, "{what}: {header} in {head}");
            }
            assert!(!head.contains(HTTPS), "{what}: {head}");
        }
    }
    assert_eq!(server.browser().open("/").status(), 200, "nobody is hurt");
}

#[test]
fn a_server_that_is_stopped_says_nothing_more_than_what_was_asked() {
    let (_site, _place, server) = crate::production::town();
    let open = |bytes: &[u8]| {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        stream.write_all(bytes).unwrap();
        stream
    };
    // One that waits for its next request, one that said nothing, one in the middle of a head.
    let streams = [WHOLE.as_bytes(), b"", b"GET / HTTP/1.1\r\nHo"].map(open);
    std::thread::sleep(Duration::from_millis(500));
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    eventually(10, "nobody new is let in", || TcpStream::connect(server.address()).is_err().then_some(()));
    for (number, mut stream) in streams.into_iter().enumerate() {
        if number == 2 {
            // A head that was begun may be ended, wrongly as well.
            let _ = stream.write_all(b" hello\r\n\r\n");
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        for head in heads(&answer) {
            for header in HEADERS.into_iter().chain([HTTPS]) {
                assert!(head.contains(header), "{number}: {header} in {head}");
            }
        }
    }
    assert!(server.stop().success());
}
