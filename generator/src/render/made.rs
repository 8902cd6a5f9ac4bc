//! What rendering hands out: outputs as before or anew, and why one was not made.

use std::sync::Arc;

use crate::cache::{Known, Origin};
use crate::diagnostic::Diagnostic;
use crate::error::EnvironmentError;
use crate::source::AssetFile;

/// A file of the finished site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Path below the output folder, with `/`.
    pub path: Arc<str>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The source that an editor would open to change it.
    pub source: Arc<str>,
}

/// What has come of a job.
#[derive(Debug)]
pub enum Made {
    /// An output that is as it was.
    AsBefore {
        /// Path below the output folder.
        path: Arc<str>,
        /// The source that an editor would open to change it.
        source: Arc<str>,
        /// What is known of it.
        known: Arc<Known>,
    },
    /// A file that is published as it is.
    Copied {
        /// Path below the output folder.
        path: Arc<str>,
        /// The source that an editor would open to change it.
        source: Arc<str>,
        /// The file.
        file: Arc<AssetFile>,
        /// What it came from.
        origin: Origin,
    },
    /// An output that was made.
    Anew {
        /// The output.
        output: Output,
        /// What it came from; nothing if there was something to tell about it.
        origin: Option<Origin>,
    },
}

/// An output of the build before that is still there, by its path.
pub type Before<'a> = dyn Fn(&str) -> Option<&'a Arc<Known>> + Sync + 'a;

/// What receives everything that was made, some at once, from several threads.
pub type Receive<'a, T> = dyn Fn(Vec<Made>) -> Result<Vec<T>, EnvironmentError> + Sync + 'a;

/// The form bundle, what was received, what went wrong.
pub type Run<T> = (Option<::functions::Bundle>, Vec<T>, Vec<Diagnostic>);

/// Why an output was not made.
#[derive(Debug)]
pub(super) enum Failed {
    /// The content or the theme is wrong.
    Content(Diagnostic),
    /// The machine does not let us.
    Environment(EnvironmentError),
}

impl From<Diagnostic> for Failed {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Content(diagnostic)
    }
}

impl From<EnvironmentError> for Failed {
    fn from(error: EnvironmentError) -> Self {
        Self::Environment(error)
    }
}
