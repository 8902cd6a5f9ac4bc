//! The form language as editors and applicants meet it: the shipped forms, the pages, the messages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers as well"
)]

mod attachments;
mod calendar;
mod check_page;
mod content;
mod definitions;
mod fees;
mod groups;
mod kinds;
mod need;
mod pages;
mod paper;
mod privacy;
mod properties;
mod registrar;
mod schema;
mod support;
mod validation;
