//! Live reload: a script from this host, added at answer time, that listens to server-sent events.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};

use super::App;

/// Where the script is.
pub(super) const SCRIPT: &str = "/.zavicaj/reload.js";
/// Where the events are.
pub(super) const EVENTS: &str = "/.zavicaj/events";

/// Reloads when the version changes, also after the server was away. A form that somebody has begun to fill in
/// is left alone. Only a page that is seen listens: browsers allow six connections to a host, and an editor has
/// many tabs.
const CODE: &str = r#"(() => {
  let seen = null;
  let touched = false;
  let source = null;
  addEventListener("input", () => { touched = true; });
  const heard = (event) => {
    if (seen !== null && seen !== event.data && !touched) location.reload();
    seen = event.data;
  };
  const listen = () => {
    if (source) source.close();
    source = document.hidden ? null : new EventSource("/.zavicaj/events");
    if (source) source.addEventListener("version", heard);
  };
  document.addEventListener("visibilitychange", listen);
  listen();
})();
"#;

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
        .map(move |version| Some(Event::default().event("version").data(format!("{start}-{version}"))));
    let stop = WatchStream::new(app.stopping.subscribe()).filter(|stopping| *stopping).map(|_| None);
    // An open stream would keep the server from stopping.
    let stream = versions.merge(stop).take_while(Option::is_some).filter_map(|event| event).map(Ok);
    Sse::new(stream).keep_alive(KeepAlive::default())
}
