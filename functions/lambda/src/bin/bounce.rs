//! The function that hears from SES which letters came back.

use std::sync::Arc;

use lambda::Bounce;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let made = |start| {
        let worker = Arc::new(Bounce::new(start));
        move |event| {
            let worker = Arc::clone(&worker);
            async move { worker.answer(event).await }
        }
    };
    lambda::work("bounce", made).await
}
