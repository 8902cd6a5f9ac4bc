//! A host that has no keys yet: nothing can be checked, signed or stored, and nothing that was sent is lost.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::map_response;
use axum::response::Response;
use forms::control;

use crate::pages::{Again, Frame};
use crate::{Bundle, answer, request};

/// The code on the page.
const CODE: &str = "keys-unavailable";

/// Answers everything with 503 in words: what a form sent stays on the page and is sent again with one button.
pub fn closed(bundle: Arc<Bundle>) -> Router {
    Router::new().fallback(answer_later).with_state(bundle).layer(map_response(async |response: Response| {
        answer::with_https(answer::with_safety_headers(response))
    }))
}

async fn answer_later(State(bundle): State<Arc<Bundle>>, request: Request) -> Response {
    let mut response = page(&bundle, request).await;
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
    }
    response
}

async fn page(bundle: &Bundle, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let mut parts = path.strip_prefix("/usluge/").unwrap_or_default().split('/');
    let (door, step) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let form = bundle.forms.get_key_value(door).map(|(id, _)| id.as_str());
    let frame = Frame { bundle, form, lang: &bundle.default_language };
    if form.is_none() || request.method() != Method::POST {
        let what = if door == "potvrda" { "receipt_unavailable" } else { "status_unavailable" };
        return frame.says_in_all_languages(StatusCode::SERVICE_UNAVAILABLE, what);
    }
    // The query names the record that a form replaces.
    let action = request.uri().path_and_query().map_or(path.as_str(), |whole| whole.as_str()).to_owned();
    let (raw, _) = match request::posted_with(bundle, form, &action, request, step == "prilozi").await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let frame = Frame { lang: bundle.language(raw.get(control::LANG)), ..frame };
    let again = Again { action: &action, raw: &raw };
    frame.keeps(StatusCode::SERVICE_UNAVAILABLE, "try_again", CODE, &again)
}
