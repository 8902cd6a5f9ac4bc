//! One question, by kind.

use maud::{Markup, html};

use super::frame::Frame;
use super::{FormView, attachment, choice, date, group};
use crate::countries::{countries, country_name};
use crate::definition::{Autocomplete, Condition, Field, Kind};
use crate::groups;
use crate::names;

/// Where a question stands.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// Alone on its page, whose heading it is.
    Heading,
    /// On a page that has another heading.
    Page,
    /// In an entry of a group.
    Entry(&'a str, usize, &'a [Field]),
}

impl<'a> Place<'a> {
    pub fn entry(self) -> InEntry<'a> {
        match self {
            Self::Heading | Self::Page => None,
            Self::Entry(group, index, fields) => Some((group, index, fields)),
        }
    }
}

/// The entry of a group in which a field stands: group, number, questions of the group.
pub(super) type InEntry<'a> = Option<(&'a str, usize, &'a [Field])>;

/// A question with its label, hint, error and inputs; `name` is its posted name.
pub(super) fn field(view: &FormView<'_>, field: &Field, name: &str, place: Place<'_>) -> Markup {
    let frame = Frame::new(view, field, name, place);
    let line = |input: Input| frame.labelled(&input.html(&frame));
    match &field.kind {
        Kind::Text { max_characters } => {
            line(Input::text(if *max_characters <= 40 { "medium" } else { "long" }))
        }
        Kind::Name => line(Input { spellcheck: Some("false"), ..Input::text("long") }),
        Kind::Email => line(Input { kind: "email", spellcheck: Some("false"), ..Input::text("long") }),
        Kind::Phone => line(Input { kind: "tel", ..Input::text("medium") }),
        Kind::Jmb { birth_date: _ } => {
            line(Input { inputmode: Some("numeric"), spellcheck: Some("false"), ..Input::text("medium") })
        }
        Kind::Date { unknown_allowed } => date::day(&frame, *unknown_allowed),
        Kind::Year => line(Input { inputmode: Some("numeric"), ..Input::text("short") }),
        Kind::Country => frame.labelled(&country(&frame)),
        Kind::Address => frame.labelled(&area(&frame, 4)),
        Kind::Choice { options } => choice::radios(&frame, options),
        Kind::Choices { options } => choice::checkboxes(&frame, options),
        Kind::SelectOrText { suggestions } => {
            let list = format!("{}-list", frame.id());
            frame.labelled(&html! {
                (Input { list: Some(list.clone()), ..Input::text("long") }.html(&frame))
                datalist id=(list) { @for suggestion in suggestions { option value=(suggestion) {} } }
            })
        }
        Kind::Group { entry, add, min_entries, max_entries, fields } => {
            group::group(&frame, &group::Texts { entry, add }, (*min_entries, *max_entries), fields)
        }
        Kind::Number { .. } => line(Input { inputmode: Some("numeric"), ..Input::text("short") }),
        Kind::LongText { max_characters: _ } => frame.labelled(&area(&frame, 6)),
        Kind::Consent { version: _, text } => choice::consent(&frame, text),
        Kind::Attachment { max_files } => attachment::later(&frame, *max_files),
    }
}

/// An input of one line.
struct Input {
    kind: &'static str,
    width: &'static str,
    inputmode: Option<&'static str>,
    spellcheck: Option<&'static str>,
    list: Option<String>,
}

impl Input {
    fn text(width: &'static str) -> Self {
        Self { kind: "text", width, inputmode: None, spellcheck: None, list: None }
    }

    fn html(&self, frame: &Frame<'_>) -> Markup {
        let id = frame.id();
        html! {
            input class=(format!("input input--{}", self.width)) type=(self.kind) id=(id) name=(frame.name)
                value=(kept(frame)) inputmode=[self.inputmode] spellcheck=[self.spellcheck]
                autocomplete=[autocomplete(frame.field)] list=[self.list.as_deref()]
                aria-describedby=[frame.described_by()] aria-invalid=[frame.invalid()]
                autofocus[frame.is_focused(&id)];
        }
    }
}

fn area(frame: &Frame<'_>, rows: u32) -> Markup {
    let id = frame.id();
    html! {
        textarea.textarea id=(id) name=(frame.name) rows=(rows) autocomplete=[autocomplete(frame.field)]
            aria-describedby=[frame.described_by()] aria-invalid=[frame.invalid()]
            autofocus[frame.is_focused(&id)] {
            // The parser drops one line break right after the start tag.
            "\n" (kept(frame))
        }
    }
}

fn country(frame: &Frame<'_>) -> Markup {
    let id = frame.id();
    let kept = kept(frame);
    html! {
        select.select id=(id) name=(frame.name) autocomplete=[autocomplete(frame.field)]
            aria-describedby=[frame.described_by()] aria-invalid=[frame.invalid()]
            autofocus[frame.is_focused(&id)] {
            option value="" { (frame.view.strings.text("form.choose", &[])) }
            @for (code, name) in countries(frame.view.lang) {
                option value=(code) selected[kept.trim() == code] { (name) }
            }
        }
    }
}

/// What was typed, or what the empty form already says.
fn kept(frame: &Frame<'_>) -> String {
    frame
        .view
        .raw
        .get(frame.name)
        .map(str::to_owned)
        .or_else(|| groups::default_text(frame.field))
        .unwrap_or_default()
}

/// The purpose of the input (WCAG 1.3.5). Without one there is no attribute: `off` would also keep the browser from
/// giving the answer back when the person returns to the page. Only the JMB is left to the person's memory.
pub(super) fn autocomplete(field: &Field) -> Option<&'static str> {
    let own = field.autocomplete.map(Autocomplete::token);
    own.or_else(|| matches!(field.kind, Kind::Jmb { .. }).then_some("off"))
}

/// When a question applies, for the script (names and values) and for readers (a sentence).
pub(super) struct When {
    /// The posted name of the question it depends on; `group.*.field` for "in any entry".
    pub name: String,
    /// Its answers, divided by spaces.
    pub values: String,
    /// "Ispunite samo ako …".
    pub sentence: String,
}

impl When {
    pub fn of(view: &FormView<'_>, condition: &Condition, entry: InEntry<'_>) -> Self {
        let own = entry.filter(|(_, _, fields)| fields.iter().any(|field| field.id == condition.field));
        let (name, path) = match (own, condition.field.split_once('.')) {
            (Some((group, index, _)), _) => {
                (names::in_entry(group, index, &condition.field), format!("{group}.{}", condition.field))
            }
            (None, Some((group, inner))) => (format!("{group}.*.{inner}"), condition.field.clone()),
            (None, None) => (condition.field.clone(), condition.field.clone()),
        };
        let asked = view.form.field(&path);
        let question = asked.map_or("", |field| field.label.get(view.lang));
        let answers: Vec<String> = condition
            .is
            .iter()
            .map(|value| {
                let label = asked.and_then(|field| answer_label(field, value, view.lang)).unwrap_or(value);
                view.strings.text("form.quoted", &[("text", label)])
            })
            .collect();
        let answers = answers.join(&format!(" {} ", view.strings.text("form.or", &[])));
        let sentence = view.strings.text("form.only_if", &[("question", question), ("answers", &answers)]);
        Self { name, values: condition.is.join(" "), sentence }
    }
}

fn answer_label<'a>(field: &'a Field, value: &str, lang: &str) -> Option<&'a str> {
    match &field.kind {
        Kind::Choice { options } | Kind::Choices { options } => {
            options.iter().find(|option| option.value == value).map(|option| option.label.get(lang))
        }
        Kind::Country => country_name(value, lang),
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
    }
}
