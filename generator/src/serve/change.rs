//! What a build changed of what is served. A style sheet with another fingerprint changes every page that names it;
//! a page that differs in nothing else is still the same page, and takes the new sheet without being loaded again.

use rayon::prelude::*;

use super::ServedSite;

/// What a build changed of what is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Every file is as it was.
    Nothing,
    /// Style sheets that were there before, and nothing else.
    Styles,
    /// More.
    Pages,
}

/// A text of a page that stands for a style sheet, before and after.
struct Swap<'a> {
    old: &'a [u8],
    new: &'a [u8],
    /// How many bytes both begin with.
    common: usize,
}

impl ServedSite {
    /// What is different from before.
    pub fn change_since(&self, before: &Self) -> Change {
        // A fingerprinted file that was there and is there is the same file, whatever its names.
        let is_gone = |path: &str| {
            let known = before.fingerprints().original(path);
            known.is_none_or(|original| self.fingerprints().published(original).is_none())
        };
        let is_new = |path: &str| {
            let known = self.fingerprints().original(path);
            known.is_none_or(|original| before.fingerprints().published(original).is_none())
        };
        let mut renamed = before.paths().filter(|path| self.file(path).is_none()).peekable();
        let mut any = renamed.peek().is_some();
        if renamed.any(is_gone) {
            return Change::Pages;
        }
        let mut pages = Vec::new();
        for path in self.paths() {
            let Some(now) = self.file(path) else { continue };
            match before.file(path) {
                Some(then) if then.entry == now.entry => continue,
                Some(_) if path.ends_with(".css") => {}
                Some(then) => pages.push((&then.bytes, &now.bytes)),
                None if is_new(path) => return Change::Pages,
                None => {}
            }
            any = true;
        }
        let swaps = swaps(self, before);
        match (any, pages.par_iter().all(|(then, now)| is_same_but_for(&swaps, then, now))) {
            (_, false) => Change::Pages,
            (true, true) => Change::Styles,
            (false, true) => Change::Nothing,
        }
    }
}

/// Names and integrity of the style sheets that are other ones now.
fn swaps<'a>(now: &'a ServedSite, before: &'a ServedSite) -> Vec<Swap<'a>> {
    let sheets =
        before.fingerprints().sheets().filter_map(|old| Some((old, now.fingerprints().sheet(&old.path)?)));
    let texts =
        sheets.flat_map(|(old, new)| [(&old.published, &new.published), (&old.integrity, &new.integrity)]);
    texts
        .filter(|(old, new)| old != new)
        .map(|(old, new)| {
            let (old, new) = (old.as_bytes(), new.as_bytes());
            Swap { old, new, common: common(old, new) }
        })
        .collect()
}

/// How many bytes two texts begin with.
fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).position(|(one, other)| one != other).unwrap_or(one.len().min(other.len()))
}

fn is_same_but_for(swaps: &[Swap], mut then: &[u8], mut now: &[u8]) -> bool {
    loop {
        let at = common(then, now);
        if at == then.len() && at == now.len() {
            return true;
        }
        let is_here = |swap: &&Swap| {
            at.checked_sub(swap.common).is_some_and(|start| {
                then[start..].starts_with(swap.old) && now[start..].starts_with(swap.new)
            })
        };
        let Some(swap) = swaps.iter().find(is_here) else { return false };
        then = &then[at - swap.common + swap.old.len()..];
        now = &now[at - swap.common + swap.new.len()..];
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::publish::Entry;
    use crate::serve::File;
    use crate::statics::{Fingerprint, Fingerprints};

    fn site(files: &[(&str, &str)], prints: &[(&str, &str)]) -> ServedSite {
        let outputs = files.iter().map(|(path, text)| {
            let bytes = text.as_bytes();
            (Arc::from(*path), File::new(path, bytes.to_vec(), &Entry::of(bytes)))
        });
        let prints = prints.iter().map(|(path, published)| Fingerprint {
            path: (*path).to_owned(),
            published: (*published).to_owned(),
            integrity: format!("sha384-{published}"),
        });
        ServedSite::new(outputs.collect(), Vec::new()).with_fingerprints(Fingerprints::new(prints))
    }

    #[test]
    fn a_new_style_sheet_alone_is_told_from_any_other_change() {
        let with = |style: &str, page: &str, more: Option<&str>| {
            let files = [("style.css", style), ("index.html", page)];
            let files: Vec<_> = files.into_iter().chain(more.map(|path| (path, "x"))).collect();
            site(&files, &[])
        };
        let before = with("a", "a", None);
        assert_eq!(with("b", "a", None).change_since(&before), Change::Styles);
        assert_eq!(with("a", "a", None).change_since(&before), Change::Nothing);
        assert_eq!(with("b", "b", None).change_since(&before), Change::Pages);
        assert_eq!(with("b", "a", Some("new.css")).change_since(&before), Change::Pages);
        assert_eq!(before.change_since(&with("b", "a", Some("old.css"))), Change::Pages);
    }

    /// A site whose page names its style sheet and script by their fingerprints.
    fn printed(style: &str, script: &str, text: &str) -> ServedSite {
        let [css, js] = [format!("style.{style}.css"), format!("a.{script}.js")];
        let page = format!(
            "<link href=\"/{css}\" integrity=\"sha384-{css}\"><script src=\"/{js}\"></script>{text}/{css}"
        );
        let files = [(css.as_str(), style), (js.as_str(), script), ("index.html", page.as_str())];
        site(&files, &[("style.css", &css), ("a.js", &js)])
    }

    #[test]
    fn a_style_sheet_with_another_name_is_a_new_style_sheet_and_nothing_more() {
        let before = printed("00000000", "00000000", "a");
        assert_eq!(printed("00000000", "00000000", "a").change_since(&before), Change::Nothing);
        assert_eq!(printed("00000001", "00000000", "a").change_since(&before), Change::Styles);
        assert_eq!(printed("10000000", "00000000", "a").change_since(&before), Change::Styles);
        assert_eq!(printed("10000000", "00000000", "b").change_since(&before), Change::Pages);
        assert_eq!(printed("10000000", "00000001", "a").change_since(&before), Change::Pages);
        assert_eq!(printed("00000000", "00000001", "a").change_since(&before), Change::Pages);
        let without = site(&[("index.html", "a")], &[]);
        assert_eq!(before.change_since(&without), Change::Pages);
        assert_eq!(without.change_since(&before), Change::Pages);
    }

    #[test]
    fn a_browser_that_has_an_older_page_still_finds_what_that_page_names() {
        let mut site = printed("00000000", "00000000", "a");
        for number in 1..=3 {
            let next = printed(&format!("0000000{number}"), "00000000", "a");
            site = next.keeping(&site);
        }
        let is_there = |number: u32| site.file_for(&format!("style.0000000{number}.css")).is_some();
        assert!((0..=3).all(is_there));
        site = printed("00000009", "00000000", "a").keeping(&site);
        assert!(site.file_for("style.00000000.css").is_none(), "not for ever");
        assert!(site.file_for("style.00000001.css").is_some_and(|file| file.is_lasting));
    }
}
