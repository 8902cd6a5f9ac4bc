//! `POST /usluge/<form>/provjera`: the form again with every violation, or the page to check the answers.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::html::{AttachedView, CheckView, WorkView, check_page};
use forms::{Answers, control, groups, validate};

use crate::abuse::BITS;
use crate::attach::Filling;
use crate::check_key::{self, Marks, Subject};
use crate::request::{Segment, Step, Submission, not_found, read};
use crate::{Service, attached, confirm};

/// Handles the request.
pub(crate) async fn handle(
    State(service): State<Service>,
    Segment(form_id): Segment,
    request: Request,
) -> Response {
    match read(&service, form_id, Step::Check, request).await {
        Ok(submission) => answer(&service, &submission).await,
        Err(response) => response,
    }
}

async fn answer(service: &Service, submission: &Submission) -> Response {
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
        Ok(answers) => match Filling::open(service, submission, form, &answers).await {
            Err(response) => response,
            // Files come next; whoever changes an answer after they were added is not led past them again.
            Ok(files) if !files.asked.is_empty() && (files.is_new || !files.wrong().is_empty()) => {
                files.page(StatusCode::OK, &[], None)
            }
            Ok(files) => page_with(&files, &answers, StatusCode::OK, None),
        },
    }
}

/// The page to check the answers, with a fresh key; the page for files, if one is missing.
pub(crate) async fn page(
    service: &Service,
    submission: &Submission,
    answers: &Answers,
    status: StatusCode,
    notice: Option<&str>,
) -> Response {
    let Some(form) = submission.form() else { return not_found(submission.bundle()) };
    match Filling::open(service, submission, form, answers).await {
        Ok(files) => page_with(&files, answers, status, notice),
        Err(response) => response,
    }
}

/// The same where it is known which files there are.
pub(crate) fn page_with(
    files: &Filling<'_>,
    answers: &Answers,
    status: StatusCode,
    notice: Option<&str>,
) -> Response {
    let Filling { service, submission, form, strings, .. } = files;
    let notice = notice
        .map(|notice| strings.text(&format!("service.notice.{notice}"), &[]))
        .or_else(|| submission.what_it_replaces());
    let wrong = files.wrong();
    if !wrong.is_empty() {
        let status = if status == StatusCode::OK { StatusCode::UNPROCESSABLE_ENTITY } else { status };
        return files.page(status, &wrong, notice.as_deref());
    }
    let Some(random) = service.random() else {
        return confirm::try_again(service, submission, Step::Check, "no-randomness", "no randomness");
    };
    let fingerprint = form.fingerprint();
    let canonical = attached::covered(answers.canonical_bytes(), &files.files);
    let subject = Subject { form: form.id(), fingerprint: &fingerprint, answers: &canonical };
    let now = service.now();
    let work_bits = if service.guard.load().asks_for_work(now) { BITS } else { 0 };
    let marks = Marks { work_bits, trapped: files.trapped };
    let key = check_key::issue(&service.hashing, subject, marks, now, random);

    let bundle = submission.bundle();
    let claims: Vec<String> = files.files.iter().map(attached::claim).collect();
    let added: Vec<_> = files.files.iter().filter_map(attached::added).collect();
    let files_action = submission.action(Step::Attach);
    let attached = AttachedView {
        asked: &files.asked,
        files: &added,
        claims: &claims,
        batch: files.token(),
        files_action: &files_action,
    };
    let view = CheckView {
        form,
        lang: submission.language(),
        strings,
        cards: &bundle.cards,
        answers,
        raw: &submission.raw,
        confirm_action: &submission.action(Step::Confirm),
        edit_action: &submission.action(Step::Check),
        check_key: &key,
        notice: notice.as_deref(),
        work: (work_bits > 0).then_some(WorkView { bits: work_bits, script: bundle.scripts.work.as_ref() }),
        offer_again: false,
        today: service.today(bundle),
        attached: (!files.asked.is_empty()).then_some(attached),
    };
    let title = strings.text("service.title.check", &[("title", form.title(submission.language()))]);
    submission.frame().page(status, &title, check_page(&view))
}
