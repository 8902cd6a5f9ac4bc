//! The whole product from the outside: the release binary over copies of the shipped site.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod applicant;
mod audits;
mod backup;
mod by_itself;
mod canary;
mod compressed;
mod desk;
mod diagnostics;
mod disk;
mod documents;
mod doubles;
mod editing;
mod external;
mod files;
mod followed;
mod formats;
mod forms;
mod keys;
mod killed;
mod letters;
mod nobody_asked;
mod production;
mod publishing;
mod receipts;
mod requests;
mod theme;

use std::path::PathBuf;

use tempfile::TempDir;
use tests::{Browser, Office, Server, Site};

/// A server over a copy of the site, with empty folders.
struct Town {
    site: Site,
    server: Option<Server>,
    place: TempDir,
}

impl Town {
    fn new() -> Self {
        let site = Site::shipped();
        let place = tempfile::tempdir().unwrap();
        let server = Server::start(&site.root(), place.path());
        Self { site, server: Some(server), place }
    }

    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    fn browser(&self) -> Browser {
        self.server().browser()
    }

    fn office(&self) -> Office {
        Office::at(self.place.path())
    }

    fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    fn keys(&self) -> PathBuf {
        self.place.path().join("keys")
    }

    /// SIGKILL, and some minutes later a new process over the same folders (at another port).
    fn power_cut(&mut self) {
        self.server.take().unwrap().kill();
        self.office().let_leases_end();
        self.server = Some(Server::start(&self.site.root(), self.place.path()));
    }
}
