//! Responses: pages with a status, the one redirect, and the headers that all of them bear.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

/// Nothing from elsewhere, no inline script or style, no framing; forms post to this site only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Pages of other sites get no handle on ours, load nothing of it, and no page of ours uses a sensor.
pub const ISOLATION: [(&str, &str); 4] = [
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("x-frame-options", "DENY"),
];

/// `Strict-Transport-Security` of what is only ever reached by HTTPS (RFC 6797).
pub const HTTPS_FOR_A_YEAR: &str = "max-age=31536000";

/// A page.
pub(crate) fn page(status: StatusCode, html: String) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// A text to be kept as a file.
pub(crate) fn text_file(name: &str, text: String) -> Option<Response> {
    let mut response = public_text(text);
    let disposition = format!("attachment; filename=\"{name}\"");
    response.headers_mut().insert(CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).ok()?);
    Some(response)
}

/// A text that is no page.
pub(crate) fn public_text(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// "See other": the browser fetches the page at `path`, and reloading that page sends nothing again.
pub(crate) fn see_other(path: &str) -> Option<Response> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(path).ok()?);
    Some(response)
}

/// For what is only ever reached by HTTPS.
pub(crate) fn with_https(mut response: Response) -> Response {
    let value = HeaderValue::from_static(HTTPS_FOR_A_YEAR);
    response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, value);
    response
}

/// What every dynamic response bears: it may hold what a person wrote, so nobody keeps or indexes it.
pub(crate) fn with_safety_headers(mut response: Response) -> Response {
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "same-origin"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in ISOLATION {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
