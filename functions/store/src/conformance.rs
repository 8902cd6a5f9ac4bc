//! The suite that every store passes: named cases, each on a new, empty store.
//!
//! ```text
//! new_store ─► Case (intake, doubles, files, changes, erasure, …) ─► assertion | StoreError ─► one list of failures
//! ```
//!
//! A case asserts what a caller would notice. `run` goes through all cases and then fails with the name of
//! each one that did not hold, so that one run shows everything.

mod arrivals;
mod changes;
mod crowd;
mod doubles;
mod erasure;
mod files;
mod intake;
mod outbox;
mod queue;
mod records;
mod tokens;
mod upkeep;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use sealing::{HashKey, HashKeys};

use crate::{Store, StoreError};

type Work = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// One rule of the interface, tried out.
pub struct Case {
    /// The rule, as a sentence with underscores.
    pub name: &'static str,
    start: Box<dyn Fn(Arc<dyn Store>) -> Work>,
}

impl Case {
    fn new<F, Fut>(name: &'static str, work: F) -> Self
    where
        F: Fn(Arc<dyn Store>) -> Fut + 'static,
        Fut: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        Self { name, start: Box::new(move |store| Box::pin(work(store))) }
    }

    /// Tries the rule on a new, empty store; the error says how it was broken.
    pub async fn run(&self, store: Arc<dyn Store>) -> Result<(), String> {
        // A task of its own, so that a failing assertion ends this case only.
        match tokio::spawn((self.start)(store)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!("{}: {error}", self.name)),
            Err(failure) => Err(format!("{}: {}", self.name, said(failure))),
        }
    }
}

/// The keys that the suite's stores sign audit lines with.
pub fn audit_keys() -> HashKeys {
    HashKeys::new(HashKey::new([7; 32]), Vec::new())
}

/// All rules.
pub fn cases() -> Vec<Case> {
    [
        intake::cases(),
        doubles::cases(),
        crowd::cases(),
        files::cases(),
        changes::cases(),
        tokens::cases(),
        erasure::cases(),
        queue::cases(),
        records::cases(),
        outbox::cases(),
        upkeep::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Runs every case on a store of its own, and fails with the list of those that do not hold.
///
/// Needs a tokio runtime with time, with several threads if the crowd shall be a real one.
pub async fn run<F, Fut>(new_store: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Arc<dyn Store>>,
{
    let mut failures = Vec::new();
    for case in cases() {
        if let Err(failure) = case.run(new_store().await).await {
            failures.push(failure);
        }
    }
    assert!(failures.is_empty(), "{} cases do not hold:\n{}", failures.len(), failures.join("\n"));
}

/// The text of a failed assertion.
fn said(failure: tokio::task::JoinError) -> String {
    let Ok(payload) = failure.try_into_panic() else {
        return "the case was cancelled".to_owned();
    };
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload
            .downcast::<&str>()
            .map_or_else(|_| "the case failed".to_owned(), |text| (*text).to_owned()),
    }
}
