//! From the router's answer to one that an event can carry.

use axum::body::to_bytes;
use axum::response::Response;
use lambda_http::{Body, BoxFuture, IntoResponse, http};

/// An answer of ours: UTF-8 as text, anything else as bytes. The conversion that comes with the library looks for other
/// encodings, whose tables are 200 kB in each function.
pub struct Reply(pub Response);

impl IntoResponse for Reply {
    fn into_response(self) -> BoxFuture<'static, http::Response<Body>> {
        Box::pin(async move {
            let (parts, body) = self.0.into_parts();
            // Pages are made in memory, so there is nothing that could fail to arrive.
            let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
            let body = match String::from_utf8(bytes.into()) {
                Ok(text) if text.is_empty() => Body::Empty,
                Ok(text) => Body::Text(text),
                Err(other) => Body::Binary(other.into_bytes()),
            };
            http::Response::from_parts(parts, body)
        })
    }
}
