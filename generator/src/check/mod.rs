//! Fifth stage: what is wrong in the finished HTML: links and anchors that lead nowhere, ids used twice, what shuts
//! people out, numbers of persons.
//!
//! ```text
//! Output ─► PageFacts (ids, targets; the HTML itself is not kept) ─► all facts together ─► Diagnostics
//! ```

mod alerts;
mod audit;
mod facts;
mod personal;
mod problems;
pub mod tags;
mod targets;
mod weight;

use std::sync::{Arc, OnceLock};

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub(crate) use alerts::personal_numbers;
pub use audit::Finding;
pub(crate) use facts::unescaped;
pub use facts::{PageFacts, read};
pub(crate) use problems::also_on;

use crate::diagnostic::{Diagnostic, Place};
use crate::url_path;
use targets::TargetId;
pub use targets::Targets;
pub use weight::Loads;

/// What is kept of an output until all are there.
#[derive(Debug)]
pub struct Noted {
    /// Below the output folder.
    pub path: Arc<str>,
    /// What an editor would open to change it.
    pub source: Arc<str>,
    /// If it is a page.
    pub page: Option<Arc<PageNotes>>,
    /// Its size.
    pub bytes: u64,
    /// It is not as the build before made it.
    pub is_new: bool,
}

impl Noted {
    /// Whether it has all that could be linked to before.
    pub fn has_ids_of(&self, before: &PageNotes) -> bool {
        self.page
            .as_ref()
            .is_some_and(|page| page.ids == before.ids || before.ids.iter().all(|id| page.ids.contains(id)))
    }
}

/// On which pages links can have begun to lead nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// On every one.
    All,
    /// Nothing that was linked to is gone: only on new ones.
    OnlyNew,
}

/// What is kept of a page.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct PageNotes {
    ids: Vec<Box<str>>,
    double_ids: Vec<Box<str>>,
    /// Each once; first those that are loaded at once.
    targets: Vec<TargetId>,
    /// How many of them are loaded at once.
    loads: u32,
    has_control_character: bool,
    findings: Vec<Finding>,
}

/// Reads an output; only HTML has notes.
pub fn note(path: &str, bytes: &[u8], targets: &Targets) -> Option<PageNotes> {
    let html = path.ends_with(".html").then(|| simdutf8::basic::from_utf8(bytes).ok()).flatten()?;
    let facts = read(html);
    let (targets, loads) = targets.ids(&facts.targets, facts.loads);
    Some(PageNotes {
        double_ids: facts.double_ids().into_iter().map(Box::from).collect(),
        ids: facts.ids.iter().map(|id| Box::from(id.as_ref())).collect(),
        targets,
        loads,
        has_control_character: facts.has_control_character,
        findings: facts.findings,
    })
}

/// What a site lets pass.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// Numbers that may stand in texts.
    pub numbers: Vec<String>,
    /// Most bytes of a page with all that it loads at once.
    pub page_bytes: Option<u64>,
}

/// Compares pages with all outputs. `loads` says what comes with style sheets, `base_url` marks absolute links to the
/// site itself; `locate` finds where a source wrote something.
pub fn run(
    noted: &[Noted],
    scope: Scope,
    targets: &Targets,
    loads: &Loads,
    base_url: &str,
    allowed: &Allowed,
    locate: &Locate,
) -> Vec<Diagnostic> {
    let outputs: Outputs = noted.iter().map(|output| (&*output.path, output)).collect();
    let targets = targets.list();
    let pages = noted.iter().filter_map(|output| Some((output, output.page.as_ref()?)));
    let pages = pages.filter(|(output, _)| scope == Scope::All || output.is_new);
    let mut found = judged(noted, &allowed.numbers, locate);
    if let Some(most) = allowed.page_bytes {
        found.extend(weight::too_heavy(noted, &outputs, &targets, loads, base_url, most));
    }
    // Most links stand on many pages, and lead to the same place on each.
    let everywhere: Vec<OnceLock<Leads>> = targets.iter().map(|_| OnceLock::new()).collect();
    let leads = |id: &TargetId| {
        let target = &targets[id.index()];
        *everywhere[id.index()].get_or_init(|| leads(target, base_url, &outputs))
    };
    let pages: Vec<(&Noted, &Arc<PageNotes>)> = pages.collect();
    let of_pages = pages.into_par_iter().flat_map_iter(|(output, page)| {
        let control = page.has_control_character;
        let control = control.then(|| problems::control_character(&output.path, &output.source));
        let ids = page.double_ids.iter().map(|id| problems::double_id(id, &output.path, &output.source));
        let dead = page.targets.iter().filter(|id| leads(id) != Leads::Somewhere).filter_map(|id| {
            let target = own_target(&targets[id.index()], base_url)?;
            check_target(output, target, &outputs, locate)
        });
        control.into_iter().chain(ids).chain(dead).collect::<Vec<_>>()
    });
    found.par_extend(of_pages);
    found
}

/// Every output by its path.
type Outputs<'a> = FxHashMap<&'a str, &'a Noted>;

/// What a target means wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leads {
    Somewhere,
    Nowhere,
    /// It depends on the page.
    ByPage,
}

fn leads(target: &str, base_url: &str, outputs: &Outputs) -> Leads {
    match own_target(target, base_url) {
        None => Leads::Somewhere,
        Some(target) if !target.starts_with('/') => Leads::ByPage,
        Some(target) => match wrong("", target, outputs) {
            None => Leads::Somewhere,
            Some(_) => Leads::Nowhere,
        },
    }
}

/// The target as a path of this site; nothing for one that leads elsewhere.
fn own_target<'a>(target: &'a str, base_url: &str) -> Option<&'a str> {
    match target.strip_prefix(base_url) {
        Some("") => Some("/"),
        Some(path) if path.starts_with(['/', '#', '?']) => Some(path),
        _ if has_scheme(target) => None,
        _ => Some(target),
    }
}

/// Finds where a source wrote something, by the source's path.
pub struct Locate<'a> {
    /// A link as the page has it.
    pub link: &'a Find<'a>,
    /// A text. The place shows no line: what is looked for is nothing to repeat.
    pub text: &'a Find<'a>,
}

/// The place of a text in a source.
pub type Find<'a> = dyn Fn(&str, &str) -> Option<Place> + Sync + 'a;

/// What the findings of all pages come to. What a template does wrong stands on every page made with it, and is told
/// once.
fn judged(noted: &[Noted], allowed: &[String], locate: &Locate) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut pages_of: FxHashMap<&Finding, Vec<&Noted>> = FxHashMap::default();
    for output in noted {
        for finding in output.page.iter().flat_map(|page| &page.findings) {
            match finding {
                Finding::PersonalNumber { text, .. } => {
                    if !is_allowed(text, output, allowed) {
                        let place = (locate.text)(&output.source, text);
                        let place = place.unwrap_or_else(|| Place::file(&output.source));
                        found.push(problems::finding(finding, &output.path, place));
                    }
                }
                _ => pages_of.entry(finding).or_default().push(output),
            }
        }
    }
    let total = noted.iter().filter(|output| output.page.is_some()).count();
    for (finding, mut pages) in pages_of {
        pages.sort_by_key(|output| &output.path);
        pages.dedup_by_key(|output| &output.path);
        let (told, more) = told_of(pages.len(), total);
        found.extend(pages.into_iter().take(told).map(|output| {
            let diagnostic = problems::finding(finding, &output.path, Place::file(&output.source));
            also_on(diagnostic, more)
        }));
    }
    found
}

/// Of how many of these pages the same is told, and of how many more it is said that they have it as well.
fn told_of(pages: usize, total: usize) -> (usize, usize) {
    let is_of_template = pages >= OF_TEMPLATE && pages * 4 >= total;
    if is_of_template { (1, pages - 1) } else { (pages, 0) }
}

/// On so many pages, and on a quarter of all, the same finding comes from a template.
const OF_TEMPLATE: usize = 10;

/// Only what editors wrote is looked at (forms show examples, cards the accounts for fees), and not what the site allows.
fn is_allowed(number: &str, output: &Noted, allowed: &[String]) -> bool {
    let digits = personal::digits(number);
    !output.source.ends_with(".md") || allowed.iter().any(|number| personal::digits(number) == digits)
}

fn has_scheme(target: &str) -> bool {
    target.starts_with("//")
        || target.split_once(':').is_some_and(|(scheme, _)| {
            !scheme.is_empty()
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        })
}

/// What is wrong with a link.
enum Wrong {
    /// There is no such output.
    Path,
    /// There is no such id on that output.
    Fragment { id: String, output: String },
}

/// `from` is the path of the output that holds the target.
fn wrong(from: &str, target: &str, outputs: &Outputs) -> Option<Wrong> {
    let (before_fragment, fragment) = match target.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (target, None),
    };
    let path = before_fragment.split('?').next().unwrap_or_default();
    // What the form handlers answer is no file; the addresses that they know end like this.
    if let Some(service) = path.strip_prefix("/usluge/") {
        let is_page = functions::PAGES.contains(&service);
        if is_page || ["/provjera", "/prilozi", "/potvrda"].iter().any(|step| service.ends_with(step)) {
            return None;
        }
    }
    let output = if path.is_empty() { from.to_owned() } else { output_path(from, path) };
    let Some(noted) = outputs.get(output.as_str()) else { return Some(Wrong::Path) };
    let fragment = fragment.filter(|fragment| !fragment.is_empty() && *fragment != "top")?;
    let id = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
    if noted.page.as_ref().is_some_and(|page| !page.ids.iter().any(|known| **known == *id)) {
        return Some(Wrong::Fragment { id: id.into_owned(), output });
    }
    None
}

fn check_target(page: &Noted, target: &str, outputs: &Outputs, locate: &Locate) -> Option<Diagnostic> {
    let place = || (locate.link)(&page.source, target).unwrap_or_else(|| Place::file(&page.source));
    Some(match wrong(&page.path, target, outputs)? {
        Wrong::Path => problems::dead_link(target, &page.path, place()),
        Wrong::Fragment { id, output } => problems::dead_anchor(&id, &output, &page.path, place()),
    })
}

/// The output that a link leads to; `from` is the output that holds it.
fn output_path(from: &str, link: &str) -> String {
    const INDEX: &str = "index.html";
    // As most links are written already.
    if let Some(path) = link.strip_prefix('/').filter(|path| is_resolved(path)) {
        return if path.is_empty() || path.ends_with('/') { [path, INDEX].concat() } else { path.to_owned() };
    }
    let decoded = percent_encoding::percent_decode_str(link).decode_utf8_lossy();
    let joined = url_path::resolved(from, &decoded);
    match joined.as_str() {
        "" => INDEX.to_owned(),
        _ if decoded.ends_with('/') => [joined.as_str(), "/", INDEX].concat(),
        _ => joined,
    }
}

/// Whether nothing in a path is encoded, empty, or a step to another folder.
fn is_resolved(path: &str) -> bool {
    let mut before = b'/';
    path.bytes().all(|byte| {
        let steps = before == b'/' && matches!(byte, b'/' | b'.');
        before = byte;
        byte != b'%' && !steps
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_needs_no_resolving_leads_where_it_would_lead_with_it() {
        let parts = ["a", "čaj", "b.html", "", ".", "..", ".d", "%41", "index.html"];
        for one in parts {
            for two in parts {
                for three in parts {
                    let path = format!("{one}/{two}/{three}");
                    let (fast, slow) = (output_path("x/y.html", &format!("/{path}")), {
                        // The same place, by a way that has to be resolved.
                        output_path("x/y.html", &format!("/./{path}"))
                    });
                    assert_eq!(fast, slow, "{path}");
                }
            }
        }
        assert_eq!(output_path("x/y.html", "/"), "index.html");
        assert_eq!(output_path("x/y.html", "z/"), "x/z/index.html");
    }
}
