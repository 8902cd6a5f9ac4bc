//! A function that answers people: the router over keys that are fetched at the first request.
//!
//! ```text
//! event ─door─► request ─┬─ GET /usluge/…/spremno ─► 200 or 503: keys and table answer
//!                        ├─ keys there ────────────► the router of the part
//!                        └─ no keys ───────────────► 503, nothing lost; asked for again at the next request
//! ```

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use functions::Service;
use sealing::HashKeys;
use serde_json::json;
use store::{Reference, Store};
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

use crate::secrets::{EDGE_HEADER, Edge};
use crate::{Journal, Level, SecretError, Start, door};

/// The last part of the address that says whether the function can work: `/usluge/registracija/spremno`.
const READY: &str = "/spremno";

/// One function's answers.
pub struct Host {
    start: Start,
    part: fn(Service) -> Router,
    open: OnceCell<Open>,
    closed: Router,
}

struct Open {
    router: Router,
    store: Arc<dyn Store>,
    hashing: Arc<HashKeys>,
    edge: Option<Edge>,
}

impl Host {
    /// A host of a part of the whole; the part is made when the keys are there.
    pub fn new(start: Start, part: fn(Service) -> Router) -> Self {
        let closed = functions::closed(Arc::clone(&start.bundle));
        Self { start, part, open: OnceCell::new(), closed }
    }

    /// Answers an event.
    pub async fn answer(&self, event: lambda_http::Request) -> Response {
        let open = self.open.get_or_try_init(|| async {
            let mut keys = self.start.secrets.keys().await?;
            let edge = keys.edge.take();
            let service: Service = self.start.service(keys);
            let (store, hashing) = (Arc::clone(&service.store), Arc::clone(&service.hashing));
            Ok::<_, SecretError>(Open { router: (self.part)(service), store, hashing, edge })
        });
        let open = open.await;
        let servers_before = match &open {
            Ok(open) => open.servers_before(&event, self.start.servers_before),
            Err(_) => 0,
        };
        let request = door::request(event, servers_before);
        let is_question = request.method() == Method::GET && request.uri().path().ends_with(READY);
        match open {
            Ok(open) if is_question => ready(&open.store, &self.start.journal).await,
            Ok(open) => answered(open.router.clone(), request).await,
            Err(error) => {
                let reason = error.to_string();
                self.start.journal.line(Level::Error, "no-keys", json!({ "reason": reason }));
                if is_question { told(false) } else { answered(self.closed.clone(), request).await }
            }
        }
    }
}

impl Open {
    /// How many of the servers before the gateway are believed: none, if the one that should be there does not show what
    /// it knows. The limits then are those of whoever is connected.
    fn servers_before(&self, event: &lambda_http::Request, configured: usize) -> usize {
        let Some(edge) = &self.edge else { return configured };
        let shown = event.headers().get(EDGE_HEADER);
        if shown.is_some_and(|shown| edge.is_shown(shown.as_bytes(), &self.hashing)) { configured } else { 0 }
    }
}

async fn answered(router: Router, request: Request) -> Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Whether the table answers, asked for something that is not there.
pub(crate) async fn is_ready(store: &(impl Store + ?Sized), journal: &Journal) -> bool {
    match store.receipt(&Reference::from_random([0; 7])).await {
        Ok(_) => true,
        Err(error) => {
            journal.line(Level::Error, "not-ready", json!({ "reason": error.to_string() }));
            false
        }
    }
}

async fn ready(store: &Arc<dyn Store>, journal: &Journal) -> Response {
    told(is_ready(store.as_ref(), journal).await)
}

fn told(is_ready: bool) -> Response {
    let mut response = Response::new(Body::from(json!({ "ready": is_ready }).to_string()));
    *response.status_mut() = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
