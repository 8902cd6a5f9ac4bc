//! What the status page says of a record: where it stands, what is needed, what comes next. No answer of the form.

use axum::http::StatusCode;
use axum::response::Response;
use forms::long_date;
use forms::strings::Strings;
use jiff::SignedDuration;
use maud::{Markup, html};
use store::{Actor, Head, Stage};

use super::pages::{self, facts, moment};
use super::{OWN_RECORD, act};
use crate::link::{self, LinkAction};
use crate::pages::Frame;
use crate::{Bundle, Event, Notice, Service, page_path};

/// How long the links of the page itself hold: it is in front of the person now.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

struct View<'a> {
    service: &'a Service,
    frame: &'a Frame<'a>,
    strings: &'a Strings,
    head: &'a Head,
    /// Nothing where it cannot be opened here.
    notice: Option<Notice>,
}

/// The page, in the language in which it was asked for.
pub(super) fn page(service: &Service, frame: &Frame<'_>, head: &Head) -> Response {
    let bundle: &Bundle = frame.bundle;
    let strings = bundle.strings(frame.lang);
    let view = View { service, frame, strings: &strings, head, notice: notice(service, head) };
    let title = view.text("answer_title", &[("reference", &head.reference.to_string())]);
    let form = bundle.forms.get(&head.form).map(|form| form.form.title(frame.lang));
    let status = page_path("status", frame.lang, &bundle.default_language);
    let main = html! {
        article class="service" {
            h1 { (title) }
            @if let Some(form) = form { p { (form) } }
            div class="notice" {
                p { strong { (view.stage("title")) } }
                p { (view.stage("text")) }
            }
            (view.needed())
            (facts(&view.rows()))
            (view.more())
            p { a href=(status) { (view.text("other", &[])) } }
            p { (strings.text("service.contact", &[("contact", bundle.contact.get(frame.lang))])) }
        }
    };
    frame.page(StatusCode::OK, &title, main)
}

/// What the office said beside the stage; the operator hears if that cannot be opened.
pub(super) fn notice(service: &Service, head: &Head) -> Option<Notice> {
    let Some(sealed) = head.notice.as_deref() else { return Some(Notice::default()) };
    let opened = service.identity.as_ref().map(|identity| Notice::open(identity, Some(sealed)));
    match opened {
        Some(Ok(notice)) => Some(notice),
        Some(Err(error)) => {
            let form = Some(head.form.clone());
            service.log(&Event::Failed { code: "notice-sealed", form, reason: error.to_string() });
            None
        }
        None => None,
    }
}

/// The title and the text of a stage.
pub(super) fn stage_text(strings: &Strings, stage: Stage, part: &str) -> String {
    strings.text(&format!("service.stage.{}.{part}", stage.name()), &[])
}

impl View<'_> {
    fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.strings.text(&format!("service.status.{key}"), values)
    }

    fn stage(&self, part: &str) -> String {
        stage_text(self.strings, self.head.stage, part)
    }

    fn is_register(&self) -> bool {
        act::is_register(self.frame.bundle, self.head)
    }

    fn may_withdraw(&self) -> bool {
        !self.is_register() && self.head.stage.may_become(Stage::Withdrawn, Actor::Applicant)
    }

    fn link(&self, action: LinkAction) -> Option<String> {
        let random = self.service.random()?;
        let expires_at = self.service.now().checked_add(LIFE).ok()?;
        Some(link::issue(&self.service.hashing, action, &self.head.reference, expires_at, random))
    }

    fn needed(&self) -> Markup {
        let to_confirm = self.is_register() && self.head.contact_confirmed_at.is_none();
        let step = match self.head.stage {
            Stage::Unconfirmed => Some(html! { p { (self.text("released", &[])) } }),
            Stage::Asked => Some(self.question()),
            Stage::ProofSent => Some(html! { p { (self.text("proof", &[])) } }),
            Stage::PaymentDue => Some(html! { p { (self.text("pay", &[])) } }),
            Stage::ReadyForCollection => Some(html! { p { (self.text("collect", &[])) } }),
            Stage::Quarantined
            | Stage::Received
            | Stage::EntryFound
            | Stage::Answered
            | Stage::ProofConfirmed
            | Stage::ProofObjected
            | Stage::Paid
            | Stage::Printed
            | Stage::Posted
            | Stage::Collected
            | Stage::Entered
            | Stage::Refused
            | Stage::Withdrawn => None,
        };
        html! {
            h2 { (self.text("needed", &[])) }
            @if let Some(step) = &step { (step) }
            @if to_confirm {
                p { (self.text("confirm_address", &[])) }
                @if let Some(link) = self.link(LinkAction::SendAgain) {
                    p { a class="button button--secondary" href=(link) { (self.text("confirm_again", &[])) } }
                }
            }
            @if step.is_none() && !to_confirm { p { (self.text("nothing_needed", &[])) } }
            @if self.notice.is_none() { p { (self.text("hidden", &[])) } }
        }
    }

    fn question(&self) -> Markup {
        let question = self.notice.as_ref().and_then(|notice| notice.question.as_deref());
        html! {
            @if let Some(question) = question {
                p { (self.text("question", &[])) }
                blockquote { @for line in question.lines() { p { (line) } } }
            }
            @if let Some(link) = self.link(LinkAction::Answer) {
                p { a class="button button--primary" href=(link) { (self.text("answer", &[])) } }
            }
        }
    }

    fn rows(&self) -> Vec<(String, String)> {
        let (head, strings) = (self.head, self.strings);
        let at = |moment_at| moment(self.frame, strings, moment_at);
        let mut rows = vec![(self.text("received", &[]), at(head.received_at))];
        if head.stage_since != head.received_at {
            rows.push((self.text("since", &[]), at(head.stage_since)));
        }
        if let Some(promised) =
            head.promised.filter(|_| !head.stage.is_final() && head.stage != Stage::Entered)
        {
            rows.push((self.text("promised", &[]), long_date(promised, strings)));
        }
        if let Some(confirmed_at) = head.contact_confirmed_at {
            rows.push((self.text("address_confirmed", &[]), at(confirmed_at)));
        }
        let notice = self.notice.clone().unwrap_or_default();
        if let Some(fee) = notice.fee_due {
            rows.push((self.text("fee", &[]), format!("{} ({})", fee.km(strings), fee.euro(strings))));
        }
        if let Some(paid_at) = notice.paid_at {
            rows.push((self.text("paid", &[]), at(paid_at)));
        }
        if let Some(tracking) = notice.tracking {
            rows.push((self.text("tracking", &[]), tracking));
        }
        if let Some(place) = notice.collect_at {
            rows.push((self.text("collect_at", &[]), place));
        }
        rows
    }

    fn more(&self) -> Markup {
        let withdraw = if self.may_withdraw() { self.link(LinkAction::Withdraw) } else { None };
        if withdraw.is_none() && !self.is_register() {
            return html! {};
        }
        let own_record = pages::in_language(OWN_RECORD, self.frame);
        html! {
            h2 { (self.text("more", &[])) }
            ul {
                @if let Some(link) = withdraw { li { a href=(link) { (self.text("withdraw", &[])) } } }
                @if self.is_register() { li { a href=(own_record) { (self.text("own_record", &[])) } } }
            }
        }
    }
}
