//! Whether a definition makes sense: names, translations, options, bounds, conditions, marks, fees.

use std::collections::BTreeSet;

use crate::control;
use crate::definition::{Condition, Definition, FeeRule, Field, Kind, Mark, Opt};
use crate::problem::{Bilingual, Place, Places, Problems};
use crate::validate::limits;
use crate::words::Words;

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
        self.id(&definition.retention, "retention");
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
        }
        self.contacts();
        for (index, rule) in definition.fees.iter().enumerate() {
            self.fee(rule, &format!("fees/{index}"));
        }
    }

    fn field(&mut self, field: &'a Field, path: &str, group: Option<&[&'a Field]>) {
        self.words(&field.label, &format!("{path}/label"));
        for (key, words) in [("hint", &field.hint), ("help", &field.help), ("missing", &field.missing)] {
            if let Some(words) = words {
                self.words(words, &format!("{path}/{key}"));
            }
        }
        if let Some(condition) = &field.shown_when {
            self.condition(condition, &format!("{path}/shown_when"), group.unwrap_or_default());
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
                    self.bounds(&format!("{path}/max_characters"), 1, limits::LONGEST_TEXT.into());
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
            Kind::Group { entry, add, min_entries, max_entries, fields } => {
                self.words(entry, &format!("{path}/entry"));
                self.words(add, &format!("{path}/add"));
                if min_entries > max_entries || *max_entries == 0 || *max_entries > limits::MOST_ENTRIES {
                    self.bounds(
                        &format!("{path}/max_entries"),
                        (*min_entries).max(1).into(),
                        limits::MOST_ENTRIES.into(),
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

    fn condition(&mut self, condition: &Condition, path: &str, entry: &[&'a Field]) {
        let definition = self.definition;
        let Some((target, conditional)) = self.target(&condition.field, entry) else {
            let later = all_fields(definition).any(|field| field.id == condition.field);
            let (code, message) = if later {
                (
                    "condition-looks-ahead",
                    Bilingual::new(
                        format!("Uvjet se poziva na pitanje „{}” koje dolazi tek poslije.", condition.field),
                        format!(
                            "The condition refers to the question “{}”, which comes later.",
                            condition.field
                        ),
                    ),
                )
            } else {
                (
                    "condition-unknown-field",
                    Bilingual::new(
                        format!("Uvjet se poziva na nepoznato pitanje „{}”.", condition.field),
                        format!("The condition refers to an unknown question “{}”.", condition.field),
                    ),
                )
            };
            let help = Bilingual::new(
                "Navedite `id` pitanja koje stoji prije ovoga; za pitanje u skupini `skupina.pitanje`.",
                "Give the `id` of a question before this one; for a question of a group, `group.question`.",
            );
            self.add(code, path, message, Some(help));
            return;
        };
        if conditional {
            self.add(
                "condition-chained",
                path,
                Bilingual::new(
                    format!("Pitanje „{}” i samo ima uvjet.", condition.field),
                    format!("The question “{}” has a condition itself.", condition.field),
                ),
                Some(Bilingual::new(
                    "Uvjet se može pozvati samo na pitanje koje se uvijek postavlja.",
                    "A condition can refer only to a question that is always asked.",
                )),
            );
        }
        let known: Option<Vec<&str>> = match &target.kind {
            Kind::Choice { options } | Kind::Choices { options } => {
                Some(options.iter().map(|option| option.value.as_str()).collect())
            }
            Kind::Country => Some(crate::countries::countries("en").map(|(code, _)| code).collect()),
            Kind::Text { .. }
            | Kind::Name
            | Kind::Email
            | Kind::Phone
            | Kind::Jmb { .. }
            | Kind::Date { .. }
            | Kind::Year
            | Kind::Address
            | Kind::SelectOrText { .. }
            | Kind::Group { .. }
            | Kind::Number { .. }
            | Kind::LongText { .. }
            | Kind::Consent { .. } => None,
        };
        let Some(known) = known else {
            self.add(
                "condition-kind",
                path,
                Bilingual::new(
                    format!("Pitanje „{}” nema ponuđenih odgovora, pa ne može biti uvjet.", condition.field),
                    format!(
                        "The question “{}” has no options, so no condition can refer to it.",
                        condition.field
                    ),
                ),
                Some(Bilingual::new(
                    "Uvjet se poziva na `choice`, `choices` ili `country`.",
                    "A condition refers to `choice`, `choices` or `country`.",
                )),
            );
            return;
        };
        if condition.is.is_empty() {
            self.empty_choice(path);
        }
        for value in condition.is.iter().filter(|value| !known.contains(&value.as_str())) {
            self.add(
                "condition-unknown-value",
                path,
                Bilingual::new(
                    format!("Pitanje „{}” nema odgovor „{value}”.", condition.field),
                    format!("The question “{}” has no answer “{value}”.", condition.field),
                ),
                (known.len() < 40).then(|| {
                    let list = known.join(", ");
                    Bilingual::new(format!("Odgovori su: {list}."), format!("The answers are: {list}."))
                }),
            );
        }
    }

    /// The question of a condition, and whether it has a condition itself.
    fn target(&self, name: &str, entry: &[&'a Field]) -> Option<(&'a Field, bool)> {
        if let Some(field) = entry.iter().copied().find(|field| field.id == name) {
            return Some((field, field.shown_when.is_some()));
        }
        let (outer, inner) = match name.split_once('.') {
            Some((outer, inner)) => (outer, Some(inner)),
            None => (name, None),
        };
        let (field, conditional) = self.seen.iter().copied().find(|(field, _)| field.id == outer)?;
        match (inner, &field.kind) {
            (None, _) => Some((field, conditional)),
            (Some(inner), Kind::Group { fields, .. }) => {
                let field = fields.iter().find(|field| field.id == inner)?;
                Some((field, conditional || field.shown_when.is_some()))
            }
            (Some(_), _) => None,
        }
    }

    fn mark(&mut self, field: &Field, path: &str, in_group: bool) {
        let fits = match field.mark {
            Mark::Sealed => true,
            Mark::Facet => matches!(field.kind, Kind::Choice { .. } | Kind::Choices { .. } | Kind::Country),
            Mark::ContactEmail => matches!(field.kind, Kind::Email) && !in_group,
            Mark::ContactName => matches!(field.kind, Kind::Name | Kind::Text { .. }) && !in_group,
        };
        if !fits {
            self.add(
                "mark-kind",
                &format!("{path}/mark"),
                Bilingual::new(
                    format!("Ova oznaka ne ide uz vrstu `{}`.", field.kind.name()),
                    format!("This mark does not go with the kind `{}`.", field.kind.name()),
                ),
                Some(Bilingual::new(
                    "`facet` ide uz `choice`, `choices` i `country` (nikad uz osobne podatke); `contact_email` uz `email` i `contact_name` uz `name`, izvan skupina.",
                    "`facet` goes with `choice`, `choices` and `country` (never with personal data); `contact_email` with `email` and `contact_name` with `name`, outside groups.",
                )),
            );
        }
    }

    fn contacts(&mut self) {
        let marked = self.seen.iter().filter(|(field, _)| field.mark == Mark::ContactEmail).count();
        if marked > 1 {
            self.add(
                "contact-twice",
                "",
                Bilingual::new(
                    "Više pitanja ima oznaku `contact_email`.",
                    "More than one question has the mark `contact_email`.",
                ),
                None,
            );
        }
    }

    fn jmb(&mut self, birth_date: Option<&str>, path: &str, in_group: bool) {
        if in_group {
            self.add(
                "jmb-in-group",
                path,
                Bilingual::new(
                    "Pitanje `jmb` ne može biti u skupini.",
                    "A `jmb` question cannot stand in a group.",
                ),
                None,
            );
        }
        let Some(id) = birth_date else { return };
        let is_date = all_fields(self.definition)
            .any(|field| field.id == id && matches!(field.kind, Kind::Date { .. }));
        if !is_date {
            self.add(
                "unknown-field",
                &format!("{path}/birth_date"),
                Bilingual::new(
                    format!("Nema pitanja vrste `date` s imenom „{id}”."),
                    format!("No `date` question is named “{id}”."),
                ),
                None,
            );
        }
    }

    fn fee(&mut self, rule: &FeeRule, path: &str) {
        self.id(&rule.card, &format!("{path}/card"));
        self.id(&rule.fee, &format!("{path}/fee"));
        let definition = self.definition;
        let entry: Vec<&Field> = match &rule.group {
            None => Vec::new(),
            Some(id) => match all_fields(definition).find(|field| field.id == *id).map(|field| &field.kind) {
                Some(Kind::Group { fields, .. }) => fields.iter().collect(),
                _ => {
                    self.add(
                        "unknown-field",
                        &format!("{path}/group"),
                        Bilingual::new(format!("Nema skupine „{id}”."), format!("There is no group “{id}”.")),
                        None,
                    );
                    return;
                }
            },
        };
        if let Some(id) = &rule.times {
            let mut among: Vec<&Field> = entry.clone();
            if rule.group.is_none() {
                among = all_fields(definition).collect();
            }
            if !among.iter().any(|field| field.id == *id && matches!(field.kind, Kind::Number { .. })) {
                self.add(
                    "unknown-field",
                    &format!("{path}/times"),
                    Bilingual::new(
                        format!("Nema pitanja vrste `number` s imenom „{id}”."),
                        format!("No `number` question is named “{id}”."),
                    ),
                    None,
                );
            }
        }
        if let Some(when) = &rule.when {
            // A fee may look at any question: what does not apply costs nothing.
            let looked_at = Condition { field: when.field.clone(), is: when.is.clone() };
            let seen = std::mem::take(&mut self.seen);
            self.seen = seen.iter().map(|(field, _)| (*field, false)).collect();
            self.condition(&looked_at, &format!("{path}/when"), &entry);
            self.seen = seen;
        }
    }

    fn words(&mut self, words: &Words, path: &str) {
        let definition = self.definition;
        for lang in &definition.languages {
            match words.exactly(lang) {
                Some(text) if text.trim().is_empty() => self.add(
                    "empty-text",
                    path,
                    Bilingual::new(
                        format!("Tekst na jeziku `{lang}` je prazan."),
                        format!("The text in `{lang}` is empty."),
                    ),
                    None,
                ),
                Some(_) => {}
                None => self.add(
                    "missing-translation",
                    path,
                    Bilingual::new(
                        format!("Nedostaje tekst na jeziku `{lang}`."),
                        format!("The text in `{lang}` is missing."),
                    ),
                    Some(Bilingual::new(
                        format!("Dodajte redak `{lang}: …`."),
                        format!("Add a line `{lang}: …`."),
                    )),
                ),
            }
        }
        for lang in words.languages().filter(|lang| !definition.languages.iter().any(|known| known == lang)) {
            let list = definition.languages.join(", ");
            self.add(
                "unknown-language",
                path,
                Bilingual::new(
                    format!("Stranica nema jezik `{lang}`."),
                    format!("The site has no language `{lang}`."),
                ),
                Some(Bilingual::new(
                    format!("Jezici stranice su: {list}."),
                    format!("The languages of the site are: {list}."),
                )),
            );
        }
    }

    fn unique<'b>(&mut self, seen: &mut BTreeSet<&'b str>, id: &'b str, path: &str) {
        self.id(id, &format!("{path}/id"));
        if !id.is_empty() && !seen.insert(id) {
            self.add(
                "duplicate-id",
                &format!("{path}/id"),
                Bilingual::new(
                    format!("Ime „{id}” već postoji."),
                    format!("The name “{id}” is already taken."),
                ),
                None,
            );
        }
    }

    fn id(&mut self, id: &str, path: &str) {
        // An empty one was already reported as missing while reading.
        let fits = id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
            && !id.starts_with(['_', '-'])
            && id.len() <= 64
            && !id.bytes().all(|byte| byte.is_ascii_digit());
        if id.is_empty() || (fits && id != control::HONEYPOT) {
            return;
        }
        self.add(
            "bad-id",
            path,
            Bilingual::new(format!("Ime „{id}” nije moguće."), format!("The name “{id}” is not possible.")),
            Some(Bilingual::new(
                "Ime čine mala slova bez kvačica, znamenke i `_`, npr. `given_name`; ne počinje znakom `_` i nisu sve znamenke.",
                "A name is made of lower-case letters a–z, digits and `_`, such as `given_name`; it does not begin with `_` and is not only digits.",
            )),
        );
    }

    fn empty_choice(&mut self, path: &str) {
        self.add(
            "empty-choice",
            path,
            Bilingual::new("Popis je prazan.", "The list is empty."),
            Some(Bilingual::new("Dodajte barem jednu stavku.", "Add at least one item.")),
        );
    }

    fn bounds(&mut self, path: &str, from: u64, to: u64) {
        self.add(
            "bad-bounds",
            path,
            Bilingual::new(
                format!("Broj mora biti od {from} do {to}."),
                format!("The number must be from {from} to {to}."),
            ),
            None,
        );
    }
}

fn all_fields(definition: &Definition) -> impl Iterator<Item = &Field> {
    definition.sections.iter().flat_map(|section| &section.fields)
}
