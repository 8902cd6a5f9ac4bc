//! Names of inputs and the identifiers of their elements.

use crate::definition::Kind;

/// The `id` of the element for a posted name: `f-` and the name with `-` for `.`.
pub fn element_id(name: &str) -> String {
    format!("f-{}", name.replace('.', "-"))
}

/// The posted name of a field inside an entry of a group.
pub(crate) fn in_entry(group: &str, entry: usize, field: &str) -> String {
    format!("{group}.{entry}.{field}")
}

/// The element to which an error or "change" leads: the first input of the question.
pub(crate) fn anchor(name: &str, kind: &Kind) -> String {
    match kind {
        Kind::Date { .. } => element_id(&format!("{name}.day")),
        Kind::Group { .. }
        | Kind::Text { .. }
        | Kind::Name
        | Kind::Email
        | Kind::Phone
        | Kind::Jmb { .. }
        | Kind::Year
        | Kind::Country
        | Kind::Address
        | Kind::Choice { .. }
        | Kind::Choices { .. }
        | Kind::SelectOrText { .. }
        | Kind::Number { .. }
        | Kind::LongText { .. }
        | Kind::Consent { .. }
        | Kind::Attachment { .. } => element_id(name),
    }
}
