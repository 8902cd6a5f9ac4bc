//! The local server inside the test's process.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use zavicaj::serve::{self, Limits, Notice, Options, Proxies, Work};

/// What a server is started with: a free port, its data and keys in a folder, the limits of a real one.
pub fn options(build: zavicaj::build::Options, place: &Path) -> Options {
    Options {
        build,
        fixed_now: true,
        port: 0,
        store: zavicaj::records::Engine::Sqlite,
        data: place.join("data"),
        keys: place.join("keys"),
        out: None,
        production: false,
        proxies: Proxies::default(),
        limits: Limits::default(),
        work: Work::Never,
        variable: |_| None,
    }
}

/// Starts a server that lives as long as the test's process, with what it needs `kept` as long; `hears` what it tells.
pub fn start(
    options: Options,
    kept: impl Send + 'static,
    hears: impl Fn(Notice) + Send + Sync + 'static,
) -> SocketAddr {
    let (said, heard) = mpsc::channel();
    let tell: serve::Tell = Arc::new(move |notice| match notice {
        Notice::Listening(address) => said.send(address).unwrap(),
        other => hears(other),
    });
    std::thread::spawn(move || {
        let _kept = kept;
        serve::run(options, tell).map_err(|error| panic!("{error}"))
    });
    heard.recv_timeout(Duration::from_secs(60)).unwrap()
}
