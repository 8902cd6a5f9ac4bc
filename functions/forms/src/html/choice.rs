//! Radios, checkboxes and consents.

use maud::{Markup, html};

use super::frame::Frame;
use crate::definition::Opt;
use crate::value::TICKED;
use crate::words::{Words, paragraphs};

pub(super) fn radios(frame: &Frame<'_>, options: &[Opt]) -> Markup {
    frame.grouped(&rows(frame, options, "radio"))
}

pub(super) fn checkboxes(frame: &Frame<'_>, options: &[Opt]) -> Markup {
    frame.grouped(&rows(frame, options, "checkbox"))
}

fn rows(frame: &Frame<'_>, options: &[Opt], kind: &str) -> Markup {
    html! {
        div.choices {
            @for (index, option) in options.iter().enumerate() {
                // The first one has the bare name: error links and "change" lead to it.
                @let id = if index == 0 { frame.id() } else { format!("{}-{}", frame.id(), option.value) };
                @let hint_id = format!("{id}-option-hint");
                @let chosen = frame.view.raw.all(frame.name).any(|value| value.trim() == option.value);
                div.choice {
                    input type=(kind) id=(id) name=(frame.name) value=(option.value) checked[chosen]
                        aria-describedby=[option.hint.as_ref().map(|_| &hint_id)]
                        autofocus[frame.is_focused(&id)];
                    label for=(id) { (option.label.get(frame.view.lang)) }
                    @if let Some(hint) = &option.hint {
                        p.hint id=(hint_id) { (hint.get(frame.view.lang)) }
                    }
                }
            }
        }
    }
}

pub(super) fn consent(frame: &Frame<'_>, text: &Words) -> Markup {
    let id = frame.id();
    let given = frame.view.raw.get(frame.name).is_some_and(|value| value.trim() == TICKED);
    let mut lines = paragraphs(text.get(frame.view.lang));
    let first = lines.next().unwrap_or_default();
    let rest: Vec<&str> = lines.collect();
    frame.grouped(&html! {
        div.choice.consent {
            input type="checkbox" id=(id) name=(frame.name) value=(TICKED) checked[given]
                aria-invalid=[frame.invalid()] autofocus[frame.is_focused(&id)];
            label for=(id) { (first) }
            @for paragraph in rest { p.hint { (paragraph) } }
        }
    })
}
