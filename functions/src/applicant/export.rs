//! The export of one's own data: the office sealed it for the holder of the link, and a button fetches it.
//!
//! Fetching changes nothing, so that a download that broke off can be tried again until the link expires.

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use maud::html;
use sealing::ParcelKey;

use super::links::{parcel, trouble};
use super::open::{self, Opened};
use super::pages::{self, frame_of, moment};
use crate::Service;

/// The page with the button.
pub(super) async fn page(service: &Service, opened: &Opened) -> Response {
    match parcel(service, opened).await {
        Ok(Some(_)) => {}
        Ok(None) => return open::passed(&opened.bundle, &opened.head),
        Err(response) => return response,
    }
    let frame = frame_of(&opened.bundle, &opened.head);
    let strings = opened.bundle.strings(frame.lang);
    let text = |part: &str| strings.text(&format!("service.link.export.{part}"), &[]);
    let until = moment(&frame, &strings, opened.link.expires_at);
    let action = format!("/usluge/veza/{}", opened.token);
    let main = html! {
        (pages::about(&frame, &strings, &opened.head))
        p { (text("text")) }
        (pages::button(&action, frame.lang, &text("button"), "primary", None))
        p class="hint" { (strings.text("service.link.until", &[("moment", &until)])) }
    };
    pages::says(&frame, StatusCode::OK, &text("title"), &main)
}

/// The file.
pub(super) async fn download(service: &Service, opened: &Opened) -> Response {
    let sealed = match parcel(service, opened).await {
        Ok(Some(sealed)) => sealed,
        Ok(None) => return open::passed(&opened.bundle, &opened.head),
        Err(response) => return response,
    };
    let (_, key) = opened.link.parcel();
    let content = match ParcelKey::new(key).open(&sealed) {
        Ok(content) => content,
        Err(error) => return trouble(service, opened, "export-damaged", &error.to_string()),
    };
    let mut response = Response::new(Body::from(content));
    let name = format!("attachment; filename=\"{}.json\"", opened.link.reference);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // A reference has letters, digits and a hyphen: always a header's value.
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    response
}
