//! From a request to an answer: form handlers, live reload, files.

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HOST, IF_NONE_MATCH,
    LOCATION, REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::files::Found;
use super::{App, File, negotiate, reload};
use crate::diagnostic::MessageLanguage;
use crate::html::escaped;

/// Static pages load nothing from other hosts and run no inline script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) fn router(app: Arc<App>) -> Router {
    Router::new().fallback(answer).with_state(app)
}

async fn answer(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path();
    let forms = app.forms.read().unwrap_or_else(PoisonError::into_inner).clone();
    // A site without services has no forms: its addresses are like any other.
    if path.starts_with("/usluge/") && (forms.is_some() || app.site().is_none()) {
        let mut response = match forms {
            Some(forms) => match tower::ServiceExt::oneshot(forms, request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            None => not_built_yet(&app),
        };
        if app.production {
            only_by_https(response.headers_mut());
        }
        return response;
    }
    if path == reload::EVENTS && !app.production {
        return reload::events(&app).into_response();
    }
    let mut response = if !matches!(*request.method(), Method::GET | Method::HEAD) {
        (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response()
    } else if path == reload::SCRIPT && !app.production {
        reload::script()
    } else {
        match app.site() {
            Some(site) => match site.find(path) {
                Found::File(key) => match site.file_for(key) {
                    Some(file) => send(&app, file, StatusCode::OK, request.headers()),
                    None => StatusCode::NOT_FOUND.into_response(),
                },
                Found::Slash(path) => match HeaderValue::from_str(&path) {
                    Ok(location) => (StatusCode::MOVED_PERMANENTLY, [(LOCATION, location)]).into_response(),
                    Err(_) => StatusCode::NOT_FOUND.into_response(),
                },
                Found::Nothing(page) => match site.file(&page) {
                    Some(file) => send(&app, file, StatusCode::NOT_FOUND, request.headers()),
                    None => StatusCode::NOT_FOUND.into_response(),
                },
            },
            None => not_built_yet(&app),
        }
    };
    add_safety(response.headers_mut());
    if app.production {
        only_by_https(response.headers_mut());
    }
    response
}

fn send(app: &App, file: &File, status: StatusCode, headers: &HeaderMap) -> Response {
    let is_html = file.content_type.starts_with("text/html");
    let with_reload = is_html && !app.production && is_loopback(headers);
    let asked = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let form = negotiate::choose(headers, &file.encoded);
    let bytes = form.map_or(&file.bytes, |form| &form.bytes);
    let etag = file.etag(form.map(|form| form.coding));
    let is_known = status == StatusCode::OK
        && asked.is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if with_reload {
        (status, reload::with_script(bytes)).into_response()
    } else {
        (status, Body::from(bytes.clone())).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    // Asked again each time: the validator makes that cheap, and a corrected page is seen at once. A name with a
    // fingerprint never means anything else.
    let kept = if file.is_lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Some(form) = form {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(form.coding.name()));
    }
    if !file.encoded.is_empty() {
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(ETAG, etag);
    }
    response
}

/// An editor's own browser; behind a proxy the host is the public one.
fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// What every answer bears.
pub fn safety(is_production: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    add_safety(&mut headers);
    if is_production {
        only_by_https(&mut headers);
    }
    headers
}

fn add_safety(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    for (name, value) in functions::ISOLATION {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

/// For a year browsers come by HTTPS only (RFC 6797). Not for subdomains: they may be somebody else's.
fn only_by_https(headers: &mut HeaderMap) {
    headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(functions::HTTPS_FOR_A_YEAR));
}

/// Before the first good build: what is wrong, and the page comes by itself once it is mended.
fn not_built_yet(app: &App) -> Response {
    let failure = app.failure.read().unwrap_or_else(PoisonError::into_inner);
    let mut list = String::new();
    for diagnostic in failure.iter().take(50) {
        let text = crate::diagnostic::terminal::show(
            diagnostic,
            MessageLanguage::Hr,
            crate::diagnostic::terminal::Colour::Plain,
        );
        list.push_str(&escaped(&text));
        list.push('\n');
    }
    let page = format!(
        "<!doctype html>\n<html lang=\"hr\" data-not-built><head><meta charset=\"utf-8\"><title>Stranica još nije izrađena</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><script src=\"{}\" defer></script></head>\
         <body><h1>Stranica još nije izrađena</h1>\
         <p>Ispravite sljedeće; stranica će se zatim sama pojaviti.</p><pre>{list}</pre></body></html>\n",
        reload::SCRIPT
    );
    let headers =
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store"), (RETRY_AFTER, "5")];
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, headers, page).into_response();
    add_safety(response.headers_mut());
    response
}
