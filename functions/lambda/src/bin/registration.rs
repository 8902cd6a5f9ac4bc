//! The function of the diaspora register: the form `registracija`.

use functions::Part;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda::serve("registration", Part::Form("registracija")).await
}
