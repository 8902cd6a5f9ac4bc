//! What a receipt shows: the reference, by when there is an answer, what happens next, and what proves it.

use axum::http::StatusCode;
use axum::response::Response;
use forms::definition::Mark;
use forms::html::answers_list;
use forms::strings::Strings;
use forms::{Answers, Form, is_provisional, long_date};
use maud::{Markup, html};
use store::{ReceiptRecord, Stage};

use crate::pages::Frame;
use crate::{Bundle, SignedReceipt, answers_copy, local_time, page_path, qr};

/// Where the public keys lie.
pub(crate) const KEYS_PATH: &str = "/usluge/kljucevi/potvrde.pem";

/// Everything that the page shows.
pub(crate) struct View<'a> {
    pub frame: Frame<'a>,
    pub record: &'a ReceiptRecord,
    /// The copy of the answers, while there is one.
    pub copy: Option<&'a Answers>,
    /// The signed receipt, if this host has the key.
    pub signed: Option<SignedReceipt>,
    /// The address of the receipt that does not show the answers.
    pub address: String,
}

/// The receipt as a page.
pub(crate) fn page(view: &View<'_>) -> Response {
    let (bundle, lang, record) = (view.frame.bundle, view.frame.lang, view.record);
    let strings = bundle.strings(lang);
    let text = |key: &str| strings.text(key, &[]);
    let form = bundle.forms.get(&record.form).map(|form| &form.form);
    let received = local_time::in_words(record.received_at, &bundle.time_zone, &strings);
    let waits = record.stage == Stage::Unconfirmed;
    let title = text(if waits { "service.receipt.release_title" } else { "service.receipt.title" });
    let steps = bundle.messages.next_steps(&record.form, lang);
    let main = html! {
        article class="receipt" {
            h1 { (title) }
            @if let Some(form) = form { p { (form.title(lang)) } }
            p { (text("service.receipt.reference")) }
            p class="reference" { strong { (record.reference) } }
            p { (strings.text("service.receipt.received", &[("moment", &received)])) }
            @if waits {
                p class="notice" { (text("service.receipt.release_text")) }
            } @else {
                (promised(view, form, &strings))
                @if let Some(hint) = mail_hint(form, text) { (hint) }
                @if !steps.is_empty() {
                    h2 { (text("service.receipt.next")) }
                    ol class="steps" { @for step in steps { li { (step) } } }
                }
            }
            p { (text("service.receipt.print")) }
            @if let Some(signed) = &view.signed { (proof(view, signed, &strings)) }
            @if let (Some(answers), Some(form)) = (view.copy, form) { (copy(view, form, answers, &strings)) }
            p { (strings.text("service.contact", &[("contact", bundle.contact.get(lang))])) }
            p { a href=(page_path("status", lang, &bundle.default_language)) { (text("service.status.title")) } }
            p { a href=(bundle.home(lang)) { (text("service.to_home")) } }
        }
    };
    view.frame.page(StatusCode::OK, &title, main)
}

fn promised(view: &View<'_>, form: Option<&Form>, strings: &Strings) -> Markup {
    let bundle = view.frame.bundle;
    let provisional = form.is_some_and(|form| is_provisional(form, &bundle.cards, &bundle.calendar));
    html! {
        @if let Some(by) = view.record.promised {
            p {
                strong { (strings.text("service.receipt.promised", &[("date", &long_date(by, strings))])) }
                @if provisional { " " (strings.text("service.receipt.promised_provisional", &[])) }
            }
        }
    }
}

/// Says that a letter is on its way, as far as the form's definition allows to say so.
fn mail_hint(form: Option<&Form>, text: impl Fn(&str) -> String) -> Option<Markup> {
    let address = form.and_then(|form| form.fields().find(|(field, _)| field.mark == Mark::ContactEmail));
    let key = match address? {
        (field, None) if !field.optional => "service.receipt.mail",
        _ => "service.receipt.mail_if_given",
    };
    let confirms = form.is_some_and(Form::is_register);
    Some(html! {
        p {
            (text(key))
            @if confirms { " " (text("service.receipt.mail_confirms")) }
        }
    })
}

/// The signed receipt as a code for telephones and as a file.
fn proof(view: &View<'_>, signed: &SignedReceipt, strings: &Strings) -> Markup {
    let label =
        strings.text("service.receipt.qr_label", &[("reference", &view.record.reference.to_string())]);
    html! {
        section class="signed-receipt" aria-labelledby="signed-receipt" {
            div {
                h2 id="signed-receipt" { (strings.text("service.receipt.signed_title", &[])) }
                p { (strings.text("service.receipt.signed_text", &[])) }
                p class="no-print" {
                    a href={ (view.address) "/potvrda.txt" } download=(file_name(signed)) {
                        (strings.text("service.receipt.signed_file", &[]))
                    }
                }
                p class="hint" {
                    a href=(KEYS_PATH) { (strings.text("service.receipt.signed_keys", &[])) }
                }
            }
            @if let Some(code) = qr::svg(&signed.to_compact(), &label) { (code) }
        }
    }
}

fn copy(view: &View<'_>, form: &Form, answers: &Answers, strings: &Strings) -> Markup {
    let bundle = view.frame.bundle;
    let until = answers_copy::expires_at(bundle, view.record.received_at);
    let until = local_time::in_words(until, &bundle.time_zone, strings);
    html! {
        section class="copy" aria-labelledby="copy" {
            h2 id="copy" { (strings.text("service.receipt.copy_title", &[])) }
            p { (strings.text("service.receipt.copy_text", &[("moment", &until)])) }
            (answers_list(form, view.frame.lang, strings, answers))
        }
    }
}

/// Name and text of the signed receipt as a file: words for people, then the lines that are signed.
pub(crate) fn file(bundle: &Bundle, lang: &str, signed: &SignedReceipt) -> (String, String) {
    let strings = bundle.strings(lang);
    let name = file_name(signed);
    let keys = format!("{}{KEYS_PATH}", bundle.public_url);
    let how = strings.text("service.receipt.file_check", &[("file", &name), ("keys", &keys)]);
    let town = bundle.town.get(lang);
    let title = strings.text("service.receipt.signed_title", &[]);
    let about = strings.text("service.receipt.signed_text", &[]);
    (name, format!("{town} – {title}\n\n{about}\n{how}\n\n{}", signed.to_text()))
}

fn file_name(signed: &SignedReceipt) -> String {
    format!("potvrda-{}.txt", signed.receipt.reference)
}
