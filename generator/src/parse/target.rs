//! What a link target is, before the site is known.

use std::borrow::Cow;

use super::language;

/// What kind of target a link has.
pub(super) enum Target {
    /// A file or path of this site.
    Internal,
    /// An allowed scheme.
    External,
    /// A place on the same page.
    Fragment,
    /// `lang:de`: no link, the words are in another language; holds the tag as it is written.
    Language(String),
    /// Any other scheme.
    Dangerous(String),
}

/// An external target or a fragment as it was understood: nothing invisible stands before the `:` or `#` that decided,
/// and no control character behind it. Written as it is, a browser would take it for a path.
pub(super) fn as_understood(url: &str) -> Cow<'_, str> {
    let is_odd = |c: char| c.is_control() || c.is_whitespace();
    if !url.contains(is_odd) {
        return Cow::Borrowed(url);
    }
    let (before, behind) = url.split_at(url.find([':', '#']).unwrap_or(url.len()));
    let before = before.chars().filter(|c| !is_odd(*c));
    let behind = behind.trim_end().chars().filter(|c| !c.is_control());
    Cow::Owned(before.chain(behind).collect())
}

/// Decides by what a browser would do: it drops control characters and white space before the scheme.
pub(super) fn classify(url: &str) -> Target {
    // Nearly every target is one that needs no second look.
    if !url.bytes().any(|byte| byte <= b' ' || byte == 0x7f || byte >= 0x80) {
        if url.starts_with("https://") || url.starts_with("http://") {
            return Target::External;
        }
        if !url.contains(':') && !url.starts_with('#') {
            return Target::Internal;
        }
    }
    let seen: String = url
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect::<String>()
        .to_ascii_lowercase();
    if seen.starts_with('#') {
        return Target::Fragment;
    }
    let Some((scheme, rest)) = seen.split_once(':') else {
        return Target::Internal;
    };
    if !scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')) {
        return if scheme.contains(['/', '?', '#']) {
            Target::Internal
        } else {
            Target::Dangerous(scheme.to_owned())
        };
    }
    match scheme {
        "http" | "https" | "mailto" | "tel" => Target::External,
        language::SCHEME => Target::Language(rest.to_owned()),
        other => Target::Dangerous(other.to_owned()),
    }
}
