//! Moving a record: the transition table decides, then one conditional write with audit line and letter.

use forms::Money;
use forms::fees;
use functions::{Contact, LinkAction, Notice, Proof, link};
use jiff::Timestamp;
use mail::LetterKind;
use store::{Actor, Addition, Change, Changed, Head, NewMessage, Parcel, Reference, Set, Stage};

use crate::letter::{self, Words};
use crate::{Desk, DeskError, Need, record};

/// What the office does with a record.
pub enum Move {
    /// What was held back or doubtful is taken into the queue.
    Release,
    /// The entry in the register was found.
    EntryFound,
    /// The applicant has to say something first.
    Ask {
        /// The question, in the applicant's language.
        question: String,
    },
    /// The answer came another way, by telephone.
    Answered,
    /// The applicant looks at exactly what will be printed.
    SendProof {
        /// All certificates of the request.
        proof: Proof,
    },
    /// Payment instructions go out.
    RequestPayment {
        /// The amount, where it is not the one of the procedure cards on the day of arrival.
        amount: Option<Money>,
    },
    /// The payment arrived.
    NotePayment,
    /// It was printed.
    Printed,
    /// It left by registered post.
    Posted {
        /// The post office's number.
        tracking: String,
    },
    /// It can be collected.
    Ready {
        /// Where and when, in the applicant's language; the office's contact line, if absent.
        place: Option<String>,
    },
    /// It was collected.
    Collected,
    /// The record is in the register.
    Enter,
    /// A formal decision (rješenje) refuses it.
    Refuse {
        /// Number and date of the decision, and its reasons; sealed to the desk, never in the mail.
        decision: String,
    },
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The record.
    pub reference: Reference,
    /// Where it stands now.
    pub stage: Stage,
    /// Its new version.
    pub version: u64,
    /// What became of the letter.
    pub letter: LetterSent,
}

/// What became of the letter that a move writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterSent {
    /// It waits in the outbox.
    Queued,
    /// This move writes none.
    None,
    /// The person gave no address: the office has to tell them another way.
    NoAddress,
}

impl Move {
    /// Where it leads.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Release => Stage::Received,
            Self::EntryFound => Stage::EntryFound,
            Self::Ask { .. } => Stage::Asked,
            Self::Answered => Stage::Answered,
            Self::SendProof { .. } => Stage::ProofSent,
            Self::RequestPayment { .. } => Stage::PaymentDue,
            Self::NotePayment => Stage::Paid,
            Self::Printed => Stage::Printed,
            Self::Posted { .. } => Stage::Posted,
            Self::Ready { .. } => Stage::ReadyForCollection,
            Self::Collected => Stage::Collected,
            Self::Enter => Stage::Entered,
            Self::Refuse { .. } => Stage::Refused,
        }
    }

    fn letter(&self) -> Option<LetterKind> {
        match self {
            Self::Ask { .. } => Some(LetterKind::Question),
            Self::SendProof { .. } => Some(LetterKind::Proof),
            Self::RequestPayment { .. } => Some(LetterKind::Payment),
            Self::NotePayment => Some(LetterKind::Paid),
            Self::Posted { .. } => Some(LetterKind::Posted),
            Self::Ready { .. } => Some(LetterKind::Ready),
            Self::Enter => Some(LetterKind::Entered),
            Self::Refuse { .. } => Some(LetterKind::Refused),
            Self::Release | Self::EntryFound | Self::Answered | Self::Printed | Self::Collected => None,
        }
    }
}

/// Does a move, or nothing at all.
pub async fn apply(desk: &Desk<'_>, reference: &Reference, step: &Move) -> Result<Moved, DeskError> {
    let head = desk.store.head(reference).await?.ok_or_else(|| DeskError::Missing(reference.clone()))?;
    let to = step.stage();
    if !head.stage.may_become(to, Actor::Office) {
        let allowed = head.stage.next(Actor::Office).to_vec();
        return Err(DeskError::NotAllowed { from: head.stage, to, allowed });
    }
    let mut change = Change::new(reference.clone(), head.version, desk.now, format!("{to} by office"));
    change.stage = Some(to);
    let contact = desk.contact(&head)?;
    let mut words = Words::default();
    let notice = prepare(desk, &head, step, contact.as_ref(), &mut change, &mut words).await?;
    change.notice = Set::To(notice.seal(&desk.sealer)?);
    let letter = match (step.letter(), &contact) {
        (None, _) => LetterSent::None,
        (Some(_), None) => LetterSent::NoAddress,
        (Some(kind), Some(contact)) => {
            let message = letter::write(desk, &head, kind, contact, &words)?;
            change.messages.push(message);
            LetterSent::Queued
        }
    };
    match desk.store.change(&change).await? {
        Changed::Done(version) => Ok(Moved { reference: reference.clone(), stage: to, version, letter }),
        Changed::Stale | Changed::TokenUsed => Err(DeskError::Stale(reference.clone())),
        Changed::Missing => Err(DeskError::Missing(reference.clone())),
    }
}

/// What a move adds to change, letter and notice; answers with the new notice.
async fn prepare(
    desk: &Desk<'_>,
    head: &Head,
    step: &Move,
    contact: Option<&Contact>,
    change: &mut Change,
    words: &mut Words,
) -> Result<Notice, DeskError> {
    let mut notice = desk.notice(head)?;
    // A question is over as soon as anything else happens.
    notice.question = None;
    match step {
        Move::Release | Move::EntryFound | Move::Answered | Move::Printed | Move::Collected | Move::Enter => {
        }
        Move::Ask { question } => {
            let question = text(question, Need::Question)?;
            let (path, expires_at) = link(desk, head, LinkAction::Answer)?;
            words.link = Some((path, expires_at));
            add(desk, change, "question", question)?;
            notice.question = Some(question.to_owned());
        }
        Move::SendProof { proof } => {
            if contact.is_none() {
                return Err(DeskError::Needs(Need::Address));
            }
            let (path, expires_at) = link(desk, head, LinkAction::Proof)?;
            let (id, sealed) =
                proof.seal(&path, desk.random()?).map_err(|error| DeskError::Letter(error.to_string()))?;
            change.removes_parcels = true;
            change.parcels.push(Parcel { id, sealed, expires_at });
            let kept = serde_json::to_string(proof).map_err(|error| DeskError::Letter(error.to_string()))?;
            add(desk, change, "proof", &kept)?;
            words.link = Some((path, expires_at));
        }
        Move::RequestPayment { amount } => {
            let due = match amount {
                Some(amount) => *amount,
                None => due_on_arrival(desk, &head.reference).await?,
            };
            if due.minor() <= 0 {
                return Err(DeskError::Needs(Need::SomethingToPay));
            }
            notice.fee_due = Some(due);
            words.amount = Some(due);
        }
        Move::NotePayment => notice.paid_at = Some(desk.now),
        Move::Posted { tracking } => {
            let tracking = text(tracking, Need::Tracking)?;
            notice.tracking = Some(tracking.to_owned());
            words.tracking = Some(tracking.to_owned());
        }
        Move::Ready { place } => {
            let place = place.clone().filter(|place| !place.trim().is_empty());
            words.place =
                Some(place.clone().unwrap_or_else(|| desk.bundle.contact.get(&head.language).to_owned()));
            notice.collect_at = place;
        }
        Move::Refuse { decision } => {
            let decision = text(decision, Need::Decision)?;
            add(desk, change, "decision", decision)?;
        }
    }
    Ok(notice)
}

fn text(given: &str, what: Need) -> Result<&str, DeskError> {
    let given = given.trim();
    if given.is_empty() { Err(DeskError::Needs(what)) } else { Ok(given) }
}

fn add(desk: &Desk<'_>, change: &mut Change, kind: &str, text: &str) -> Result<(), DeskError> {
    let sealed = desk.sealer.seal_for_desk(text.as_bytes())?;
    change.additions.push(Addition { kind: kind.to_owned(), at: desk.now, sealed });
    Ok(())
}

fn link(desk: &Desk<'_>, head: &Head, action: LinkAction) -> Result<(String, Timestamp), DeskError> {
    let expires_at = action.expires_at(desk.now, desk.bundle);
    let path = link::issue(desk.hashing, action, &head.reference, expires_at, desk.random()?);
    Ok((path, expires_at))
}

/// What the procedure cards say for the day on which the request arrived.
async fn due_on_arrival(desk: &Desk<'_>, reference: &Reference) -> Result<Money, DeskError> {
    let stored = desk.store.read(reference).await?.ok_or_else(|| DeskError::Missing(reference.clone()))?;
    let form = desk.form(&stored.head)?;
    let received_at = stored.head.received_at;
    let opened = record::open(stored, desk.identity)?;
    let answers = opened.answers(form).ok_or(DeskError::Needs(Need::AmountOfOldForm))?;
    let day = received_at.to_zoned_datetime(desk.bundle.time_zone.clone()).date();
    let due = fees::due(form, &answers, &desk.bundle.cards, day);
    if due.incomplete {
        return Err(DeskError::Needs(Need::AmountOfDay));
    }
    Ok(due.total)
}

/// The id of a letter: one for each version of a record and kind, however often the command is repeated.
pub(crate) fn message_id(desk: &Desk<'_>, head: &Head, kind: LetterKind) -> String {
    let parts =
        [head.reference.compact().as_bytes(), &head.version.to_be_bytes(), kind.file_name().as_bytes()];
    let mac = desk.hashing.current().mac("desk letter id v1", &parts);
    data_encoding::HEXLOWER.encode(&mac[..16])
}

pub(crate) fn sealed(id: String, desk: &Desk<'_>, bytes: &[u8]) -> Result<NewMessage, DeskError> {
    Ok(NewMessage { id, sealed: desk.sealer.seal_for_service(bytes)? })
}
