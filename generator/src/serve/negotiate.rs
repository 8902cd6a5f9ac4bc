//! Which form of a file a client gets: `Accept-Encoding` (RFC 9110, 12.5.3).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;

use super::files::Encoded;

/// The form that the client likes best; nothing for the bytes as they are. Of two that it likes as much, the smaller
/// one: the first. A client that refuses every form that there is gets the bytes as they are, which RFC 9110 allows.
pub(super) fn choose<'a>(headers: &HeaderMap, forms: &'a [Encoded]) -> Option<&'a Encoded> {
    if forms.is_empty() {
        return None;
    }
    let lines = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let wishes: Vec<(&str, u16)> = lines.flat_map(|line| line.split(',')).filter_map(wish).collect();
    let weight = |name: &str| {
        let named = |wanted: &str| wishes.iter().find(|(known, _)| known.eq_ignore_ascii_case(wanted));
        let also = if name == "gzip" { named("x-gzip") } else { None };
        named(name).or(also).or_else(|| named("*")).map(|(_, weight)| *weight)
    };
    let mut best: Option<(&Encoded, u16)> = None;
    for form in forms {
        let liked = weight(form.coding.name()).unwrap_or_default();
        if liked > best.map_or(0, |(_, most)| most) {
            best = Some((form, liked));
        }
    }
    // Not named at all, the bytes as they are come after everything that is.
    let plain =
        weight("identity").filter(|_| wishes.iter().any(|(name, _)| name.eq_ignore_ascii_case("identity")));
    best.filter(|(_, liked)| plain.is_none_or(|plain| plain <= *liked)).map(|(form, _)| form)
}

/// `br;q=0.8` → `br`, 800. What is no weight makes the wish none.
fn wish(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let mut weight = 1000;
    for part in parts {
        if let Some(value) = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")) {
            weight = thousandths(value)?;
        }
    }
    Some((name, weight))
}

/// `0.8` → 800: at most three digits, at most 1.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let is_weight =
        matches!(whole, "0" | "1") && rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    let weight: u16 = format!("{whole}{rest:0<3}").parse().ok()?;
    (is_weight && weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::precompress::CODINGS;
    use axum::body::Bytes;
    use axum::http::HeaderValue;

    fn chosen(lines: &[&str]) -> &'static str {
        let form = |coding| Encoded { coding, bytes: Bytes::new() };
        let forms = CODINGS.map(form);
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_str(line).unwrap());
        }
        choose(&headers, &forms).map_or("identity", |form| form.coding.name())
    }

    #[test]
    fn every_client_gets_what_it_asks_for() {
        for (wish, expected) in [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, deflate", "gzip"),
            ("x-gzip", "gzip"),
            ("BR", "br"),
            ("*", "br"),
            ("*, br;q=0", "gzip"),
            ("br;q=0, gzip;q=0.0", "identity"),
            ("br;q=0.5, gzip;q=0.8", "gzip"),
            ("br; q=0.801 , gzip;q=0.8", "br"),
            ("identity", "identity"),
            ("identity, br;q=0.9", "identity"),
            ("identity;q=0.5, br;q=0.9", "br"),
            ("identity;q=0", "identity"),
            ("*;q=0", "identity"),
            ("deflate", "identity"),
            ("", "identity"),
            (",, ;q=1", "identity"),
            ("br;q=2", "identity"),
            ("br;q=0.0001", "identity"),
            ("br;q=-1, gzip", "gzip"),
            ("br;q=", "identity"),
        ] {
            assert_eq!(chosen(&[wish]), expected, "{wish}");
        }
        assert_eq!(chosen(&[]), "identity", "who says nothing");
        assert_eq!(chosen(&["gzip;q=0.5", "br;q=0.7"]), "br", "in two lines");
    }
}
