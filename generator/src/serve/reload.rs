//! Live reload: a script from this host, added at answer time, that listens to server-sent events: `version` when pages
//! changed, `style` when nothing but style sheets did, with their
//! new names, `problems` with what keeps the site from being built.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};

use super::App;
use crate::statics::{Fingerprint, Fingerprints};

/// Where the script is.
pub(super) const SCRIPT: &str = "/.zavicaj/reload.js";
/// Where the events are.
pub(super) const EVENTS: &str = "/.zavicaj/events";

const CODE: &str = include_str!("reload.js");

/// The newest style sheets.
#[derive(Debug, Clone, Default)]
pub(super) struct Styles {
    /// How many builds changed nothing else.
    count: u64,
    /// Each fingerprinted sheet: its URL, and what its bytes have to be, by the URL that it would have without.
    sheets: Map<String, Value>,
}

impl Styles {
    /// After another build that changed nothing else.
    pub(super) fn renew(&mut self, fingerprints: &Fingerprints) {
        self.count += 1;
        let sheet = |sheet: &Fingerprint| {
            let told = json!({ "url": format!("/{}", sheet.published), "integrity": sheet.integrity });
            (format!("/{}", sheet.path), told)
        };
        self.sheets = fingerprints.sheets().map(sheet).collect();
    }

    fn told(&self, start: u32) -> String {
        json!({ "number": format!("{start}-{}", self.count), "sheets": self.sheets }).to_string()
    }
}

pub(super) fn script() -> Response {
    let headers = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    (headers, CODE).into_response()
}

/// The page with the script; built bytes never hold it.
pub(super) fn with_script(page: &Bytes) -> Vec<u8> {
    let tag = format!("<script src=\"{SCRIPT}\" defer></script>");
    let at = page.windows(7).rposition(|window| window == b"</body>").unwrap_or(page.len());
    [&page[..at], tag.as_bytes(), &page[at..]].concat()
}

pub(super) fn events(app: &App) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    // The start of this process is part of the version, so that a restart is a change as well.
    let start = std::process::id();
    let versions = WatchStream::new(app.version.subscribe())
        .map(move |number| Some(Event::default().event("version").data(format!("{start}-{number}"))));
    let styles = WatchStream::new(app.style.subscribe())
        .map(move |styles| Some(Event::default().event("style").data(styles.told(start))));
    let problems = WatchStream::new(app.problems.subscribe())
        .map(|list| Some(Event::default().event("problems").data(list.as_ref())));
    let stop = WatchStream::new(app.stopping.subscribe()).filter(|stopping| *stopping).map(|_| None);
    // An open stream would keep the server from stopping.
    let stream = versions
        .merge(styles)
        .merge(problems)
        .merge(stop)
        .take_while(Option::is_some)
        .filter_map(|event| event)
        .map(Ok);
    Sse::new(stream).keep_alive(KeepAlive::default())
}
