//! The function of what comes after a form: receipts, where a request is, links from letters.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda::serve("status", functions::afterwards_router).await
}
