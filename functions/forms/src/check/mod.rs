//! Whether a definition makes sense: names, translations, options, bounds, conditions, marks, fees.

mod conditions;
mod need;
mod pages;
mod uses;
mod words;

use std::collections::BTreeSet;

use crate::definition::{Definition, Field, Kind, Opt};
use crate::problem::{Bilingual, Place, Places, Problems};
use crate::validate::limits;

/// Adds what does not make sense to the problems found while reading.
pub(crate) fn check(definition: &Definition, places: &Places, problems: Problems) -> Problems {
    let mut check = Check { definition, places, problems, seen: Vec::new() };
    check.whole();
    check.problems
}

struct Check<'a> {
    definition: &'a Definition,
    places: &'a Places,
    problems: Problems,
    /// The questions so far, with whether they have a condition: conditions look back only.
    seen: Vec<(&'a Field, bool)>,
}

impl<'a> Check<'a> {
    fn add(&mut self, code: &'static str, path: &str, message: Bilingual, help: Option<Bilingual>) {
        let place: Place = self.places.at(path);
        self.problems.add(code, place, message, help);
    }

    fn whole(&mut self) {
        let definition = self.definition;
        self.words(&definition.title, "title");
        self.words(&definition.description, "description");
        if let Some(intro) = &definition.intro {
            self.words(intro, "intro");
        }
        if let Some(need) = &definition.need_check {
            self.need(need);
        }
        self.id(&definition.retention, "retention", true);
        self.limits();
        if definition.languages.is_empty()
            || definition.sections.iter().all(|section| section.fields.is_empty())
        {
            self.add(
                "empty-form",
                "sections",
                Bilingual::new("Obrazac nema nijednog pitanja.", "The form has no question."),
                None,
            );
        }
        let mut ids = BTreeSet::new();
        let mut section_ids = BTreeSet::new();
        for (index, section) in definition.sections.iter().enumerate() {
            let path = format!("sections/{index}");
            self.unique(&mut section_ids, &section.id, &path);
            self.words(&section.title, &format!("{path}/title"));
            if let Some(intro) = &section.intro {
                self.words(intro, &format!("{path}/intro"));
            }
            if let Some(condition) = &section.shown_when {
                self.condition(condition, &format!("{path}/shown_when"), &[]);
            }
            for (index, field) in section.fields.iter().enumerate() {
                let path = format!("{path}/fields/{index}");
                self.unique(&mut ids, &field.id, &path);
                if let (Some(_), Some(_)) = (&section.shown_when, &field.shown_when) {
                    self.add(
                        "condition-chained",
                        &format!("{path}/shown_when"),
                        Bilingual::new(
                            "Uvjet ima i odjeljak i pitanje u njemu.",
                            "Both the section and the question in it have a condition.",
                        ),
                        Some(Bilingual::new("Ostavite jedan od njih.", "Keep one of them.")),
                    );
                }
                self.field(field, &path, None);
                self.seen.push((field, section.shown_when.is_some() || field.shown_when.is_some()));
            }
            self.pages(section, &path);
        }
        self.contacts();
        self.needed_files();
        for (index, rule) in definition.fees.iter().enumerate() {
            self.fee(rule, &format!("fees/{index}"));
        }
    }

    fn field(&mut self, field: &'a Field, path: &str, group: Option<&[&'a Field]>) {
        self.words(&field.label, &format!("{path}/label"));
        for (key, words) in [
            ("hint", &field.hint),
            ("help", &field.help),
            ("page_title", &field.page_title),
            ("missing", &field.missing),
        ] {
            if let Some(words) = words {
                self.words(words, &format!("{path}/{key}"));
            }
        }
        if let Some(condition) = &field.shown_when {
            let path = format!("{path}/shown_when");
            match &field.kind {
                // Files are asked for when all answers are known: their condition may look at any question.
                Kind::Attachment { .. } => self.condition_at_the_end(condition, &path, &[]),
                _ => self.condition(condition, &path, group.unwrap_or_default()),
            }
        }
        self.mark(field, path, group.is_some());
        match &field.kind {
            Kind::Name
            | Kind::Email
            | Kind::Phone
            | Kind::Year
            | Kind::Country
            | Kind::Address
            | Kind::Date { .. } => {}
            Kind::Text { max_characters } | Kind::LongText { max_characters } => {
                if !(1..=limits::LONGEST_TEXT).contains(max_characters) {
                    self.bounds(&format!("{path}/max_characters"), 1, limits::LONGEST_TEXT.into(), None);
                }
            }
            Kind::Jmb { birth_date } => self.jmb(birth_date.as_deref(), path, group.is_some()),
            Kind::Choice { options } | Kind::Choices { options } => self.options(options, path),
            Kind::SelectOrText { suggestions } => {
                if suggestions.is_empty() {
                    self.empty_choice(&format!("{path}/suggestions"));
                }
            }
            Kind::Number { min, max, default } => {
                if min > max || default.is_some_and(|default| !(*min..=*max).contains(&default)) {
                    self.add(
                        "bad-bounds",
                        path,
                        Bilingual::new(
                            "Brojevi nisu u redu: `min` ≤ `default` ≤ `max`.",
                            "The numbers do not fit: `min` ≤ `default` ≤ `max`.",
                        ),
                        None,
                    );
                }
            }
            Kind::Consent { version, text } => {
                self.words(text, &format!("{path}/text"));
                if version.trim().is_empty() {
                    self.add(
                        "empty-text",
                        &format!("{path}/version"),
                        Bilingual::new("Inačica teksta je prazna.", "The version of the text is empty."),
                        None,
                    );
                }
            }
            Kind::Attachment { max_files } => self.attachment(*max_files, path, group.is_some()),
            Kind::Group { entry, add, min_entries, max_entries, fields } => {
                self.words(entry, &format!("{path}/entry"));
                self.words(add, &format!("{path}/add"));
                if min_entries > max_entries || *max_entries == 0 || *max_entries > limits::MOST_ENTRIES {
                    self.bounds(
                        &format!("{path}/max_entries"),
                        (*min_entries).max(1).into(),
                        limits::MOST_ENTRIES.into(),
                        None,
                    );
                }
                self.group(fields, path, group.is_some());
            }
        }
    }

    fn group(&mut self, fields: &'a [Field], path: &str, nested: bool) {
        if nested {
            self.add(
                "group-in-group",
                path,
                Bilingual::new("Skupina ne može biti u skupini.", "A group cannot stand in a group."),
                None,
            );
            return;
        }
        if fields.is_empty() {
            self.add(
                "empty-form",
                path,
                Bilingual::new("Skupina nema nijednog pitanja.", "The group has no question."),
                None,
            );
        }
        let mut ids = BTreeSet::new();
        let mut before = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let path = format!("{path}/fields/{index}");
            self.unique(&mut ids, &field.id, &path);
            self.no_page_of_its_own(field, &path);
            self.field(field, &path, Some(&before));
            before.push(field);
        }
    }

    fn options(&mut self, options: &[Opt], path: &str) {
        if options.is_empty() {
            self.empty_choice(&format!("{path}/options"));
        }
        let mut values = BTreeSet::new();
        for (index, option) in options.iter().enumerate() {
            let path = format!("{path}/options/{index}");
            self.unique(&mut values, &option.value, &path);
            self.words(&option.label, &format!("{path}/label"));
            if let Some(hint) = &option.hint {
                self.words(hint, &format!("{path}/hint"));
            }
        }
    }

    fn empty_choice(&mut self, path: &str) {
        self.add(
            "empty-choice",
            path,
            Bilingual::new("Popis je prazan.", "The list is empty."),
            Some(Bilingual::new("Dodajte barem jednu stavku.", "Add at least one item.")),
        );
    }

    fn bounds(&mut self, path: &str, from: u64, to: u64, help: Option<Bilingual>) {
        self.add(
            "bad-bounds",
            path,
            Bilingual::new(
                format!("Broj mora biti od {from} do {to}."),
                format!("The number must be from {from} to {to}."),
            ),
            help,
        );
    }
}

fn all_fields(definition: &Definition) -> impl Iterator<Item = &Field> {
    definition.sections.iter().flat_map(|section| &section.fields)
}
