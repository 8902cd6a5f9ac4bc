//! Text of one or several lines, and names.

use super::limits;
use crate::clean;
use crate::value::Value;
use crate::violation::Rule;

/// An empty text is no answer.
pub(super) fn given(text: String) -> Option<Value> {
    (!text.is_empty()).then_some(Value::Text(text))
}

pub(super) fn line(typed: &str, max: u32) -> Result<String, Rule> {
    within(clean::line(typed), max)
}

pub(super) fn lines(typed: &str, max: u32) -> Result<String, Rule> {
    within(clean::lines(typed), max)
}

/// A name: at least one letter of any script. Names are as people have them: only signs that show that
/// something else was typed here (an address, a link) are refused.
pub(super) fn name(typed: &str) -> Result<String, Rule> {
    let name = line(typed, limits::NAME)?;
    let odd = name.contains(['@', '<', '>', '{', '}', '\\', '|']) || name.contains("://");
    if !name.is_empty() && (odd || !name.chars().any(char::is_alphabetic)) {
        return Err(Rule::NotAName);
    }
    Ok(name)
}

fn within(text: String, max: u32) -> Result<String, Rule> {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    if clean::characters(&text) > max { Err(Rule::TooLong(max)) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_scripts_are_names() {
        for typed in [
            "Čedo Žderić",
            "O'Neill",
            "Anne-Marie",
            "李小龍",
            "Мирјана",
            "علی\u{200c}رضا",
            "Ng",
            "dr. med. Ivo Ćuk ml.",
            "Ana (Anka) Đula",
            "N’Golo",
        ] {
            assert_eq!(name(typed).as_deref(), Ok(typed));
        }
    }

    #[test]
    fn something_else_typed_for_a_name_is_noticed() {
        for typed in ["12345", "ana@example.org", "<b>Ana</b>", "https://example.org", "--"] {
            assert_eq!(name(typed), Err(Rule::NotAName), "{typed}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters_not_bytes() {
        assert!(line(&"č".repeat(20), 20).is_ok());
        assert_eq!(line(&"č".repeat(21), 20), Err(Rule::TooLong(20)));
        assert!(line(&format!("  {}  ", "c\u{30c}".repeat(20)), 20).is_ok());
    }
}
