//! The function of certificate orders: the form `zahtjev-za-ispravu`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda::serve("certificate_request", |service| functions::form_router(service, "zahtjev-za-ispravu"))
        .await
}
