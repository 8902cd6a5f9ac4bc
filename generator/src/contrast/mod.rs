//! Whether the colours of a theme can be told apart (WCAG 2.2, 1.4.3 and 1.4.11), in the light and the dark scheme.
//!
//! ```text
//! static/*.css ─► custom properties of :root, per scheme ─┐
//!              ─► rules that set colour and background ───┤─► pairs ─► ratio ─► Diagnostics
//!              ─► notes: "contrast text: --a on --b" ─────┘
//! ```
//!
//! A rule that sets both is checked by itself; of colours that come together only on a page the theme says so in a
//! note. What cannot be calculated (pictures, gradients, colours of the system) is left out.

mod colour;
mod note;
mod problems;
mod sheet;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use csscolorparser::Color;

use crate::diagnostic::{Diagnostic, Place};
use crate::source::SourceFile;
use crate::statics::is_style_sheet;
use note::Use;
use sheet::{Declaration, Rule, SCHEMES, Scheme, Sheet};

/// A colour, and where it is written.
#[derive(Debug, Clone)]
struct Written {
    colour: Color,
    sheet: usize,
    range: Range<usize>,
}

/// Where a custom property is defined.
type Properties = BTreeMap<String, (usize, Range<usize>)>;

/// A style sheet of the theme.
struct Source<'a> {
    path: &'a str,
    text: &'a str,
    sheet: Sheet,
}

struct Theme<'a> {
    folder: String,
    sources: Vec<Source<'a>>,
    light: Properties,
    dark: Properties,
    told: BTreeSet<Told>,
    found: Vec<Diagnostic>,
}

/// What makes two findings the same: sheet and place of the colour, the ground, the use.
type Told = (usize, usize, [u8; 4], Use);

/// A property that refers to others this many times refers to itself.
const DEEPEST: usize = 16;

/// What is wrong with the colours of a theme; `folder` is that of its static files.
pub fn check(folder: &str, statics: &[SourceFile]) -> Vec<Diagnostic> {
    let sheets = statics.iter().filter(|file| is_style_sheet(&file.path));
    let sources: Vec<Source> = sheets
        .filter_map(|file| Some((file.path.as_str(), std::str::from_utf8(&file.bytes).ok()?)))
        .map(|(path, text)| Source { path, text, sheet: sheet::read(text) })
        .collect();
    let light = properties(&sources, Scheme::Light);
    let dark = properties(&sources, Scheme::Dark);
    let mut theme = Theme {
        folder: folder.to_owned(),
        sources: Vec::new(),
        light,
        dark,
        told: BTreeSet::new(),
        found: Vec::new(),
    };
    let has_dark = sources.iter().any(|source| {
        source.text.contains("light-dark(")
            || source.sheet.rules.iter().any(|rule| rule.scheme == Some(Scheme::Dark))
    });
    theme.sources = sources;
    for scheme in SCHEMES.into_iter().filter(|scheme| has_dark || *scheme == Scheme::Light) {
        theme.check(scheme);
    }
    theme.found
}

fn properties(sources: &[Source], scheme: Scheme) -> Properties {
    let mut properties = Properties::new();
    for (index, source) in sources.iter().enumerate() {
        for rule in source.sheet.rules.iter().filter(|rule| rule.is_root() && is_in(rule, scheme)) {
            for declaration in rule.declarations.iter().filter(|known| known.name.starts_with("--")) {
                properties.insert(declaration.name.clone(), (index, declaration.value.clone()));
            }
        }
    }
    properties
}

fn is_in(rule: &Rule, scheme: Scheme) -> bool {
    rule.scheme.is_none_or(|known| known == scheme)
}

/// A colour of a pair.
struct Side<'a> {
    /// As it is named.
    name: &'a str,
    written: Written,
}

impl Theme<'_> {
    fn check(&mut self, scheme: Scheme) {
        let sources = std::mem::take(&mut self.sources);
        for (index, source) in sources.iter().enumerate() {
            let resolve = |range: &Range<usize>, own: &[Declaration]| {
                let written = self.resolve(&sources, index, range.clone(), own, scheme, 0)?;
                Some(Side { name: &source.text[range.clone()], written })
            };
            let mut pairs = Vec::new();
            let mut wrong = Vec::new();
            for rule in source.sheet.rules.iter().filter(|rule| is_in(rule, scheme) && !is_inactive(rule)) {
                let ground = rule.declaration("background-color").or_else(|| rule.declaration("background"));
                if let (Some(colour), Some(ground)) = (rule.declaration("color"), ground)
                    && let Some(colour) = resolve(&colour.value, &rule.declarations)
                    && let Some(ground) = resolve(&ground.value, &rule.declarations)
                {
                    let used = if is_large(rule, source.text) { Use::LargeText } else { Use::Text };
                    pairs.push((used, colour, ground, Some(rule.selector.as_str())));
                }
            }
            for comment in &source.sheet.comments {
                let (notes, unreadable) = note::read(source.text, comment.clone());
                if scheme == Scheme::Light {
                    wrong.extend(
                        unreadable.into_iter().map(|range| problems::unreadable(self.place(source, range))),
                    );
                }
                for note in &notes {
                    let named = |range: &Range<usize>| resolve(range, &[]);
                    let is_opaque = |side: &Side| side.written.colour.a >= 1.0;
                    for ground in &note.grounds {
                        let Some(_) = named(ground).filter(is_opaque) else {
                            let name = &source.text[ground.clone()];
                            wrong.push(problems::no_colour(name, self.place(source, ground.clone())));
                            continue;
                        };
                        for colour in &note.colours {
                            match (named(colour), named(ground)) {
                                (Some(colour), Some(ground)) => pairs.push((note.used, colour, ground, None)),
                                _ => {
                                    let name = &source.text[colour.clone()];
                                    wrong.push(problems::no_colour(name, self.place(source, colour.clone())));
                                }
                            }
                        }
                    }
                }
            }
            let judged: Vec<_> = pairs
                .iter()
                .filter_map(|(used, colour, ground, selector)| {
                    self.judge(&sources, *used, (colour, ground), *selector, scheme)
                })
                .collect();
            for (key, diagnostic) in judged {
                if self.told.insert(key) {
                    self.found.push(diagnostic);
                }
            }
            for diagnostic in wrong {
                if !self.found.contains(&diagnostic) {
                    self.found.push(diagnostic);
                }
            }
        }
        self.sources = sources;
    }

    /// The finding about a pair, with what makes it the same as another.
    fn judge(
        &self,
        sources: &[Source],
        used: Use,
        (colour, ground): (&Side, &Side),
        selector: Option<&str>,
        scheme: Scheme,
    ) -> Option<(Told, Diagnostic)> {
        let below = &ground.written.colour;
        if below.a < 1.0 || colour.written.colour.a <= 0.0 {
            return None;
        }
        let seen = colour::over(&colour.written.colour, below);
        let ratio = colour::ratio(&seen, below);
        if ratio >= used.needed() {
            return None;
        }
        let Written { sheet, range, .. } = &colour.written;
        let source = &sources[*sheet];
        let shown = |side: &Side| match sources[side.written.sheet].text.get(side.written.range.clone()) {
            Some(text) if text != side.name => format!("{} ({text})", property(side.name)),
            _ => side.name.to_owned(),
        };
        let nearest = colour::nearest(&seen, below, used.needed());
        let (colour, ground) = (shown(colour), shown(ground));
        let found =
            problems::TooNear { colour: &colour, ground: &ground, used, scheme, ratio, nearest, selector };
        let key = (*sheet, range.start, below.to_rgba8(), used);
        Some((key, problems::too_near(&found, self.place(source, range.clone()))))
    }

    fn place(&self, source: &Source, range: Range<usize>) -> Place {
        Place::span(&format!("{}{}", self.folder, source.path), source.text, range)
    }

    /// The colour that a value comes to in a scheme; a rule's own properties come before those of the root.
    fn resolve(
        &self,
        sources: &[Source],
        sheet: usize,
        range: Range<usize>,
        own: &[Declaration],
        scheme: Scheme,
        depth: usize,
    ) -> Option<Written> {
        let whole = &sources[sheet].text[range.clone()];
        let text = whole.trim();
        let start = range.start + (whole.len() - whole.trim_start().len());
        let range = start..start + text.len();
        if depth > DEEPEST {
            return None;
        }
        let again =
            |sheet: usize, range: Range<usize>| self.resolve(sources, sheet, range, own, scheme, depth + 1);
        let name_of_note = text.starts_with("--").then_some(text);
        if let Some(arguments) = arguments(text, "var").map(|inside| inside.start + start..inside.end + start)
        {
            let inside = &sources[sheet].text[arguments.clone()];
            let comma = inside.find(',');
            let name = inside[..comma.unwrap_or(inside.len())].trim();
            let fallback = comma.map(|at| arguments.start + at + 1..arguments.end);
            return match self.property(name, sheet, own, scheme) {
                Some((sheet, range)) => again(sheet, range),
                None => again(sheet, fallback?),
            };
        }
        if let Some(name) = name_of_note {
            let (sheet, range) = self.property(name, sheet, own, scheme)?;
            return again(sheet, range);
        }
        if let Some(arguments) =
            arguments(text, "light-dark").map(|inside| inside.start + start..inside.end + start)
        {
            let inside = &sources[sheet].text[arguments.clone()];
            let comma = top_level_comma(inside)?;
            let chosen = match scheme {
                Scheme::Light => arguments.start..arguments.start + comma,
                Scheme::Dark => arguments.start + comma + 1..arguments.end,
            };
            return again(sheet, chosen);
        }
        let colour = csscolorparser::parse(text).ok()?;
        Some(Written { colour, sheet, range })
    }

    fn property(
        &self,
        name: &str,
        sheet: usize,
        own: &[Declaration],
        scheme: Scheme,
    ) -> Option<(usize, Range<usize>)> {
        let local = own.iter().rev().find(|declaration| declaration.name == name);
        let of_root = match scheme {
            Scheme::Light => &self.light,
            Scheme::Dark => &self.dark,
        };
        local.map(|local| (sheet, local.value.clone())).or_else(|| of_root.get(name).cloned())
    }
}

/// `var(--a, red)` → `--a`
fn property(name: &str) -> &str {
    arguments(name, "var").map_or(name, |range| name[range].split(',').next().unwrap_or(name).trim())
}

/// What stands between the parentheses of a value that is nothing but a call of a function.
fn arguments(text: &str, function: &str) -> Option<Range<usize>> {
    let begin = text.get(..function.len()).filter(|name| name.eq_ignore_ascii_case(function))?.len();
    let inside = text[begin..].strip_prefix('(')?.strip_suffix(')')?;
    let mut depth = 0_usize;
    for character in inside.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    Some(begin + 1..begin + 1 + inside.len())
}

fn top_level_comma(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, character)| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })
}

/// What cannot be used needs no contrast (WCAG 2.2, 1.4.3).
fn is_inactive(rule: &Rule) -> bool {
    ["disabled", "inert"].iter().any(|word| rule.selector.contains(word))
}

/// Whether a rule says by itself that its text is large: 24 px, or bold from 18.66 px on.
fn is_large(rule: &Rule, css: &str) -> bool {
    let value = |name: &str| rule.declaration(name).map(|declaration| &css[declaration.value.clone()]);
    let size = value("font-size").and_then(|size| {
        let rem =
            size.strip_suffix("rem").and_then(|number| number.parse::<f64>().ok()).map(|rem| rem * 16.0);
        rem.or_else(|| size.strip_suffix("px").and_then(|number| number.parse().ok()))
    });
    let is_bold = value("font-weight")
        .is_some_and(|weight| weight == "bold" || weight.parse::<f64>().is_ok_and(|weight| weight >= 700.0));
    size.is_some_and(|px| px >= 24.0 || (is_bold && px >= 18.66))
}

#[cfg(test)]
mod tests;
