//! What went wrong in other site generators, tried with this one: each test bears the number of a published advisory
//! or defect, and looks at the built site, or at the local server, as a visitor would.

mod files;
#[cfg(unix)]
mod server;
mod texts;
mod yaml;
