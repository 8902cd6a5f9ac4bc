//! What a link target is, before the site is known.

/// What kind of target a link has.
pub(super) enum Target {
    /// A file or path of this site.
    Internal,
    /// An allowed scheme.
    External,
    /// A place on the same page.
    Fragment,
    /// Any other scheme.
    Dangerous(String),
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
    let Some((scheme, _)) = seen.split_once(':') else {
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
        other => Target::Dangerous(other.to_owned()),
    }
}
