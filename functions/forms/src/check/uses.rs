//! What answers are used for: marks, the comparison of a JMB, fees.

use super::{Check, all_fields};
use crate::attachments::{LARGEST_BYTES, LEAST_BYTES, MOST_FILES};
use crate::definition::{FeeRule, Field, Kind, Mark};
use crate::problem::Bilingual;

impl Check<'_> {
    pub(super) fn mark(&mut self, field: &Field, path: &str, in_group: bool) {
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

    pub(super) fn contacts(&mut self) {
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
        let asks_for_one = |(field, conditional): &(&Field, bool)| {
            field.mark == Mark::ContactEmail && !field.optional && !conditional
        };
        if self.definition.register && !self.seen.iter().any(asks_for_one) {
            self.add(
                "register-without-address",
                "register",
                Bilingual::new(
                    "Registar mora svakoga pitati za adresu e-pošte: bez nje nitko ne može ni vidjeti ni izbrisati svoj upis.",
                    "A register must ask everybody for an e-mail address: without one nobody could see or erase their entry.",
                ),
                Some(Bilingual::new(
                    "Dodajte obvezno pitanje vrste `email` s oznakom `mark: contact_email` ili izbrišite `register`.",
                    "Add a required question of the kind `email` with `mark: contact_email`, or remove `register`.",
                )),
            );
        }
    }

    pub(super) fn jmb(&mut self, birth_date: Option<&str>, path: &str, in_group: bool) {
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

    pub(super) fn limits(&mut self) {
        let limits = self.definition.attachments;
        if !(LEAST_BYTES..=LARGEST_BYTES).contains(&limits.max_bytes) {
            let help = Bilingual::new(
                "Broji se u bajtovima: 4 MB je 4000000, a više do poslužitelja u oblaku ne stiže.",
                "It is counted in bytes: 4 MB is 4000000, and no more reaches a serverless function.",
            );
            self.bounds("attachments/max_bytes", LEAST_BYTES, LARGEST_BYTES, Some(help));
        }
        if !(1..=MOST_FILES).contains(&limits.max_files) {
            let help = Bilingual::new(
                "To je broj datoteka jednog podneska, sva pitanja zajedno.",
                "It is the number of files of one submission, all questions together.",
            );
            self.bounds("attachments/max_files", 1, MOST_FILES.into(), Some(help));
        }
    }

    /// A form that everybody would have to give more files than it takes could never be sent.
    pub(super) fn needed_files(&mut self) {
        let most = self.definition.attachments.max_files;
        let is_needed = |(field, conditional): &&(&Field, bool)| {
            matches!(field.kind, Kind::Attachment { .. }) && !field.optional && !conditional
        };
        let needed = self.seen.iter().filter(is_needed).count();
        if needed > most as usize && (1..=MOST_FILES).contains(&most) {
            self.add(
                "too-few-files",
                "attachments/max_files",
                Bilingual::new(
                    format!("Svatko bi morao dodati {needed} ili više datoteka, a dopušteno ih je {most}."),
                    format!("Everybody would have to add {needed} files or more, but {most} can be added."),
                ),
                Some(Bilingual::new(
                    "Povećajte `attachments: { max_files: … }` ili neko pitanje označite s `optional: true`.",
                    "Raise `attachments: { max_files: … }`, or mark a question with `optional: true`.",
                )),
            );
        }
    }

    pub(super) fn attachment(&mut self, max_files: u32, path: &str, in_group: bool) {
        if in_group {
            self.add(
                "attachment-in-group",
                path,
                Bilingual::new(
                    "Pitanje `attachment` ne može biti u skupini.",
                    "An `attachment` question cannot stand in a group.",
                ),
                Some(Bilingual::new(
                    "Stavite ga u odjeljak izvan skupine; `max_files` određuje koliko datoteka prima.",
                    "Put it in a section outside the group; `max_files` says how many files it takes.",
                )),
            );
        }
        let most = self.definition.attachments.max_files.clamp(1, MOST_FILES);
        if !(1..=most).contains(&max_files) {
            let help = Bilingual::new(
                format!(
                    "Više datoteka dopušta `attachments: {{ max_files: … }}` obrasca, najviše {MOST_FILES}."
                ),
                format!(
                    "More files are allowed by `attachments: {{ max_files: … }}` of the form, at most {MOST_FILES}."
                ),
            );
            self.bounds(&format!("{path}/max_files"), 1, most.into(), Some(help));
        }
    }

    pub(super) fn fee(&mut self, rule: &FeeRule, path: &str) {
        self.id(&rule.card, &format!("{path}/card"), true);
        self.id(&rule.fee, &format!("{path}/fee"), true);
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
            self.condition_at_the_end(when, &format!("{path}/when"), &entry);
        }
    }
}
