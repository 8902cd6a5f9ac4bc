//! Fifth stage: what is wrong in the finished HTML: links and anchors that lead nowhere, ids used twice.
//!
//! ```text
//! Output ─► PageFacts (ids, targets; the HTML itself is not kept) ─► all facts together ─► Diagnostics
//! ```

mod facts;

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

pub use facts::{PageFacts, read};

use crate::diagnostic::{Diagnostic, Place};
use crate::render::Output;

/// Collects facts while pages are made.
#[derive(Debug, Default)]
pub struct Checker {
    pages: Mutex<Vec<PageFacts>>,
    paths: Mutex<HashSet<String>>,
}

impl Checker {
    /// Notes an output; only HTML has facts.
    pub fn note(&self, output: &Output) {
        if output.path.ends_with(".html")
            && let Ok(html) = std::str::from_utf8(&output.bytes)
        {
            let mut facts = read(&output.path, &output.source, html);
            facts.has_control_character =
                html.chars().any(|c| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c'));
            self.pages.lock().unwrap_or_else(PoisonError::into_inner).push(facts);
        }
        self.paths.lock().unwrap_or_else(PoisonError::into_inner).insert(output.path.clone());
    }

    /// Compares all pages with all outputs. `base_url` marks absolute links to the site itself; `locate` finds
    /// where a source wrote a link.
    pub fn finish(self, base_url: &str, locate: &Locate) -> Vec<Diagnostic> {
        let pages = self.pages.into_inner().unwrap_or_else(PoisonError::into_inner);
        let paths = self.paths.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ids: HashMap<&str, HashSet<&str>> = pages
            .iter()
            .map(|page| (page.path.as_str(), page.ids.iter().map(String::as_str).collect()))
            .collect();
        let mut found = Vec::new();
        for page in &pages {
            if page.has_control_character {
                found.push(control_character(page));
            }
            for id in &page.double_ids {
                found.push(double_id(page, id));
            }
            for target in &page.targets {
                let target = match target.strip_prefix(base_url) {
                    Some("") => "/",
                    Some(path) if path.starts_with(['/', '#', '?']) => path,
                    _ if has_scheme(target) => continue,
                    _ => target,
                };
                check_target(page, target, &paths, &ids, locate, &mut found);
            }
        }
        found
    }
}

/// The place in a source that wrote a link, by the source's path and the link as the page has it.
pub type Locate<'a> = dyn Fn(&str, &str) -> Option<Place> + 'a;

fn has_scheme(target: &str) -> bool {
    target.starts_with("//")
        || target.split_once(':').is_some_and(|(scheme, _)| {
            !scheme.is_empty()
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        })
}

fn check_target(
    page: &PageFacts,
    target: &str,
    paths: &HashSet<String>,
    ids: &HashMap<&str, HashSet<&str>>,
    locate: &Locate,
    found: &mut Vec<Diagnostic>,
) {
    let (before_fragment, fragment) = match target.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (target, None),
    };
    let place = || locate(&page.source, target).unwrap_or_else(|| Place::file(&page.source));
    let path = before_fragment.split('?').next().unwrap_or_default();
    // What the form handlers answer is no file; the addresses that they know end like this.
    if let Some(service) = path.strip_prefix("/usluge/") {
        let is_page = functions::PAGES.contains(&service);
        if is_page || ["/provjera", "/prilozi", "/potvrda"].iter().any(|step| service.ends_with(step)) {
            return;
        }
    }
    let output = if path.is_empty() { page.path.clone() } else { output_path(&page.path, path) };
    if !paths.contains(&output) {
        found.push(
            Diagnostic::error(
                "dead-link",
                place(),
                format!("poveznica „{target}” na stranici {} ne vodi nikamo", page.path),
                format!("the link “{target}” on the page {} leads nowhere", page.path),
            )
            .help(
                "ispravite put ili upotrijebite put datoteke u mapi content",
                "correct the path, or use the file's path in the folder content",
            ),
        );
        return;
    }
    let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty() && *fragment != "top") else {
        return;
    };
    let wanted = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
    if ids.get(output.as_str()).is_some_and(|ids| !ids.contains(wanted.as_ref())) {
        found.push(
            Diagnostic::error(
                "dead-anchor",
                place(),
                format!("odlomka „#{wanted}” nema na stranici {output} (poveznica na {})", page.path),
                format!("there is no “#{wanted}” on the page {output} (linked from {})", page.path),
            )
            .help(
                "oznaka odlomka nastaje od njegova naslova: „Što vam treba” → #sto-vam-treba",
                "a heading's id is made of its text: “What you need” → #what-you-need",
            ),
        );
    }
}

/// The output that a link leads to; `from` is the output that holds it.
fn output_path(from: &str, link: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(link).decode_utf8_lossy();
    let mut parts: Vec<&str> = Vec::new();
    if !decoded.starts_with('/') {
        parts.extend(
            from.rsplit_once('/').map_or("", |(folder, _)| folder).split('/').filter(|part| !part.is_empty()),
        );
    }
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    if decoded.ends_with('/') || joined.is_empty() {
        if joined.is_empty() { "index.html".to_owned() } else { format!("{joined}/index.html") }
    } else {
        joined
    }
}

fn control_character(page: &PageFacts) -> Diagnostic {
    Diagnostic::error(
        "control-character",
        Place::file(&page.source),
        format!("na stranici {} stoji nevidljiv upravljački znak", page.path),
        format!("the page {} holds an invisible control character", page.path),
    )
    .help(
        "prepišite naslov ili opis u zaglavlju; bez \\x i \\0",
        "type title and description again; without \\x and \\0",
    )
}

fn double_id(page: &PageFacts, id: &str) -> Diagnostic {
    Diagnostic::error(
        "duplicate-id",
        Place::file(&page.source),
        format!("oznaka „{id}” stoji dvaput na stranici {}", page.path),
        format!("the id “{id}” stands twice on the page {}", page.path),
    )
    .help("preimenujte naslov odlomka ili ispravite predložak", "rename the heading, or correct the template")
}
