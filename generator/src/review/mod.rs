//! What `zavicaj check` looks at beyond a build, because it takes time or asks others: paragraphs in another language
//! than their page, and links to other sites.
//!
//! ```text
//! Output ─► noted (source, its language, links that leave) ─► the sources are read again ─► paragraphs ─┐
//!                                                       └──► each address is asked once ─► verdicts ─┴─► warnings
//! ```
//!
//! Nothing here keeps a site from being published: everything is a warning.

pub mod external;
mod language;
mod places;
mod problems;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::check::{tags, unescaped};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::EnvironmentError;
use crate::publish::Entry;
use crate::render::Output;
use crate::sink::Sink;
use crate::source::{AssetFile, cleaned};
use external::{Asked, Rules, Verdict};
use places::Places;
use tags::{Token, Tokens};

/// Notes outputs while they are made; used from several threads.
#[derive(Debug, Default)]
pub struct Review {
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    /// The language of every source that became a page.
    languages: BTreeMap<String, String>,
    /// Sources by the address that their pages link to.
    links: BTreeMap<String, BTreeSet<String>>,
}

/// What the question for links to other sites needs.
#[derive(Debug)]
pub struct External<'a> {
    /// How to ask.
    pub rules: &'a Rules,
    /// Addresses of the site itself: scheme and host.
    pub own: &'a [&'a str],
    /// The file of earlier answers.
    pub cache: &'a Path,
    /// The moment from which ages are counted.
    pub now: jiff::Timestamp,
}

/// What was found beyond the build.
#[derive(Debug, Default)]
pub struct Reviewed {
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
    /// How the question for links went, if it was asked.
    pub asked: Option<Asked>,
}

impl Sink for Review {
    fn has(&self, _: &str, _: &Entry) -> bool {
        false
    }

    fn take(&self, _: &Arc<str>, _: Vec<u8>, _: &Entry) -> Result<(), EnvironmentError> {
        Ok(())
    }

    fn copy(&self, _: &Arc<str>, _: &AssetFile, _: &Entry) -> Result<(), EnvironmentError> {
        Ok(())
    }

    fn look(&self, output: &Output) {
        self.note(output);
    }
}

impl Review {
    /// Notes an output; only HTML is looked at.
    fn note(&self, output: &Output) {
        if !output.path.ends_with(".html") {
            return;
        }
        let Ok(html) = simdutf8::basic::from_utf8(&output.bytes) else { return };
        let mut language = None;
        let mut links = BTreeSet::new();
        let mut tokens = Tokens::of(html);
        while let Some(token) = tokens.next() {
            let Token::Start(tag) = token else { continue };
            if tag.is("html") {
                language = tag.attribute("lang");
            } else if tag.is("a") || tag.is("area") {
                let href = tag.attribute("href").map(|href| unescaped(href.trim()));
                links.extend(href.filter(|href| places::is_web(href)));
            }
        }
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(language) = language.filter(|_| output.source.ends_with(".md")) {
            noted.languages.insert(output.source.to_string(), language.to_owned());
        }
        for link in links {
            noted.links.entry(link.into_owned()).or_default().insert(output.source.to_string());
        }
    }

    /// Looks at what was noted. `root` is the site's folder; without `external` no other site is asked.
    pub fn finish(self, root: &Path, external: Option<External>) -> Reviewed {
        let noted = self.noted.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut reviewed = Reviewed { warnings: foreign_paragraphs(root, &noted.languages), asked: None };
        let Some(external) = external else { return reviewed };
        let is_own = |link: &str| {
            external.own.iter().any(|own| {
                let rest = link.strip_prefix(own);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
            })
        };
        let mut links: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (link, sources) in noted.links.into_iter().filter(|(link, _)| !is_own(link)) {
            // Places on one page are one question.
            let asked = link.split('#').next().unwrap_or_default().to_owned();
            links.entry(asked).or_default().extend(sources);
        }
        let urls: Vec<&str> = links.keys().map(String::as_str).collect();
        let (verdicts, asked) = external::ask(&urls, external.rules, external.cache, external.now);
        let told: Vec<(&str, &Verdict)> = verdicts
            .iter()
            .filter(|(_, verdict)| problems::is_told(verdict))
            .map(|(url, verdict)| (url.as_str(), verdict))
            .collect();
        // Where the machine reaches nobody, hundreds of warnings would say the same.
        if !asked.nobody_answered {
            let mut places = Places::of(root, links.values().flatten().map(String::as_str));
            for (url, verdict) in told {
                for (place, more) in places.of_link(url, &links[url]) {
                    reviewed.warnings.extend(problems::external(url, verdict, place, more));
                }
            }
        }
        reviewed.asked = Some(asked);
        reviewed
    }
}

/// Paragraphs of texts that are plainly written in another language of the site.
fn foreign_paragraphs(root: &Path, languages: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let of_site: BTreeSet<&str> = languages.values().map(String::as_str).collect();
    let of_source = |(source, own): (&String, &String)| {
        // A source that is gone by now is the next build's to tell.
        let text = fs::read_to_string(root.join(source)).unwrap_or_default();
        let text = cleaned(text.strip_prefix('\u{feff}').unwrap_or(&text));
        let found = language::foreign(&text, own, &of_site);
        let told = found.into_iter().map(|(range, other)| {
            let first_words = range.start..range.end.min(range.start + 60);
            problems::foreign_paragraph(Place::span(source, &text, first_words), own, other)
        });
        told.collect::<Vec<_>>()
    };
    languages.par_iter().flat_map_iter(of_source).collect()
}
