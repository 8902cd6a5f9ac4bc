//! The limits of the server, with small numbers: how many connect at once, and how long a body may take.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::support::form::site;
use crate::support::server;
use tempfile::TempDir;
use zavicaj::serve::{Limits, Options};

const PUBLIC: &str = "https://place.example";
const CHECK: &str = "/usluge/upit/provjera";
const CONFIRM: &str = "/usluge/upit/potvrda";
const GET: &str = "GET / HTTP/1.1\r\nHost: place.example\r\n";

/// A server for the public inside this process; it lives as long as the test's process.
struct Town {
    place: TempDir,
    address: SocketAddr,
}

impl Town {
    fn with(limits: Limits) -> Self {
        let (site, place) = (site(), tempfile::tempdir().unwrap());
        let build = zavicaj::build::Options { base_url: Some(PUBLIC.to_owned()), ..site.options() };
        let options =
            Options { fixed_now: false, production: true, limits, ..server::options(build, place.path()) };
        let address = server::start(options, site, |_| {});
        Self { place, address }
    }

    /// A connection that has sent something.
    fn begun(&self, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(bytes.as_bytes()).unwrap();
        stream
    }

    fn stored(&self) -> i64 {
        let file = self.place.path().join("data/submissions.sqlite3");
        let connection = rusqlite::Connection::open(file).unwrap();
        connection.query_row("SELECT count(*) FROM record", [], |row| row.get(0)).unwrap()
    }
}

/// What arrives within this time, and whether the connection was ended.
fn heard(stream: &mut TcpStream, within: Duration) -> (String, bool) {
    let end = Instant::now() + within;
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        stream.set_read_timeout(Some(left)).unwrap();
        match stream.read(&mut buffer) {
            Ok(0) => return (String::from_utf8(bytes).unwrap(), true),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(_) => {}
        }
    }
    (String::from_utf8(bytes).unwrap(), false)
}

const SOON: Duration = Duration::from_millis(700);
const AT_LAST: Duration = Duration::from_secs(20);

#[test]
fn one_more_than_may_connect_waits_for_a_place_and_is_then_served() {
    let town = Town::with(Limits { connections: 3, ..Limits::default() });
    let mut inside: Vec<_> = (0..3).map(|_| town.begun(GET)).collect();
    // Each of them is taken: otherwise one of those that come later could be.
    std::thread::sleep(SOON);
    let mut waiting: Vec<_> =
        (0..4).map(|_| town.begun(&format!("{GET}Connection: close\r\n\r\n"))).collect();
    for stream in &mut waiting {
        assert_eq!(heard(stream, SOON), (String::new(), false), "it waits and is not turned away");
    }
    for stream in &mut inside {
        stream.write_all(b"Connection: close\r\n\r\n").unwrap();
    }
    for stream in inside.iter_mut().chain(&mut waiting) {
        let (answer, ended) = heard(stream, AT_LAST);
        assert!(ended && answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("</h1>"), "{answer}");
    }
}

#[test]
fn a_body_that_takes_too_long_is_answered_and_nothing_is_stored() {
    let town = Town::with(Limits { body_time: Duration::from_secs(1), ..Limits::default() });
    for path in [CHECK, CONFIRM] {
        let start = Instant::now();
        let mut stream = town.begun(&format!(
            "POST {path} HTTP/1.1\r\nHost: place.example\r\nOrigin: {PUBLIC}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60\r\n\r\nemail=ana"
        ));
        // A trickle does not begin the time anew.
        let trickle = stream.try_clone().unwrap();
        let sender = std::thread::spawn(move || {
            for byte in b"%40example.org&a=1234567890" {
                std::thread::sleep(Duration::from_millis(150));
                if (&trickle).write_all(&[*byte]).is_err() {
                    break;
                }
            }
        });
        let (answer, ended) = heard(&mut stream, AT_LAST);
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
        assert!(ended && answer.starts_with("HTTP/1.1 408 "), "{answer}");
        for header in ["content-security-policy: ", "strict-transport-security: ", "x-frame-options: DENY"] {
            assert!(answer.contains(header), "{header}: {answer}");
        }
        assert!(answer.contains("service.too_slow.title hr") && answer.contains("service.too_slow.text en"));
        sender.join().unwrap();
    }
    assert_eq!(town.stored(), 0);
    let (front, _) = heard(&mut town.begun(&format!("{GET}Connection: close\r\n\r\n")), AT_LAST);
    assert!(front.starts_with("HTTP/1.1 200 "), "{front}");
}

#[test]
fn a_head_that_takes_too_long_gives_its_place_back() {
    let town = Town::with(Limits { connections: 1, head_time: Duration::from_secs(1), ..Limits::default() });
    let mut slow = town.begun(GET);
    std::thread::sleep(SOON);
    let mut next = town.begun(&format!("{GET}Connection: close\r\n\r\n"));
    assert!(heard(&mut next, AT_LAST).0.starts_with("HTTP/1.1 200 "));
    assert!(heard(&mut slow, AT_LAST).1, "it was let go");
}
