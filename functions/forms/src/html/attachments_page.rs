//! Between answers and check: the files that are asked for, added one by one.
//!
//! Each question is a form of its own, so that one request carries one file; what was answered travels along
//! as hidden inputs. Buttons that send no file belong to one more form at the end.

use maud::{Markup, html};

use super::{Script, answers, hidden, steps};
use crate::attachments::{self, Added, Asked, FileKind};
use crate::control;
use crate::form::Form;
use crate::names::element_id;
use crate::raw::RawAnswers;
use crate::strings::Strings;
use crate::words::paragraphs;

/// The `id` of the form of the buttons that send no file.
const FILES_FORM: &str = "files-form";

/// Something to be put right about a question's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong<'a> {
    /// The id of the question.
    pub field: &'a str,
    /// What to do, in the language of the page.
    pub text: String,
}

/// Everything that the page shows.
pub struct AttachmentsView<'a> {
    /// The form.
    pub form: &'a Form,
    /// The language of the page.
    pub lang: &'a str,
    /// The words of the interface in that language.
    pub strings: &'a Strings,
    /// The questions for files that apply.
    pub asked: &'a [Asked<'a>],
    /// The files that were added.
    pub files: &'a [Added<'a>],
    /// The answers as they were typed.
    pub raw: &'a RawAnswers,
    /// What binds the files together.
    pub batch: &'a str,
    /// Where files are sent.
    pub files_action: &'a str,
    /// Where "change the answers" leads.
    pub edit_action: &'a str,
    /// How long files are kept that nobody confirms, in words.
    pub kept_for: &'a str,
    /// What was wrong.
    pub wrong: &'a [Wrong<'a>],
    /// A sentence above the questions ("the file was added").
    pub notice: Option<&'a str>,
    /// What makes large photographs smaller before they are sent.
    pub script: Option<&'a Script>,
}

/// The heading, what was wrong, a part for each question, and the ways on and back.
pub fn attachments_page(view: &AttachmentsView<'_>) -> Markup {
    let text = |key: &str| view.strings.text(key, &[]);
    let limits = view.form.attachment_limits();
    html! {
        p.steps { (steps::line(view.form, view.strings, "form.step_attachments")) }
        h1 { (text("form.attachments_title")) }
        (summary(view))
        @if let Some(notice) = view.notice {
            div.notice role="status" { p { (notice) } }
        }
        p { (text("file.intro")) }
        p {
            (attachments::accepted(view.form, view.strings)) " "
            (view.strings.count("file.most", limits.max_files.into(), &[])) " "
            (text("file.many_pages"))
        }
        p.hint { (view.strings.text("file.what_is_kept", &[("period", view.kept_for)])) }
        @for asked in view.asked { (question(view, asked)) }
        form.form id=(FILES_FORM) method="post" action=(view.files_action) accept-charset="utf-8" {
            (carried(view))
            div.group-actions {
                button.button.button--primary type="submit" name=(control::ONWARD) value="1" { (text("form.continue")) }
            }
            p.hint { (text("form.continue_hint")) }
        }
        form id=(answers::EDIT_FORM) method="post" action=(view.edit_action) accept-charset="utf-8" {
            (carried(view))
            (hidden::seen())
            button.button.button--link type="submit" name=(control::EDIT) value="answers" { (text("file.back")) }
        }
        @if let Some(script) = view.script { (script.element()) }
    }
}

fn carried(view: &AttachmentsView<'_>) -> Markup {
    html! {
        (hidden::of_page(view.form, view.lang))
        (hidden::of_answers(view.form, view.raw))
        input type="hidden" name=(control::BATCH) value=(view.batch);
    }
}

fn summary(view: &AttachmentsView<'_>) -> Markup {
    html! {
        @if !view.wrong.is_empty() {
            div.error-summary role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-title" {
                h2 id="error-summary-title" { (view.strings.text("file.errors_title", &[])) }
                ul {
                    @for wrong in view.wrong {
                        li { a href=(format!("#{}", element_id(wrong.field))) { (wrong.text) } }
                    }
                }
            }
        }
    }
}

fn question(view: &AttachmentsView<'_>, asked: &Asked<'_>) -> Markup {
    let field = asked.field;
    let id = element_id(&field.id);
    let label = field.label.get(view.lang);
    let files: Vec<_> = view.files.iter().filter(|file| file.listed.field == field.id).collect();
    let is_full = files.len() >= usize::try_from(asked.max_files).unwrap_or(usize::MAX);
    html! {
        section.form-section aria-labelledby=(format!("{id}-title")) {
            h2 id=(format!("{id}-title")) {
                (label)
                @if !asked.required { " " span.optional { (view.strings.text("form.optional", &[])) } }
            }
            @if let Some(hint) = &field.hint { p.hint id=(format!("{id}-hint")) { (hint.get(view.lang)) } }
            @if let Some(help) = &field.help {
                details.help {
                    summary { (view.strings.text("form.help", &[])) }
                    @for paragraph in paragraphs(help.get(view.lang)) { p { (paragraph) } }
                }
            }
            (list(view, label, &files))
            @if is_full {
                // Errors lead here where there is no input.
                p.hint id=(id) tabindex="-1" { (view.strings.text("file.enough", &[])) }
            } @else {
                (upload(view, asked, &id))
            }
        }
    }
}

fn list(view: &AttachmentsView<'_>, label: &str, files: &[&Added<'_>]) -> Markup {
    html! {
        @if !files.is_empty() {
            ul.file-list {
                @for (place, file) in files.iter().enumerate() {
                    li { (named(view.strings, place, file)) " " (remove(view.strings, FILES_FORM, file, place, label)) }
                }
            }
        }
    }
}

/// "Datoteka 1: JPEG, 1,2 MB". The person's own name of the file is not kept.
pub(super) fn named(strings: &Strings, place: usize, file: &Added<'_>) -> String {
    let number = (place + 1).to_string();
    let described = attachments::described(file.listed.kind, file.listed.size_bytes, strings);
    strings.text("file.named", &[("number", &number), ("file", &described)])
}

/// A button of another form that takes a file out.
pub(super) fn remove(strings: &Strings, form: &str, file: &Added<'_>, place: usize, label: &str) -> Markup {
    let number = (place + 1).to_string();
    html! {
        button.button.button--link type="submit" form=(form) name=(control::UNSTAGE) value=(file.id) {
            (strings.text("form.remove", &[]))
            span.visually-hidden { ": " (strings.text("file.number", &[("number", &number)])) ", " (label) }
        }
    }
}

fn too_large(strings: &Strings, most_bytes: u64) -> String {
    let limit = attachments::size(most_bytes, strings);
    strings.text("file.refused.too_large", &[("size", &limit)])
}

fn upload(view: &AttachmentsView<'_>, asked: &Asked<'_>, id: &str) -> Markup {
    let field = asked.field;
    let most_bytes = view.form.attachment_limits().max_bytes;
    let wrong = view.wrong.iter().find(|wrong| wrong.field == field.id);
    let described: Vec<String> =
        [("title", true), ("hint", field.hint.is_some()), ("error", wrong.is_some())]
            .iter()
            .filter(|(_, there)| *there)
            .map(|(part, _)| format!("{id}-{part}"))
            .collect();
    html! {
        form.form.file-form method="post" action=(view.files_action) enctype="multipart/form-data" data-upload
            data-limit=(most_bytes)
            data-smaller=(view.strings.text("file.made_smaller", &[]))
            data-sending=(view.strings.text("file.sending", &[]))
            data-too-large=(too_large(view.strings, most_bytes)) {
            // The file comes last: where it is too large, everything before it was read.
            (carried(view))
            div class=(if wrong.is_some() { "field field--error" } else { "field" }) {
                label.label for=(id) { (view.strings.text("file.choose", &[])) }
                @if let Some(wrong) = wrong {
                    p.field-error id=(format!("{id}-error")) {
                        span.visually-hidden { (view.strings.text("violation.prefix", &[])) " " }
                        (wrong.text)
                    }
                }
                input type="file" id=(id) name=(format!("{}{}", control::UPLOAD_PREFIX, field.id))
                    accept=(FileKind::ACCEPT) aria-describedby=(described.join(" "))
                    aria-invalid=[wrong.map(|_| "true")];
            }
            p.hint role="status" data-upload-status {}
            button.button.button--secondary type="submit" {
                (view.strings.text("file.add", &[]))
                span.visually-hidden { ": " (field.label.get(view.lang)) }
            }
        }
    }
}
