//! A script of the theme that a page asks for by itself.

use maud::{Markup, html};
use serde::{Deserialize, Serialize};

/// Where a script is published, and what its bytes have to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Path of its URL.
    pub url: String,
    /// `sha384-…` (W3C Subresource Integrity).
    pub integrity: String,
}

impl Script {
    /// The element that loads it.
    pub(super) fn element(&self) -> Markup {
        html! { script src=(self.url) integrity=(self.integrity) defer {} }
    }
}
