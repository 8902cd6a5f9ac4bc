//! An extension in the function's own process that does nothing: Lambda says that an instance ends (SIGTERM) only where
//! one is registered. It wants no events, so that its question for the next one waits as long as the instance lives.
//!
//! See "Lambda Extensions API" in AWS's developer guide.

use std::time::Duration;

use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{BoxError, Client};

/// The question and its answer stay on the machine. Where nobody answers, a start does not wait for it.
const REGISTERED_WITHIN: Duration = Duration::from_millis(500);
const ID: &str = "lambda-extension-identifier";

/// Registers it; to be done before the first event is asked for.
pub(crate) async fn register() -> Result<(), BoxError> {
    let client = Client::builder().build()?;
    let wish = Request::post("/2020-01-01/extension/register")
        .header("lambda-extension-name", "zavicaj")
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"events":[]}"#))?;
    let answer = tokio::time::timeout(REGISTERED_WITHIN, client.call(wish)).await??;
    let (true, Some(id)) = (answer.status().is_success(), answer.headers().get(ID)) else {
        return Err(format!("answered with {}", answer.status()).into());
    };
    let next = Request::get("/2020-01-01/extension/event/next").header(ID, id).body(Body::empty())?;
    tokio::spawn(async move {
        // There is none.
        let _ = client.call(next).await;
    });
    Ok(())
}
