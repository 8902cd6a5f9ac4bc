//! Reading a posted form: `application/x-www-form-urlencoded`, or `multipart/form-data` with one file; strictly,
//! within limits.

use std::error::Error;
use std::io;

use axum::body::{Body, to_bytes};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use forms::{RawAnswers, attachments};
use http_body_util::{BodyExt as _, LengthLimitError};

use crate::multipart::{self, Broken, Parts, Sent};

/// Far more than the longest form; a body is read into memory.
const LONGEST_BYTES: usize = 256 * 1024;
/// Far more than the form with the most fields.
const MOST_FIELDS: usize = 2_000;

/// The largest file, its fields, and what stands between them.
const LONGEST_WITH_FILE_BYTES: usize = attachments::LARGEST_BYTES as usize + LONGEST_BYTES + 16 * 1024;
/// So much of a body that is too long is taken off the line: a browser that is cut short shows no page, and
/// photographs and scans are smaller.
const DRAINED_BYTES: usize = 64 * 1024 * 1024;

/// Why a body is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Another kind of content, or another character set.
    ContentType,
    /// More bytes or fields than any form has.
    TooLarge,
    /// The server's time for a body ran out.
    TooSlow,
    /// Not UTF-8, or broken percent-encoding, or cut off.
    Malformed,
}

/// Reads a body.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<RawAnswers, Unreadable> {
    if !is_form(headers) {
        return Err(Unreadable::ContentType);
    }
    let said = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|length| length > LONGEST_BYTES as u64) {
        return Err(Unreadable::TooLarge);
    }
    let bytes = to_bytes(body, LONGEST_BYTES).await.map_err(|error| {
        let error = error.into_inner();
        // A body that breaks off is the sender's connection, one that goes on too long is its size.
        if error.is::<LengthLimitError>() { Unreadable::TooLarge } else { broken_off(error.as_ref()) }
    })?;
    parse(&bytes)
}

/// Reads a body that may hold a file. Of one that is too long the fields are kept: they stand before the file.
pub(crate) async fn read_with_file(
    headers: &HeaderMap,
    body: Body,
) -> Result<(RawAnswers, Sent), Unreadable> {
    let boundary =
        headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).and_then(multipart::boundary);
    let Some(boundary) = boundary else {
        return read(headers, body).await.map(|raw| (raw, Sent::Nothing));
    };
    let (bytes, is_whole) = beginning(body).await?;
    let limits = multipart::Limits { most_fields: MOST_FIELDS, most_field_bytes: LONGEST_BYTES };
    match multipart::read(&bytes, &boundary, is_whole, limits) {
        Ok(Parts { fields, file }) => Ok((fields, file)),
        Err(Broken::TooLarge) => Err(Unreadable::TooLarge),
        Err(Broken::Malformed) => Err(Unreadable::Malformed),
    }
}

/// The beginning of a body, and whether it is all of it.
async fn beginning(mut body: Body) -> Result<(Vec<u8>, bool), Unreadable> {
    let mut bytes = Vec::new();
    let mut beyond = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| broken_off(&error))?.into_data() else { continue };
        let taken = data.len().min(LONGEST_WITH_FILE_BYTES - bytes.len());
        bytes.extend_from_slice(data.get(..taken).unwrap_or_default());
        beyond += data.len() - taken;
        if beyond > DRAINED_BYTES {
            break;
        }
    }
    Ok((bytes, beyond == 0))
}

/// Why no more of a body comes: a server that lets nobody send for ever says so with `TimedOut`.
fn broken_off(error: &(dyn Error + 'static)) -> Unreadable {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            return Unreadable::TooSlow;
        }
        cause = error.source();
    }
    Unreadable::Malformed
}

fn is_form(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let mut parts = value.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

/// Reads pairs as browsers encode them, in a body or after the `?` of an address.
pub(crate) fn parse(bytes: &[u8]) -> Result<RawAnswers, Unreadable> {
    let pieces = bytes.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty());
    let mut pairs = Vec::new();
    for piece in pieces {
        if pairs.len() == MOST_FIELDS {
            return Err(Unreadable::TooLarge);
        }
        let mut halves = piece.splitn(2, |byte| *byte == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        let value = decode(halves.next().unwrap_or_default())?;
        pairs.push((name, value));
    }
    Ok(RawAnswers::from_pairs(pairs))
}

/// Replacing what cannot be read would change a name without anybody noticing, so it is refused.
fn decode(text: &[u8]) -> Result<String, Unreadable> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = bytes.next().and_then(digit).ok_or(Unreadable::Malformed)?;
                let low = bytes.next().and_then(digit).ok_or(Unreadable::Malformed)?;
                high << 4 | low
            }
            other => *other,
        });
    }
    String::from_utf8(out).map_err(|_| Unreadable::Malformed)
}

fn digit(byte: &u8) -> Option<u8> {
    char::from(*byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn pairs(body: &str) -> Vec<(String, String)> {
        let raw = parse(body.as_bytes()).unwrap();
        raw.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn what_browsers_send_is_read() {
        let read = pairs("ime=Ana+%C4%8Ci%C4%8D&prazno=&x&a=1&a=2&&znak=%26%3D%2b");
        let expected =
            [("ime", "Ana Čič"), ("prazno", ""), ("x", ""), ("a", "1"), ("a", "2"), ("znak", "&=+")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_cannot_be_read_exactly_is_refused() {
        for body in ["a=%", "a=%4", "a=%zz", "a=%ff", "a=%C4", "%80=x", "a=%+1"] {
            assert_eq!(parse(body.as_bytes()).map(|_| ()), Err(Unreadable::Malformed), "{body}");
        }
    }

    #[test]
    fn more_fields_than_any_form_has_are_refused() {
        assert!(parse("a=1&".repeat(MOST_FIELDS).as_bytes()).is_ok());
        let one_more = "a=1&".repeat(MOST_FIELDS + 1);
        assert_eq!(parse(one_more.as_bytes()).map(|_| ()), Err(Unreadable::TooLarge));
    }

    #[test]
    fn only_encoded_forms_in_utf8_are_taken() {
        let taken = |value: &'static str| {
            is_form(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]))
        };
        assert!(taken("application/x-www-form-urlencoded"));
        assert!(taken("Application/X-WWW-Form-Urlencoded; charset=UTF-8"));
        assert!(taken("application/x-www-form-urlencoded;charset=\"utf-8\""));
        assert!(!taken("application/x-www-form-urlencoded; charset=windows-1250"));
        assert!(!taken("multipart/form-data; boundary=x"));
        assert!(!taken("application/json"));
        assert!(!is_form(&HeaderMap::new()));
    }
}
