//! Repeated questions: how many entries a page shows, and the buttons that add and remove one.

use crate::clean;
use crate::control;
use crate::definition::{Field, Kind};
use crate::form::Form;
use crate::names;
use crate::raw::RawAnswers;

/// What the buttons "add" and "remove" ask for, if one of them was pressed: the answers with one entry more or
/// fewer. The page is then shown again with them, without validation, since the person is not finished; the
/// place to continue is left under [`control::EDIT`].
pub fn edited(form: &Form, raw: &RawAnswers) -> Option<RawAnswers> {
    if let Some(id) = raw.get(control::ADD) {
        let group = Group::of(form, id)?;
        let mut out = without_buttons(raw);
        let now = (shown(raw, id, 1, group.most) + 1).min(group.most);
        group.continue_with(&mut out, now);
        let last = names::in_entry(id, now.saturating_sub(1), group.first_field);
        out.set(control::EDIT, names::element_id(&last));
        return Some(out);
    }
    let (id, index) = raw.get(control::REMOVE)?.rsplit_once('.')?;
    let group = Group::of(form, id)?;
    let index: usize = index.parse().ok()?;
    let shown = shown(raw, id, 1, group.most);
    let mut out = without_entry(&without_buttons(raw), id, index);
    group.continue_with(&mut out, if index < shown { shown.saturating_sub(1).max(1) } else { shown });
    out.set(control::EDIT, names::element_id(id));
    Some(out)
}

/// The answers without blank entries that validation leaves out, so that the numbers of the entries on the
/// check page are those of the form.
pub(crate) fn without_blank(form: &Form, raw: &RawAnswers) -> RawAnswers {
    let mut out = raw.clone();
    for (field, _) in form.fields() {
        let (Some(group), Kind::Group { fields, min_entries, .. }) =
            (Group::of(form, &field.id), &field.kind)
        else {
            continue;
        };
        let fewest = usize::try_from(*min_entries).unwrap_or(1).max(1);
        let mut shown = shown(&out, &field.id, fewest, group.most);
        for index in (0..shown).rev() {
            if shown > fewest && is_blank(&field.id, fields, &out, index) {
                out = without_entry(&out, &field.id, index);
                shown -= 1;
            }
        }
        group.continue_with(&mut out, shown);
    }
    out
}

struct Group<'a> {
    id: &'a str,
    first_field: &'a str,
    most: usize,
}

impl<'a> Group<'a> {
    fn of(form: &'a Form, id: &str) -> Option<Self> {
        form.fields().find_map(|(field, _)| match &field.kind {
            Kind::Group { max_entries, fields, .. } if field.id == id => Some(Self {
                id: &field.id,
                first_field: &fields.first()?.id,
                most: usize::try_from(*max_entries).ok()?,
            }),
            _ => None,
        })
    }

    fn continue_with(&self, raw: &mut RawAnswers, shown: usize) {
        raw.set(&format!("{}{}", control::ENTRIES_PREFIX, self.id), shown.to_string());
    }
}

fn without_buttons(raw: &RawAnswers) -> RawAnswers {
    let mut out = raw.clone();
    out.remove(control::ADD);
    out.remove(control::REMOVE);
    out
}

fn without_entry(raw: &RawAnswers, group: &str, index: usize) -> RawAnswers {
    RawAnswers::from_pairs(raw.pairs().filter_map(|(name, value)| match entry_of(name, group) {
        Some((entry, _)) if entry == index => None,
        Some((entry, rest)) if entry > index => {
            Some((names::in_entry(group, entry - 1, rest), value.to_owned()))
        }
        Some(_) | None => Some((name.to_owned(), value.to_owned())),
    }))
}

/// Whether nothing was answered in an entry; what the empty form already says is no answer.
pub(crate) fn is_blank(group: &str, fields: &[Field], raw: &RawAnswers, index: usize) -> bool {
    raw.pairs().all(|(name, value)| {
        let Some((entry, rest)) = entry_of(name, group) else { return true };
        let inner = rest.split('.').next().unwrap_or_default();
        let Some(field) = fields.iter().find(|field| entry == index && field.id == inner) else {
            return true;
        };
        let value = clean::line(value);
        value.is_empty() || default_text(field).is_some_and(|default| default == value)
    })
}

/// What the empty form already says in a field.
pub(crate) fn default_text(field: &Field) -> Option<String> {
    match &field.kind {
        Kind::Number { default, .. } => default.map(|number| number.to_string()),
        Kind::Text { .. }
        | Kind::Name
        | Kind::Email
        | Kind::Phone
        | Kind::Jmb { .. }
        | Kind::Date { .. }
        | Kind::Year
        | Kind::Country
        | Kind::Address
        | Kind::Choice { .. }
        | Kind::Choices { .. }
        | Kind::SelectOrText { .. }
        | Kind::Group { .. }
        | Kind::LongText { .. }
        | Kind::Consent { .. }
        | Kind::Attachment { .. } => None,
    }
}

/// How many entries to show: what the page showed and what was posted, between `fewest` and `most`.
pub(crate) fn shown(raw: &RawAnswers, group: &str, fewest: usize, most: usize) -> usize {
    let posted = raw
        .pairs()
        .filter_map(|(name, _)| entry_of(name, group))
        .map(|(entry, _)| entry.saturating_add(1))
        .max();
    let said = raw.get(&format!("{}{group}", control::ENTRIES_PREFIX)).and_then(|text| text.parse().ok());
    posted.unwrap_or(0).max(said.unwrap_or(0)).max(fewest).min(most)
}

/// The number of the entry and the rest of the name, where a posted name belongs to the group.
pub(crate) fn entry_of<'a>(name: &'a str, group: &str) -> Option<(usize, &'a str)> {
    let (entry, rest) = name.strip_prefix(group)?.strip_prefix('.')?.split_once('.')?;
    // `01` and `+1` are no names that a page of ours has.
    let number: usize = entry.parse().ok()?;
    (number.to_string() == entry).then_some((number, rest))
}

/// Whether something was answered in an entry that the group cannot have.
pub(crate) fn posted_beyond(raw: &RawAnswers, group: &str, most: usize) -> bool {
    raw.pairs().any(|(name, value)| {
        !value.trim().is_empty() && entry_of(name, group).is_some_and(|(entry, _)| entry >= most)
    })
}
