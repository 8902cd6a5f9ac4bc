//! Whether files are what their names say.

use memchr::memmem;

/// So much of the beginning tells what a file is.
pub(super) const HEAD_BYTES: usize = 4096;
/// The list of what a ZIP holds stands at its end.
pub(super) const TAIL_BYTES: usize = 64 * 1024;
/// Where the beginning of a PDF may stand (ISO 32000, annex H).
const PDF_HEAD: usize = 1024;

/// Whether a content begins as a web page does.
pub(super) fn is_html(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins = |tag: &[u8]| text.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag));
    begins(b"<!doctype html") || begins(b"<html")
}

/// Whether a content with this beginning and end is made as files with this ending of their name are.
pub(super) fn fits(extension: &str, head: &[u8], tail: &[u8]) -> bool {
    let begins = |magic: &[u8]| head.starts_with(magic);
    let is_zip = begins(b"PK\x03\x04") || begins(b"PK\x05\x06");
    // Word, Excel and PowerPoint before 2007.
    let is_old_office = begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    let holds = |name: &str| is_zip && memmem::find(tail, name.as_bytes()).is_some();
    let has_mimetype =
        |mimetype: &str| is_zip && memmem::find(&head[..head.len().min(256)], mimetype.as_bytes()).is_some();
    match extension {
        "pdf" => memmem::find(&head[..head.len().min(PDF_HEAD)], b"%PDF-").is_some(),
        "docx" => holds("word/"),
        "xlsx" => holds("xl/"),
        "pptx" => holds("ppt/"),
        "odt" => has_mimetype("opendocument.text"),
        "ods" => has_mimetype("opendocument.spreadsheet"),
        "odp" => has_mimetype("opendocument.presentation"),
        "epub" => has_mimetype("epub+zip"),
        "zip" => is_zip,
        // Word opens an RTF under this name, Excel a page or a text, and programs of offices make them.
        "doc" => is_old_office || begins(b"{\\rtf"),
        "xls" => is_old_office || !(head.contains(&0) || tail.contains(&0)),
        "ppt" => is_old_office,
        "rtf" => begins(b"{\\rtf"),
        "csv" => !head.contains(&0) || begins(b"\xff\xfe"),
        "mp3" => begins(b"ID3") || matches!(head, [0xff, second, ..] if second & 0xe0 == 0xe0),
        "m4a" | "mp4" => head.get(4..8) == Some(b"ftyp".as_slice()),
        "ogg" => begins(b"OggS"),
        "webm" => begins(b"\x1a\x45\xdf\xa3"),
        _ => true,
    }
}
