//! Whole numbers.

use crate::clean;
use crate::value::Value;
use crate::violation::Rule;

pub(super) fn whole(typed: &str, min: i64, max: i64) -> Result<Option<Value>, Rule> {
    let typed = clean::line(typed);
    if typed.is_empty() {
        return Ok(None);
    }
    let digits = typed.strip_prefix(['+', '-', '−']).unwrap_or(&typed);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Rule::NotANumber);
    }
    // A number too long for 64 bits lies outside every range that a definition can give.
    let outside = Rule::NumberOutside(min, max);
    let number: i64 = typed.replace('−', "-").parse().map_err(|_| outside)?;
    if (min..=max).contains(&number) { Ok(Some(Value::Number(number))) } else { Err(outside) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_of_the_range_are_taken() {
        assert!(whole(" 3 ", 1, 10) == Ok(Some(Value::Number(3))));
        assert!(whole("0", 1, 10) == Err(Rule::NumberOutside(1, 10)));
        assert!(whole("99999999999999999999", 1, 10) == Err(Rule::NumberOutside(1, 10)));
        assert!(whole("1,5", 1, 10) == Err(Rule::NotANumber));
        assert!(whole("tri", 1, 10) == Err(Rule::NotANumber));
        assert!(whole("−2", -5, 10) == Ok(Some(Value::Number(-2))));
    }
}
