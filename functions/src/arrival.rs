//! A confirmed form: validated again, and made ready for the store. Nothing here asks anybody.

use data_encoding::HEXLOWER;
use forms::{Answers, Doubt, Form, Promise, Violation, control, long_date, promise, validate};
use jiff::{SignedDuration, Timestamp};
use mail::{LetterKind, Values};
use serde_json::json;
use store::{Arrival, Doubles, FileHead, NewMessage, Parcel, Reference, Stage};

use crate::abuse::{doubts, first_stage};
use crate::answers_copy::{self, CopySecret};
use crate::applicant::act;
use crate::check_key::{self, Refusal, Subject, Verified};
use crate::letters::About;
use crate::link::{self, LinkAction};
use crate::request::{Sender, Submission};
use crate::{Contact, Event, Service, attached, local_time, receipt};

/// Equal answers within this time are taken for a double.
const DOUBLE: SignedDuration = SignedDuration::from_hours(24);

/// What a person has seen on the check page and sent.
pub(crate) struct Confirmed<'a> {
    service: &'a Service,
    submission: &'a Submission,
    pub form: &'a Form,
    fingerprint: String,
    pub answers: Answers,
    files: attached::Confirmed,
    pub verified: Verified,
    now: Timestamp,
}

/// Why that is not what arrived.
pub(crate) enum NotConfirmed {
    /// Fields of the form mean something else by now.
    FormChanged,
    /// By now answers break these rules.
    Wrong(Vec<Violation>),
    /// The key of the check page does not confirm these answers now, as the notice says.
    LookAgain { answers: Answers, notice: &'static str },
}

/// Something of ours is missing.
pub(crate) struct NotComposed {
    pub code: &'static str,
    pub reason: String,
}

impl NotComposed {
    fn sealing(error: impl ToString) -> Self {
        Self { code: "sealing-failed", reason: error.to_string() }
    }
}

impl<'a> Confirmed<'a> {
    /// Validates again what was sent.
    pub fn examine(
        service: &'a Service,
        submission: &'a Submission,
        form: &'a Form,
        now: Timestamp,
    ) -> Result<Self, NotConfirmed> {
        if submission.is_of_changed_form(form) {
            return Err(NotConfirmed::FormChanged);
        }
        let answers = validate(form, &submission.raw, service.today(submission.bundle()))
            .map_err(NotConfirmed::Wrong)?;
        let fingerprint = form.fingerprint();
        let checked = attached::confirmed(&service.hashing, form.id(), &submission.raw)
            .ok_or("key_unreadable")
            .and_then(|files| {
                let canonical = attached::covered(answers.canonical_bytes(), &files.heads);
                let subject = Subject { form: form.id(), fingerprint: &fingerprint, answers: &canonical };
                let key = submission.raw.get(control::KEY).unwrap_or_default();
                match check_key::verify(&service.hashing, subject, key, now) {
                    Ok(verified) => Ok((files, verified)),
                    Err(Refusal::Expired) => Err("key_expired"),
                    Err(Refusal::OtherAnswers) => Err("answers_changed"),
                    Err(Refusal::Unreadable) => Err("key_unreadable"),
                }
            });
        match checked {
            Ok((files, verified)) => {
                Ok(Self { service, submission, form, fingerprint, answers, files, verified, now })
            }
            Err(notice) => Err(NotConfirmed::LookAgain { answers, notice }),
        }
    }

    /// What only the sender holds of the copy behind the receipt.
    pub fn copy_secret(&self) -> CopySecret {
        CopySecret::of_check_key(&self.verified.random)
    }

    /// A submission under a new reference.
    pub fn arrival(&self, sender: Sender) -> Result<Arrival, NotComposed> {
        let Self { service, submission, form, fingerprint, answers, files, verified, now } = self;
        let (form, now, bundle) = (*form, *now, submission.bundle());
        let contact = Contact::of(form, answers, submission.language());
        let contact_hash = contact
            .as_ref()
            .map(|contact| Contact::hash(service.hashing.current(), form.id(), contact.email.reveal()));
        let contact_sealed = contact.as_ref().map(|contact| contact.seal(&service.sealer)).transpose();
        let contact_sealed = contact_sealed.map_err(NotComposed::sealing)?;

        let key = submission.raw.get(control::KEY).unwrap_or_default();
        let work = submission.raw.get(control::WORK).unwrap_or_default();
        let doubts = doubts(answers, verified, sender, key, work);
        let stage = first_stage(&doubts, answers.contact(form).is_some());
        let promise = promise(form, answers, &bundle.cards, &bundle.calendar, service.today(bundle));

        let random = service.random();
        let random =
            random.ok_or(NotComposed { code: "no-randomness", reason: "no randomness".to_owned() })?;
        let reference = Reference::of_length(bundle.reference_length, random);
        let payload = sealed_answers(service, submission, form, answers, &files.heads, &reference, now);
        let said = Said { reference: &reference, verified, stage, promise, now };
        let expires_at = answers_copy::expires_at(bundle, now);
        let message = match contact.as_ref().zip(contact_hash.as_ref()) {
            // Releasing a submission that is held back confirms the address as well.
            Some((to, hash)) if form.is_register() && stage != Stage::Unconfirmed => {
                let about = About { form: form.id(), reference: &reference, received_at: now };
                act::confirm_address(service, bundle, &about, to, hash, verified.key.hash.as_bytes())
            }
            _ => letter(service, submission, form, answers, &said),
        };
        Ok(Arrival {
            form: form.id().to_owned(),
            fingerprint: fingerprint.clone(),
            language: submission.language().to_owned(),
            received_at: now,
            payload: payload.map_err(NotComposed::sealing)?,
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
            contact: contact_hash,
            contact_sealed,
            renewal_due_at: form.is_register().then(|| act::in_a_year(now, bundle)),
            doubts: doubts.iter().map(|doubt| doubt.code().to_owned()).collect(),
            files: files.in_store(),
            parcels: copy_of(service, form, answers, self.copy_secret(), expires_at),
            messages: message.into_iter().collect(),
            reference,
        })
    }
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
/// is sent, it is one letter. An entry in a register gets [`act::confirm_address`] instead.
fn letter(
    service: &Service,
    submission: &Submission,
    form: &Form,
    answers: &Answers,
    said: &Said<'_>,
) -> Option<NewMessage> {
    let Said { reference, verified, stage, promise, now } = *said;
    let contact = answers.contact(form)?;
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
            Some(NewMessage { id: HEXLOWER.encode(&id[..16]), sealed })
        }
        Err(reason) => {
            service.log(&Event::NoLetter { form: form.id().to_owned(), reason });
            None
        }
    }
}
