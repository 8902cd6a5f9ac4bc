//! What a link in a text leads to.

use unicode_normalization::UnicodeNormalization;

use super::{FormPart, PageId, Site, definitions};
use crate::diagnostic::Place;
use crate::html::escaped_url;
use crate::parse::{Document, Kind, Slot, SlotUse};

/// Where the pages of the form handlers are, for authors and visitors alike.
const SERVICES: &str = "usluge";

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Path of the URL, with fragment.
    pub url: String,
    /// The asset, if it is one.
    pub asset: Option<usize>,
}

/// Why a link leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkError {
    /// There is no such file.
    Unknown,
    /// The page is there, but a draft.
    Draft,
    /// The page is there, but not yet or no longer published: the link comes and goes with it.
    NotNow,
}

impl Site {
    /// Resolves a link target as an editor writes it.
    ///
    /// `dijaspora/x.md` (from the content's root), `./x.md`, `../x.md`, `slika.jpg` (beside the text),
    /// `obrasci/<id>`, `obrasci/<id>/papir`, `obrasci/<id>/potreba`, `postupci/<id>`, `usluge/status`, `/put/` (taken as it is; the check of the output looks whether it exists).
    pub fn resolve(&self, folder: &str, language: &str, target: &str) -> Result<Resolved, LinkError> {
        let (path, fragment) = match target.find(['#', '?']) {
            Some(at) => target.split_at(at),
            None => (target, ""),
        };
        if path.starts_with('/') {
            if path.starts_with("//") {
                return Err(LinkError::Unknown);
            }
            return Ok(Resolved { url: target.to_owned(), asset: self.asset_at(path) });
        }
        // File names are NFC from the first stage on, whatever the keyboard wrote.
        let decoded: String = percent_encoding::percent_decode_str(path).decode_utf8_lossy().nfc().collect();
        let mut last = LinkError::Unknown;
        for candidate in candidates(folder, &decoded) {
            match self.lookup(&candidate, language) {
                Ok(mut resolved) => {
                    resolved.url.push_str(fragment);
                    return Ok(resolved);
                }
                Err(LinkError::Unknown) => {}
                Err(known) => last = known,
            }
        }
        Err(last)
    }

    /// The asset at a path of a URL. Paths of pages end in a slash, and cost nothing here.
    fn asset_at(&self, path: &str) -> Option<usize> {
        let (_, name) = path.rsplit_once('/')?;
        if !name.contains('.') {
            return None;
        }
        let decoded: String = percent_encoding::percent_decode_str(path).decode_utf8_lossy().nfc().collect();
        self.asset_by_url.get(&decoded).copied()
    }

    fn lookup(&self, path: &str, language: &str) -> Result<Resolved, LinkError> {
        let plain = |url: String| Ok(Resolved { url, asset: None });
        if let Some((folder, id)) = path.trim_end_matches('/').split_once('/') {
            let below = id.split_once('/').filter(|_| folder == definitions::FORMS);
            if let Some((form, part)) =
                below.and_then(|(form, part)| Some((form, self.form_part(form, part)?)))
            {
                return plain(self.form_part_url(form, language, &part));
            }
            let id = id.strip_suffix(".yaml").unwrap_or(id);
            if folder == definitions::FORMS && self.definitions.has(folder, id) {
                return plain(self.form_url(id, language));
            }
            if folder == definitions::PROCEDURES && self.definitions.has(folder, id) {
                return plain(self.procedure_url(id, language));
            }
            if folder == SERVICES && functions::PAGES.contains(&id) {
                return plain(self.service_url(id, language));
            }
        }
        if let Some(stem) = path.strip_suffix(".md") {
            return match self.page_at(path, stem, language) {
                Some(page) => plain(self.pages[page].url.clone()),
                None => Err(self.why_absent(path, stem)),
            };
        }
        match self.asset_by_path.get(path) {
            Some(index) => Ok(Resolved { url: self.assets[*index].url.clone(), asset: Some(*index) }),
            None if self.withheld.contains(path) => Err(LinkError::NotNow),
            None => Err(LinkError::Unknown),
        }
    }

    /// The page below a form's own that an editor names: `papir`, or `potreba` where the form has a question path.
    fn form_part(&self, form: &str, part: &str) -> Option<FormPart> {
        let form = self.definitions.forms.iter().find(|known| known.id() == form)?;
        match part {
            forms::html::PAPER_FOLDER => Some(FormPart::Paper),
            forms::html::NEED_FOLDER => form.need_check().map(|_| FormPart::Need(String::new())),
            _ => None,
        }
    }

    fn why_absent(&self, path: &str, stem: &str) -> LinkError {
        let known = self.documents.iter().filter(|document| document.path == path || document.stem == stem);
        // An alert has no page.
        let mut known = known.filter(|document| document.kind != Kind::Alert);
        match known.next() {
            None => LinkError::Unknown,
            Some(first) if first.front.draft && known.all(|document| document.front.draft) => {
                LinkError::Draft
            }
            Some(_) => LinkError::NotNow,
        }
    }

    /// In the reader's language if there is one, else in the default language; a name with a language is exact.
    fn page_at(&self, path: &str, stem: &str, language: &str) -> Option<PageId> {
        self.page_in(stem, language).or_else(|| self.by_path.get(path).copied())
    }

    /// Resolves a link of a document's text.
    pub fn resolve_from(&self, document: &Document, target: &str) -> Result<Resolved, LinkError> {
        self.resolve(document.folder(), &document.language, target)
    }

    /// Where a content file wrote the link that its page has as `url`.
    pub fn locate(&self, source: &str, url: &str) -> Option<Place> {
        let page = self.by_path.get(source.strip_prefix("content/")?)?;
        let document = self.document(*page);
        let leads_there = |slot: &&Slot| {
            slot.usage != SlotUse::Retention
                && self
                    .resolve_from(document, &slot.target)
                    .is_ok_and(|resolved| resolved.url == url || escaped_url(&resolved.url) == url)
        };
        let (body, _) = self.body(document).ok()?;
        body.slots.iter().find(leads_there).map(|slot| document.text().body_place(&slot.range))
    }

    /// Where a content file wrote a text; the place does not show it.
    pub fn locate_text(&self, source: &str, text: &str) -> Option<Place> {
        let page = self.by_path.get(source.strip_prefix("content/")?)?;
        let place = self.document(*page).text().find(text)?;
        Some(Place { text: String::new(), ..place })
    }

    /// The content path that is spelt most like a wrong one.
    pub fn nearest_target(&self, wrong: &str) -> Option<String> {
        let wrong = wrong.trim_start_matches("./").trim_start_matches("../");
        let name = wrong.rsplit('/').next().unwrap_or(wrong);
        let known: Vec<&str> = self
            .documents
            .iter()
            .filter(|document| document.kind != Kind::Alert)
            .map(|document| document.path.as_str())
            .chain(self.asset_by_path.keys().map(String::as_str))
            .collect();
        let same_name = known.iter().copied().filter(|path| path.rsplit('/').next() == Some(name)).min();
        same_name.or_else(|| crate::yaml::nearest(wrong, &known)).map(str::to_owned)
    }
}

/// Explicitly relative: only there. Else from the content's root, then beside the text.
pub(crate) fn candidates(folder: &str, path: &str) -> Vec<String> {
    let beside = normalised(&format!("{folder}/{path}"));
    if path.starts_with("./") || path.starts_with("../") {
        return beside.into_iter().collect();
    }
    [normalised(path), beside].into_iter().flatten().collect()
}

/// Resolves `.` and `..`; a path that leaves the content is none.
fn normalised(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}
