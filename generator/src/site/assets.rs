//! Which files of the content are published as they are.

use crate::diagnostic::{Diagnostic, Place};

/// What visitors may get as it is. Anything else in `content/` is a mistake (`tajna.MD`, `kopija.bak`) that would
/// publish what nobody meant to publish.
const EXTENSIONS: &[&str] = &[
    "jpg", "jpeg", "png", "webp", "avif", "gif", "svg", "pdf", "txt", "csv", "json", "geojson", "gpx", "kml",
    "ics", "vtt", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "epub", "zip",
    "mp3", "mp4", "ogg", "webm", "m4a", "xml",
];

/// Whether a file may be published.
pub(super) fn is_publishable(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()))
}

pub(super) fn unpublishable(path: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unpublishable-file",
        Place::file(&format!("content/{path}")),
        "ova se datoteka ne objavljuje: ni stranica ni poznata vrsta dokumenta",
        "this file is not published: neither a page nor a known kind of document",
    );
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if [".md", ".markdown", ".mdown", ".txt~"].iter().any(|ending| name.ends_with(ending)) {
        return diagnostic
            .help("stranice završavaju na .md, malim slovima", "pages end in .md, in small letters");
    }
    if name.ends_with(".yaml") || name.ends_with(".yml") {
        return diagnostic.help(
            "obrasci, postupci i poruke završavaju na .yaml i leže odmah u mapi obrasci, postupci ili poruke",
            "forms, procedures and messages end in .yaml and lie right in the folder obrasci, postupci or poruke",
        );
    }
    let known = EXTENSIONS.join(", ");
    diagnostic.help(
        format!("premjestite je iz mape content; objavljuju se: {known}"),
        format!("move it out of the folder content; published are: {known}"),
    )
}
