//! A text between the two times that a build needs it: when what stands above it is parsed, and when it is rendered.

use std::sync::{Mutex, PoisonError};

/// A text that is given away once. What is asked for it again has to be read again: memory holds no text for longer
/// than it is certainly needed.
#[derive(Debug, Default)]
pub(super) struct KeptText(Mutex<Option<Box<str>>>);

impl KeptText {
    /// Keeps a text.
    pub(super) fn of(text: &str) -> Self {
        Self(Mutex::new(Some(Box::from(text))))
    }

    /// Gives it away.
    pub(super) fn take(&self) -> Option<Box<str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A copy.
    pub(super) fn copy(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_deref().map(str::to_owned)
    }

    /// Bytes that are held in memory.
    pub(super) fn bytes(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_deref().map_or(0, str::len)
    }
}

/// One copy is enough.
impl Clone for KeptText {
    fn clone(&self) -> Self {
        Self::default()
    }
}
