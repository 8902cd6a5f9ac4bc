//! The function of the diaspora register: the form `registracija`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda::serve("registration", |service| functions::form_router(service, "registracija")).await
}
