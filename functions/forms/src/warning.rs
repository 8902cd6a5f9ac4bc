//! What the registrar should look at twice. The applicant is not stopped by it.

use crate::definition::Kind;
use crate::form::Form;
use crate::jmb::Jmb;
use crate::strings::Strings;
use crate::value::{Entry, Value};

/// A doubt about an accepted answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The field.
    pub field: String,
    /// The doubt.
    pub doubt: Doubt,
}

/// What can be doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The JMB's check value is 10, which offices write differently.
    JmbCheckTen,
    /// The JMB's digits give no year or no real day.
    JmbNoBirthDate,
    /// The JMB says another date of birth than the form.
    JmbOtherBirthDate,
}

impl Warning {
    /// The doubt in the language of the catalogue.
    pub fn text(&self, strings: &Strings) -> String {
        let key = match self.doubt {
            Doubt::JmbCheckTen => "form.warning.jmb_check_ten",
            Doubt::JmbNoBirthDate => "form.warning.jmb_no_birth_date",
            Doubt::JmbOtherBirthDate => "form.warning.jmb_other_birth_date",
        };
        strings.text(key, &[])
    }
}

/// The doubts about all answers outside groups (a JMB cannot stand in a group).
pub(crate) fn warnings(form: &Form, values: &Entry) -> Vec<Warning> {
    let mut found = Vec::new();
    for (field, _) in form.fields() {
        let Kind::Jmb { birth_date } = &field.kind else { continue };
        let Some(number) =
            values.get(&field.id).and_then(Value::as_text).and_then(|text| Jmb::parse(text).ok())
        else {
            continue;
        };
        let mut add = |doubt| found.push(Warning { field: field.id.clone(), doubt });
        if number.check_is_ten() {
            add(Doubt::JmbCheckTen);
        }
        match (number.birth_date(), birth_date.as_ref().and_then(|id| values.get(id))) {
            (None, _) => add(Doubt::JmbNoBirthDate),
            (Some(said), Some(Value::Day(day))) if said != *day => add(Doubt::JmbOtherBirthDate),
            (Some(_), _) => {}
        }
    }
    found
}
