//! Which files of the content are published as they are.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::{Asset, Site, definitions, parent, slug};
use crate::diagnostic::{Diagnostic, Place};
use crate::parse::Kind;
use crate::source::{AssetFile, SourceFile};

/// What visitors may get as it is. Anything else in `content/` is a mistake (`tajna.MD`, `kopija.bak`) that would
/// publish what nobody meant to publish.
pub(crate) const EXTENSIONS: &[&str] = &[
    "jpg", "jpeg", "png", "webp", "avif", "gif", "svg", "pdf", "txt", "csv", "json", "geojson", "gpx", "kml",
    "ics", "vtt", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "epub", "zip",
    "mp3", "mp4", "ogg", "webm", "m4a", "xml",
];

impl Site {
    pub(super) fn add_assets(
        &mut self,
        content: &[SourceFile],
        files: &[Arc<AssetFile>],
        found: &mut Vec<Diagnostic>,
    ) {
        let others = content.iter().filter(|file| !definitions::is_definition(&file.path));
        found.extend(others.map(|file| unpublishable(&file.path)));
        let pages = self.documents.iter().filter(|document| document.kind != Kind::Alert);
        let bundles: FxHashSet<String> =
            pages.filter(|page| page.stem.ends_with("/index")).map(|page| page.stem.clone()).collect();
        for (file, source) in files.iter().enumerate() {
            if !is_publishable(&source.path) {
                found.push(unpublishable(&source.path));
                continue;
            }
            if self.is_of_unpublished_bundle(&source.path, &bundles) {
                self.withheld.insert(source.path.clone());
                continue;
            }
            let url = match source.path.rsplit_once('/') {
                Some((folder, name)) => format!("/{}/{name}", slug::slugify_path(folder)),
                None => format!("/{}", source.path),
            };
            self.asset_by_path.insert(source.path.clone(), self.assets.len());
            self.asset_by_url.insert(url.clone(), self.assets.len());
            self.assets.push(Asset { file, url, size_bytes: source.facts.bytes });
        }
    }

    /// Whether a file lies beside a page of its own (`index.md`) that is not published in any language; `bundles` are the
    /// stems of all such pages.
    fn is_of_unpublished_bundle(&self, path: &str, bundles: &FxHashSet<String>) -> bool {
        let mut folder = parent(path);
        while let Some(above) = folder.filter(|above| !above.is_empty()) {
            let stem = format!("{above}/index");
            if bundles.contains(&stem) {
                let languages = &self.config.languages;
                return languages.iter().all(|language| self.page_by_stem(&stem, &language.code).is_none());
            }
            folder = parent(above);
        }
        false
    }
}

/// Whether a file may be published.
fn is_publishable(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()))
}

fn unpublishable(path: &str) -> Diagnostic {
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
