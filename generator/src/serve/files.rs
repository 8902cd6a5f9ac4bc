//! The outputs of a build, ready to be sent.

use std::sync::Arc;

use axum::body::Bytes;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::precompress::{self, CODINGS, Coding, Effort};
use crate::publish::Entry;
use crate::statics::Fingerprints;

/// How many builds back a fingerprinted file is still served.
const BUILDS_KEPT: u8 = 3;

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// Its bytes; clones share them.
    pub bytes: Bytes,
    /// Size and hash.
    pub entry: Entry,
    /// Media type.
    pub content_type: &'static str,
    /// Whether its name will never mean anything else.
    pub is_lasting: bool,
    /// Compressed forms, the best first; none unless they are wanted.
    pub encoded: Vec<Encoded>,
}

/// A compressed form of a file.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// How it is compressed.
    pub coding: Coding,
    /// Its bytes.
    pub bytes: Bytes,
}

impl File {
    /// The file with its compressed forms. A form that cannot be made is done without.
    fn compress(&mut self) {
        // One that was kept from the build before has them.
        if self.encoded.is_empty() {
            let forms = CODINGS.into_iter().filter_map(|coding| {
                let bytes = precompress::compressed(&self.bytes, coding, Effort::Little).ok().flatten()?;
                Some(Encoded { coding, bytes: Bytes::from(bytes) })
            });
            self.encoded = forms.collect();
        }
    }

    /// Of an output.
    pub fn new(path: &str, bytes: Vec<u8>, entry: &Entry) -> Self {
        Self {
            bytes: Bytes::from(bytes),
            entry: entry.clone(),
            content_type: content_type(path),
            is_lasting: false,
            encoded: Vec::new(),
        }
    }

    /// Strong validator, with quotes, which tells forms apart (RFC 9110, 8.8.3).
    pub fn etag(&self, coding: Option<Coding>) -> String {
        let hash = &self.entry.hash.to_hex()[..20];
        coding.map_or_else(|| format!("\"{hash}\""), |coding| format!("\"{hash}-{}\"", coding.name()))
    }
}

/// All files of a build by path below the output folder. What is not in here is not served.
#[derive(Debug, Default)]
pub struct ServedSite {
    files: FxHashMap<Arc<str>, File>,
    /// Which of them bear a fingerprint.
    fingerprints: Fingerprints,
    /// Fingerprinted files of earlier builds: somebody may just be loading a page that names them. With each, how many
    /// builds ago it was there last.
    earlier: FxHashMap<Arc<str>, (u8, File)>,
    /// Languages with a prefix in URLs.
    prefixes: Vec<String>,
}

/// What a URL path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// This output.
    File(&'a str),
    /// A folder without its slash: the path with it.
    Slash(String),
    /// Nothing: the page that says so.
    Nothing(String),
}

impl ServedSite {
    /// From outputs; `prefixes` are the languages that have their own `404.html`.
    pub fn new(files: FxHashMap<Arc<str>, File>, prefixes: Vec<String>) -> Self {
        Self { files, prefixes, ..Self::default() }
    }

    /// With new files beside those of `before`; `outputs` are all that there are.
    pub fn after(
        before: Option<&Self>,
        mut new: FxHashMap<Arc<str>, File>,
        outputs: &[(Arc<str>, Entry)],
        prefixes: Vec<String>,
    ) -> Self {
        let mut files = FxHashMap::default();
        files.reserve(outputs.len());
        for (path, _) in outputs {
            let file = new.remove(path).or_else(|| before?.file(path).cloned());
            files.extend(file.map(|file| (Arc::clone(path), file)));
        }
        Self::new(files, prefixes)
    }

    /// The same site, of which it is known what bears a fingerprint.
    pub fn with_fingerprints(mut self, fingerprints: Fingerprints) -> Self {
        for (path, file) in &mut self.files {
            file.is_lasting = fingerprints.original(path).is_some();
        }
        self.fingerprints = fingerprints;
        self
    }

    /// The same site, with compressed forms of its texts.
    pub fn compressed(mut self) -> Self {
        let mut texts: Vec<&mut File> = self
            .files
            .iter_mut()
            .filter(|(path, _)| precompress::is_text(path))
            .map(|(_, file)| file)
            .collect();
        texts.par_iter_mut().for_each(|file| file.compress());
        self
    }

    /// The same site, which still has the fingerprinted files of the builds before it.
    pub fn keeping(mut self, before: &Self) -> Self {
        let last =
            before.files.iter().filter(|(_, file)| file.is_lasting).map(|(path, file)| (path, 0, file));
        let older = before.earlier.iter().map(|(path, (builds, file))| (path, *builds, file));
        for (path, builds, file) in older.chain(last) {
            if builds < BUILDS_KEPT && !self.files.contains_key(path) {
                self.earlier.insert(path.clone(), (builds + 1, file.clone()));
            }
        }
        self
    }

    /// What bears a fingerprint.
    pub fn fingerprints(&self) -> &Fingerprints {
        &self.fingerprints
    }

    /// The paths of this build's files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(AsRef::as_ref)
    }

    /// A file by its exact path, also one that only earlier builds had.
    pub fn file_for(&self, path: &str) -> Option<&File> {
        self.file(path).or_else(|| self.earlier.get(path).map(|(_, file)| file))
    }

    /// A file of this build by its exact path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// What a URL path (still percent-encoded) leads to. Only keys of the map can be found: no path reaches a disk.
    pub fn find<'a>(&'a self, url_path: &str) -> Found<'a> {
        let decoded = percent_encoding::percent_decode_str(url_path).decode_utf8_lossy();
        let path = decoded.trim_start_matches('/');
        let wanted = if path.is_empty() || path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.to_owned()
        };
        let now = self.files.get_key_value(wanted.as_str()).map(|(key, _)| key);
        if let Some(key) = now.or_else(|| self.earlier.get_key_value(wanted.as_str()).map(|(key, _)| key)) {
            return Found::File(key);
        }
        if !path.ends_with('/') && self.files.contains_key(format!("{path}/index.html").as_str()) {
            return Found::Slash(format!("/{}/", url_path.trim_start_matches('/')));
        }
        let prefix = self.prefixes.iter().find(|prefix| path.split('/').next() == Some(prefix.as_str()));
        Found::Nothing(prefix.map_or_else(|| "404.html".to_owned(), |prefix| format!("{prefix}/404.html")))
    }
}

/// Media type by extension (IANA registry).
fn content_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("xml") if name == "atom.xml" => "application/atom+xml; charset=utf-8",
        Some("xml") => "application/xml; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("avif") => "image/avif",
        Some("gif") => "image/gif",
        Some("ico") => "image/vnd.microsoft.icon",
        Some("woff2") => "font/woff2",
        Some("woff") => "font/woff",
        Some("pdf") => "application/pdf",
        Some("ics") => "text/calendar; charset=utf-8",
        Some("csv") => "text/csv; charset=utf-8",
        Some("mp4") => "video/mp4",
        Some("mp3") => "audio/mpeg",
        Some("zip") => "application/zip",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("odt") => "application/vnd.oasis.opendocument.text",
        Some("ods") => "application/vnd.oasis.opendocument.spreadsheet",
        Some("vtt") => "text/vtt; charset=utf-8",
        Some("geojson") => "application/geo+json",
        Some("gpx") => "application/gpx+xml",
        Some("kml") => "application/vnd.google-earth.kml+xml",
        Some("doc") => "application/msword",
        Some("xls") => "application/vnd.ms-excel",
        Some("ppt") => "application/vnd.ms-powerpoint",
        Some("pptx") => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Some("odp") => "application/vnd.oasis.opendocument.presentation",
        Some("rtf") => "application/rtf",
        Some("epub") => "application/epub+zip",
        Some("ogg") => "audio/ogg",
        Some("m4a") => "audio/mp4",
        Some("webm") => "video/webm",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_may_be_published_has_a_type_of_its_own() {
        for extension in crate::site::EXTENSIONS {
            let kind = content_type(&format!("file.{extension}"));
            assert_ne!(kind, "application/octet-stream", "{extension}");
        }
    }

    fn output(path: &str, text: &str) -> (Arc<str>, File) {
        let entry = Entry::of(text.as_bytes());
        (Arc::from(path), File::new(path, text.as_bytes().to_vec(), &entry))
    }

    fn site() -> ServedSite {
        let paths = ["index.html", "404.html", "en/404.html", "vijesti/čaj/index.html", "style.css"];
        ServedSite::new(paths.map(|path| output(path, "x")).into_iter().collect(), vec!["en".to_owned()])
    }

    #[test]
    fn paths_lead_to_files_folders_and_the_page_in_the_right_language() {
        let site = site();
        assert_eq!(site.find("/"), Found::File("index.html"));
        assert_eq!(site.find("/style.css"), Found::File("style.css"));
        assert_eq!(site.find("/vijesti/%C4%8Daj/"), Found::File("vijesti/čaj/index.html"));
        assert_eq!(site.find("/vijesti/%C4%8Daj"), Found::Slash("/vijesti/%C4%8Daj/".to_owned()));
        assert_eq!(site.find("/en/nope/"), Found::Nothing("en/404.html".to_owned()));
        assert_eq!(site.find("/energija"), Found::Nothing("404.html".to_owned()));
    }

    #[test]
    fn no_path_leaves_the_site() {
        for path in [
            "/../site.yaml",
            "/..%2f..%2fetc/passwd",
            "/.zavicaj/manifest.json",
            "/%00",
            "//etc/passwd",
            "/%ff",
        ] {
            assert_eq!(site().find(path), Found::Nothing("404.html".to_owned()), "{path}");
        }
    }

    #[test]
    fn a_redirect_to_the_folder_never_leads_to_another_host() {
        let site = ServedSite::new([output("host.example/index.html", "")].into_iter().collect(), Vec::new());
        assert_eq!(site.find("//host.example"), Found::Slash("/host.example/".to_owned()));
    }
}
