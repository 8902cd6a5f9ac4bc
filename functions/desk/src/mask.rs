//! Hiding personal numbers unless they are asked for: answers to a question for one always, and in free text every
//! text that looks like one. Other answers (a telephone, a count) stay as they are.

use forms::definition::{Field, Kind};
use forms::registrar::Sheet;
use forms::{Form, registrar};
use serde_json::{Map, Value};

/// How many digits a JMB has.
const DIGITS: usize = 13;
/// One for each digit, so that the reader sees that there is a number.
const HIDDEN: char = '•';

/// The text with every run of exactly 13 digits hidden, wherever a person may have written it.
pub fn personal_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    // "+4915100000000" is a telephone number of as many digits.
    let mut before = '\0';
    for character in text.chars().chain(std::iter::once('\0')) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        if digits.len() == DIGITS && before != '+' {
            out.extend(std::iter::repeat_n(HIDDEN, DIGITS));
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        before = character;
        if character != '\0' {
            out.push(character);
        }
    }
    out
}

/// The same in every text of a JSON value.
pub fn in_json(value: &mut Value) {
    match value {
        Value::String(text) => *text = personal_numbers(text),
        Value::Array(items) => items.iter_mut().for_each(in_json),
        Value::Object(members) => members.values_mut().for_each(in_json),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Answers as they are stored, which fit this form. What no question of the form asks for counts as free text.
pub fn answers(form: &Form, answers: &mut Value) {
    let fields: Vec<&Field> = form.fields().map(|(field, _)| field).collect();
    if let Value::Object(answers) = answers {
        entry(&fields, answers);
    }
}

fn entry(fields: &[&Field], answers: &mut Map<String, Value>) {
    for (name, value) in answers {
        let field = fields.iter().find(|field| field.id == *name);
        match (field.map(|field| &field.kind), value) {
            (Some(Kind::Jmb { .. }), value) => *value = Value::String(registrar::MASK.to_owned()),
            (Some(Kind::Group { fields, .. }), Value::Array(entries)) => {
                let fields: Vec<&Field> = fields.iter().collect();
                entries
                    .iter_mut()
                    .filter_map(Value::as_object_mut)
                    .for_each(|answers| entry(&fields, answers));
            }
            (Some(kind), _) if !is_free_text(kind) => {}
            (_, value) => in_json(value),
        }
    }
}

/// What is left of a registrar's sheets once the answers for personal numbers are hidden: those in free text.
pub fn free_text(form: &Form, sheets: &mut [Sheet]) {
    for line in sheets.iter_mut().flat_map(|sheet| &mut sheet.lines) {
        if form.field(&line.field).is_none_or(|field| is_free_text(&field.kind)) {
            line.answer.iter_mut().for_each(|text| *text = personal_numbers(text));
        }
    }
}

/// Whether people write into it what they like.
fn is_free_text(kind: &Kind) -> bool {
    match kind {
        Kind::Text { .. }
        | Kind::Name
        | Kind::Address
        | Kind::SelectOrText { .. }
        | Kind::LongText { .. }
        | Kind::Group { .. } => true,
        Kind::Email
        | Kind::Phone
        | Kind::Jmb { .. }
        | Kind::Date { .. }
        | Kind::Year
        | Kind::Country
        | Kind::Choice { .. }
        | Kind::Choices { .. }
        | Kind::Number { .. }
        | Kind::Consent { .. }
        | Kind::Attachment { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_number_is_hidden_wherever_it_stands() {
        // The artificial number of the domain's test vectors.
        for text in ["0101990360007", "JMB: 0101990360007.", "(0101990360007)", "a 0101990360007\nb"] {
            let hidden = personal_numbers(text);
            assert!(!hidden.contains("0101990360007"), "{hidden}");
            assert_eq!(hidden, text.replace("0101990360007", "•••••••••••••"));
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in
            ["010199036000", "01019903600071", "15. 5. 2019.", "+387 39 000 000", "+4915100000000", ""]
        {
            assert_eq!(personal_numbers(text), text);
        }
    }

    #[test]
    fn json_keeps_its_shape() {
        let mut value =
            serde_json::json!({ "jmb": "0101990360007", "n": [1, "x", { "d": "0101990360007" }] });
        in_json(&mut value);
        let hidden = "•••••••••••••";
        assert_eq!(value, serde_json::json!({ "jmb": hidden, "n": [1, "x", { "d": hidden }] }));
    }
}
