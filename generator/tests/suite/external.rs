//! Links to other sites, asked for at a local server that misbehaves in every way.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use zavicaj::review::external::{Asked, Rules, Verdict, ask};

const NOW: Timestamp = Timestamp::constant(1_795_700_000, 0);

/// What the server was asked: `HEAD /good`, and the whole heads.
#[derive(Default)]
struct Seen {
    lines: Mutex<Vec<String>>,
    heads: Mutex<Vec<String>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

struct World {
    address: SocketAddr,
    seen: Arc<Seen>,
    place: TempDir,
}

impl World {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let seen = Arc::clone(&shared);
                std::thread::spawn(move || {
                    let now = seen.open.fetch_add(1, Ordering::SeqCst) + 1;
                    seen.most_open.fetch_max(now, Ordering::SeqCst);
                    // Whoever hangs up early gets no answer.
                    let _ = serve(&stream, &seen);
                    seen.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, seen, place: tempfile::tempdir().unwrap() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn cache(&self) -> PathBuf {
        self.place.path().join("data/external-links.json")
    }

    fn ask_at(&self, now: Timestamp, paths: &[&str]) -> (BTreeMap<String, Verdict>, Asked) {
        let urls: Vec<String> = paths
            .iter()
            .map(|path| if path.starts_with('/') { self.url(path) } else { (*path).to_owned() })
            .collect();
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        ask(&urls, &rules(), &self.cache(), now)
    }

    fn verdict(&self, path: &str) -> Verdict {
        let (found, _) = self.ask_at(NOW, &[path]);
        assert_eq!(found.len(), 1);
        found.into_values().next().unwrap()
    }

    /// What was asked since the last look.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lines.lock().unwrap())
    }
}

/// As for the public, but for the machine itself and for people who wait for a test.
fn rules() -> Rules {
    Rules {
        private_addresses: true,
        patience: Duration::from_millis(700),
        pause: Duration::from_millis(20),
        longest_wait: Duration::from_secs(1),
        ..Rules::of("https://place.example")
    }
}

fn serve(mut stream: &TcpStream, seen: &Seen) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let earlier = {
        let mut lines = seen.lines.lock().unwrap();
        let line = format!("{method} {path}");
        let earlier = lines.iter().filter(|known| **known == line).count();
        lines.push(line);
        earlier
    };
    seen.heads.lock().unwrap().push(head.clone());
    let mut answer = |status: &str, more: &str| {
        stream.write_all(
            format!("HTTP/1.1 {status}\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n").as_bytes(),
        )
    };
    let name = path.split('?').next().unwrap_or_default();
    match (name, method) {
        ("/good", _) => answer("200 OK", ""),
        ("/calm", _) => {
            std::thread::sleep(Duration::from_millis(120));
            answer("200 OK", "")
        }
        ("/gone", _) => answer("410 Gone", ""),
        ("/missing", _) => answer("404 Not Found", ""),
        ("/no-head", "HEAD") => answer("405 Method Not Allowed", ""),
        ("/lying-head", "HEAD") => answer("404 Not Found", ""),
        ("/failing-head", "HEAD") => answer("501 Not Implemented", ""),
        // Ends the connection without a word.
        ("/rude-head", "HEAD") | ("/reset", _) => Ok(()),
        ("/no-head" | "/lying-head" | "/failing-head" | "/rude-head", _) => answer("200 OK", ""),
        ("/login", _) => answer("403 Forbidden", ""),
        ("/broken", _) => answer("500 Internal Server Error", ""),
        ("/moved", _) => answer("301 Moved Permanently", "Location: /good\r\n"),
        ("/moved-twice", _) => answer("308 Permanent Redirect", "Location: moved#there\r\n"),
        ("/elsewhere", _) => answer("302 Found", "Location: /good\r\n"),
        ("/moved-then-elsewhere", _) => answer("301 Moved Permanently", "Location: /elsewhere\r\n"),
        ("/elsewhere-then-moved", _) => answer("302 Found", "Location: /moved\r\n"),
        ("/moved-to-nothing", _) => answer("301 Moved Permanently", "Location: /missing\r\n"),
        ("/circle", _) => answer("302 Found", "Location: /circle\r\n"),
        ("/without-end", _) => answer("302 Found", &format!("Location: /without-end?{}\r\n", path.len())),
        ("/nowhere", _) => answer("301 Moved Permanently", ""),
        ("/to-a-file", _) => answer("302 Found", "Location: file:///etc/passwd\r\n"),
        ("/to-a-password", _) => answer("302 Found", "Location: http://name:word@127.0.0.1/\r\n"),
        ("/no-http", _) => stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        ("/endless-head", _) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
            while stream.write_all(b"X-More: and more and more and more and more and more\r\n").is_ok() {}
            Ok(())
        }
        ("/huge", "GET") => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")?;
            while stream.write_all(&[b'a'; 65536]).is_ok() {}
            Ok(())
        }
        ("/huge", _) => answer("405 Method Not Allowed", ""),
        ("/slow", _) => {
            std::thread::sleep(Duration::from_secs(3));
            answer("200 OK", "")
        }
        ("/trickle", _) => {
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" {
                stream.write_all(&[*byte])?;
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(())
        }
        ("/busy-for-a-second", _) if earlier == 0 => answer("429 Too Many Requests", "Retry-After: 1\r\n"),
        ("/busy-for-a-second", _) => answer("200 OK", ""),
        ("/busy", _) => answer("429 Too Many Requests", "Retry-After: 3600\r\n"),
        ("/busy-until", _) => {
            answer("429 Too Many Requests", "Retry-After: Wed, 21 Oct 2037 07:28:00 GMT\r\n")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_address_is_asked_by_head_and_by_get_where_head_is_refused() {
    let world = World::new();
    assert_eq!(world.verdict("/good"), Verdict::Good);
    assert_eq!(world.asked(), ["HEAD /good"]);
    for path in ["/no-head", "/lying-head", "/failing-head", "/rude-head"] {
        assert_eq!(world.verdict(path), Verdict::Good, "{path}");
        assert_eq!(world.asked(), [format!("HEAD {path}"), format!("GET {path}")]);
    }
    for (path, verdict) in [
        ("/gone", Verdict::Gone { status: 410 }),
        ("/missing", Verdict::Gone { status: 404 }),
        ("/broken", Verdict::Failing { status: 500 }),
        ("/login", Verdict::Closed { status: 403 }),
    ] {
        assert_eq!(world.verdict(path), verdict, "{path}");
        assert_eq!(world.asked().len(), 2, "GET has the last word");
    }
}

#[test]
fn redirects_are_followed_a_few_times_and_permanent_ones_are_told() {
    let world = World::new();
    let moved = |path: &str| Verdict::Moved { to: world.url(path) };
    for (path, verdict) in [
        ("/moved", moved("/good")),
        ("/moved-twice", moved("/good")),
        ("/elsewhere", Verdict::Good),
        // Only the part of the way that is for good.
        ("/moved-then-elsewhere", moved("/elsewhere")),
        ("/elsewhere-then-moved", Verdict::Good),
        ("/moved-to-nothing", Verdict::Gone { status: 404 }),
        ("/circle", Verdict::Endless),
        ("/without-end", Verdict::Endless),
        ("/nowhere", Verdict::Endless),
        ("/to-a-file", Verdict::Endless),
        ("/to-a-password", Verdict::Endless),
    ] {
        assert_eq!(world.verdict(path), verdict, "{path}");
        assert!(world.asked().len() <= 6, "{path}");
    }
}

#[test]
fn a_server_that_misbehaves_costs_a_moment_and_no_more() {
    let world = World::new();
    for (path, verdict) in [
        ("/slow", Verdict::Silent),
        ("/trickle", Verdict::Silent),
        ("/reset", Verdict::Broken),
        ("/no-http", Verdict::Broken),
        ("/endless-head", Verdict::Broken),
        ("/huge", Verdict::Good),
    ] {
        let start = Instant::now();
        assert_eq!(world.verdict(path), verdict, "{path}");
        assert!(start.elapsed() < Duration::from_secs(2), "{path}: {:?}", start.elapsed());
    }
    // A port at which nobody listens, and a name that nobody has.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(world.verdict(&format!("http://{closed}/")), Verdict::Broken);
}

#[test]
fn a_server_that_asks_to_wait_is_left_alone() {
    let world = World::new();
    assert_eq!(world.verdict("/busy-for-a-second"), Verdict::Good);
    assert_eq!(world.asked(), ["HEAD /busy-for-a-second", "HEAD /busy-for-a-second"]);
    for path in ["/busy", "/busy-until"] {
        let good = ["/good?1", "/good?2"].map(|good| format!("{good}{}", path.len()));
        let (found, asked) = world.ask_at(NOW, &[path, &good[0], &good[1]]);
        assert_eq!(found[&world.url(path)], Verdict::Busy);
        let lines = world.asked();
        let from = lines.iter().position(|line| line.ends_with(path)).unwrap();
        assert_eq!(lines.len(), from + 1, "nothing more is asked of this host: {lines:?}");
        assert_eq!((asked.known, asked.closed), (0, 3 - from), "{found:?}");
    }
    // Not even by the next run, for an hour.
    let (found, asked) = world.ask_at(NOW + SignedDuration::from_mins(50), &["/busy"]);
    assert_eq!((found.into_values().collect(), asked.now), (vec![Verdict::Busy], 0));
}

#[test]
fn a_host_is_asked_one_thing_at_a_time_and_several_hosts_at_once() {
    let worlds = [World::new(), World::new(), World::new()];
    // One machine, three names: a host is what the address calls it.
    let names = ["127.0.0.1", "localhost", "127.0.0.2"];
    let urls: Vec<String> = (0..4)
        .flat_map(|number| {
            worlds
                .iter()
                .zip(names)
                .map(move |(world, name)| format!("http://{name}:{}/calm?{number}", world.address.port()))
        })
        .filter(|url| !url.contains("127.0.0.2"))
        .collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let start = Instant::now();
    let (found, _) = ask(&urls, &rules(), &worlds[0].cache(), NOW);
    assert!(found.values().all(|verdict| *verdict == Verdict::Good), "{found:?}");
    // Four after each other at each of two hosts; eight after each other would take a second.
    assert!(start.elapsed() < Duration::from_millis(900), "{:?}", start.elapsed());
    for world in &worlds[..2] {
        assert_eq!(world.asked().len(), 4);
        assert_eq!(world.seen.most_open.load(Ordering::SeqCst), 1);
    }
}

#[test]
fn an_answer_is_kept_as_long_as_it_deserves_and_each_address_is_asked_once() {
    let world = World::new();
    let (_, asked) = world.ask_at(NOW, &["/good", "/missing", "/broken"]);
    assert_eq!((asked.now, asked.known), (3, 0));
    assert_eq!(world.asked().iter().filter(|line| line.ends_with("/good")).count(), 1);
    for (hours, again) in [
        (0, vec![]),
        (2, vec!["/broken"]),
        (25, vec!["/broken", "/missing"]),
        (169, vec!["/broken", "/good", "/missing"]),
    ] {
        let (found, _) =
            world.ask_at(NOW + SignedDuration::from_hours(hours), &["/good", "/missing", "/broken"]);
        assert_eq!(found.len(), 3);
        assert_eq!(
            found[&world.url("/missing")],
            Verdict::Gone { status: 404 },
            "a kept answer is told again"
        );
        let mut paths: Vec<String> =
            world.asked().iter().filter_map(|line| Some(line.split_once(' ')?.1.to_owned())).collect();
        paths.sort();
        paths.dedup();
        assert_eq!(paths, again, "after {hours} hours");
    }
}

#[test]
fn a_question_says_who_asks_and_nothing_else() {
    let world = World::new();
    world.verdict("/moved-twice");
    world.verdict("/no-head");
    for head in world.seen.heads.lock().unwrap().iter() {
        let names: Vec<String> = head
            .lines()
            .skip(1)
            .filter_map(|line| Some(line.split_once(':')?.0.to_ascii_lowercase()))
            .collect();
        for name in &names {
            assert!(["host", "user-agent", "accept", "connection"].contains(&name.as_str()), "{head}");
        }
        assert!(
            head.contains(concat!("zavicaj/", env!("CARGO_PKG_VERSION"), " (+https://place.example)")),
            "{head}"
        );
        assert!(!head.contains("there"), "a fragment stays in the browser: {head}");
    }
}

#[test]
fn private_addresses_are_not_asked_by_whatever_name_or_redirect() {
    let world = World::new();
    let port = world.address.port();
    let public = Rules { private_addresses: false, ..rules() };
    for url in [
        format!("http://127.0.0.1:{port}/good"),
        format!("http://localhost:{port}/good"),
        format!("http://[::1]:{port}/good"),
        format!("http://[::ffff:127.0.0.1]:{port}/good"),
        format!("http://2130706433:{port}/good"),
        format!("http://0x7f.1:{port}/good"),
        format!("http://0177.0.0.1:{port}/good"),
        format!("http://0:{port}/good"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "http://192.168.1.1/".to_owned(),
    ] {
        let (found, asked) = ask(&[&url], &public, &world.cache(), NOW);
        assert_eq!(found[&url], Verdict::Private, "{url}");
        assert_eq!(asked.now, 0);
    }
    for url in
        [format!("http://ana:tajna@127.0.0.1:{port}/good"), "http://".to_owned(), "https://a b/".to_owned()]
    {
        let (found, _) = ask(&[&url], &public, &world.cache(), NOW);
        assert_eq!(found[&url], Verdict::Unreadable, "{url}");
    }
    assert!(world.asked().is_empty(), "nobody knocked");
    let kept = std::fs::read_to_string(world.cache()).unwrap();
    assert!(!kept.contains("127.0.0.1") && !kept.contains("tajna"), "{kept}");
}
