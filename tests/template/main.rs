//! What functions/template.yaml promises, read from it: who may do what, where requests go, what nobody overlooks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod edge;
mod kept;
mod rights;
mod routes;
mod template;
mod watched;
mod workflow;
