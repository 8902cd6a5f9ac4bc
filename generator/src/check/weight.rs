//! Pages that are too heavy for a slow line: each with all that a browser loads before anybody scrolls.

use rustc_hash::FxHashMap;

use super::targets::TargetId;
use super::{Noted, Outputs, also_on, output_path, own_target, problems, tags::Tag, told_of};
use crate::diagnostic::Diagnostic;
use std::sync::Arc;

/// So many parts of a page are named.
const NAMED: usize = 3;

/// What style sheets load, by their paths: the paths of the fonts, pictures and other style sheets.
pub type Loads<'a> = FxHashMap<&'a str, &'a [String]>;

/// The attribute with the address of what a browser loads as soon as it meets the tag: style sheets, scripts, pictures
/// that do not wait, and what a page asks to have early.
pub(super) fn loaded_by(tag: &Tag<'_, '_>) -> Option<&'static str> {
    match tag.name.as_bytes() {
        b"img" => {
            let waits = tag.attribute("loading").is_some_and(|value| value.eq_ignore_ascii_case("lazy"));
            (!waits).then_some("src")
        }
        b"script" => Some("src"),
        b"link" => {
            let mut kinds = tag.attribute("rel").unwrap_or_default().split_ascii_whitespace();
            let is_loaded = |kind: &str| LOADED.iter().any(|loaded| kind.eq_ignore_ascii_case(loaded));
            kinds.any(is_loaded).then_some("href")
        }
        _ => None,
    }
}

/// Kinds of links that are loaded with the page.
const LOADED: [&str; 3] = ["stylesheet", "preload", "modulepreload"];

/// What a target is on every page.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// Not of this site, or nothing that there is: that is told as a dead link.
    Nothing,
    /// This output.
    Output(&'a Noted),
    /// It depends on the page.
    ByPage(&'a str),
}

/// The pages that have more bytes than allowed, with what weighs most.
pub(super) fn too_heavy<'a>(
    noted: &'a [Noted],
    outputs: &Outputs<'a>,
    targets: &'a [Arc<str>],
    loads: &Loads<'a>,
    base_url: &str,
    most: u64,
) -> Vec<Diagnostic> {
    let with_sheets = WithSheets::new(loads, outputs);
    // Most pages load the same few files.
    let mut known: FxHashMap<TargetId, Part<'a>> = FxHashMap::default();
    let mut heavy: FxHashMap<Option<&str>, Vec<Heavy>> = FxHashMap::default();
    let mut total = 0;
    for output in noted {
        let Some(page) = &output.page else { continue };
        total += 1;
        let loaded = page.targets.iter().take(page.loads as usize);
        let mut part = |id: &TargetId| {
            let found = *known.entry(*id).or_insert_with(|| part(&targets[id.index()], base_url, outputs));
            match found {
                Part::Nothing => None,
                Part::Output(part) => Some(part),
                Part::ByPage(target) => output_of(&output.path, target, outputs),
            }
        };
        // Two addresses of one file count twice here: never too little.
        let parts = loaded.clone().filter_map(&mut part);
        let at_most = parts.fold(output.bytes, |sum, part| sum + with_sheets.bytes(part));
        if at_most > most {
            let parts = loaded.filter_map(&mut part).flat_map(|part| with_sheets.parts(part)).collect();
            let page = Heavy::of(output, parts);
            if page.bytes > most {
                heavy.entry(page.heaviest()).or_default().push(page);
            }
        }
    }
    let told = heavy.into_values().flat_map(|mut pages| {
        pages.sort_by(|one, other| other.bytes.cmp(&one.bytes).then(one.page.path.cmp(&other.page.path)));
        let (told, more) = told_of(pages.len(), total);
        pages.into_iter().take(told).map(move |page| also_on(page.told(most), more))
    });
    told.collect()
}

/// What comes with each style sheet.
struct WithSheets<'a>(FxHashMap<&'a str, Vec<&'a Noted>>);

impl<'a> WithSheets<'a> {
    fn new(loads: &Loads<'a>, outputs: &Outputs<'a>) -> Self {
        let all = loads.iter().filter_map(|(path, loaded)| {
            let itself: &Noted = outputs.get(path).copied()?;
            // A style sheet may import another one, and both of them the same picture, or each other.
            let mut parts: Vec<&Noted> = Vec::new();
            let mut waiting: Vec<&str> = loaded.iter().map(String::as_str).collect();
            while let Some(path) = waiting.pop() {
                let Some(part) = outputs.get(path).copied() else { continue };
                if part.path != itself.path && parts.iter().all(|known| known.path != part.path) {
                    parts.push(part);
                    waiting.extend(loads.get(path).into_iter().copied().flatten().map(String::as_str));
                }
            }
            (!parts.is_empty()).then_some((*path, parts))
        });
        Self(all.collect())
    }

    /// What comes with a part of a page; nearly always nothing.
    fn of(&self, part: &Noted) -> &[&'a Noted] {
        self.0.get(&*part.path).map_or(&[], Vec::as_slice)
    }

    fn bytes(&self, part: &Noted) -> u64 {
        self.of(part).iter().fold(part.bytes, |sum, part| sum + part.bytes)
    }

    fn parts(&self, part: &'a Noted) -> impl Iterator<Item = &'a Noted> {
        self.of(part).iter().copied().chain([part])
    }
}

fn part<'a>(target: &'a str, base_url: &str, outputs: &Outputs<'a>) -> Part<'a> {
    match own_target(target, base_url) {
        None => Part::Nothing,
        Some(target) if target.starts_with('/') => {
            output_of("", target, outputs).map_or(Part::Nothing, Part::Output)
        }
        Some(target) => Part::ByPage(target),
    }
}

fn output_of<'a>(from: &str, target: &str, outputs: &Outputs<'a>) -> Option<&'a Noted> {
    let path = target.split(['#', '?']).next().filter(|path| !path.is_empty())?;
    // As it is written, for nearly all.
    let as_written = path.strip_prefix('/').and_then(|path| outputs.get(path));
    as_written.or_else(|| outputs.get(output_path(from, path).as_str())).copied()
}

/// A page that has too many bytes.
struct Heavy<'a> {
    page: &'a Noted,
    bytes: u64,
    /// All that it is made of, the heaviest first.
    parts: Vec<&'a Noted>,
}

impl<'a> Heavy<'a> {
    /// `parts` are what the page loads.
    fn of(page: &'a Noted, mut parts: Vec<&'a Noted>) -> Self {
        parts.push(page);
        parts.sort_by(|one, other| other.bytes.cmp(&one.bytes).then(one.path.cmp(&other.path)));
        parts.dedup_by_key(|part| &part.path);
        Self { page, bytes: parts.iter().map(|part| part.bytes).sum(), parts }
    }

    /// The path of what weighs most; nothing if it is the page itself.
    fn heaviest(&self) -> Option<&'a str> {
        self.parts.first().map(|part| &*part.path).filter(|path| **path != *self.page.path)
    }

    fn told(&self, most: u64) -> Diagnostic {
        let named = |itself: &str| {
            let parts = self.parts.iter().take(NAMED).map(|part| {
                let name = if part.path == self.page.path { itself } else { &*part.path };
                format!("{name} {}", kilobytes(part.bytes))
            });
            parts.collect::<Vec<_>>().join(", ")
        };
        problems::page_too_heavy(
            self.page,
            [&kilobytes(self.bytes), &kilobytes(most)],
            [&named("sama stranica"), &named("the page itself")],
        )
    }
}

/// Of 1000 bytes each; a part counts as a whole.
fn kilobytes(bytes: u64) -> String {
    format!("{} kB", bytes.div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use super::super::{Targets, note};
    use super::*;

    const HEAD: &str = "<html lang=hr><title>T</title><link rel=stylesheet href=/s.css>";

    /// Outputs as a build hands them over: HTML, or so many bytes.
    fn noted(targets: &Targets, outputs: &[(&str, &str, u64)]) -> Vec<Noted> {
        let one = |(path, html, bytes): &(&str, &str, u64)| Noted {
            path: Arc::from(*path),
            source: Arc::from(*path),
            page: note(path, html.as_bytes(), targets).map(Arc::new),
            bytes: *bytes,
            is_new: false,
        };
        outputs.iter().map(one).collect()
    }

    fn told(outputs: &[(&str, &str, u64)], most: u64) -> Vec<Diagnostic> {
        told_with(outputs, &[], most)
    }

    /// With style sheets and the paths of what they load.
    fn told_with(outputs: &[(&str, &str, u64)], loads: &[(&str, &str)], most: u64) -> Vec<Diagnostic> {
        let targets = Targets::default();
        let noted = noted(&targets, outputs);
        let by_path = noted.iter().map(|output| (&*output.path, output)).collect();
        let sheets: Vec<(&str, Vec<String>)> = loads
            .iter()
            .map(|(path, loaded)| (*path, loaded.split(' ').map(str::to_owned).collect()))
            .collect();
        let loads = sheets.iter().map(|(path, loaded)| (*path, loaded.as_slice())).collect();
        too_heavy(&noted, &by_path, &targets.list(), &loads, "https://grad.example", most)
    }

    #[test]
    fn a_page_weighs_what_it_loads_each_file_once() {
        let page = format!(
            "{HEAD}<link rel=stylesheet href=\"https://grad.example/s.css?v=2\"><script src=../t.js></script>\
             <img src=\"slika%20a.png#x\" alt=\"\"><img src=lazy.png loading=lazy alt=\"\">\
             <img src=https://drugi.example/a.png alt=\"\"><img src=/nema.png alt=\"\"><a href=/big.pdf>a</a>"
        );
        let site = [
            ("a/index.html", page.as_str(), 10_000),
            ("s.css", "", 20_000),
            ("t.js", "", 30_000),
            ("a/slika a.png", "", 40_001),
            ("a/lazy.png", "", 9_000_000),
            ("big.pdf", "", 9_000_000),
        ];
        assert_eq!(told(&site, 100_001), []);
        let told = told(&site, 100_000);
        assert_eq!(told.len(), 1);
        assert_eq!(
            told[0].message.en,
            "the page a/index.html loads 101 kB when it is opened, more than the allowed 100 kB; the heaviest: \
             a/slika a.png 41 kB, t.js 30 kB, s.css 20 kB"
        );
    }

    #[test]
    fn a_page_weighs_what_its_style_sheets_load_as_well() {
        let page = format!("{HEAD}<link rel=stylesheet href=/t.css><img src=/both.png alt=\"\">");
        let site = [
            ("index.html", page.as_str(), 1_000),
            ("without.html", "<html lang=hr><title>T</title>", 1_000),
            ("s.css", "", 2_000),
            ("t.css", "", 4_000),
            ("imported.css", "", 8_000),
            ("a.woff2", "", 16_000),
            ("both.png", "", 32_000),
        ];
        let loads = [
            ("s.css", "imported.css a.woff2 nema.png"),
            ("imported.css", "a.woff2 both.png s.css"),
            ("t.css", "both.png t.css"),
            ("other.css", "both.png"),
        ];
        assert_eq!(told_with(&site, &loads, 63_000), []);
        let told = told_with(&site, &loads, 62_000);
        assert_eq!(told.len(), 1);
        assert_eq!(
            told[0].message.en,
            "the page index.html loads 63 kB when it is opened, more than the allowed 62 kB; the heaviest: \
             both.png 32 kB, a.woff2 16 kB, imported.css 8 kB"
        );
    }

    #[test]
    fn what_a_template_makes_heavy_is_told_once_and_other_pages_for_themselves() {
        let names: Vec<String> = (0..12).map(|number| format!("{number:02}/index.html")).collect();
        let heavy = format!("{HEAD}<img src=/p.png alt=\"\">");
        let mut site: Vec<(&str, &str, u64)> = names.iter().map(|name| (name.as_str(), HEAD, 1000)).collect();
        site[7].2 = 1500;
        site.extend([("p.html", heavy.as_str(), 500), ("p.png", "", 900_000), ("s.css", "", 300_000)]);
        let mut found = told(&site, 200_000);
        found.sort_by(|one, other| one.message.en.cmp(&other.message.en));
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(
            found[0].message.en.starts_with("the page 07/index.html"),
            "the heaviest of them: {found:#?}"
        );
        assert!(found[0].help.as_ref().is_some_and(|help| help.en.contains("on 11 more pages")));
        assert!(found[1].message.en.starts_with("the page p.html loads 1201 kB"));
    }
}
