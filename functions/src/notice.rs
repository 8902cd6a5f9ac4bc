//! What the status page says beside the stage: the office's question, what is to be paid, where the letter is.
//!
//! It holds no answer of the form. It is sealed to the service key all the same: a stolen store shows nothing.

use std::fmt;

use forms::Money;
use jiff::Timestamp;
use sealing::{Identity, SealError, Sealer};
use serde::{Deserialize, Serialize};

/// What the applicant may know about the state of a record. Newer programs may add to it; what is not said is absent.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notice {
    /// What the office asks, in the applicant's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// What is to be paid, once the office said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee_due: Option<Money>,
    /// When the payment was noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// The number with which the post office finds the letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Where and when it can be collected, in the applicant's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collect_at: Option<String>,
    /// When the person asked for no more letters that were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribed_at: Option<Timestamp>,
}

/// Sealed bytes hold no notice that this key opens. Nothing of their content is in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the notice cannot be opened: it is damaged, or was sealed to another key")]
pub struct NoticeError;

impl Notice {
    /// The notice as JSON, sealed to the service key.
    pub fn seal(&self, sealer: &Sealer) -> Result<Vec<u8>, SealError> {
        sealer.seal_for_service(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Opens what [`Notice::seal`] made; a record without one has nothing to say.
    pub fn open(identity: &Identity, sealed: Option<&[u8]>) -> Result<Self, NoticeError> {
        let Some(sealed) = sealed else { return Ok(Self::default()) };
        let bytes = identity.unseal(sealed).map_err(|_| NoticeError)?;
        serde_json::from_slice(&bytes).map_err(|_| NoticeError)
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Notice(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice() -> Notice {
        Notice {
            question: Some("Kako se zvala Vaša majka prije udaje?".to_owned()),
            fee_due: Some(Money::from_minor(1300)),
            ..Notice::default()
        }
    }

    #[test]
    fn a_notice_comes_back_as_it_was_and_prints_nothing() {
        let (desk, service) = (Identity::generate(), Identity::generate());
        let sealer = Sealer::new(vec![desk.recipient()], service.recipient()).unwrap();
        let sealed = notice().seal(&sealer).unwrap();
        assert_eq!(Notice::open(&service, Some(&sealed)), Ok(notice()));
        assert_eq!(Notice::open(&desk, Some(&sealed)), Err(NoticeError));
        assert_eq!(Notice::open(&service, None), Ok(Notice::default()));
        assert_eq!(format!("{:?}", notice()), "Notice(…)");
    }

    #[test]
    fn what_a_newer_program_adds_does_no_harm() {
        let read: Notice = serde_json::from_str(r#"{"fee_due":1300,"seat":"12"}"#).unwrap();
        assert_eq!(read, Notice { fee_due: Some(Money::from_minor(1300)), ..Notice::default() });
        assert_eq!(serde_json::to_string(&Notice::default()).unwrap(), "{}");
    }
}
