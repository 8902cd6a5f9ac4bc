//! Doors to the private readers of this stage, for fuzz targets only.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::body::{Labels, SlotUse};
use super::front_matter::FrontMatter;
use super::kind::Kind;
use super::markdown::render;
use super::written::LINE_OFFSET;
use super::{flat, keys::Raw};
use crate::diagnostic::Diagnostic;
use crate::source::cleaned;

/// A rendered text.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// HTML without what the slots stand for.
    pub html: String,
    /// Offset of every slot, and whether the table of retention periods stands there.
    pub slots: Vec<(usize, bool)>,
    /// Bytes of the text that problems point to.
    pub problems: Vec<std::ops::Range<usize>>,
    /// Ids of the table of contents.
    pub ids: Vec<String>,
}

pub(crate) fn front_matter(text: &str, zone: &TimeZone) -> Vec<(usize, usize)> {
    let text = cleaned(text);
    let file = format!("---\n{text}\n---\n");
    let stems =
        ["_index", "a/_index", "vijesti/a", "dogadanja/a", "projekti/a", "udruge/a", "obavijesti/a", "a"];
    let found = stems.iter().flat_map(|stem| {
        let inside = &file[4..file.len() - 4];
        FrontMatter::read("x.md", &file, inside, Kind::of(stem), zone).1
    });
    let places = found.filter_map(|found: Diagnostic| found.place).map(|place| (place.line, place.column));
    places.collect::<BTreeSet<_>>().into_iter().collect()
}

pub(crate) fn flat_and_library(text: &str) -> Option<(String, String)> {
    let text = cleaned(text);
    let flat = flat::read(&text)?;
    let file = format!("---\n{text}---\n");
    let library: Result<Raw, _> = crate::yaml::read("x.md", &file, &text, LINE_OFFSET);
    let library = match library {
        Ok(raw) => format!("{raw:?}"),
        Err(found) => found.message.en,
    };
    Some((format!("{flat:?}"), library))
}

pub(crate) fn markdown(text: &str, raw_html: bool) -> Rendered {
    let (body, problems) = render(text, raw_html, &Labels::default());
    Rendered {
        html: body.html,
        slots: body.slots.iter().map(|slot| (slot.at, slot.usage == SlotUse::Retention)).collect(),
        problems: problems.into_iter().map(|problem| problem.range).collect(),
        ids: body.toc.into_iter().map(|entry| entry.id).collect(),
    }
}
