//! The function that sends letters: called by the table's stream, and every minute.

use std::sync::Arc;

use lambda::Notify;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let made = |start| {
        let worker = Arc::new(Notify::new(start));
        move |event| {
            let worker = Arc::clone(&worker);
            async move { worker.answer(event).await }
        }
    };
    lambda::work("notify", made).await
}
