//! Where a link that a page has is written: in a text, in the settings, in a definition or in the theme.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag};
use walkdir::WalkDir;

use crate::diagnostic::Place;
use crate::html::escaped_url;
use crate::source::cleaned;

/// Whether a link leads to a web server.
pub(super) fn is_web(link: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| link.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)))
}

/// Links of all sources.
pub(super) struct Places {
    texts: BTreeMap<String, Text>,
    /// What every page is made with: `site.yaml` and the theme.
    common: Vec<Text>,
}

struct Text {
    path: String,
    text: String,
    /// Links of Markdown, without fragments.
    links: BTreeMap<String, Range<usize>>,
}

impl Places {
    /// Reads the sources, and what they share.
    pub(super) fn of<'a>(root: &Path, sources: impl Iterator<Item = &'a str>) -> Self {
        let sources: BTreeSet<&str> = sources.collect();
        let texts = sources.into_iter().filter_map(|source| {
            Some((source.to_owned(), Text::read(&root.join(source), source.to_owned())?))
        });
        let mut paths: Vec<PathBuf> = ["content/obrasci", "content/postupci", "themes"]
            .iter()
            .flat_map(|folder| WalkDir::new(root.join(folder)).sort_by_file_name())
            .filter_map(|entry| Some(entry.ok()?.into_path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "html" || ending == "yaml"))
            .collect();
        paths.insert(0, root.join("site.yaml"));
        let common = paths.into_iter().filter_map(|path| {
            let shown = path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
            Text::read(&path, shown)
        });
        Self { texts: texts.collect(), common: common.collect() }
    }

    /// Every place that wrote a link, and on how many pages more it stands because of it.
    pub(super) fn of_link(&mut self, url: &str, sources: &BTreeSet<String>) -> Vec<(Place, usize)> {
        let own: Vec<_> =
            sources.iter().filter_map(|source| Some((self.texts.get(source)?.place(url)?, 0))).collect();
        if !own.is_empty() {
            return own;
        }
        let more = sources.len().saturating_sub(1);
        let common = self.common.iter().find_map(|text| text.place(url));
        let place = common.or_else(|| sources.first().map(|source| Place::file(source)));
        place.into_iter().map(|place| (place, more)).collect()
    }
}

impl Text {
    fn read(path: &Path, shown: String) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let text = cleaned(text.strip_prefix('\u{feff}').unwrap_or(&text)).into_owned();
        let links = if shown.ends_with(".md") { links(&text) } else { BTreeMap::new() };
        Some(Self { path: shown, text, links })
    }

    fn place(&self, url: &str) -> Option<Place> {
        let range = self.links.get(url).cloned().or_else(|| {
            let start = written(&self.text, url)?;
            Some(start..start + url.len())
        })?;
        Some(Place::span(&self.path, &self.text, range))
    }
}

/// Links of a Markdown file as its page has them; the front matter holds none that Markdown would see.
fn links(text: &str) -> BTreeMap<String, Range<usize>> {
    let body = super::language::body_of(text);
    let mut found = BTreeMap::new();
    for (event, range) in Parser::new(&text[body..]).into_offset_iter() {
        if let Event::Start(Tag::Link { dest_url, .. }) = event
            && is_web(&dest_url)
        {
            let url = escaped_url(&dest_url);
            let url = crate::check::unescaped(&url).split('#').next().unwrap_or_default().to_owned();
            found.entry(url).or_insert(range.start + body..range.end + body);
        }
    }
    found
}

/// Where an address stands in any text, and does not go on.
fn written(text: &str, url: &str) -> Option<usize> {
    let is_end = |rest: &str| {
        rest.chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '#' | ')' | '}' | ',' | '<' | '>'))
    };
    text.match_indices(url).map(|(at, _)| at).find(|at| is_end(&text[at + url.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_where_it_ends() {
        let text = "a: https://a.example/b/c\nb: \"https://a.example/b\"\n";
        assert_eq!(written(text, "https://a.example/b"), text.find("https://a.example/b\""));
        assert_eq!(written(text, "https://a.example"), None);
    }

    #[test]
    fn links_of_a_text_are_those_of_its_page() {
        let text =
            "---\ntitle: T\n---\n[a](https://čaj.example/š?a=1&b=2#c) <https://b.example> [c](kontakt.md)\n";
        let found: Vec<_> = links(text).into_keys().collect();
        assert_eq!(found, ["https://%C4%8Daj.example/%C5%A1?a=1&b=2", "https://b.example"]);
    }
}
