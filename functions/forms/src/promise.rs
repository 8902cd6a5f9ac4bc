//! By when the office answers: the longest deadline of the procedures that a submission sets going.

use jiff::civil::Date;

use crate::answers::Answers;
use crate::calendar::Calendar;
use crate::fees;
use crate::form::Form;
use crate::procedure::Cards;

/// The date that a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// The last working day of the deadline.
    pub by: Date,
    /// The deadline in working days.
    pub working_days: u32,
}

/// What is promised for answers that arrive on a day; nothing where no card of the procedures names a deadline.
///
/// The procedures are those whose fees the answers cause, or, for a form without fees, those that name the form.
pub fn promise(
    form: &Form,
    answers: &Answers,
    cards: &Cards,
    calendar: &Calendar,
    on: Date,
) -> Option<Promise> {
    let caused = form
        .fee_rules()
        .iter()
        .filter(|rule| fees::count(rule, answers.values()) > 0)
        .filter_map(|rule| cards.get(&rule.card));
    let named = cards
        .0
        .values()
        .filter(|card| form.fee_rules().is_empty() && card.form.as_deref() == Some(form.id()));
    let longest = caused.chain(named).filter_map(|card| card.deadline).map(|days| days.to).max()?;
    Some(Promise { by: calendar.after_working_days(on, longest)?, working_days: longest })
}

/// Whether a date that was promised for the form rests on something that the town has yet to confirm.
pub fn is_provisional(form: &Form, cards: &Cards, calendar: &Calendar) -> bool {
    let caused = form.fee_rules().iter().filter_map(|rule| cards.get(&rule.card));
    let named = cards.0.values().filter(|card| card.form.as_deref() == Some(form.id()));
    calendar.to_be_confirmed
        || caused.chain(named).any(|card| card.deadline.is_some() && card.to_be_confirmed)
}
