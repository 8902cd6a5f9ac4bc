//! Escaping for the few places that write HTML without a template.

use pulldown_cmark_escape::{escape_href, escape_html};

/// Text for an element or a quoted attribute.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Writing to a String does not fail.
    let _ = escape_html(&mut out, text);
    out
}

/// A URL for a quoted attribute: percent-encoded where needed, then escaped.
pub fn escaped_url(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    let _ = escape_href(&mut out, url);
    out
}
