//! Repeated questions.

use jiff::civil::Date;

use super::{answer, applies};
use crate::definition::Field;
use crate::groups;
use crate::names;
use crate::raw::RawAnswers;
use crate::value::{Entry, Value};
use crate::violation::{Rule, Violation};

/// A group as its definition describes it.
pub(super) struct Group<'a> {
    pub field: &'a Field,
    pub fields: &'a [Field],
    pub min: u32,
    pub max: u32,
}

/// Reads the entries. Blank entries beyond the fewest allowed are left out: somebody pressed "add" and thought
/// better of it.
pub(super) fn read(
    group: &Group<'_>,
    raw: &RawAnswers,
    today: Date,
    values: &Entry,
) -> Result<Option<Value>, Vec<Violation>> {
    let id = &group.field.id;
    let (min, max) = (size(group.min), size(group.max));
    let shown = groups::shown(raw, id, min, max);
    let mut filled: Vec<usize> =
        (0..shown).filter(|entry| !groups::is_blank(id, group.fields, raw, *entry)).collect();
    // An optional group that was left alone stays so.
    let wanted = if group.field.optional && filled.is_empty() { 0 } else { min };
    for blank in 0..shown {
        if filled.len() < wanted && !filled.contains(&blank) {
            filled.push(blank);
        }
    }
    filled.sort_unstable();
    let mut violations = Vec::new();
    if groups::posted_beyond(raw, id, max) {
        violations.push(Violation::new(id, &group.field.kind, Rule::TooManyEntries(group.max)));
    }
    let mut entries = Vec::new();
    for index in filled {
        let mut entry = Entry::new();
        for field in group.fields {
            if !field.shown_when.as_ref().is_none_or(|condition| applies(condition, values, Some(&entry))) {
                continue;
            }
            match answer(field, &names::in_entry(id, index, &field.id), raw, today) {
                Ok(Some(value)) => {
                    entry.insert(field.id.clone(), value);
                }
                Ok(None) => {}
                Err(found) => violations.extend(found),
            }
        }
        entries.push(entry);
    }
    if !violations.is_empty() {
        return Err(violations);
    }
    entries.retain(|entry| !entry.is_empty());
    match (entries.is_empty(), group.field.optional || group.min == 0) {
        (true, false) => Err(vec![Violation::new(id, &group.field.kind, Rule::Missing)]),
        (true, true) => Ok(None),
        (false, _) => Ok(Some(Value::Entries(entries))),
    }
}

fn size(entries: u32) -> usize {
    usize::try_from(entries).unwrap_or(usize::MAX)
}
