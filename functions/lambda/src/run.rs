//! The life of an instance: events until Lambda says that it ends; then the answer in hand still leaves.

use std::convert::Infallible;
use std::future::Future;
use std::panic::{self, PanicHookInfo};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use functions::Service as Handlers;
use lambda_http::lambda_runtime::{LambdaInvocation, Runtime};
use lambda_http::tower::{Layer, Service};
use lambda_http::{Adapter, Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::{Host, Journal, Level, Reply, Start, extension};

/// Runs a function that answers people.
pub async fn serve(function: &'static str, part: fn(Handlers) -> Router) -> Result<(), Error> {
    let journal = Journal::new(function);
    let host = Arc::new(Host::new(start(&journal)?, part));
    let handler = service_fn(move |event: lambda_http::Request| {
        let host = Arc::clone(&host);
        async move { Ok::<_, Infallible>(Reply(host.answer(event).await)) }
    });
    live(Runtime::new(Adapter::from(handler)), journal).await
}

/// Runs a function that other services call.
pub async fn work<Handler, Answer>(
    function: &'static str,
    made: impl FnOnce(Start) -> Handler,
) -> Result<(), Error>
where
    Handler: Fn(LambdaEvent<Value>) -> Answer,
    Answer: Future<Output = Result<Value, Error>> + Send + 'static,
{
    let journal = Journal::new(function);
    let handler = made(start(&journal)?);
    live(Runtime::new(service_fn(handler)), journal).await
}

/// Settings from the variables and the files beside the binary.
fn start(journal: &Journal) -> Result<Start, Error> {
    let binary = std::env::current_exe()?;
    let folder = binary.parent().unwrap_or(Path::new("."));
    panic::set_hook(on_panic(journal.clone()));
    let made = Start::new(folder, |name| std::env::var(name).ok(), journal.clone());
    made.map_err(|error| {
        journal.line(Level::Error, "no-start", json!({ "reason": error.to_string() }));
        error.into()
    })
}

/// The place and nothing more: what a panic says may hold what a person wrote. The instance ends with it, and Lambda
/// starts another one.
fn on_panic(journal: Journal) -> Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync> {
    Box::new(move |panicked| {
        let at = panicked.location().map(|place| format!("{}:{}", place.file(), place.line()));
        journal.line(Level::Error, "panicked", json!({ "at": at }));
    })
}

async fn live<S>(runtime: Runtime<S>, journal: Journal) -> Result<(), Error>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
    S::Future: Send + 'static,
{
    let (busy, is_busy) = watch::channel(false);
    let mut ending = signal(SignalKind::terminate())?;
    if let Err(error) = extension::register().await {
        // It works as well, and ends without a word.
        journal.line(Level::Warn, "no-extension", json!({ "reason": error.to_string() }));
    }
    let runtime = runtime.layer(Watching { journal: journal.clone(), busy: Arc::new(busy) });
    tokio::select! {
        ended = runtime.run() => ended,
        () = async {
            ending.recv().await;
            idle(is_busy).await;
        } => {
            journal.line(Level::Info, "end", json!({}));
            Ok(())
        }
    }
}

async fn idle(mut is_busy: watch::Receiver<bool>) {
    // An error means that nobody can be busy any more.
    let _ = is_busy.wait_for(|busy| !*busy).await;
}

/// Tells the journal about each invocation, and whether one is in hand; that includes sending its answer.
struct Watching {
    journal: Journal,
    busy: Arc<watch::Sender<bool>>,
}

struct Watched<S> {
    inner: S,
    journal: Journal,
    busy: Arc<watch::Sender<bool>>,
    first: bool,
}

impl<S> Layer<S> for Watching {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched { inner, journal: self.journal.clone(), busy: Arc::clone(&self.busy), first: true }
    }
}

impl<S> Service<LambdaInvocation> for Watched<S>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
    S::Future: Send + 'static,
{
    type Response = ();
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        let (begun, first) = (Instant::now(), std::mem::replace(&mut self.first, false));
        self.journal.begin(&invocation.context);
        self.busy.send_replace(true);
        let (answer, journal, busy) =
            (self.inner.call(invocation), self.journal.clone(), Arc::clone(&self.busy));
        Box::pin(async move {
            let answered = answer.await;
            journal.end(begun.elapsed().as_secs_f64() * 1000.0, first);
            busy.send_replace(false);
            answered
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn of_a_panic_only_the_place_is_told() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let hook = on_panic(Journal::into("status", told.clone()));
        let usual = panic::take_hook();
        panic::set_hook(hook);
        let ended = panic::catch_unwind(|| panic!("Ana Anić"));
        panic::set_hook(usual);
        assert!(ended.is_err());
        let told = String::from_utf8(told.lock().unwrap().clone()).unwrap();
        let line: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
        assert_eq!((&line["level"], &line["message"]), (&json!("ERROR"), &json!("panicked")));
        assert!(line["at"].as_str().unwrap().contains("run.rs:") && !told.contains("Anić"), "{told}");
    }
}
