//! "Check your answers": everything once more, what it costs, and two ways on: send, or change.

use jiff::civil::Date;
use maud::{Markup, html};

use super::{Script, answers, attachments_page, hidden};
use crate::answers::Answers;
use crate::attachments::{Added, Asked};
use crate::control;
use crate::fees::{self, Due};
use crate::form::Form;
use crate::procedure::Cards;
use crate::raw::RawAnswers;
use crate::strings::Strings;

/// Everything that the page shows.
pub struct CheckView<'a> {
    /// The form.
    pub form: &'a Form,
    /// The language of the page.
    pub lang: &'a str,
    /// The words of the interface in that language.
    pub strings: &'a Strings,
    /// The procedure cards, for the fees.
    pub cards: &'a Cards,
    /// The accepted answers.
    pub answers: &'a Answers,
    /// The answers as they were typed.
    pub raw: &'a RawAnswers,
    /// Where the confirmation is sent.
    pub confirm_action: &'a str,
    /// Where "change" leads.
    pub edit_action: &'a str,
    /// The key that the confirmation returns.
    pub check_key: &'a str,
    /// A sentence above the answers ("you have already sent this").
    pub notice: Option<&'a str>,
    /// What the browser is asked to calculate before it sends; nothing as a rule.
    pub work: Option<WorkView<'a>>,
    /// Whether equal answers were sent shortly before, so that sending is offered only as "send again".
    pub offer_again: bool,
    /// The day at the town, whose fees hold.
    pub today: Date,
    /// The files, where the form asked for any.
    pub attached: Option<AttachedView<'a>>,
}

/// A calculation that the browser does for the check key while the person reads.
#[derive(Debug, Clone, Copy)]
pub struct WorkView<'a> {
    /// How many zero bits are asked for.
    pub bits: u8,
    /// The script that calculates. A theme without it makes every visitor one without script.
    pub script: Option<&'a Script>,
}

/// The files that the check page shows.
pub struct AttachedView<'a> {
    /// The questions for files that apply.
    pub asked: &'a [Asked<'a>],
    /// The files that were added.
    pub files: &'a [Added<'a>],
    /// What the confirmation returns about each of them.
    pub claims: &'a [String],
    /// What binds the files together.
    pub batch: &'a str,
    /// Where "remove" and "add" lead.
    pub files_action: &'a str,
}

/// The `id` of the form whose buttons lead back to the files.
const FILES_FORM: &str = "files-form";

/// The heading, all answers, the fees, and the two forms.
pub fn check_page(view: &CheckView<'_>) -> Markup {
    let text = |key: &str| view.strings.text(key, &[]);
    let due = fees::due(view.form, view.answers, view.cards, view.today);
    html! {
        p.steps { (super::steps::line(view.form, view.strings, "form.step_check")) }
        h1 { (text("form.check_title")) }
        @if let Some(notice) = view.notice {
            div.notice role="status" { p { (notice) } }
        }
        p { (view.strings.text("form.check_intro", &[("form", view.form.title(view.lang))])) }
        form id=(answers::EDIT_FORM) method="post" action=(view.edit_action) accept-charset="utf-8" {
            (hidden::of_page(view.form, view.lang))
            (hidden::of_answers(view.form, view.raw))
            (hidden::seen())
            (batch(view))
        }
        (answers::list(view.form, view.lang, view.strings, view.answers, true))
        @if let Some(attached) = &view.attached { (files(view, attached)) }
        (costs(view, &due))
        form.form method="post" action=(view.confirm_action) accept-charset="utf-8" {
            (hidden::of_page(view.form, view.lang))
            (hidden::of_answers(view.form, view.raw))
            (batch(view))
            @for claim in view.attached.iter().flat_map(|attached| attached.claims) {
                input type="hidden" name=(control::ATTACHED) value=(claim);
            }
            input type="hidden" name=(control::KEY) value=(view.check_key);
            @if let Some(work) = view.work { (ask_for_work(view.strings, work)) }
            @if view.offer_again {
                button.button.button--secondary type="submit" name=(control::AGAIN) value="1" { (text("form.send_again")) }
            } @else {
                button.button.button--primary type="submit" { (text("form.send")) }
            }
        }
    }
}

/// The script finds the element by its attribute; without script the page says what happens instead.
fn ask_for_work(strings: &Strings, work: WorkView<'_>) -> Markup {
    html! {
        input type="hidden" name=(control::WORK) value="" data-work-bits=(work.bits);
        p.hint role="status" data-work-status data-working=(strings.text("form.work_running", &[])) {}
        noscript { p.notice { (strings.text("form.work_without_script", &[])) } }
        @if let Some(script) = work.script { (script.element()) }
    }
}

fn batch(view: &CheckView<'_>) -> Markup {
    html! {
        @if let Some(attached) = &view.attached {
            input type="hidden" name=(control::BATCH) value=(attached.batch);
        }
    }
}

/// Each question for files with what was added, and ways to take a file out or add another.
fn files(view: &CheckView<'_>, attached: &AttachedView<'_>) -> Markup {
    let text = |key: &str| view.strings.text(key, &[]);
    html! {
        h2 { (text("form.attachments_title")) }
        form id=(FILES_FORM) method="post" action=(attached.files_action) accept-charset="utf-8" {
            (hidden::of_page(view.form, view.lang))
            (hidden::of_answers(view.form, view.raw))
            (batch(view))
        }
        dl.check-list {
            @for asked in attached.asked {
                @let label = asked.field.label.get(view.lang);
                @let files: Vec<_> =
                    attached.files.iter().filter(|file| file.listed.field == asked.field.id).collect();
                div.check-row {
                    dt { (label) }
                    dd {
                        @if files.is_empty() { span.hint { (text("file.none")) } }
                        @for (place, file) in files.iter().enumerate() {
                            @if place > 0 { br; }
                            (attachments_page::named(view.strings, place, file)) " "
                            (attachments_page::remove(view.strings, FILES_FORM, file, place, label))
                        }
                    }
                    dd {
                        button.button.button--link type="submit" form=(FILES_FORM) {
                            (text("file.change"))
                            span.visually-hidden { ": " (label) }
                        }
                    }
                }
            }
        }
    }
}

fn costs(view: &CheckView<'_>, due: &Due) -> Markup {
    let text = |key: &str| view.strings.text(key, &[]);
    if due.lines.is_empty() && !due.incomplete {
        return html! {};
    }
    html! {
        h2 { (text("form.costs_title")) }
        @if !due.lines.is_empty() {
            table.fee-table {
                thead {
                    tr {
                        th scope="col" { (text("form.fee_what")) }
                        th scope="col" { (text("form.fee_count")) }
                        th scope="col" { (text("form.fee_km")) }
                        th scope="col" { (text("form.fee_eur")) }
                    }
                }
                tbody {
                    @for line in &due.lines {
                        tr {
                            th scope="row" { (line.label.get(view.lang)) }
                            td { (line.count) }
                            td { (line.total.km(view.strings)) }
                            td { (line.total.euro(view.strings)) }
                        }
                    }
                }
                tfoot {
                    tr {
                        th scope="row" colspan="2" { (text("form.fee_total")) }
                        td { (due.total.km(view.strings)) }
                        td { (due.total.euro(view.strings)) }
                    }
                }
            }
        }
        @if due.incomplete { p { (text("form.fee_incomplete")) } }
        p.hint {
            @if due.to_be_confirmed { (text("form.fee_unconfirmed")) " " }
            (text("form.costs_note"))
        }
    }
}
