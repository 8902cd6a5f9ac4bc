//! Options and countries.

use crate::countries;
use crate::definition::Opt;
use crate::value::Value;
use crate::violation::Rule;

pub(super) fn one(typed: &str, options: &[Opt]) -> Result<String, Rule> {
    let typed = typed.trim();
    if typed.is_empty() || options.iter().any(|option| option.value == typed) {
        Ok(typed.to_owned())
    } else {
        Err(Rule::UnknownOption)
    }
}

pub(super) fn many<'a>(typed: impl Iterator<Item = &'a str>, options: &[Opt]) -> Result<Option<Value>, Rule> {
    let typed: Vec<&str> = typed.map(str::trim).filter(|value| !value.is_empty()).collect();
    if typed.iter().any(|value| !options.iter().any(|option| option.value == *value)) {
        return Err(Rule::UnknownOption);
    }
    let chosen: Vec<String> = options
        .iter()
        .filter(|option| typed.contains(&option.value.as_str()))
        .map(|o| o.value.clone())
        .collect();
    Ok((!chosen.is_empty()).then_some(Value::Many(chosen)))
}

pub(super) fn country(typed: &str) -> Result<String, Rule> {
    let code = typed.trim().to_ascii_uppercase();
    if code.is_empty() || countries::is_country(&code) { Ok(code) } else { Err(Rule::UnknownCountry) }
}
