//! What the theme's author is told.

use crate::diagnostic::{Diagnostic, Place};

/// A sheet that is published as it is written.
pub(super) fn not_minified(theme: &str, path: &str, error: &str) -> Diagnostic {
    Diagnostic::warning(
        "css-not-minified",
        Place::file(&format!("themes/{theme}/static/{path}")),
        format!("stilski list nije se mogao smanjiti, pa se objavljuje kako je napisan ({error})"),
        format!("the style sheet could not be made smaller and is published as it is written ({error})"),
    )
    .help(
        "potražite komentar ili navodnike koji se ne zatvaraju",
        "look for a comment or quotation marks that do not end",
    )
}
