//! Repeated questions with buttons that work without script.

use maud::{Markup, html};

use super::FormView;
use super::field::{self, Place};
use super::frame::Frame;
use crate::control;
use crate::definition::Field;
use crate::groups;
use crate::names;
use crate::words::Words;

/// The words of a group.
pub(super) struct Texts<'a> {
    pub entry: &'a Words,
    pub add: &'a Words,
}

pub(super) fn group(
    frame: &Frame<'_>,
    texts: &Texts<'_>,
    (min, max): (u32, u32),
    fields: &[Field],
) -> Markup {
    let view = frame.view;
    let size = |entries: u32| usize::try_from(entries).unwrap_or(usize::MAX);
    let (fewest, most) = (size(min).max(1), size(max));
    let shown = groups::shown(view.raw, frame.name, fewest, most);
    let id = frame.id();
    let class = if frame.violation.is_some() { "group field--error" } else { "group" };
    let heading = format!("{id}-title");
    html! {
        div class=(class) id=(id) role="group" aria-labelledby=(heading)
            aria-describedby=[frame.described_by()] tabindex="-1"
            data-group=(frame.name) data-max=(max) data-min=(min.max(1))
            data-entry-title=(entry_title(view, texts, "{number}"))
            data-remove=(view.strings.text("form.remove", &[]))
            data-shown-when-field=[frame.when.as_ref().map(|when| &when.name)]
            data-shown-when-values=[frame.when.as_ref().map(|when| &when.values)]
            autofocus[frame.is_focused(&id)] {
            h3.label id=(heading) data-page-heading[frame.is_heading()] { (frame.question()) }
            (frame.explained())
            input type="hidden" name=(format!("{}{}", control::ENTRIES_PREFIX, frame.name)) value=(shown);
            @for index in 0..shown {
                @let title = entry_title(view, texts, &(index + 1).to_string());
                fieldset.group-entry {
                    legend { (title) }
                    @for inner in fields {
                        @let name = names::in_entry(frame.name, index, &inner.id);
                        (field::field(view, inner, &name, Place::Entry(frame.name, index, fields)))
                    }
                    @if shown > fewest {
                        div.group-actions {
                            button.button.button--secondary type="submit" name=(control::REMOVE)
                                value=(format!("{}.{index}", frame.name)) {
                                (view.strings.text("form.remove", &[]))
                                span.visually-hidden { ": " (title) }
                            }
                        }
                    }
                }
            }
            @if shown < most {
                div.group-actions {
                    button.button.button--secondary type="submit" name=(control::ADD) value=(frame.name) {
                        (texts.add.get(view.lang))
                    }
                }
            }
        }
    }
}

/// "Isprava 2".
fn entry_title(view: &FormView<'_>, texts: &Texts<'_>, number: &str) -> String {
    view.strings.text("form.entry_title", &[("entry", texts.entry.get(view.lang)), ("number", number)])
}
