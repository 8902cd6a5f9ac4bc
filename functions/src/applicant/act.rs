//! What a link does to its record: which stage waits for it, and the one change that its POST makes.

use forms::RawAnswers;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use mail::LetterKind;
use serde_json::{Value, json};
use store::{Actor, Addition, Change, Head, NewMessage, Set, Stage};

use super::open::Opened;
use super::status_page;
use crate::letters::{self, About};
use crate::link::{self, LinkAction};
use crate::{Bundle, Proof, Service};

/// The longest answer to a question, in characters.
pub(super) const LONGEST_TEXT: usize = 4_000;

/// Why a POST changes nothing.
pub(super) enum Refusal {
    /// The record does not wait for this (any more).
    Passed,
    /// Something has to be written, or is too long: the key of the sentence that says so.
    Text(&'static str),
    /// Letters about this were asked for too often.
    TooOften,
    /// Our own trouble: a code, and a reason without values.
    Trouble(&'static str, String),
}

/// Whether the record is an entry of a register.
pub(super) fn is_register(bundle: &Bundle, head: &Head) -> bool {
    bundle.forms.get(&head.form).is_some_and(|form| form.form.is_register())
}

/// Whether somebody has yet to confirm the address of an entry.
pub(super) fn waits_for_address(bundle: &Bundle, head: &Head) -> bool {
    is_register(bundle, head) && head.contact.is_some() && head.contact_confirmed_at.is_none()
}

/// Whether the record waits for what the link is for.
pub(super) fn is_waited_for(action: LinkAction, bundle: &Bundle, head: &Head) -> bool {
    let may_become = |stage| head.stage.may_become(stage, Actor::Applicant);
    match action {
        LinkAction::ConfirmAddress | LinkAction::SendAgain => waits_for_address(bundle, head),
        LinkAction::Release => head.stage == Stage::Unconfirmed,
        LinkAction::Proof => may_become(Stage::ProofConfirmed),
        LinkAction::Answer => may_become(Stage::Answered),
        LinkAction::Withdraw => may_become(Stage::Withdrawn),
        // Whether there is something to fetch is asked of the store.
        LinkAction::Export => false,
        LinkAction::OwnRecord | LinkAction::KeepRecord | LinkAction::Unsubscribe => is_register(bundle, head),
    }
}

/// The change of a pressed button. `proof` is what the page showed, where it showed one.
pub(super) async fn change(
    service: &Service,
    opened: &Opened,
    raw: &RawAnswers,
    proof: Option<&Proof>,
) -> Result<Change, Refusal> {
    let Opened { bundle, link, head, .. } = opened;
    if !is_waited_for(link.action, bundle, head) {
        return Err(Refusal::Passed);
    }
    let now = service.now();
    let mut change = Change::new(head.reference.clone(), head.version, now, "");
    change.uses = Some((link.used(), link.expires_at));
    match link.action {
        LinkAction::ConfirmAddress => {
            change.event = "address_confirmed by applicant".to_owned();
            change.contact_confirmed_at = Set::To(now);
        }
        LinkAction::SendAgain => {
            change.event = "confirmation_sent by applicant".to_owned();
            change.messages.extend(confirmation_again(service, opened).await?);
        }
        LinkAction::Release => {
            change.event = "released by applicant".to_owned();
            change.stage = Some(Stage::Received);
            if is_register(bundle, head) {
                change.contact_confirmed_at = Set::To(now);
            }
            change.messages.extend(letter(service, opened, LetterKind::Received));
        }
        LinkAction::Proof => {
            let proof = proof.ok_or(Refusal::Passed)?;
            if raw.get("step") == Some("object") {
                let text = text(raw, "object", "service.proof.object_missing")?;
                change.event = "proof_objected by applicant".to_owned();
                change.stage = Some(Stage::ProofObjected);
                change.additions.push(addition(
                    service,
                    head,
                    "objection",
                    json!({ "text": text, "proof": proof }),
                )?);
            } else {
                change.event = "proof_confirmed by applicant".to_owned();
                change.stage = Some(Stage::ProofConfirmed);
                change.additions.push(addition(service, head, "confirmation", json!({ "proof": proof }))?);
            }
            // What it showed is with the desk now; the link is used up.
            change.removes_parcels = true;
        }
        LinkAction::Answer => {
            let text = text(raw, "answer", "service.answer.missing")?;
            let question = status_page::notice(service, head).and_then(|notice| notice.question);
            change.event = "answered by applicant".to_owned();
            change.stage = Some(Stage::Answered);
            change.additions.push(addition(
                service,
                head,
                "answer",
                json!({ "question": question, "text": text }),
            )?);
        }
        LinkAction::Withdraw => {
            change.event = "withdrawn by applicant".to_owned();
            change.stage = Some(Stage::Withdrawn);
            change.removes_parcels = true;
            change.messages.extend(letter(service, opened, LetterKind::Withdrawn));
        }
        LinkAction::KeepRecord => {
            change.event = "kept by applicant".to_owned();
            change.renewal_due_at = Set::To(in_a_year(now, bundle));
            if head.contact_confirmed_at.is_none() {
                change.contact_confirmed_at = Set::To(now);
            }
        }
        LinkAction::Unsubscribe => {
            let mut notice = status_page::notice(service, head)
                .ok_or_else(|| Refusal::Trouble("notice-sealed", "the notice cannot be opened".to_owned()))?;
            notice.unsubscribed_at = Some(now);
            change.event = "unsubscribed by applicant".to_owned();
            change.renewal_due_at = Set::Clear;
            change.notice = Set::To(notice.seal(&service.sealer).map_err(|error| sealing(&error))?);
            change.additions.push(addition(service, head, "unsubscribed", json!({}))?);
        }
        // Fetching changes nothing.
        LinkAction::Export => return Err(Refusal::Passed),
        LinkAction::OwnRecord => {
            if raw.get("step") != Some("export") {
                return Err(Refusal::Passed);
            }
            change.event = "export_asked by applicant".to_owned();
            // The link is good for other things; a second press within its day asks for nothing more.
            change.additions.push(addition(service, head, "export_request", json!({}))?);
            if head.stage.may_become(Stage::Received, Actor::Applicant) {
                change.stage = Some(Stage::Received);
            }
        }
    }
    Ok(change)
}

/// A year later on the town's calendar.
pub(crate) fn in_a_year(now: Timestamp, bundle: &Bundle) -> Timestamp {
    let later = now.to_zoned_datetime(bundle.time_zone.clone()).checked_add(1.year());
    later.map_or_else(
        |_| now.saturating_add(SignedDuration::from_hours(365 * 24)).unwrap_or(now),
        |later| later.timestamp(),
    )
}

/// Something for the desk. The reference is inside as well: sealed bytes moved to another record are noticed.
pub(super) fn addition(
    service: &Service,
    head: &Head,
    kind: &str,
    content: Value,
) -> Result<Addition, Refusal> {
    let at = service.now();
    let whole = json!({ "kind": kind, "reference": head.reference, "at": at, "content": content });
    let sealed =
        service.sealer.seal_for_desk(whole.to_string().as_bytes()).map_err(|error| sealing(&error))?;
    Ok(Addition { kind: kind.to_owned(), at, sealed })
}

fn sealing(error: &sealing::SealError) -> Refusal {
    Refusal::Trouble("sealing-failed", error.to_string())
}

/// What was written, without the line ends and signs of the machine it was written on.
fn text(raw: &RawAnswers, name: &str, missing: &'static str) -> Result<String, Refusal> {
    let text = raw.get(name).unwrap_or_default().replace("\r\n", "\n");
    let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Refusal::Text(missing)),
        count if count > LONGEST_TEXT => Err(Refusal::Text("service.answer.too_long")),
        _ => Ok(text.to_owned()),
    }
}

fn letter(service: &Service, opened: &Opened, kind: LetterKind) -> Option<NewMessage> {
    let to = letters::contact_of(service, &opened.head)?;
    let seed = opened.link.used().hash;
    letters::write(service, &opened.bundle, kind, &to, &About::record(&opened.head), None, &[seed.as_bytes()])
}

async fn confirmation_again(service: &Service, opened: &Opened) -> Result<Option<NewMessage>, Refusal> {
    use super::attempts::{Counted, may};
    let head = &opened.head;
    match may(service, Counted::Letter, head.reference.compact()).await {
        Ok(true) => {}
        Ok(false) => return Err(Refusal::TooOften),
        Err(error) => return Err(Refusal::Trouble(crate::event::store_code(&error), error.to_string())),
    }
    let (Some(to), Some(contact)) = (letters::contact_of(service, head), head.contact.as_ref()) else {
        return Err(Refusal::Trouble("contact-sealed", "the contact cannot be opened".to_owned()));
    };
    let seed = opened.link.used().hash;
    Ok(confirm_address(service, &opened.bundle, &About::record(head), &to, contact, seed.as_bytes()))
}

/// The letter with which somebody confirms the address of an entry.
pub(crate) fn confirm_address(
    service: &Service,
    bundle: &Bundle,
    about: &About<'_>,
    to: &crate::Contact,
    contact: &store::KeyedHash,
    seed: &[u8],
) -> Option<NewMessage> {
    let action = LinkAction::ConfirmAddress;
    let expires_at = service.now().checked_add(action.life()).ok()?;
    let path = link::issue_to(&service.hashing, action, about.reference, expires_at, contact);
    letters::write(service, bundle, LetterKind::ConfirmAddress, to, about, Some((&path, expires_at)), &[seed])
}
