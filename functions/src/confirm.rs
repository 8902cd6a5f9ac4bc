//! `POST /usluge/<form>/potvrda`: validated again, then stored in one transaction, then 303 to the receipt.

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use forms::{Answers, Form, control};
use maud::html;
use store::{Outcome, Reference};

use crate::abuse::{Count, Taken};
use crate::answers_copy::CopySecret;
use crate::applicant::replace;
use crate::arrival::{Confirmed, NotComposed, NotConfirmed};
use crate::attach::Filling;
use crate::pages::{Again, hidden};
use crate::request::{Segment, Step, Submission, not_found, read_uncounted};
use crate::{Event, Service, answer, check, event, receipt};

/// At least 35 random bits: even one taken reference is a rare sight.
const PROPOSALS: usize = 5;

/// Handles the request.
pub(crate) async fn handle(
    State(service): State<Service>,
    Segment(form_id): Segment,
    request: Request,
) -> Response {
    match read_uncounted(&service, form_id, Step::Confirm, request).await {
        Ok(submission) => confirm(&service, &submission).await,
        Err(response) => response,
    }
}

async fn confirm(service: &Service, submission: &Submission) -> Response {
    let Some(form) = submission.form() else { return not_found(submission.bundle()) };
    let count = service.guard.begin(service, submission.network()).await;
    if let Count::Over(taken @ Taken::Empty { .. }) = count
        && let Err(wait) = submission.let_in(service, Step::Confirm, taken)
    {
        return wait;
    }
    // All this while the network is counted, for what the count nearly always says.
    let is_busy = matches!(count, Count::Over(Taken::Busy));
    let confirmed = Confirmed::examine(service, submission, form, service.now());
    let mut composed = match &confirmed {
        Ok(confirmed) if submission.record().is_none() => Some(confirmed.arrival(submission.sender(is_busy))),
        _ => None,
    };
    let sender = match submission.let_in(service, Step::Confirm, count.over(service).await) {
        Ok(sender) => sender,
        Err(wait) => return wait,
    };
    let confirmed = match confirmed {
        Ok(confirmed) => confirmed,
        Err(not) => return not_confirmed(service, submission, not).await,
    };
    if let Some(token) = submission.record() {
        return replace::replace(service, submission, token, &confirmed).await;
    }
    if sender.is_busy != is_busy {
        composed = None;
    }
    let look_again = async |notice| {
        check::page(service, submission, &confirmed.answers, StatusCode::CONFLICT, Some(notice)).await
    };
    let copy = confirmed.copy_secret();
    for _ in 0..PROPOSALS {
        let arrival = match composed.take().unwrap_or_else(|| confirmed.arrival(sender)) {
            Ok(arrival) => arrival,
            Err(NotComposed { code, reason }) => {
                return try_again(service, submission, Step::Confirm, code, &reason);
            }
        };
        match service.store.accept(&arrival).await {
            Ok(Outcome::Accepted) => {
                let (form, language) = (arrival.form, arrival.language);
                service.log(&Event::Accepted { form, language });
                return to_receipt(service, submission, &arrival.reference, copy);
            }
            Ok(Outcome::Replayed(reference)) => return to_receipt(service, submission, &reference, copy),
            Ok(Outcome::KeyUsed) => return look_again("key_used").await,
            Ok(Outcome::Double(reference)) => return double(service, submission, &reference),
            Ok(Outcome::ReferenceTaken) => {}
            Ok(Outcome::FilesMissing) => {
                return files_missing(service, submission, form, &confirmed.answers).await;
            }
            Err(error) => {
                let code = event::store_code(&error);
                return try_again(service, submission, Step::Confirm, code, &error.to_string());
            }
        }
    }
    try_again(service, submission, Step::Confirm, "no-reference", "every proposed reference was taken")
}

async fn not_confirmed(service: &Service, submission: &Submission, not: NotConfirmed) -> Response {
    let form_again = |violations, notice| {
        submission.form_again(service, StatusCode::UNPROCESSABLE_ENTITY, violations, notice)
    };
    match not {
        NotConfirmed::FormChanged => form_again(&[], Some("form_changed")),
        NotConfirmed::Wrong(violations) => form_again(&violations, None),
        NotConfirmed::LookAgain { answers, notice } => {
            check::page(service, submission, &answers, StatusCode::CONFLICT, Some(notice)).await
        }
    }
}

/// The files went after a day, or in another window: the page for files, which keeps the answers.
async fn files_missing(
    service: &Service,
    submission: &Submission,
    form: &Form,
    answers: &Answers,
) -> Response {
    match Filling::open(service, submission, form, answers).await {
        Ok(files) => files.says(StatusCode::CONFLICT, "service.notice.files_missing"),
        Err(response) => response,
    }
}

fn to_receipt(
    service: &Service,
    submission: &Submission,
    reference: &Reference,
    copy: CopySecret,
) -> Response {
    answer::see_other(&receipt::path_with_copy(&service.hashing, reference, copy))
        .unwrap_or_else(|| not_found(submission.bundle()))
}

/// "You have already sent this": the first receipt, and "send again" for those who mean it.
fn double(service: &Service, submission: &Submission, first: &Reference) -> Response {
    let strings = submission.bundle().strings(submission.language());
    let title = strings.text("service.double.title", &[]);
    let main = html! {
        h1 { (title) }
        p { (strings.text("service.double.text", &[])) }
        p class="reference" { (first) }
        p {
            a class="button button--primary" href=(receipt::path(&service.hashing, first)) {
                (strings.text("service.double.to_receipt", &[]))
            }
        }
        h2 { (strings.text("service.double.again_title", &[])) }
        p { (strings.text("service.double.again_text", &[])) }
        form class="form" method="post" action=(submission.action(Step::Confirm)) accept-charset="utf-8" {
            (hidden(&submission.raw, &[control::AGAIN]))
            button class="button button--secondary" type="submit" name=(control::AGAIN) value="1" {
                (strings.text("service.double.again_button", &[]))
            }
        }
    };
    submission.frame().page(StatusCode::CONFLICT, &title, main)
}

/// 503: nothing was stored, everything is kept on the page, one button tries again.
pub(crate) fn try_again(
    service: &Service,
    submission: &Submission,
    step: Step,
    code: &'static str,
    reason: &str,
) -> Response {
    let form = Some(submission.form_id().to_owned());
    service.log(&Event::Failed { code, form, reason: reason.to_owned() });
    let action = submission.action(step);
    let again = Again { action: &action, raw: &submission.raw };
    let mut response = submission.frame().keeps(StatusCode::SERVICE_UNAVAILABLE, "try_again", code, &again);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
    response
}
