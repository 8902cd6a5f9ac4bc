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
use functions::{Part, Service};
use serde_json::json;
use store::{Reference, Store};
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

use crate::{Journal, Level, SecretError, Start, door};

/// The last part of the address that says whether the function can work: `/usluge/registracija/spremno`.
const READY: &str = "/spremno";

/// One function's answers.
pub struct Host {
    start: Start,
    part: Part,
    open: OnceCell<Open>,
    closed: Router,
}

struct Open {
    router: Router,
    store: Arc<dyn Store>,
}

impl Host {
    /// A host of a part of the whole.
    pub fn new(start: Start, part: Part) -> Self {
        let closed = functions::closed(Arc::clone(&start.bundle));
        Self { start, part, open: OnceCell::new(), closed }
    }

    /// Answers an event.
    pub async fn answer(&self, event: lambda_http::Request) -> Response {
        self.answer_request(door::request(event, self.start.servers_before)).await
    }

    async fn answer_request(&self, request: Request) -> Response {
        let is_question = request.method() == Method::GET && request.uri().path().ends_with(READY);
        let open = self.open.get_or_try_init(|| async {
            let keys = self.start.secrets.keys().await?;
            let service: Service = self.start.service(keys);
            let store = Arc::clone(&service.store);
            Ok::<_, SecretError>(Open { router: functions::router_of(service, self.part), store })
        });
        match open.await {
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
