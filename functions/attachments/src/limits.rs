//! How much an attachment may be.

/// How much the compressed structure of a PDF may become in memory, in bytes.
pub const INFLATED_BYTES: usize = 32 * 1024 * 1024;

/// A PDF may come out a little larger than it went in, because its structure is written uncompressed.
pub(crate) const SLACK_BYTES: usize = 150_000;

/// The limits of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest file, in bytes.
    pub most_bytes: usize,
    /// The largest picture, in pixels: more than any telephone takes, less than would fill the desk's memory.
    pub most_pixels: u64,
    /// The most pages of a PDF.
    pub most_pages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { most_bytes: 4_000_000, most_pixels: 120_000_000, most_pages: 100 }
    }
}

impl Limits {
    /// Whether a picture of this size may be taken.
    pub(crate) fn allow(&self, width: u64, height: u64) -> bool {
        width.checked_mul(height).is_some_and(|pixels| pixels <= self.most_pixels)
    }
}
