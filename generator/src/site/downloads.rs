//! Files that are published as they are: whether they are what their names say.

use std::sync::Arc;

use super::Site;
use crate::diagnostic::{Diagnostic, Place};
use crate::parse::download;
use crate::source::{AssetFacts, AssetFile};

/// What is wrong with the files to download that are published.
pub(super) fn check_all(site: &Site, files: &[Arc<AssetFile>], found: &mut Vec<Diagnostic>) {
    let published = site.assets.iter().filter_map(|asset| files.get(asset.file));
    found.extend(published.filter_map(|file| check(&file.path, &file.facts)));
}

fn check(path: &str, facts: &AssetFacts) -> Option<Diagnostic> {
    let kind = download::extension(path)?;
    let place = || Place::file(&format!("content/{path}"));
    let upper = kind.to_uppercase();
    if facts.bytes == 0 {
        return Some(
            Diagnostic::error("download-empty", place(), "datoteka je prazna", "the file is empty")
                .help("spremite je ponovno, ili je uklonite", "save it again, or remove it"),
        );
    }
    if facts.is_page && !matches!(kind, "csv" | "xls") {
        return Some(
            Diagnostic::error(
                "download-is-page",
                place(),
                format!("datoteka nije {upper}, nego mrežna stranica"),
                format!("the file is no {upper} but a web page"),
            )
            .help(
                "preglednik je umjesto dokumenta spremio stranicu (često prijavu ili grešku): preuzmite dokument ponovno",
                "the browser saved a page instead of the document (often a login or an error): download the document again",
            ),
        );
    }
    (!facts.fits_name).then(|| {
        Diagnostic::warning(
            "download-content-wrong",
            place(),
            format!("sadržaj datoteke ne izgleda kao {upper}"),
            format!("the content of the file does not look like {upper}"),
        )
        .help(
            "otvorite je; ako je druge vrste, spremite je pod pravim nastavkom imena",
            "open it; if it is of another kind, save it under the right ending of its name",
        )
    })
}

/// A size that is not the file's. `size` is the right one.
pub(super) fn wrong_size(place: Place, size: &str) -> Diagnostic {
    Diagnostic::warning(
        "download-size-wrong",
        place,
        format!("u poveznici piše druga veličina: datoteka ima {size}"),
        format!("the link tells another size: the file has {size}"),
    )
    .help(
        "uklonite vrstu i veličinu iz teksta poveznice: dopisuju se same",
        "take kind and size out of the link's words: they are added by themselves",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(path: &str, bytes: &[u8]) -> Option<&'static str> {
        check(path, &AssetFacts::of(path, bytes)).map(|found| found.code)
    }

    fn zip(inside: &str) -> Vec<u8> {
        [
            b"PK\x03\x04\x14\0\0\0".as_slice(),
            inside.as_bytes(),
            b"PK\x01\x02",
            inside.as_bytes(),
            b"PK\x05\x06",
        ]
        .concat()
    }

    #[test]
    fn a_file_that_is_what_its_name_says_is_in_order() {
        for (path, bytes) in [
            ("a.pdf", b"%PDF-1.7\n".to_vec()),
            ("A.PDF", [b"\n".repeat(900), b"%PDF-1.4".to_vec()].concat()),
            ("a.docx", zip("word/document.xml")),
            ("a.xlsx", zip("xl/workbook.xml")),
            ("a.pptx", zip("ppt/presentation.xml")),
            ("a.odt", zip("mimetypeapplication/vnd.oasis.opendocument.text")),
            ("a.ods", zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet")),
            ("a.epub", zip("mimetypeapplication/epub+zip")),
            ("a.zip", zip("x")),
            ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()),
            ("a.doc", b"{\\rtf1".to_vec()),
            ("a.xls", b"<html><table>".to_vec()),
            ("a.csv", "ime;grad\n".as_bytes().to_vec()),
            ("a.mp3", b"\xff\xfb\x90".to_vec()),
            ("a.mp4", b"\0\0\0\x18ftypmp42".to_vec()),
            ("a.webm", b"\x1a\x45\xdf\xa3".to_vec()),
            ("slika.jpg", b"".to_vec()),
            ("a.txt", b"".to_vec()),
        ] {
            assert_eq!(code(path, &bytes), None, "{path}");
        }
    }

    #[test]
    fn a_file_that_is_something_else_is_told() {
        for (path, bytes, expected) in [
            ("a.pdf", b"".to_vec(), "download-empty"),
            ("a.pdf", b"<!DOCTYPE html><title>Prijava</title>".to_vec(), "download-is-page"),
            ("a.docx", b"\xef\xbb\xbf\n <HTML>".to_vec(), "download-is-page"),
            ("a.pdf", zip("word/document.xml"), "download-content-wrong"),
            ("a.docx", zip("xl/workbook.xml"), "download-content-wrong"),
            ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "download-content-wrong"),
            ("a.odt", zip("word/document.xml"), "download-content-wrong"),
            ("a.zip", b"Rar!\x1a\x07".to_vec(), "download-content-wrong"),
            ("a.mp3", b"RIFF".to_vec(), "download-content-wrong"),
            ("a.csv", b"a\0b".to_vec(), "download-content-wrong"),
        ] {
            assert_eq!(code(path, &bytes), Some(expected), "{path}");
        }
    }
}
