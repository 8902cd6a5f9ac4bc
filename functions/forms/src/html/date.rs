//! A day in three inputs: no picker, which is hard to use for dates long ago and for screen readers.

use maud::{Markup, html};

use super::frame::Frame;
use crate::definition::Autocomplete;
use crate::names;
use crate::violation::Rule;

pub(super) fn day(frame: &Frame<'_>, unknown_allowed: bool) -> Markup {
    let unknown = format!("{}.unknown", frame.name);
    let unknown_id = names::element_id(&unknown);
    let ticked = frame.view.raw.get(&unknown).is_some_and(|value| !value.trim().is_empty());
    frame.grouped(&html! {
        div.date-inputs {
            (part(frame, Part::Day))
            (part(frame, Part::Month))
            (part(frame, Part::Year))
        }
        @if unknown_allowed {
            div.choice {
                input type="checkbox" id=(unknown_id) name=(unknown) value="1" checked[ticked];
                label for=(unknown_id) { (frame.view.strings.text("form.date_unknown", &[])) }
            }
        }
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Day,
    Month,
    Year,
}

fn part(frame: &Frame<'_>, part: Part) -> Markup {
    let (key, width, purpose) = match part {
        Part::Day => ("day", "short", "bday-day"),
        Part::Month => ("month", "short", "bday-month"),
        Part::Year => ("year", "medium", "bday-year"),
    };
    let label = match part {
        Part::Day => "form.date_day",
        Part::Month => "form.date_month",
        Part::Year => "form.date_year",
    };
    let name = format!("{}.{key}", frame.name);
    let id = names::element_id(&name);
    let autocomplete = (frame.field.autocomplete == Some(Autocomplete::Bday)).then_some(purpose);
    let value = frame.view.raw.get(&name).unwrap_or_default();
    html! {
        div.date-input {
            label for=(id) { (frame.view.strings.text(label, &[])) }
            input class=(format!("input input--{width}")) type="text" inputmode="numeric" id=(id) name=(name)
                value=(value) autocomplete=[autocomplete]
                aria-invalid=[is_wrong(frame, part).then_some("true")] autofocus[frame.is_focused(&id)];
        }
    }
}

/// Where one part is missing, only that input is wrong.
fn is_wrong(frame: &Frame<'_>, part: Part) -> bool {
    let Some(violation) = frame.violation else { return false };
    match violation.rule {
        Rule::DateWithoutDay => part == Part::Day,
        Rule::DateWithoutMonth => part == Part::Month,
        Rule::DateWithoutYear | Rule::DateYearDigits | Rule::DateBefore(_) => part == Part::Year,
        _ => true,
    }
}
