//! Which sites may post to the forms: the site itself, judged by the `Origin` header (RFC 6454, Fetch).

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// What the headers say about where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// From a page of this site, or from a client that is no browser.
    Own,
    /// The browser hides the origin (`Origin: null`): the values are shown again on a page of this site.
    Hidden,
    /// From another site.
    Foreign,
}

/// Judges a request by its headers.
///
/// There are no cookies, so nothing can be done in a visitor's name; this keeps other sites from posting forms
/// that look like the town's.
pub(crate) fn judge(headers: &HeaderMap, public_url: &str) -> Verdict {
    let mut origins = headers.get_all(ORIGIN).iter();
    match (origins.next().map(|value| value.to_str()), origins.next()) {
        (None, _) => match headers.get("sec-fetch-site").map(|value| value.as_bytes()) {
            Some(b"cross-site" | b"same-site") => Verdict::Foreign,
            _ => Verdict::Own,
        },
        (Some(Ok("null")), None) => Verdict::Hidden,
        (Some(Ok(origin)), None) if same(origin, public_url) || is_local(origin, headers) => Verdict::Own,
        _ => Verdict::Foreign,
    }
}

/// Compares scheme, host and port; a public URL may have a path.
fn same(origin: &str, public_url: &str) -> bool {
    match (parts(origin), parts(public_url)) {
        (Some(origin), Some(public)) => origin == public,
        _ => false,
    }
}

/// Scheme, host and port in lower case, with the scheme's port filled in.
fn parts(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    if authority.is_empty() || authority.contains('@') {
        return None;
    }
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'));
    let authority = match (scheme.as_str(), has_port) {
        (_, true) => authority,
        ("http", false) => format!("{authority}:80"),
        ("https", false) => format!("{authority}:443"),
        (_, false) => return None,
    };
    Some((scheme, authority))
}

/// On this machine the site has no public name: the origin must be the host that was asked.
fn is_local(origin: &str, headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = host.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(host, |(name, _)| name);
    ["localhost", "127.0.0.1", "[::1]"].contains(&name) && same(origin, &format!("http://{host}"))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn verdict(headers: &[(&'static str, &'static str)]) -> Verdict {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        judge(&headers, "https://www.ljubuski.example")
    }

    #[test]
    fn pages_of_the_site_may_post() {
        assert_eq!(verdict(&[("origin", "https://www.ljubuski.example")]), Verdict::Own);
        assert_eq!(verdict(&[("origin", "https://www.ljubuski.example:443")]), Verdict::Own);
        assert_eq!(
            verdict(&[("origin", "https://www.ljubuski.example"), ("sec-fetch-site", "same-origin")]),
            Verdict::Own
        );
    }

    #[test]
    fn pages_of_other_sites_may_not() {
        for origin in [
            "https://ljubuski.example",
            "http://www.ljubuski.example",
            "https://www.ljubuski.example:8443",
            "https://www.ljubuski.example.evil.example",
            "https://evil.example/https://www.ljubuski.example",
            "https://www.ljubuski.example@evil.example",
            "https://",
            "null ",
            "",
        ] {
            assert_eq!(verdict(&[("origin", origin)]), Verdict::Foreign, "{origin:?}");
        }
    }

    #[test]
    fn a_hidden_origin_is_told_apart() {
        assert_eq!(verdict(&[("origin", "null")]), Verdict::Hidden);
    }

    #[test]
    fn without_an_origin_the_fetch_header_decides() {
        assert_eq!(verdict(&[]), Verdict::Own);
        for (site, expected) in [
            ("same-origin", Verdict::Own),
            ("none", Verdict::Own),
            ("same-site", Verdict::Foreign),
            ("cross-site", Verdict::Foreign),
        ] {
            assert_eq!(verdict(&[("sec-fetch-site", site)]), expected, "{site}");
        }
    }

    #[test]
    fn on_this_machine_the_asked_host_is_the_origin() {
        for host in ["localhost:4000", "127.0.0.1:4000", "[::1]:4000", "localhost"] {
            let headers = HeaderMap::from_iter([
                (HOST, HeaderValue::from_static(host)),
                (ORIGIN, HeaderValue::from_str(&format!("http://{host}")).unwrap()),
            ]);
            assert_eq!(judge(&headers, "https://www.ljubuski.example"), Verdict::Own, "{host}");
        }
        assert_eq!(
            verdict(&[("host", "localhost:4000"), ("origin", "http://localhost:5000")]),
            Verdict::Foreign
        );
        assert_eq!(verdict(&[("host", "evil.example"), ("origin", "http://evil.example")]), Verdict::Foreign);
        assert_eq!(
            verdict(&[("host", "localhost:4000"), ("origin", "https://localhost:4000")]),
            Verdict::Foreign
        );
    }

    #[test]
    fn two_origins_are_no_origin() {
        let mut headers = HeaderMap::new();
        headers.append(ORIGIN, HeaderValue::from_static("https://www.ljubuski.example"));
        headers.append(ORIGIN, HeaderValue::from_static("https://evil.example"));
        assert_eq!(judge(&headers, "https://www.ljubuski.example"), Verdict::Foreign);
    }
}
