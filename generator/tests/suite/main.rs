//! The generator as its users meet it: sites in temporary folders, built, published, followed and served.
//!
//! One program for all of it: each would be linked anew, with everything that the generator needs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod advisories;
mod alerts;
mod between_steps;
mod collisions;
mod definitions;
mod diagnostics;
#[cfg(unix)]
mod doctor;
mod downloads;
mod external;
mod incremental;
#[cfg(unix)]
mod limits;
mod markdown;
mod pages;
mod publish;
mod reached;
mod structure;
mod support;
mod warm;
