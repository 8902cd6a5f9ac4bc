//! Paths of URLs as browsers put them together (RFC 3986, 5.2).

/// Where a decoded path leads from the file at `from`: without a slash at either end, `.` and `..` resolved.
pub(crate) fn resolved(from: &str, path: &str) -> String {
    let folder =
        if path.starts_with('/') { "" } else { from.rsplit_once('/').map_or("", |(folder, _)| folder) };
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}
