//! `POST /usluge/<form>/potvrda`: validated again, then stored in one transaction, then 303 to the receipt.

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use data_encoding::HEXLOWER;
use forms::{Answers, Doubt, Form, Promise, control, long_date, promise, validate};
use jiff::{SignedDuration, Timestamp};
use mail::{LetterKind, Values};
use maud::html;
use serde_json::json;
use store::{Arrival, Doubles, FileHead, KeyedHash, NewMessage, Outcome, Parcel, Reference, Stage};

use crate::abuse::{doubts, first_stage};
use crate::answers_copy::{self, CopySecret};
use crate::applicant::act;
use crate::applicant::replace::{self, Confirmed};
use crate::attach::Filling;
use crate::check_key::{self, Refusal, Subject, Verified};
use crate::letters::About;
use crate::link::{self, LinkAction};
use crate::pages::{Again, hidden};
use crate::request::{Segment, Step, Submission, not_found, read};
use crate::{Contact, Event, Service, answer, attached, check, event, local_time, receipt};

/// Equal answers within this time are taken for a double.
const DOUBLE: SignedDuration = SignedDuration::from_hours(24);
/// At least 35 random bits: even one taken reference is a rare sight.
const PROPOSALS: usize = 5;

/// Handles the request.
pub(crate) async fn handle(
    State(service): State<Service>,
    Segment(form_id): Segment,
    request: Request,
) -> Response {
    match read(&service, form_id, Step::Confirm, request).await {
        Ok(submission) => confirm(&service, &submission).await,
        Err(response) => response,
    }
}

async fn confirm(service: &Service, submission: &Submission) -> Response {
    let Some(form) = submission.form() else { return not_found(submission.bundle()) };
    if submission.is_of_changed_form(form) {
        return submission.form_again(service, StatusCode::UNPROCESSABLE_ENTITY, &[], Some("form_changed"));
    }
    let answers = match validate(form, &submission.raw, service.today(submission.bundle())) {
        Ok(answers) => answers,
        Err(violations) => {
            return submission.form_again(service, StatusCode::UNPROCESSABLE_ENTITY, &violations, None);
        }
    };
    let look_again =
        async |notice| check::page(service, submission, &answers, StatusCode::CONFLICT, Some(notice)).await;
    let now = service.now();
    let fingerprint = form.fingerprint();
    let Some(files) = attached::confirmed(&service.hashing, form.id(), &submission.raw) else {
        return look_again("key_unreadable").await;
    };
    let canonical = attached::covered(answers.canonical_bytes(), &files.heads);
    let subject = Subject { form: form.id(), fingerprint: &fingerprint, answers: &canonical };
    let key = submission.raw.get(control::KEY).unwrap_or_default();
    let verified = match check_key::verify(&service.hashing, subject, key, now) {
        Ok(verified) => verified,
        Err(Refusal::Expired) => return look_again("key_expired").await,
        Err(Refusal::OtherAnswers) => return look_again("answers_changed").await,
        Err(Refusal::Unreadable) => return look_again("key_unreadable").await,
    };
    if let Some(token) = submission.record() {
        let (key, answers_hash) = (&verified.key, &verified.answers);
        let confirmed = Confirmed { form, answers: &answers, key, answers_hash };
        return replace::replace(service, submission, token, &confirmed).await;
    }
    let contact = Contact::of(form, &answers, submission.language());
    let contact_hash = contact
        .as_ref()
        .map(|contact| Contact::hash(service.hashing.current(), form.id(), contact.email.reveal()));
    let contact_sealed = match contact.as_ref().map(|contact| contact.seal(&service.sealer)).transpose() {
        Ok(sealed) => sealed,
        Err(error) => {
            return try_again(service, submission, Step::Confirm, "sealing-failed", &error.to_string());
        }
    };
    let renewal_due_at = form.is_register().then(|| act::in_a_year(now, submission.bundle()));

    let bundle = submission.bundle();
    let work = submission.raw.get(control::WORK).unwrap_or_default();
    let doubts = doubts(&answers, &verified, submission.sender(), key, work);
    let stage = first_stage(&doubts, answers.contact(form).is_some());
    let promise = promise(form, &answers, &bundle.cards, &bundle.calendar, service.today(bundle));
    let copy = CopySecret::of_check_key(&verified.random);

    for _ in 0..PROPOSALS {
        let Some(random) = service.random() else {
            return try_again(service, submission, Step::Confirm, "no-randomness", "no randomness");
        };
        let reference = Reference::of_length(bundle.reference_length, random);
        let sealed = sealed_answers(service, submission, form, &answers, &files.heads, &reference, now);
        let payload = match sealed {
            Ok(payload) => payload,
            Err(reason) => return try_again(service, submission, Step::Confirm, "sealing-failed", &reason),
        };
        let said = Said { reference: &reference, verified: &verified, stage, promise, now };
        let arrival = Arrival {
            form: form.id().to_owned(),
            fingerprint: fingerprint.clone(),
            language: submission.language().to_owned(),
            received_at: now,
            payload,
            facets: answers.facets(form),
            check_key: verified.key.clone(),
            answers: verified.answers.clone(),
            answers_by_other_keys: verified.answers_by_other_keys.clone(),
            doubles: match submission.raw.get(control::AGAIN) {
                Some(_) => Doubles::Accept,
                None => Doubles::RefuseSince(now.saturating_sub(DOUBLE).unwrap_or(Timestamp::MIN)),
            },
            retention: form.retention().to_owned(),
            stage,
            promised: promise.map(|promise| promise.by),
            contact: contact_hash.clone(),
            contact_sealed: contact_sealed.clone(),
            renewal_due_at,
            doubts: doubts.iter().map(|doubt| doubt.code().to_owned()).collect(),
            files: files.in_store(),
            parcels: copy_of(service, form, &answers, copy, answers_copy::expires_at(bundle, now)),
            messages: [
                letter(service, submission, form, &answers, &said),
                address_to_confirm(
                    service,
                    submission,
                    form,
                    contact.as_ref().zip(contact_hash.as_ref()),
                    &said,
                ),
            ]
            .concat(),
            reference,
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
            Ok(Outcome::FilesMissing) => return files_missing(service, submission, form, &answers).await,
            Err(error) => {
                let code = event::store_code(&error);
                return try_again(service, submission, Step::Confirm, code, &error.to_string());
            }
        }
    }
    try_again(service, submission, Step::Confirm, "no-reference", "every proposed reference was taken")
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

/// What the receipt shows for an hour. Without it the submission is whole all the same.
fn copy_of(
    service: &Service,
    form: &Form,
    answers: &Answers,
    copy: CopySecret,
    expires_at: Timestamp,
) -> Vec<Parcel> {
    let sealed = service.random().ok_or_else(|| "no randomness".to_owned()).and_then(|random| {
        copy.seal(service.hashing.current(), form, answers, expires_at, random)
            .map_err(|error| error.to_string())
    });
    match sealed {
        Ok(parcel) => vec![parcel],
        Err(reason) => {
            service.log(&Event::NoCopy { form: form.id().to_owned(), reason });
            Vec::new()
        }
    }
}

/// The answers for the desk. The reference is inside too: sealed bytes moved to another record are noticed.
pub(crate) fn sealed_answers(
    service: &Service,
    submission: &Submission,
    form: &Form,
    answers: &Answers,
    files: &[FileHead],
    reference: &Reference,
    now: Timestamp,
) -> Result<Vec<u8>, String> {
    let files: Vec<_> = files
        .iter()
        .map(|file| json!({ "id": file.id, "field": file.field, "kind": file.kind, "size_bytes": file.size_bytes }))
        .collect();
    let warnings: Vec<_> = answers
        .warnings()
        .iter()
        .map(|warning| json!({ "field": warning.field, "doubt": doubt_name(warning.doubt) }))
        .collect();
    let content = json!({
        "form": form.id(),
        "fingerprint": form.fingerprint(),
        "language": submission.language(),
        "reference": reference,
        "received_at": now,
        "answers": answers.to_json(),
        "warnings": warnings,
        "files": files,
    });
    service.sealer.seal_for_desk(content.to_string().as_bytes()).map_err(|error| error.to_string())
}

fn doubt_name(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::JmbCheckTen => "jmb_check_ten",
        Doubt::JmbNoBirthDate => "jmb_no_birth_date",
        Doubt::JmbOtherBirthDate => "jmb_other_birth_date",
    }
}

/// What a letter about an arrival says.
struct Said<'a> {
    reference: &'a Reference,
    verified: &'a Verified,
    stage: Stage,
    promise: Option<Promise>,
    now: Timestamp,
}

/// The confirmation of receipt, or the request for one more click, if the form asks for an address. That no letter
/// can be written is no reason to lose a submission. The id comes from the check key: however often a confirmation
/// is sent, it is one letter.
fn letter(
    service: &Service,
    submission: &Submission,
    form: &Form,
    answers: &Answers,
    said: &Said<'_>,
) -> Vec<NewMessage> {
    let Said { reference, verified, stage, promise, now } = *said;
    let Some(contact) = answers.contact(form) else { return Vec::new() };
    let bundle = submission.bundle();
    let strings = bundle.strings(submission.language());
    let in_words = |moment| local_time::in_words(moment, &bundle.time_zone, &strings);
    let write = || -> Result<Vec<u8>, String> {
        let to = contact.email.parse().map_err(|error: mail::AddressError| error.to_string())?;
        let on_site = |path: &str| format!("{}{path}", bundle.public_url);
        let received = in_words(now);
        let promised = promise.map(|promise| long_date(promise.by, &strings));
        let values = Values {
            reference: &reference.to_string(),
            form_title: form.title(submission.language()),
            town: bundle.town.get(submission.language()),
            contact: bundle.contact.get(submission.language()),
            received: Some(&received),
            ..Values::default()
        };
        let (kind, receipt_url, link, expires);
        let values = if stage == Stage::Unconfirmed {
            kind = LetterKind::Release;
            let until = now.saturating_add(LinkAction::Release.life()).unwrap_or(Timestamp::MAX);
            let random = service.random().ok_or("no randomness")?;
            link = on_site(&link::issue(&service.hashing, LinkAction::Release, reference, until, random));
            expires = in_words(until);
            Values { link: Some(&link), expires: Some(&expires), ..values }
        } else {
            kind = LetterKind::Received;
            receipt_url = on_site(&receipt::path(&service.hashing, reference));
            Values { receipt_url: Some(&receipt_url), promised: promised.as_deref(), ..values }
        };
        let letter = bundle
            .messages
            .letter(kind, form.id(), to, submission.language(), &values, now)
            .map_err(|error| error.to_string())?;
        service.sealer.seal_for_service(&letter.to_bytes()).map_err(|error| error.to_string())
    };
    match write() {
        Ok(sealed) => {
            let id = service.hashing.current().mac("letter id v1", &[verified.key.hash.as_bytes()]);
            vec![NewMessage { id: HEXLOWER.encode(&id[..16]), sealed }]
        }
        Err(reason) => {
            service.log(&Event::NoLetter { form: form.id().to_owned(), reason });
            Vec::new()
        }
    }
}

/// The letter with which the person confirms the address of an entry in a register. Releasing a submission that is
/// held back confirms it as well.
fn address_to_confirm(
    service: &Service,
    submission: &Submission,
    form: &Form,
    contact: Option<(&Contact, &KeyedHash)>,
    said: &Said<'_>,
) -> Vec<NewMessage> {
    let asks = form.is_register() && said.stage != Stage::Unconfirmed;
    let Some((to, hash)) = contact.filter(|_| asks) else { return Vec::new() };
    let about = About { form: form.id(), reference: said.reference, received_at: said.now };
    let seed = said.verified.key.hash.as_bytes();
    act::confirm_address(service, submission.bundle(), &about, to, hash, seed).into_iter().collect()
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
