//! `/usluge/veza/<token>`: the page behind a link of a letter, and what its button does.

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use forms::RawAnswers;
use maud::{Markup, html};
use store::{Changed, StoreError};

use super::act::{self, Refusal};
use super::open::{self, Opened};
use super::pages::{self, Area, frame_of, moment};
use super::{OWN_RECORD, erase, export, own, status, status_page};
use crate::link::LinkAction;
use crate::request::{Segment, posted};
use crate::{Event, Proof, Service, answer, event};

/// Somebody may change the record while the person looks at it; more often than this it is no coincidence.
const TRIES: usize = 4;

/// Shows the page of a link. Nothing is changed: programs that look through mail open every link.
pub(super) async fn show(State(service): State<Service>, Segment(token): Segment) -> Response {
    let opened = match open::open(&service, token).await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    if opened.link.action == LinkAction::Export {
        return export::page(&service, &opened).await;
    }
    let is_used = match service.store.is_used(&opened.link.used()).await {
        Ok(is_used) => is_used,
        Err(error) => return trouble(&service, &opened, event::store_code(&error), &error.to_string()),
    };
    if opened.link.action == LinkAction::OwnRecord {
        return own::page(&service, &opened, is_used);
    }
    if is_used {
        return done(&opened, StatusCode::OK);
    }
    if !act::is_waited_for(opened.link.action, &opened.bundle, &opened.head) {
        return open::passed(&opened.bundle, &opened.head);
    }
    match proof(&service, &opened).await {
        Ok(proof) => page(&service, &opened, StatusCode::OK, proof.as_ref(), None),
        Err(response) => response,
    }
}

/// Does what the link is for.
pub(super) async fn act(
    State(service): State<Service>,
    Segment(token): Segment,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    let mut opened = match open::open(&service, token).await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    let one_click = opened.link.action == LinkAction::Unsubscribe;
    let raw = if one_click {
        // RFC 8058: a mail program posts, from nowhere and in more than one format. The link itself says it all.
        RawAnswers::from_pairs([])
    } else {
        match posted(&opened.bundle, Some(&opened.head.form), &path, request).await {
            Ok(raw) => raw,
            Err(response) => return response,
        }
    };
    if opened.link.action == LinkAction::Export {
        return export::download(&service, &opened).await;
    }
    if opened.link.action == LinkAction::OwnRecord {
        match raw.get("step") {
            Some("replace") => return own::empty_form(&service, &opened),
            Some("erase") => return erase::sure(&opened),
            Some("erase_now") => return erase::now(&service, &opened).await,
            _ => {}
        }
    }
    for _ in 0..TRIES {
        let proof = match proof(&service, &opened).await {
            Ok(proof) => proof,
            Err(response) => return response,
        };
        let change = match act::change(&service, &opened, &raw, proof.as_ref()).await {
            Ok(change) => change,
            Err(refusal) => return refused(&service, opened, refusal, proof.as_ref(), &raw).await,
        };
        match service.store.change(&change).await {
            Ok(Changed::Done(_)) if one_click => return done(&opened, StatusCode::OK),
            Ok(Changed::TokenUsed) if one_click => return done(&opened, StatusCode::OK),
            Ok(Changed::Done(_)) => {
                service.log(&Event::Changed { form: opened.head.form.clone(), event: change.event });
                return to_link(&opened, &path);
            }
            Ok(Changed::TokenUsed) => return to_link(&opened, &path),
            Ok(Changed::Missing) => return open::gone(&opened.bundle, &opened.link),
            Ok(Changed::Stale) => match again(&service, opened).await {
                Ok(fresh) => opened = fresh,
                Err(response) => return response,
            },
            Err(error) => return trouble(&service, &opened, event::store_code(&error), &error.to_string()),
        }
    }
    trouble(&service, &opened, "store-busy", "the record changed again and again")
}

async fn again(service: &Service, opened: Opened) -> Result<Opened, Response> {
    open::open(service, opened.token).await
}

fn to_link(opened: &Opened, path: &str) -> Response {
    answer::see_other(path).unwrap_or_else(|| done(opened, StatusCode::OK))
}

async fn refused(
    service: &Service,
    opened: Opened,
    refusal: Refusal,
    proof: Option<&Proof>,
    raw: &RawAnswers,
) -> Response {
    match refusal {
        // Pressed twice, and the first one is done: that is no refusal.
        Refusal::Passed => match service.store.is_used(&opened.link.used()).await {
            Ok(true) => done(&opened, StatusCode::OK),
            Ok(false) => open::passed(&opened.bundle, &opened.head),
            Err(error) => trouble(service, &opened, event::store_code(&error), &error.to_string()),
        },
        Refusal::Text(key) => {
            page(service, &opened, StatusCode::UNPROCESSABLE_ENTITY, proof, Some((key, raw)))
        }
        Refusal::TooOften => status::too_often(&frame_of(&opened.bundle, &opened.head)),
        Refusal::Trouble(code, reason) => trouble(service, &opened, code, &reason),
    }
}

/// The page says that nothing was changed, and the operator hears why.
pub(super) fn trouble(service: &Service, opened: &Opened, code: &'static str, reason: &str) -> Response {
    service.log(&Event::Failed { code, form: Some(opened.head.form.clone()), reason: reason.to_owned() });
    let mut response =
        frame_of(&opened.bundle, &opened.head).says(StatusCode::SERVICE_UNAVAILABLE, "link.unavailable");
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
    response
}

/// What the office wrote for the holder of this link. A link whose proof was replaced by a newer one is worth nothing.
async fn proof(service: &Service, opened: &Opened) -> Result<Option<Proof>, Response> {
    if opened.link.action != LinkAction::Proof {
        return Ok(None);
    }
    let Some(sealed) = parcel(service, opened).await? else { return Ok(None) };
    Proof::open(&opened.link, &sealed)
        .map(Some)
        .map_err(|error| trouble(service, opened, "proof-damaged", &error.to_string()))
}

/// The sealed bytes for the holder of this link.
pub(super) async fn parcel(service: &Service, opened: &Opened) -> Result<Option<Vec<u8>>, Response> {
    let (id, _) = opened.link.parcel();
    let stored: Result<_, StoreError> = service.store.parcel(&id, service.now()).await;
    match stored {
        Ok(found) => {
            Ok(found.filter(|(reference, _)| *reference == opened.link.reference).map(|(_, sealed)| sealed))
        }
        Err(error) => Err(trouble(service, opened, event::store_code(&error), &error.to_string())),
    }
}

/// What was done, as often as it is looked at.
fn done(opened: &Opened, status: StatusCode) -> Response {
    let frame = frame_of(&opened.bundle, &opened.head);
    let strings = opened.bundle.strings(frame.lang);
    let key = key(opened.link.action);
    let title = strings.text(&format!("service.link.{key}.done_title"), &[]);
    let is_step = matches!(opened.link.action, LinkAction::Proof | LinkAction::Answer);
    let main = html! {
        (pages::about(&frame, &strings, &opened.head))
        p { (strings.text(&format!("service.link.{key}.done_text"), &[])) }
        @if is_step {
            div class="notice" {
                p { strong { (status_page::stage_text(&strings, opened.head.stage, "title")) } }
                p { (status_page::stage_text(&strings, opened.head.stage, "text")) }
            }
        }
    };
    pages::says(&frame, status, &title, &main)
}

/// The page with the button. `problem` is what was wrong with what was written.
fn page(
    service: &Service,
    opened: &Opened,
    status: StatusCode,
    proof: Option<&Proof>,
    problem: Option<(&'static str, &RawAnswers)>,
) -> Response {
    let Opened { bundle, link, head, token } = opened;
    let frame = frame_of(bundle, head);
    let strings = bundle.strings(frame.lang);
    if link.action == LinkAction::Proof && proof.is_none() {
        return open::passed(bundle, head);
    }
    let key = key(link.action);
    let text = |part: &str| strings.text(&format!("service.link.{key}.{part}"), &[]);
    let heading = text("title");
    let title = match problem {
        Some(_) => strings.text("service.problem", &[("title", &heading)]),
        None => heading.clone(),
    };
    let action = format!("/usluge/veza/{token}");
    let (input, error) = match link.action {
        LinkAction::Proof => ("object", problem),
        LinkAction::Answer => ("answer", problem),
        _ => ("", None),
    };
    let error_text = error.map(|(key, _)| strings.text(key, &[]));
    let value = error.and_then(|(_, raw)| raw.get(input)).unwrap_or_default();
    let main = html! {
        @if let Some(error) = &error_text {
            (pages::summary(&strings.count("violation.summary_title", 1, &[]), &[(input, error)]))
        }
        (pages::about(&frame, &strings, head))
        p { (text("text")) }
        @match link.action {
            LinkAction::Proof => {
                @if let Some(proof) = proof { (printed(proof)) }
                (pages::button(&action, frame.lang, &text("button"), "primary", Some("confirm")))
                h2 { (strings.text("service.proof.object_title", &[])) }
                (written(&frame, &action, &Area {
                    id: "object",
                    label: strings.text("service.proof.object_label", &[]),
                    hint: Some(strings.text("service.proof.object_hint", &[])),
                    value,
                    error: error_text.clone(),
                }, &strings.text("service.proof.object_button", &[]), "secondary", "object"))
            }
            LinkAction::Answer => {
                @if let Some(question) = status_page::notice(service, head).and_then(|notice| notice.question) {
                    p { (strings.text("service.status.question", &[])) }
                    blockquote { @for line in question.lines() { p { (line) } } }
                } @else {
                    p { (strings.text("service.status.hidden", &[])) }
                }
                (written(&frame, &action, &Area {
                    id: "answer",
                    label: strings.text("service.answer.label", &[]),
                    hint: None,
                    value,
                    error: error_text.clone(),
                }, &text("button"), "primary", "answer"))
            }
            _ => (pages::button(&action, frame.lang, &text("button"), "primary", None)),
        }
        // What has changed is changed there.
        @if link.action == LinkAction::KeepRecord {
            p { a href=(pages::in_language(OWN_RECORD, &frame)) { (strings.text("service.status.own_record", &[])) } }
        }
        p class="hint" { (strings.text("service.link.until", &[("moment", &moment(&frame, &strings, link.expires_at))])) }
    };
    frame.page(
        status,
        &title,
        html! { article class="service" { h1 { (heading) } (main) (pages::onward(&frame, &strings)) } },
    )
}

fn written(
    frame: &crate::pages::Frame<'_>,
    action: &str,
    area: &Area<'_>,
    button: &str,
    look: &str,
    step: &str,
) -> Markup {
    let strings = frame.bundle.strings(frame.lang);
    html! {
        form class="form" method="post" action=(action) accept-charset="utf-8" novalidate {
            (pages::language_input(frame.lang))
            (area.markup(&strings))
            button class=(format!("button button--{look}")) type="submit" name="step" value=(step) { (button) }
        }
    }
}

/// Exactly what will be printed, in its own language.
fn printed(proof: &Proof) -> Markup {
    html! {
        @for certificate in &proof.certificates {
            section class="proof" lang=(certificate.language) {
                h2 { (certificate.title) }
                dl class="facts" {
                    @for line in &certificate.lines { div { dt { (line.label) } dd { (line.value) } } }
                }
            }
        }
    }
}

/// The name of an action in the catalogues of texts.
fn key(action: LinkAction) -> &'static str {
    match action {
        LinkAction::ConfirmAddress => "confirm_address",
        LinkAction::Release => "release",
        LinkAction::Proof => "proof",
        LinkAction::Answer => "answer",
        LinkAction::Withdraw => "withdraw",
        LinkAction::OwnRecord => "own_record",
        LinkAction::KeepRecord => "keep_record",
        LinkAction::Unsubscribe => "unsubscribe",
        LinkAction::SendAgain => "send_again",
        LinkAction::Export => "export",
    }
}
