//! What stands around every input: label or legend, condition, hint, help, error.

use maud::{Markup, html};

use super::FormView;
use super::field::{Place, When};
use crate::definition::Field;
use crate::names;
use crate::violation::Violation;
use crate::words::paragraphs;

/// One question on the page.
pub(super) struct Frame<'a> {
    pub view: &'a FormView<'a>,
    pub field: &'a Field,
    /// The posted name.
    pub name: &'a str,
    pub violation: Option<&'a Violation>,
    pub when: Option<When>,
    /// Whether the question is the heading of its page.
    is_heading: bool,
}

impl<'a> Frame<'a> {
    pub fn new(view: &'a FormView<'a>, field: &'a Field, name: &'a str, place: Place<'_>) -> Self {
        let violation = view.violations.iter().find(|violation| violation.field == name);
        let when = field.shown_when.as_ref().map(|condition| When::of(view, condition, place.entry()));
        Self { view, field, name, violation, when, is_heading: matches!(place, Place::Heading) }
    }

    /// The `id` of the input, or of the first of several.
    pub fn id(&self) -> String {
        names::element_id(self.name)
    }

    /// The elements that describe the input; none, if there are none.
    pub fn described_by(&self) -> Option<String> {
        let id = self.id();
        let parts = [
            ("when", self.when.is_some()),
            ("hint", self.field.hint.is_some()),
            ("error", self.violation.is_some()),
        ];
        let ids: Vec<String> =
            parts.iter().filter(|(_, there)| *there).map(|(part, _)| format!("{id}-{part}")).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// Whether the cursor should stand here: the person came back from the check page to change this answer.
    pub fn is_focused(&self, id: &str) -> bool {
        self.view.violations.is_empty() && self.view.raw.get(crate::control::EDIT) == Some(id)
    }

    /// `aria-invalid`, where the answer was not accepted.
    pub fn invalid(&self) -> Option<&'static str> {
        self.violation.map(|_| "true")
    }

    /// A question with one input.
    pub fn labelled(&self, input: &Markup) -> Markup {
        self.around(&html! {
            (self.headed(&html! { label.label for=(self.id()) { (self.question()) } }))
            (self.explained())
            (input)
        })
    }

    /// A question with several inputs.
    pub fn grouped(&self, inputs: &Markup) -> Markup {
        self.around(&html! {
            fieldset aria-describedby=[self.described_by()] {
                legend.label { (self.headed(&self.question())) }
                (self.explained())
                (inputs)
            }
        })
    }

    /// What stands in place of a question with inputs, inside its conditions.
    pub fn around(&self, inside: &Markup) -> Markup {
        let mut class = String::from("field");
        if self.violation.is_some() {
            class.push_str(" field--error");
        }
        if self.when.is_some() {
            class.push_str(" field--conditional");
        }
        html! {
            div class=(class)
                data-shown-when-field=[self.when.as_ref().map(|when| &when.name)]
                data-shown-when-values=[self.when.as_ref().map(|when| &when.values)] {
                (inside)
            }
        }
    }

    /// The words of the question; as a heading, where the page has no other.
    fn headed(&self, words: &Markup) -> Markup {
        html! { @if self.is_heading { h3.question data-page-heading { (words) } } @else { (words) } }
    }

    /// Whether the question is the heading of its page.
    pub fn is_heading(&self) -> bool {
        self.is_heading
    }

    /// The question, marked if it may be left open.
    pub fn question(&self) -> Markup {
        html! {
            (self.field.label.get(self.view.lang))
            @if self.field.optional {
                " " span.optional { (self.view.strings.text("form.optional", &[])) }
            }
        }
    }

    /// Condition, hint, help and error.
    pub fn explained(&self) -> Markup {
        let id = self.id();
        html! {
            @if let Some(when) = &self.when { p.hint id=(format!("{id}-when")) { (when.sentence) } }
            @if let Some(hint) = &self.field.hint {
                p.hint id=(format!("{id}-hint")) { (hint.get(self.view.lang)) }
            }
            @if let Some(help) = &self.field.help {
                details.help {
                    summary { (self.view.strings.text("form.help", &[])) }
                    @for paragraph in paragraphs(help.get(self.view.lang)) { p { (paragraph) } }
                }
            }
            @if let Some(violation) = self.violation {
                p.field-error id=(format!("{id}-error")) {
                    span.visually-hidden { (self.view.strings.text("violation.prefix", &[])) " " }
                    (violation.text(self.view.form, self.view.lang, self.view.strings))
                }
            }
        }
    }
}
