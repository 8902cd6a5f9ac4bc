//! The function of certificate orders: the form `zahtjev-za-ispravu`.

use functions::Part;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda::serve("certificate_request", Part::Form("zahtjev-za-ispravu")).await
}
