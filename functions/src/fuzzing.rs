//! Doors to private readers of hostile bytes, for fuzz targets only (feature `fuzzing`).

use forms::RawAnswers;
use jiff::Timestamp;
use sealing::HashKeys;
use store::Reference;

use crate::check_key::{self, Marks, Subject};
use crate::multipart::{self, Limits, Sent};
use crate::{body, receipt};

/// A posted body, if it is readable.
pub fn form_body(bytes: &[u8]) -> Option<RawAnswers> {
    body::parse(bytes).ok()
}

/// Whether a check key confirms these answers to the form `upis`.
pub fn check_key_confirms(keys: &HashKeys, answers: &[u8], key: &str, now: Timestamp) -> bool {
    check_key::verify(keys, subject(answers), key, now).is_ok()
}

/// The reference that a receipt's address leads to.
pub fn receipt_reference(keys: &HashKeys, token: &str) -> Option<Reference> {
    receipt::read(keys, token).map(|token| token.reference)
}

/// A check key of these answers, for the corpus.
pub fn check_key(keys: &HashKeys, answers: &[u8], now: Timestamp, random: [u8; 16]) -> String {
    check_key::issue(keys, subject(answers), Marks { work_bits: 0, trapped: false }, now, random)
}

/// A receipt's address, for the corpus.
pub fn receipt_path(keys: &HashKeys, reference: &Reference) -> String {
    receipt::path(keys, reference)
}

fn subject(answers: &[u8]) -> Subject<'_> {
    Subject { form: "upis", fingerprint: "0123456789abcdef", answers }
}

/// How many bytes fields and file of a body have together, names included.
pub fn multipart_bytes(content_type: &str, body: &[u8], is_whole: bool) -> Option<usize> {
    let boundary = multipart::boundary(content_type)?;
    let limits = Limits { most_fields: 100, most_field_bytes: 64 * 1024 };
    let parts = multipart::read(body, &boundary, is_whole, limits).ok()?;
    let fields: usize = parts.fields.pairs().map(|(name, value)| name.len() + value.len()).sum();
    let file = match parts.file {
        Sent::File { input, content } => input.len() + content.len(),
        Sent::NotChosen { input } | Sent::CutOff { input } => input.len(),
        Sent::Nothing | Sent::Several => 0,
    };
    Some(fields + file)
}
