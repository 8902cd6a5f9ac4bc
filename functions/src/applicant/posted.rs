//! What was posted to an address that belongs to no form.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use forms::{RawAnswers, control};

use crate::{Bundle, Service, request};

/// Readable pairs from a page of this site.
pub(super) struct Posted {
    pub bundle: Arc<Bundle>,
    pub raw: RawAnswers,
    /// The language of the page that was sent.
    pub language: String,
}

/// Reads a request, or answers it with the page that says why not.
pub(super) async fn read(service: &Service, request: Request) -> Result<Posted, Response> {
    let bundle = service.bundle();
    let action = request.uri().path().to_owned();
    let raw = request::posted(&bundle, None, &action, request).await?;
    let language = bundle.language(raw.get(control::LANG)).to_owned();
    Ok(Posted { bundle, raw, language })
}
