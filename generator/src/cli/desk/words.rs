//! What the desk says, in the language of the person at the terminal.

use desk::{DeskError, Need};
use jiff::Timestamp;
use store::{MessageState, MessageStatus, Stage};

use crate::diagnostic::MessageLanguage;

/// Why it was not done and what can be done.
pub(super) fn error(error: &DeskError, language: MessageLanguage) -> String {
    match language {
        MessageLanguage::En => error.to_string(),
        MessageLanguage::Hr => croatian(error),
    }
}

fn croatian(error: &DeskError) -> String {
    match error {
        DeskError::Missing(reference) => format!("zahtjeva {reference} nema; možda je izbrisan"),
        DeskError::NotAllowed { from, to, allowed } => {
            let names: Vec<_> = allowed.iter().map(|stage: &Stage| stage.name()).collect();
            let can = if names.is_empty() {
                "obrada je završena".to_owned()
            } else {
                format!("može: {}", names.join(", "))
            };
            format!("zahtjev u stanju {from} ne može u stanje {to}; {can}")
        }
        DeskError::Needs(need) => croatian_need(*need).to_owned(),
        DeskError::Stale(reference) => {
            format!("zahtjev {reference} netko je u međuvremenu promijenio; pogledajte ga ponovno")
        }
        DeskError::Locked(reference) => format!(
            "zahtjev {reference} ne otvara nijedan ključ; otključajte ured ključem kojim je zapečaćen: zavicaj desk unlock"
        ),
        DeskError::Foreign(reference) => {
            format!("zapečaćeni sadržaj zahtjeva {reference} oštećen je ili pripada drugom zahtjevu")
        }
        DeskError::NoForm { reference, form } => {
            format!("obrasca {form} zahtjeva {reference} više nema u content/obrasci")
        }
        DeskError::Letter(reason) => format!("pismo se ne može napisati: {reason}"),
        DeskError::Export(reason) => format!("izvoz se ne može zapečatiti: {reason}"),
        DeskError::Seal(_) | DeskError::NoRandomness | DeskError::Store(_) => error.to_string(),
    }
}

fn croatian_need(need: Need) -> &'static str {
    match need {
        Need::Question => "napišite pitanje: --question",
        Need::Tracking => "upišite broj preporučene pošiljke: --tracking",
        Need::Decision => "upišite broj, datum i razloge rješenja: --decision",
        Need::Address => {
            "osoba nije dala adresu e-pošte pa nitko ne bi mogao potvrditi ispis; pitajte poštom"
        }
        Need::AddressForExport => "osoba nije dala adresu e-pošte; izvezite u datoteku i predajte je",
        Need::SmallerExport => {
            "s prilozima je izvoz prevelik za poveznicu; izvezite u datoteku i predajte je"
        }
        Need::SomethingToPay => "nema se što platiti; odmah ga označite kao tiskan: printed",
        Need::AmountOfOldForm => {
            "obrazac je promijenjen otkad je zahtjev stigao pa se naknada ne može izračunati; upišite iznos: --amount"
        }
        Need::AmountOfDay => "naknade za taj dan nema u content/postupci; upišite iznos: --amount",
        Need::Account => "u site.yaml ne piše kamo se plaća: upišite payment.payee i payment.account",
    }
}

/// What became of a letter; `when` writes a moment.
pub(super) fn letter(
    message: &MessageStatus,
    language: MessageLanguage,
    when: impl Fn(Timestamp) -> String,
) -> String {
    let hr = language == MessageLanguage::Hr;
    let state = match &message.state {
        MessageState::Waiting { attempts } if hr => format!("čeka slanje, pokušaja: {attempts}"),
        MessageState::Waiting { attempts } => format!("waits, attempts: {attempts}"),
        MessageState::Delivered(at) if hr => format!("poslano {}", when(*at)),
        MessageState::Delivered(at) => format!("sent {}", when(*at)),
        MessageState::GivenUp { at, reason } if hr => format!("NIJE POSLANO {}: {reason}", when(*at)),
        MessageState::GivenUp { at, reason } => format!("NOT SENT {}: {reason}", when(*at)),
        MessageState::Bounced { at, reason } if hr => format!("VRAĆENO {}: {reason}", when(*at)),
        MessageState::Bounced { at, reason } => format!("CAME BACK {}: {reason}", when(*at)),
    };
    format!("{} {}: {state}", if hr { "pismo" } else { "letter" }, message.id)
}
