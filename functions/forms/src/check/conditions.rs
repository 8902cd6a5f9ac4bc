//! Whether conditions refer to something that was asked before and has options.

use super::{Check, all_fields};
use crate::definition::{Condition, Field, Kind};
use crate::problem::Bilingual;

impl<'a> Check<'a> {
    pub(super) fn condition(&mut self, condition: &Condition, path: &str, entry: &[&'a Field]) {
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
                let mut values: Vec<&str> = options.iter().map(|option| option.value.as_str()).collect();
                values.retain(|value| !value.is_empty());
                values.sort_unstable();
                values.dedup();
                Some(values)
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
            | Kind::Consent { .. }
            | Kind::Attachment { .. } => None,
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

    /// A condition that is looked at when all answers are known: its question may have a condition itself.
    pub(super) fn condition_at_the_end(&mut self, condition: &Condition, path: &str, entry: &[&'a Field]) {
        let seen = std::mem::take(&mut self.seen);
        self.seen = seen.iter().map(|(field, _)| (*field, false)).collect();
        self.condition(condition, path, entry);
        self.seen = seen;
    }

    /// The question of a condition, and whether it has a condition itself.
    pub(super) fn target(&self, name: &str, entry: &[&'a Field]) -> Option<(&'a Field, bool)> {
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
}
