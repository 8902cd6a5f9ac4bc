//! The functions as AWS Lambda starts them: the built binaries over DynamoDB, asked by API Gateway events.
//!
//! ```text
//! browser ─► Gateway  HTTP ─► event (payload 2.0), static files of the build
//!              └► Function  the binary, fed by a Lambda Runtime API; two of each, as many as are needed
//!                   └► DynamoDB API (ministack) ─► Table: what the registrar would find
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod batches;
mod edge;
mod engine;
mod function;
mod gateway;
mod letters;
mod ses;
mod silent;
mod size;
mod table;
mod times;
mod walks;
mod wire;
