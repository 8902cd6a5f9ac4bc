//! Reading a map key by key, noting what is missing, wrong or unknown.

use std::collections::BTreeMap;

use super::node::{Key, Node, Value};
use crate::problem::{Bilingual, Place, Places, Problems};
use crate::words::Words;

/// What is gathered while a source is read.
#[derive(Debug, Default)]
pub(super) struct Context {
    pub problems: Problems,
    pub places: Places,
}

impl Context {
    pub fn add(&mut self, code: &'static str, place: Place, hr: impl Into<String>, en: impl Into<String>) {
        self.problems.add(code, place, Bilingual::new(hr, en), None);
    }

    fn wrong_type(&mut self, node: &Node, key: &str, wanted: Bilingual) {
        let found = node.value.kind();
        self.add(
            "wrong-type",
            node.place,
            format!("`{key}` treba biti {}, a ovdje stoji {}.", wanted.hr, found.hr),
            format!("`{key}` must be {}, but this is {}.", wanted.en, found.en),
        );
    }

    /// A list; anything else is noted and reads as empty.
    pub fn list<'n>(&mut self, node: &'n Node, key: &str) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::Map(_) => {
                self.wrong_type(node, key, Bilingual::new("popis", "a list"));
                &[]
            }
        }
    }

    /// One line of text; a number reads as its digits.
    pub fn text(&mut self, node: &Node, key: &str) -> Option<String> {
        match &node.value {
            Value::Text(text) => Some(text.trim().to_owned()),
            Value::Int(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => {
                self.wrong_type(node, key, Bilingual::new("tekst", "text"));
                None
            }
        }
    }

    /// A text in every language.
    pub fn words(&mut self, node: &Node, key: &str) -> Words {
        let Value::Map(entries) = &node.value else {
            self.wrong_type(
                node,
                key,
                Bilingual::new("tekst po jezicima (`hr: …`)", "a text per language (`hr: …`)"),
            );
            return Words::default();
        };
        let texts: BTreeMap<String, String> = entries
            .iter()
            .filter_map(|(lang, node)| Some((lang.name.clone(), self.text(node, &lang.name)?)))
            .collect();
        Words::new(texts)
    }
}

/// A map being read.
pub(super) struct MapReader<'n> {
    place: Place,
    path: String,
    entries: &'n [(Key, Node)],
    used: Vec<&'static str>,
    is_map: bool,
}

impl<'n> MapReader<'n> {
    /// Begins with a node; anything but a map is noted and reads as empty.
    pub fn new(context: &mut Context, node: &'n Node, path: &str, what: &str) -> Self {
        context.places.insert(path.to_owned(), node.place);
        let (entries, is_map): (&[(Key, Node)], bool) = match &node.value {
            Value::Map(entries) => (entries, true),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::List(_) => {
                context.wrong_type(
                    node,
                    what,
                    Bilingual::new("niz ključeva (`ključ: vrijednost`)", "a map (`key: value`)"),
                );
                (&[], false)
            }
        };
        Self { place: node.place, path: path.to_owned(), entries, used: Vec::new(), is_map }
    }

    pub fn place(&self) -> Place {
        self.place
    }

    /// The path of a key of this map.
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}/{key}", self.path) }
    }

    /// The value of a key, if it is there and not empty.
    pub fn node(&mut self, context: &mut Context, key: &'static str) -> Option<&'n Node> {
        self.used.push(key);
        let (at, node) = self.entries.iter().find(|(known, _)| known.name == key)?;
        context.places.insert(self.path_of(key), at.place);
        (!matches!(node.value, Value::Null)).then_some(node)
    }

    /// The value of a key that must be there.
    pub fn required(&mut self, context: &mut Context, key: &'static str) -> Option<&'n Node> {
        let node = self.node(context, key);
        if node.is_none() && self.is_map {
            context.add(
                "missing-key",
                self.place,
                format!("Nedostaje ključ `{key}`."),
                format!("The key `{key}` is missing."),
            );
        }
        node
    }

    pub fn text(&mut self, context: &mut Context, key: &'static str) -> Option<String> {
        let node = self.node(context, key)?;
        context.text(node, key)
    }

    pub fn required_text(&mut self, context: &mut Context, key: &'static str) -> String {
        let Some(node) = self.required(context, key) else { return String::new() };
        let text = context.text(node, key).unwrap_or_default();
        if text.is_empty() {
            context.add(
                "empty-text",
                node.place,
                format!("`{key}` je prazno."),
                format!("`{key}` is empty."),
            );
        }
        text
    }

    pub fn words(&mut self, context: &mut Context, key: &'static str) -> Option<Words> {
        let node = self.node(context, key)?;
        Some(context.words(node, key))
    }

    /// A text that must be there. Where it is missing, that is noted once, and its languages are not missed again.
    pub fn required_words(&mut self, context: &mut Context, key: &'static str, languages: &[&str]) -> Words {
        match self.required(context, key) {
            Some(node) => {
                let words = context.words(node, key);
                if matches!(node.value, Value::Map(_)) { words } else { placeholder(languages) }
            }
            None => placeholder(languages),
        }
    }

    pub fn bool(&mut self, context: &mut Context, key: &'static str) -> bool {
        let Some(node) = self.node(context, key) else { return false };
        match node.value {
            Value::Bool(value) => value,
            Value::Null | Value::Int(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
                context.wrong_type(node, key, Bilingual::new("`true` ili `false`", "`true` or `false`"));
                false
            }
        }
    }

    pub fn int(&mut self, context: &mut Context, key: &'static str) -> Option<i64> {
        let node = self.node(context, key)?;
        match node.value {
            Value::Int(number) => Some(number),
            Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
                context.wrong_type(node, key, Bilingual::new("cijeli broj", "a whole number"));
                None
            }
        }
    }

    /// A count; negative and huge numbers are noted.
    pub fn count(&mut self, context: &mut Context, key: &'static str) -> Option<u32> {
        let number = self.int(context, key)?;
        let count = u32::try_from(number).ok();
        if count.is_none() {
            let place = context.places.at(&self.path_of(key));
            context.add(
                "bad-bounds",
                place,
                format!("`{key}` ne može biti {number}."),
                format!("`{key}` cannot be {number}."),
            );
        }
        count
    }

    /// One of a closed list of words.
    pub fn one_of<T: Copy>(
        &mut self,
        context: &mut Context,
        key: &'static str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let node = self.node(context, key)?;
        let text = context.text(node, key)?;
        let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            unknown(context, "unknown-value", node.place, &text, &names);
        }
        found
    }

    /// Notes the keys that nobody asked for.
    pub fn finish(self, context: &mut Context) {
        for (key, _) in self.entries {
            if !self.used.contains(&key.name.as_str()) {
                unknown(context, "unknown-key", key.place, &key.name, &self.used);
            }
        }
    }
}

/// Stands in for a text that was already reported, so that it is not reported again per language.
pub(super) fn placeholder(languages: &[&str]) -> Words {
    Words::new(languages.iter().map(|lang| ((*lang).to_owned(), "…".to_owned())).collect())
}

/// Notes a word that is not one of the known ones, with the one that was probably meant.
pub(super) fn unknown(context: &mut Context, code: &'static str, place: Place, found: &str, known: &[&str]) {
    let what = match code {
        "unknown-key" => Bilingual::new("Nepoznat ključ", "Unknown key"),
        "unknown-kind" => Bilingual::new("Nepoznata vrsta", "Unknown kind"),
        _ => Bilingual::new("Nepoznata vrijednost", "Unknown value"),
    };
    let message = Bilingual::new(format!("{} `{found}`.", what.hr), format!("{} `{found}`.", what.en));
    let help = match known.iter().copied().min_by_key(|name| distance(name, found)) {
        Some(close) if distance(close, found) <= 2 => {
            Bilingual::new(format!("Mislite li `{close}`?"), format!("Do you mean `{close}`?"))
        }
        _ => {
            let list = known.join("`, `");
            Bilingual::new(format!("Moguće je: `{list}`."), format!("Possible are: `{list}`."))
        }
    };
    context.problems.add(code, place, message, Some(help));
}

/// How many single changes lead from one word to another (Levenshtein); long words are never close.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(40).collect(), b.chars().take(40).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, to) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or_default();
            let cost = diagonal + usize::from(from != to);
            diagonal = above;
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            left = cost.min(above + 1).min(left + 1);
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_single_changes() {
        assert_eq!(distance("label", "lable"), 2);
        assert_eq!(distance("hint", "hints"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kind", "kind"), 0);
    }
}
