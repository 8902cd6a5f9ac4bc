//! Editors save in several steps, and version control exchanges files: what a build sees between two of them is nobody's
//! mistake.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use zavicaj::serve::Notice;

use crate::support::{TinySite, server};

/// A server that follows a site, and what it tells of the machine.
struct Followed {
    site: Arc<TinySite>,
    address: SocketAddr,
    trouble: Arc<Mutex<Vec<String>>>,
}

impl Followed {
    fn start() -> Self {
        let site = Arc::new(TinySite::new());
        let trouble = Arc::new(Mutex::new(Vec::new()));
        let of = Arc::clone(&trouble);
        let address =
            server::start(server::options(site.options(), site.root()), Arc::clone(&site), move |notice| {
                if let Notice::Environment(error) = notice {
                    of.lock().unwrap().push(error.to_string());
                }
            });
        Self { site, address, trouble }
    }

    fn trouble(&self) -> Vec<String> {
        self.trouble.lock().unwrap().clone()
    }

    fn shows(&self, text: &str) {
        let started = Instant::now();
        while !self.front_page().contains(text) {
            assert!(started.elapsed() < Duration::from_secs(20), "{text} is not shown: {:?}", self.trouble());
            sleep(Duration::from_millis(10));
        }
    }

    fn front_page(&self) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: place.example\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }
}

/// Longer than a server waits before it builds, shorter than what it holds for meant.
const BETWEEN_TWO_STEPS: Duration = Duration::from_millis(30);

#[test]
fn a_file_or_folder_that_is_missing_for_a_moment_is_not_told_as_trouble() {
    let followed = Followed::start();
    let root = followed.site.root();
    for path in ["site.yaml", "themes/tiny/templates", "content"] {
        for round in 0..5 {
            let (there, away) = (root.join(path), root.join("away"));
            fs::rename(&there, &away).unwrap();
            sleep(BETWEEN_TWO_STEPS);
            fs::rename(&away, &there).unwrap();
            let text = format!("{path} {round}");
            followed.site.write("content/_index.md", &format!("---\ntitle: Početna\n---\n{text}\n"));
            followed.shows(&text);
        }
    }
    assert_eq!(followed.trouble(), Vec::<String>::new());
}

#[test]
fn what_stays_missing_is_told_and_its_return_is_seen() {
    let followed = Followed::start();
    let config = followed.site.root().join("site.yaml");
    let text = fs::read_to_string(&config).unwrap();
    fs::remove_file(&config).unwrap();
    let started = Instant::now();
    while followed.trouble().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(4), "the missing file is told before the next try");
        sleep(Duration::from_millis(10));
    }
    assert!(followed.trouble()[0].starts_with("no site.yaml in "), "{:?}", followed.trouble());
    fs::write(&config, text).unwrap();
    followed.site.write("content/_index.md", "---\ntitle: Početna\n---\nWieder da.\n");
    followed.shows("Wieder da.");
}
