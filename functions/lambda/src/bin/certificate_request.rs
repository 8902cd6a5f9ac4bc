//! The function of certificate orders: the form `zahtjev-za-ispravu`, and the receipts.
//!
//! Settings come from variables and files beside the binary (see the crate's documentation); the deployment
//! injects the secret for keyed hashes.

use std::path::Path;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let binary = std::env::current_exe()?;
    let folder = binary.parent().unwrap_or(Path::new("."));
    let service = lambda::service(folder, |name| std::env::var(name).ok())?;
    lambda_http::run(lambda::router(service, "zahtjev-za-ispravu")).await
}
