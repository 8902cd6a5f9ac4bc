//! Small files of every kind, made by code, with marks planted wherever metadata can be.

mod heic;
mod jpeg;
mod pdf;
mod png;

pub use heic::heic;
pub use jpeg::{jpeg, jpeg_upright};
pub use pdf::{pdf, pdf_compressed, pdf_with};
pub use png::png;

/// What no cleaned file may hold: every planted text begins so.
pub const MARK: &str = "KANARINAC";

/// A planted text, told apart by where it was planted.
pub(crate) fn planted(place: &str) -> Vec<u8> {
    format!("{MARK}-{place}-").into_bytes()
}
