//! The function of what comes after a form: receipts, where a request is, links from letters.

use functions::Part;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda::serve("status", Part::Afterwards).await
}
