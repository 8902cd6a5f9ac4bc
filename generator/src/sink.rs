//! Where a build's outputs go.

use std::sync::Arc;

use crate::error::EnvironmentError;
use crate::publish::Entry;
use crate::render::Output;
use crate::source::AssetFile;

/// Where outputs go; called from several threads.
pub trait Sink: Sync {
    /// Whether it has this content from a build before.
    fn has(&self, path: &str, entry: &Entry) -> bool;
    /// Takes a content.
    fn take(&self, path: &Arc<str>, bytes: Vec<u8>, entry: &Entry) -> Result<(), EnvironmentError>;
    /// Takes a file that is published as it is.
    fn copy(&self, path: &Arc<str>, file: &AssetFile, entry: &Entry) -> Result<(), EnvironmentError> {
        self.take(path, file.read()?, entry)
    }

    /// By how many threads of their own outputs are taken; those who make them take them, if by none.
    fn writers(&self) -> usize {
        0
    }

    /// Prepares the places of outputs that will come in about this order, while they are made.
    fn expect(&self, _: &mut dyn Iterator<Item = &str>) {}

    /// Sees an output that was made anew before its content is taken.
    fn look(&self, _: &Output) {}
}

/// Takes everything and keeps nothing.
pub(crate) struct Nowhere;

impl Sink for Nowhere {
    fn has(&self, _: &str, _: &Entry) -> bool {
        false
    }

    fn take(&self, _: &Arc<str>, _: Vec<u8>, _: &Entry) -> Result<(), EnvironmentError> {
        Ok(())
    }

    fn copy(&self, _: &Arc<str>, _: &AssetFile, _: &Entry) -> Result<(), EnvironmentError> {
        Ok(())
    }
}
