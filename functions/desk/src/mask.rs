//! Hiding personal numbers unless they are asked for.

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
pub fn in_json(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = personal_numbers(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(in_json),
        serde_json::Value::Object(members) => members.values_mut().for_each(in_json),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
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
