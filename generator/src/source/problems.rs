//! What can be wrong with files as such.

use super::SourceFile;
use crate::diagnostic::{Diagnostic, Place};

pub(super) fn not_utf8(file: &SourceFile, valid_up_to: usize) -> Diagnostic {
    let good = String::from_utf8_lossy(&file.bytes[..valid_up_to]);
    let line = good.matches('\n').count() + 1;
    Diagnostic::error(
        "not-utf8",
        Place::file(&file.path),
        format!("datoteka nije u kodiranju UTF-8 (redak {line})"),
        format!("the file is not UTF-8 (line {line})"),
    )
    .help(
        "spremite je u uređivaču kao UTF-8; slova č, ć, đ, š i ž tada ostaju cijela",
        "save it as UTF-8 in your editor",
    )
}

pub(super) fn link(path: &str) -> Diagnostic {
    Diagnostic::error(
        "symbolic-link",
        Place::file(path),
        "simboličke poveznice nisu dopuštene: mogle bi objaviti datoteke izvan stranice",
        "symbolic links are refused: they could publish files from outside the site",
    )
    .help("umjesto poveznice stavite samu datoteku", "put the file itself there")
}

pub(super) fn odd_name(path: &str) -> Diagnostic {
    Diagnostic::error(
        "unusable-file-name",
        Place::file(path),
        "ime datoteke ne može biti adresa na svim računalima",
        "the file name cannot be an address on every computer",
    )
    .help(
        r#"upotrijebite slova, brojke, crticu i točku; bez \ : * ? " < > | % # i razmaka na rubovima"#,
        r#"use letters, digits, hyphen and dot; none of \ : * ? " < > | % # and no spaces at the ends"#,
    )
}

pub(super) fn too_large(path: &str, size_bytes: u64, limit_bytes: u64) -> Diagnostic {
    let mib = |bytes: u64| bytes / (1024 * 1024);
    Diagnostic::error(
        "file-too-large",
        Place::file(path),
        format!("datoteka ima {} MiB, a najviše je {} MiB", mib(size_bytes), mib(limit_bytes)),
        format!("the file has {} MiB, at most {} MiB are read", mib(size_bytes), mib(limit_bytes)),
    )
    .help(
        "smanjite je ili je objavite drugdje i povežite",
        "make it smaller, or publish it elsewhere and link to it",
    )
}

pub(super) fn twin(path: &str, other: &str) -> Diagnostic {
    Diagnostic::error(
        "ambiguous-file-name",
        Place::file(path),
        format!("ime se od „{other}” razlikuje samo velikim slovom ili zapisom slova"),
        format!("the name differs from “{other}” only in case or Unicode form"),
    )
    .help("preimenujte jednu od njih", "rename one of them")
}
