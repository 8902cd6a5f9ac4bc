//! The form on paper: the same questions with boxes and lines to write on, and beside each question the name of
//! its field, so that whoever types the paper in finds the input.

use jiff::civil::Date;
use maud::{Markup, html};

use super::field::{InEntry, When};
use super::{FormView, price};
use crate::definition::{Field, Kind, Opt, Section};
use crate::form::Form;
use crate::names;
use crate::procedure::Cards;
use crate::raw::RawAnswers;
use crate::strings::Strings;
use crate::words::{Words, paragraphs};

/// The folder of the paper form, below the form's page.
pub const PAPER_FOLDER: &str = "papir";
/// Empty entries of a group on one paper.
const ENTRIES: u32 = 3;
/// The most lines for an answer.
const MOST_LINES: u32 = 8;
/// Characters that fit on a line in handwriting.
const CHARACTERS_OF_A_LINE: u32 = 60;

/// The URL of the paper form.
pub fn paper_url(form_url: &str) -> String {
    format!("{form_url}{PAPER_FOLDER}/")
}

/// Everything that the paper shows.
pub struct PaperView<'a> {
    /// The form.
    pub form: &'a Form,
    /// The language of the page.
    pub lang: &'a str,
    /// The words of the interface in that language.
    pub strings: &'a Strings,
    /// The procedure cards, for the fees.
    pub cards: &'a Cards,
    /// Where the paper goes, in one line.
    pub address: &'a str,
    /// The day at the town.
    pub today: Date,
}

/// The whole form to print.
pub fn paper_page(paper: &PaperView<'_>) -> Markup {
    let raw = RawAnswers::default();
    let view = FormView {
        form: paper.form,
        lang: paper.lang,
        strings: paper.strings,
        cards: paper.cards,
        action: "",
        form_url: None,
        raw: &raw,
        violations: &[],
        notice: None,
        today: paper.today,
    };
    let text = |key: &str| paper.strings.text(key, &[]);
    html! {
        p.steps { (text("form.paper_link")) }
        h1 { (paper.form.title(paper.lang)) }
        p { (paper.strings.text("form.paper_intro", &[("address", paper.address)])) }
        p.hint {
            (paper.strings.text("form.paper_version", &[("form", paper.form.id()), ("version", &paper.form.fingerprint())]))
        }
        div.paper {
            div.paper-office {
                p.label { (text("form.paper_office")) }
                (caption(&text("form.paper_reference"), &line()))
                (caption(&text("form.paper_received"), &line()))
            }
            @for part in paper.form.sections() { (section(&view, part)) }
            (price::list(&view))
            div.paper-signature {
                (caption(&text("form.paper_place_and_day"), &line()))
                (caption(&text("form.paper_signature"), &line()))
            }
        }
    }
}

fn section(view: &FormView<'_>, section: &Section) -> Markup {
    let when = section.shown_when.as_ref().map(|condition| When::of(view, condition, None));
    html! {
        section.paper-section {
            h2 { (section.title.get(view.lang)) }
            @if let Some(when) = &when { p.hint { (when.sentence) } }
            @if let Some(intro) = &section.intro {
                @for paragraph in paragraphs(intro.get(view.lang)) { p { (paragraph) } }
            }
            @for question in &section.fields { (field(view, question, &question.id, None)) }
        }
    }
}

fn field(view: &FormView<'_>, field: &Field, name: &str, entry: InEntry<'_>) -> Markup {
    let when = field.shown_when.as_ref().map(|condition| When::of(view, condition, entry));
    html! {
        div.paper-field {
            p.paper-question {
                span.label { (field.label.get(view.lang)) }
                @if field.optional { " " span.optional { (view.strings.text("form.optional", &[])) } }
                " " span.paper-id { (name) }
            }
            @if let Some(when) = &when { p.hint { (when.sentence) } }
            @if let Some(hint) = hint(field) { p.hint { (hint.get(view.lang)) } }
            (blank(view, field, name))
        }
    }
}

/// The line under a question. What tells how to use a list on a screen is of no use on paper.
fn hint(field: &Field) -> Option<&Words> {
    match &field.kind {
        Kind::SelectOrText { .. } => None,
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
        | Kind::Group { .. }
        | Kind::Number { .. }
        | Kind::LongText { .. }
        | Kind::Consent { .. }
        | Kind::Attachment { .. } => field.hint.as_ref(),
    }
}

/// What is written on.
fn blank(view: &FormView<'_>, field: &Field, name: &str) -> Markup {
    let text = |key: &str| view.strings.text(key, &[]);
    match &field.kind {
        Kind::Text { max_characters } => lines(max_characters.div_ceil(CHARACTERS_OF_A_LINE).min(2)),
        Kind::Name | Kind::Email | Kind::Phone | Kind::Country => line(),
        Kind::Jmb { birth_date: _ } => boxes(13),
        Kind::Date { unknown_allowed } => html! {
            div.paper-date {
                (caption(&text("form.date_day"), &boxes(2)))
                (caption(&text("form.date_month"), &boxes(2)))
                (caption(&text("form.date_year"), &boxes(4)))
            }
            @if *unknown_allowed { ul.paper-ticks { (tick(&text("form.date_unknown"), None)) } }
        },
        Kind::Year => boxes(4),
        Kind::Address => lines(4),
        Kind::Choice { options } => options_of(view, options, "form.paper_one"),
        Kind::Choices { options } => options_of(view, options, "form.paper_many"),
        Kind::SelectOrText { suggestions } => html! {
            p.hint { (view.strings.text("form.paper_for_example", &[("examples", &suggestions.join(", "))])) }
            (line())
        },
        Kind::Group { entry, add: _, min_entries, max_entries, fields } => html! {
            @for index in 0..ENTRIES.max(*min_entries).min(*max_entries) {
                @let number = (index + 1).to_string();
                div.paper-entry {
                    h3 {
                        (view.strings.text("form.entry_title", &[("entry", entry.get(view.lang)), ("number", &number)]))
                    }
                    @for inner in fields {
                        @let index = usize::try_from(index).unwrap_or_default();
                        (self::field(view, inner, &names::in_entry(name, index, &inner.id), Some((name, index, fields))))
                    }
                }
            }
            @if *max_entries > ENTRIES {
                p.hint { (view.strings.count("form.paper_more", (*max_entries).into(), &[])) }
            }
        },
        Kind::Number { min: _, max, default: _ } => boxes(max.to_string().len()),
        Kind::LongText { max_characters } => {
            lines(max_characters.div_ceil(CHARACTERS_OF_A_LINE).clamp(2, MOST_LINES))
        }
        Kind::Consent { version, text } => html! {
            ul.paper-ticks { (tick(text.get(view.lang), Some(version))) }
        },
        Kind::Attachment { max_files: _ } => html! {
            ul.paper-ticks { (tick(&text("form.paper_attached"), None)) }
        },
    }
}

fn options_of(view: &FormView<'_>, options: &[Opt], how: &str) -> Markup {
    html! {
        p.hint { (view.strings.text(how, &[])) }
        ul.paper-ticks {
            @for option in options {
                (tick(option.label.get(view.lang), Some(&option.value)))
            }
        }
    }
}

/// A box to tick, its words, and what is stored when it is ticked.
fn tick(words: &str, stored: Option<&str>) -> Markup {
    html! {
        li {
            span.paper-box aria-hidden="true" {} " "
            span { (words) @if let Some(stored) = stored { " " span.paper-id { (stored) } } }
        }
    }
}

fn caption(words: &str, blank: &Markup) -> Markup {
    html! { div.paper-caption { (blank) p.hint { (words) } } }
}

fn line() -> Markup {
    lines(1)
}

fn lines(count: u32) -> Markup {
    html! { div.paper-lines aria-hidden="true" { @for _ in 0..count.max(1) { span {} } } }
}

fn boxes(count: usize) -> Markup {
    html! { div.paper-boxes aria-hidden="true" { @for _ in 0..count { span.paper-box {} } } }
}
