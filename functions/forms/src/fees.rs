//! What a submission costs on its day.

use jiff::civil::Date;

use crate::answers::Answers;
use crate::definition::FeeRule;
use crate::form::Form;
use crate::money::Money;
use crate::procedure::Cards;
use crate::validate::applies;
use crate::value::{Entry, Value};
use crate::words::Words;

/// The fees of a submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// What is paid for; fees that the answers do not cause are left out.
    pub lines: Vec<Line>,
    /// The sum of the lines.
    pub total: Money,
    /// Whether an amount is not known for this day, so that the office has to say it.
    pub incomplete: bool,
    /// Whether an amount comes from a card that the town has yet to confirm.
    pub to_be_confirmed: bool,
}

/// One fee, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is paid for.
    pub label: Words,
    /// How often.
    pub count: i64,
    /// The amount for one.
    pub each: Money,
    /// The amount for all.
    pub total: Money,
}

/// The fees that the answers cause, at the amounts of a day.
pub fn due(form: &Form, answers: &Answers, cards: &Cards, on: Date) -> Due {
    let mut due = Due::default();
    for rule in form.fee_rules() {
        let count = count(rule, answers.values());
        if count <= 0 {
            continue;
        }
        let Some((fee, amount)) = cards.fee(&rule.card, &rule.fee).and_then(|fee| Some((fee, fee.on(on)?)))
        else {
            due.incomplete = true;
            continue;
        };
        let total = amount.amount.times(count);
        due.total = due.total.plus(total);
        due.to_be_confirmed |= cards.get(&rule.card).is_some_and(|card| card.to_be_confirmed);
        match due.lines.iter_mut().find(|line| line.label == fee.label && line.each == amount.amount) {
            Some(line) => {
                line.count = line.count.saturating_add(count);
                line.total = line.total.plus(total);
            }
            None => due.lines.push(Line { label: fee.label.clone(), count, each: amount.amount, total }),
        }
    }
    due
}

/// How often a fee is due.
pub(crate) fn count(rule: &FeeRule, values: &Entry) -> i64 {
    let holds = |entry: Option<&Entry>| rule.when.as_ref().is_none_or(|when| applies(when, values, entry));
    let times = |answers: &Entry| {
        rule.times.as_ref().map_or(1, |field| answers.get(field).and_then(Value::as_number).unwrap_or(0))
    };
    match &rule.group {
        None if holds(None) => times(values),
        None => 0,
        Some(group) => values
            .get(group)
            .map(Value::entries)
            .unwrap_or_default()
            .iter()
            .filter(|entry| holds(Some(entry)))
            .map(times)
            .fold(0, i64::saturating_add),
    }
}
