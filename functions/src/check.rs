//! `POST /usluge/<form>/provjera`: the form again with every violation, or the page to check the answers.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::html::{CheckView, WorkView, check_page};
use forms::{Answers, control, groups, validate};

use crate::abuse::{BITS, WORK_SCRIPT};
use crate::check_key::{self, Marks, Subject};
use crate::request::{Segment, Step, Submission, not_found, read};
use crate::{Service, confirm};

/// Handles the request.
pub(crate) async fn handle(
    State(service): State<Service>,
    Segment(form_id): Segment,
    request: Request,
) -> Response {
    match read(&service, form_id, Step::Check, request).await {
        Ok(submission) => answer(&service, &submission),
        Err(response) => response,
    }
}

fn answer(service: &Service, submission: &Submission) -> Response {
    let Some(form) = submission.form() else { return not_found(submission.bundle()) };
    if submission.is_of_changed_form(form) {
        return submission.form_again(service, StatusCode::UNPROCESSABLE_ENTITY, &[], Some("form_changed"));
    }
    if let Some(edited) = groups::edited(form, &submission.raw) {
        return submission.form_with(service, StatusCode::OK, &edited, &[], None);
    }
    if submission.raw.get(control::EDIT).is_some() {
        return submission.form_again(service, StatusCode::OK, &[], None);
    }
    match validate(form, &submission.raw, service.today(submission.bundle())) {
        Err(violations) => {
            submission.form_again(service, StatusCode::UNPROCESSABLE_ENTITY, &violations, None)
        }
        Ok(answers) => page(service, submission, &answers, StatusCode::OK, None),
    }
}

/// The page to check the answers, with a fresh key.
pub(crate) fn page(
    service: &Service,
    submission: &Submission,
    answers: &Answers,
    status: StatusCode,
    notice: Option<&str>,
) -> Response {
    let Some(form) = submission.form() else { return not_found(submission.bundle()) };
    let Some(random) = service.random() else {
        return confirm::try_again(service, submission, Step::Check, "no-randomness", "no randomness");
    };
    let fingerprint = form.fingerprint();
    let canonical = answers.canonical_bytes();
    let subject = Subject { form: form.id(), fingerprint: &fingerprint, answers: &canonical };
    let now = service.now();
    let work_bits = if service.guard.load().asks_for_work(now) { BITS } else { 0 };
    let marks = Marks { work_bits, trapped: submission.sender().trapped };
    let key = check_key::issue(&service.hashing, subject, marks, now, random);

    let bundle = submission.bundle();
    let strings = bundle.strings(submission.language());
    let notice = notice.map(|notice| strings.text(&format!("service.notice.{notice}"), &[]));
    let view = CheckView {
        form,
        lang: submission.language(),
        strings: &strings,
        cards: &bundle.cards,
        answers,
        raw: &submission.raw,
        confirm_action: &submission.action(Step::Confirm),
        edit_action: &submission.action(Step::Check),
        check_key: &key,
        notice: notice.as_deref(),
        work: (work_bits > 0).then_some(WorkView { bits: work_bits, script: WORK_SCRIPT }),
        offer_again: false,
        today: service.today(bundle),
    };
    let title = strings.text("service.title.check", &[("title", form.title(submission.language()))]);
    submission.frame().page(status, &title, check_page(&view))
}
