//! Reading `multipart/form-data` (RFC 7578) strictly: what browsers send for a form with one file, and nothing else.
//!
//! A file's name is never looked at: it is what a person called it, and says nothing certain about the content.

use forms::RawAnswers;

/// RFC 2046 §5.1.1.
const LONGEST_BOUNDARY: usize = 70;
/// Far more than the headers of a part of a browser.
const LONGEST_HEAD_BYTES: usize = 4096;

/// The fields of a body, and its file.
pub(crate) struct Parts {
    /// In the order of the body.
    pub fields: RawAnswers,
    /// What became of the file.
    pub file: Sent,
}

/// The file of a body.
#[derive(PartialEq, Eq)]
pub(crate) enum Sent {
    /// The body has no input for one.
    Nothing,
    /// None was chosen.
    NotChosen { input: String },
    /// One, with the name of its input.
    File { input: String, content: Vec<u8> },
    /// One that goes on behind what was read of the body.
    CutOff { input: String },
    /// More than one.
    Several,
}

/// How much a body may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub most_fields: usize,
    /// Bytes of names and values together.
    pub most_field_bytes: usize,
}

/// Why a body is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    TooLarge,
    Malformed,
}

/// The boundary that a `Content-Type` names; `None` for another type or a boundary that is none.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameter) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let (name, value) = parameter.trim().split_once('=')?;
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    let sound = name.eq_ignore_ascii_case("boundary")
        && (1..=LONGEST_BOUNDARY).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte));
    sound.then(|| value.to_owned())
}

/// Reads a body; `is_whole` says whether nothing of it is missing.
pub(crate) fn read(body: &[u8], boundary: &str, is_whole: bool, limits: Limits) -> Result<Parts, Broken> {
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(&delimiter.as_bytes()[2..]).ok_or(Broken::Malformed)?;
    let mut fields = Vec::new();
    let mut field_bytes = 0_usize;
    let mut file = Sent::Nothing;
    loop {
        if let Some(end) = rest.strip_prefix(b"--") {
            let is_end = is_whole && (end.is_empty() || end == b"\r\n");
            return if is_end {
                Ok(Parts { fields: RawAnswers::from_pairs(fields), file })
            } else {
                Err(Broken::Malformed)
            };
        }
        rest = rest.strip_prefix(b"\r\n").ok_or(Broken::Malformed)?;
        let (head, after) = head(rest)?;
        let content = match find(after, delimiter.as_bytes()) {
            Some(end) => {
                rest = after.get(end + delimiter.len()..).unwrap_or_default();
                after.get(..end).unwrap_or_default()
            }
            // The fields stand before the file, so nothing else is lost when a file is too long.
            None if !is_whole && head.is_file && matches!(file, Sent::Nothing | Sent::NotChosen { .. }) => {
                let file = Sent::CutOff { input: head.name };
                return Ok(Parts { fields: RawAnswers::from_pairs(fields), file });
            }
            None => return Err(if is_whole { Broken::Malformed } else { Broken::TooLarge }),
        };
        if head.is_file {
            // An input without a file is sent as an empty file without a name.
            let is_chosen = head.has_file_name || !content.is_empty();
            file = match (file, is_chosen) {
                (Sent::Nothing, false) => Sent::NotChosen { input: head.name },
                (Sent::Nothing | Sent::NotChosen { .. }, true) => {
                    Sent::File { input: head.name, content: content.to_vec() }
                }
                (before, false) => before,
                (Sent::File { .. } | Sent::CutOff { .. } | Sent::Several, true) => Sent::Several,
            };
            continue;
        }
        field_bytes += head.name.len() + content.len();
        if fields.len() == limits.most_fields || field_bytes > limits.most_field_bytes {
            return Err(Broken::TooLarge);
        }
        let value = String::from_utf8(content.to_vec()).map_err(|_| Broken::Malformed)?;
        fields.push((head.name, value));
    }
}

struct Head {
    name: String,
    is_file: bool,
    has_file_name: bool,
}

/// The headers of a part, and what follows them.
fn head(bytes: &[u8]) -> Result<(Head, &[u8]), Broken> {
    let window = bytes.get(..LONGEST_HEAD_BYTES).unwrap_or(bytes);
    let end = find(window, b"\r\n\r\n").ok_or(Broken::Malformed)?;
    let text = bytes.get(..end).and_then(|head| std::str::from_utf8(head).ok()).ok_or(Broken::Malformed)?;
    let mut found = None;
    let mut has_type = false;
    for line in text.split("\r\n") {
        let (name, value) = line.split_once(':').ok_or(Broken::Malformed)?;
        if name.eq_ignore_ascii_case("content-disposition") && found.is_none() {
            found = Some(disposition(value.trim()).ok_or(Broken::Malformed)?);
        } else if name.eq_ignore_ascii_case("content-type") && !has_type {
            has_type = true;
        } else {
            return Err(Broken::Malformed);
        }
    }
    let head = found.filter(|head| head.is_file || !has_type).ok_or(Broken::Malformed)?;
    Ok((head, bytes.get(end + 4..).unwrap_or_default()))
}

/// `form-data; name="…"; filename="…"`, in this order, as the HTML standard writes it.
fn disposition(value: &str) -> Option<Head> {
    let rest = value.strip_prefix("form-data; name=")?;
    let (name, rest) = quoted(rest)?;
    if rest.is_empty() {
        return Some(Head { name, is_file: false, has_file_name: false });
    }
    let (file_name, rest) = quoted(rest.strip_prefix("; filename=")?)?;
    rest.is_empty().then_some(Head { name, is_file: true, has_file_name: !file_name.is_empty() })
}

/// A quoted text; a quotation mark and line ends inside are percent-encoded (HTML, "multipart form data").
fn quoted(text: &str) -> Option<(String, &str)> {
    let (inside, rest) = text.strip_prefix('"')?.split_once('"')?;
    let name = inside.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
    (!inside.contains(['\r', '\n'])).then_some((name, rest))
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    loop {
        let place = from + hay.get(from..)?.iter().position(|byte| *byte == first)?;
        if hay.get(place..)?.starts_with(needle) {
            return Some(place);
        }
        from = place + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { most_fields: 10, most_field_bytes: 1000 };

    fn parts(body: &str) -> Result<Parts, Broken> {
        read(body.replace('\n', "\r\n").as_bytes(), "X-y", true, LIMITS)
    }

    const BROWSER: &str = "--X-y\nContent-Disposition: form-data; name=\"ime\"\n\nAna Čič\n--X-y\n\
        Content-Disposition: form-data; name=\"a%22b\"\n\n\n--X-y\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"C:\\moja slika.jpg\"\n\
        Content-Type: image/jpeg\n\nbytes\n--not the end\n\n--X-y--\n";

    #[test]
    fn what_browsers_send_is_read() {
        let parts = parts(BROWSER).ok().unwrap();
        let fields: Vec<_> = parts.fields.pairs().collect();
        assert_eq!(fields, [("ime", "Ana Čič"), ("a\"b", "")]);
        let content = b"bytes\r\n--not the end\r\n".to_vec();
        assert!(parts.file == Sent::File { input: "file".to_owned(), content });
    }

    #[test]
    fn no_file_chosen_is_no_file() {
        let body = "--X-y\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\n\
            Content-Type: application/octet-stream\n\n\n--X-y--";
        assert!(parts(body).ok().unwrap().file == Sent::NotChosen { input: "file".to_owned() });
        let empty = body.replace("filename=\"\"", "filename=\"prazno.pdf\"");
        let file = Sent::File { input: "file".to_owned(), content: Vec::new() };
        assert!(parts(&empty).ok().unwrap().file == file, "an empty file was chosen");
    }

    #[test]
    fn two_files_are_told_apart_from_one() {
        let part = "--X-y\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\n\nx\n";
        assert!(parts(&format!("{part}{part}--X-y--")).ok().unwrap().file == Sent::Several);
    }

    #[test]
    fn a_file_that_goes_on_too_long_costs_no_field() {
        let body = BROWSER.replace('\n', "\r\n");
        let start = body.find("bytes").unwrap();
        for length in start..body.len() - 10 {
            let parts = read(&body.as_bytes()[..length], "X-y", false, LIMITS).ok().unwrap();
            assert_eq!(parts.fields.get("ime"), Some("Ana Čič"));
            assert!(parts.file == Sent::CutOff { input: "file".to_owned() });
        }
    }

    #[test]
    fn a_body_that_breaks_off_is_refused() {
        let body = BROWSER.replace('\n', "\r\n");
        for length in 0..body.len() - 2 {
            assert!(read(&body.as_bytes()[..length], "X-y", true, LIMITS).is_err(), "{length}");
        }
        for length in 0..body.len() {
            // Whatever is answered, nothing panics.
            let _ = read(&body.as_bytes()[..length], "X-y", false, LIMITS);
        }
    }

    #[test]
    fn changed_bytes_never_panic() {
        let body = BROWSER.replace('\n', "\r\n").into_bytes();
        for place in 0..body.len() {
            for wrong in [0, b'\r', b'\n', b'"', b'-', b':', b';', 0xff] {
                let mut body = body.clone();
                body[place] = wrong;
                let _ = read(&body, "X-y", true, LIMITS);
            }
        }
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        for (from, to) in [
            (
                "--X-y\nContent-Disposition: form-data; name=\"ime\"",
                "preamble\n--X-y\nContent-Disposition: form-data; name=\"ime\"",
            ),
            ("--X-y--\n", "--X-y--\nepilogue"),
            ("name=\"ime\"", "name=ime"),
            ("name=\"ime\"", "name=\"ime\"; filename*=UTF-8''a"),
            ("name=\"ime\"", "name=\"ime\"\nContent-Transfer-Encoding: base64"),
            ("name=\"ime\"", "name=\"ime\"\nContent-Type: text/plain; charset=utf-7"),
            ("name=\"ime\"", "name=\"ime\"\n folded: a"),
            ("form-data; name=\"ime\"", "attachment; name=\"ime\""),
        ] {
            assert!(parts(&BROWSER.replace(from, to)).is_err(), "{to}");
        }
        assert!(
            read(
                b"--X-y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--X-y--",
                "X-y",
                true,
                LIMITS
            )
            .is_err()
        );
    }

    #[test]
    fn more_fields_than_allowed_are_refused() {
        let field = "--X-y\nContent-Disposition: form-data; name=\"a\"\n\nx\n";
        assert!(parts(&format!("{}--X-y--", field.repeat(10))).is_ok());
        assert!(parts(&format!("{}--X-y--", field.repeat(11))).err() == Some(Broken::TooLarge));
        let long = field.replace("x\n", &format!("{}\n", "x".repeat(1000)));
        assert!(parts(&format!("{long}--X-y--")).err() == Some(Broken::TooLarge));
    }

    #[test]
    fn boundaries_are_read_as_browsers_write_them() {
        for (text, expected) in [
            (
                "multipart/form-data; boundary=----WebKitFormBoundaryAbC123",
                Some("----WebKitFormBoundaryAbC123"),
            ),
            ("Multipart/Form-Data;boundary=\"a b\"", None),
            ("multipart/form-data; boundary=\"a:b\"", Some("a:b")),
            ("multipart/form-data; boundary=", None),
            ("multipart/form-data", None),
            ("multipart/mixed; boundary=a", None),
            ("multipart/form-data; charset=utf-8; boundary=a", None),
            ("multipart/form-data; boundary=\"a\"; x=y", None),
        ] {
            assert_eq!(boundary(text).as_deref(), expected, "{text}");
        }
        assert_eq!(boundary(&format!("multipart/form-data; boundary={}", "a".repeat(71))), None);
    }
}
