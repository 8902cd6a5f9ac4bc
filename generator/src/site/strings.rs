//! The theme's string catalogues: `strings/**/<language>.yaml`, merged per language and checked for gaps.

use std::collections::BTreeMap;

use forms::strings::{Strings, Text};
use serde_json::Value;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::site::Offers;
use crate::source::SourceFile;
use crate::yaml;

/// Catalogues by language code.
pub type Catalogues = BTreeMap<String, Strings>;

const PLURAL_CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// The keys that the generator's own HTML needs.
const OWN_KEYS: &[&str] = &[
    "content.table",
    "content.task_done",
    "content.task_open",
    "content.footnotes",
    "content.footnote_back",
    "content.redirect",
];

/// Reads and merges all catalogues.
///
/// The words of what the theme may leave out are needed where it does not.
pub fn read(files: &[SourceFile], config: &Config, offers: Offers) -> (Catalogues, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut homes: BTreeMap<String, String> = BTreeMap::new();
    let mut entries: BTreeMap<&str, BTreeMap<String, Text>> =
        config.languages.iter().map(|language| (language.code.as_str(), BTreeMap::new())).collect();
    for file in files {
        let shown = format!("themes/{}/strings/{}", config.theme, file.path);
        let language = file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml"));
        let Some(into) = language.and_then(|language| entries.get_mut(language)) else {
            // A catalogue for a language that this town does not use.
            continue;
        };
        let value: Value = match file.text().and_then(|text| yaml::read(&shown, text, text, 0)) {
            Ok(value) => value,
            Err(diagnostic) => {
                found.push(diagnostic);
                continue;
            }
        };
        let before: Vec<String> = into.keys().cloned().collect();
        flatten(&shown, String::new(), value, into, &mut found);
        if shown.ends_with(&format!("/{}.yaml", config.default_language)) {
            let new = into.keys().filter(|key| before.binary_search(key).is_err());
            homes.extend(new.map(|key| (key.clone(), shown.clone())));
        }
    }
    let catalogues: Catalogues = entries
        .into_iter()
        .map(|(language, entries)| (language.to_owned(), Strings::new(language, entries)))
        .collect();
    find_gaps(&catalogues, config, offers, &homes, &mut found);
    (catalogues, found)
}

fn flatten(
    path: &str,
    prefix: String,
    value: Value,
    into: &mut BTreeMap<String, Text>,
    found: &mut Vec<Diagnostic>,
) {
    let text = match value {
        Value::Object(map)
            if !map.is_empty() && map.keys().all(|key| PLURAL_CATEGORIES.contains(&key.as_str())) =>
        {
            let forms = map.into_iter().map(|(category, text)| (category, scalar(&text))).collect();
            Text::Plural(forms)
        }
        Value::Object(map) => {
            for (key, value) in map {
                let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
                flatten(path, key, value, into, found);
            }
            return;
        }
        Value::Array(_) => {
            found.push(Diagnostic::error(
                "string-is-list",
                Place::file(path),
                format!("„{prefix}” je popis, a treba biti tekst"),
                format!("“{prefix}” is a list; it has to be a text"),
            ));
            return;
        }
        other => Text::Plain(scalar(&other)),
    };
    if into.insert(prefix.clone(), text).is_some() {
        found.push(
            Diagnostic::error(
                "string-twice",
                Place::file(path),
                format!("tekst „{prefix}” napisan je dvaput"),
                format!("the text “{prefix}” is written twice"),
            )
            .help("obrišite jedan od njih", "remove one of them"),
        );
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Every language has every text that the default language has or that the code asks for, in all plural forms.
///
/// `homes` says in which file the default language has a text: the translation belongs into the one beside it.
fn find_gaps(
    catalogues: &Catalogues,
    config: &Config,
    offers: Offers,
    homes: &BTreeMap<String, String>,
    found: &mut Vec<Diagnostic>,
) {
    let Some(default) = catalogues.get(&config.default_language) else { return };
    let of_services = forms::strings_needed::KEYS.iter().chain(functions::strings_needed::KEYS);
    let needed: std::collections::BTreeSet<&str> = default
        .keys()
        .chain(OWN_KEYS.iter().copied())
        .chain(of_services.copied().filter(|_| offers.services))
        .chain(offers.strings())
        .collect();
    for (language, strings) in catalogues {
        let place = |key: &str| {
            let own = format!("/{}.yaml", config.default_language);
            let beside = homes.get(key).and_then(|path| path.strip_suffix(&own));
            let folder = beside.map_or_else(|| format!("themes/{}/strings", config.theme), str::to_owned);
            Place::file(&format!("{folder}/{language}.yaml"))
        };
        for key in &needed {
            match strings.entry(key) {
                None => found.push(
                    Diagnostic::error(
                        "string-missing",
                        place(key),
                        format!("nedostaje tekst „{key}” na jeziku „{language}”"),
                        format!("the text “{key}” is missing in the language “{language}”"),
                    )
                    .help("prevedite ga u mapi strings teme", "translate it in the theme's folder strings"),
                ),
                Some(Text::Plural(forms)) => {
                    let missing: Vec<&str> = strings
                        .plural_categories()
                        .into_iter()
                        .filter(|category| !forms.contains_key(*category))
                        .collect();
                    if !missing.is_empty() {
                        let missing = missing.join(", ");
                        found.push(Diagnostic::error(
                            "plural-form-missing",
                            place(key),
                            format!("tekstu „{key}” na jeziku „{language}” nedostaju oblici: {missing}"),
                            format!("the text “{key}” in the language “{language}” lacks the plural forms: {missing}"),
                        ));
                    }
                }
                Some(Text::Plain(_)) => {}
            }
        }
    }
}
