//! The function of regular work, called by a schedule: what expired goes, who is due is asked.

use std::sync::Arc;

use lambda::Purge;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let made = |start| {
        let worker = Arc::new(Purge::new(start));
        move |event| {
            let worker = Arc::clone(&worker);
            async move { worker.answer(event).await }
        }
    };
    lambda::work("purge", made).await
}
