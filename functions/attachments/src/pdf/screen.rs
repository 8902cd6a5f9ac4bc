//! What a document that is only to be read does not hold: scripts, other files, actions that start something.

use super::file::File;
use super::object::{Dictionary, Object};
use crate::Refusal;

/// Kinds of actions that run, start or send something (ISO 32000-2 §12.6.4).
const ACTIONS: &[&[u8]] = &[
    b"ImportData",
    b"JavaScript",
    b"Launch",
    b"Movie",
    b"Rendition",
    b"RichMediaExecute",
    b"Sound",
    b"SubmitForm",
];
/// Kinds of objects that are files or programs inside a file.
const KINDS: &[&[u8]] =
    &[b"3D", b"EmbeddedFile", b"FileAttachment", b"Movie", b"RichMedia", b"Screen", b"Sound"];
/// Keys under which files or programs hang.
const KEYS: &[&[u8]] = &[b"EF", b"EmbeddedFiles", b"RichMediaContent", b"XFA"];

/// Refuses a file that holds any of it, wherever it is and whether or not anything points to it.
pub(super) fn judge(file: &File<'_>) -> Result<(), Refusal> {
    let active = file.entries.values().any(|entry| is_active(&entry.object))
        || file.trailers.iter().any(dictionary_is_active);
    if active { Err(Refusal::Active) } else { Ok(()) }
}

fn is_active(object: &Object) -> bool {
    match object {
        Object::Dictionary(dictionary) => dictionary_is_active(dictionary),
        Object::Array(values) => values.iter().any(is_active),
        Object::Null
        | Object::Bool(_)
        | Object::Number(_)
        | Object::Name(_)
        | Object::Text(_)
        | Object::Reference(_) => false,
    }
}

fn dictionary_is_active(dictionary: &Dictionary) -> bool {
    let is = |key: &[u8], names: &[&[u8]]| dictionary.name(key).is_some_and(|name| names.contains(&name));
    is(b"S", ACTIONS)
        || is(b"Type", KINDS)
        || is(b"Subtype", KINDS)
        || dictionary.0.iter().any(|(key, value)| {
            (KEYS.contains(&key.as_slice()) && *value != Object::Null)
                || (key == b"JS" && matches!(value, Object::Text(_)))
                || is_active(value)
        })
}
