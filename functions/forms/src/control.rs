//! The names of posted fields that steer the exchange and are never answers.

/// The language of the page that was sent (`hr`, `en`, …).
pub const LANG: &str = "_lang";
/// The fingerprint of the definition from which the page was made.
pub const FINGERPRINT: &str = "_fingerprint";
/// The check key that the check page carries and the confirmation returns.
pub const KEY: &str = "_key";
/// Submit button: one entry more in the group that is its value.
pub const ADD: &str = "_add";
/// Submit button: take out the entry that is its value (`certificates.1`).
pub const REMOVE: &str = "_remove";
/// Submit button of the check page: back to the form; its value is the anchor of the question.
pub const EDIT: &str = "_edit";
/// The person has been through all questions; the page with the form then leads on to those that are wrong or new.
pub const SEEN: &str = "_seen";
/// Submit button: send although equal answers were sent shortly before.
pub const AGAIN: &str = "_again";
/// The number that the browser calculated, where the check page asked for it.
pub const WORK: &str = "_work";
/// What binds the files of one filling-in together, signed; it stays the same while answers are edited.
pub const BATCH: &str = "_batch";
/// A file that the check page shows: the confirmation returns it, and the check key covers it.
pub const ATTACHED: &str = "_file";
/// Before the id of a field that asks for files: the input that sends one.
pub const UPLOAD_PREFIX: &str = "_upload.";
/// Submit button: take out the file whose id is its value.
pub const UNSTAGE: &str = "_unstage";
/// Submit button of the page for files: on to the check page.
pub const ONWARD: &str = "_next";
/// Before the name of a group: how many entries the page showed.
pub const ENTRIES_PREFIX: &str = "_entries.";
/// A field that people never see; programs that fill everything fill it.
pub const HONEYPOT: &str = "website_url";

/// Whether a posted name steers the exchange instead of answering a question.
pub fn is_control(name: &str) -> bool {
    name.starts_with('_') || name == HONEYPOT
}
