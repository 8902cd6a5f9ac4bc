//! Procedure cards: what a procedure costs, how long it takes, on which law it rests.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::dates::long_date;
use crate::money::Money;
use crate::strings::Strings;
use crate::words::Words;

/// One procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Name of the file.
    pub id: String,
    /// Name of the procedure.
    pub title: Words,
    /// What one gets, in a sentence or two.
    pub summary: Words,
    /// What it costs; none means free of charge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
    /// How long the office takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<WorkingDays>,
    /// Laws and their articles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legal_basis: Vec<Words>,
    /// What to have at hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Words>,
    /// Whether the town has yet to confirm what the card says.
    #[serde(default)]
    pub to_be_confirmed: bool,
    /// The form with which one applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
}

/// One fee with its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// Name within the card.
    pub id: String,
    /// What is paid for.
    pub label: Words,
    /// How it is counted.
    pub per: Per,
    /// The amounts, each from its day on.
    pub amounts: Vec<AmountFrom>,
}

/// An amount from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountFrom {
    /// The first day on which it holds.
    pub valid_from: Date,
    /// Hundredths of a mark.
    pub amount: Money,
}

/// How a fee is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// For every copy.
    Copy,
    /// For every request.
    Request,
}

/// A range of working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingDays {
    /// At best.
    pub from: u32,
    /// At most.
    pub to: u32,
}

impl Fee {
    /// The fee of a day.
    pub fn on(&self, day: Date) -> Option<AmountFrom> {
        self.amounts
            .iter()
            .filter(|amount| amount.valid_from <= day)
            .max_by_key(|amount| amount.valid_from)
            .copied()
    }
}

impl Card {
    /// Reads a card; `id` is the name of its file, `languages` are those of the site.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(id: &str, source: &str, languages: &[&str]) -> Result<Self, Vec<crate::Problem>> {
        crate::yaml::read_card(id, source, languages).map_err(crate::problem::Problems::into_sorted)
    }

    /// The card as a page shows it, with the fees of a day.
    pub fn view(&self, lang: &str, strings: &Strings, on: Date) -> CardView {
        let texts = |all: &[Words]| all.iter().map(|words| words.get(lang).to_owned()).collect();
        CardView {
            id: self.id.clone(),
            title: self.title.get(lang).to_owned(),
            summary: self.summary.get(lang).to_owned(),
            fees: self.fees.iter().filter_map(|fee| fee_view(fee, lang, strings, on)).collect(),
            deadline: self.deadline.map(|days| deadline(days, strings)),
            legal_basis: texts(&self.legal_basis),
            documents: texts(&self.documents),
            to_be_confirmed: self.to_be_confirmed,
            form: self.form.clone(),
        }
    }
}

fn fee_view(fee: &Fee, lang: &str, strings: &Strings, on: Date) -> Option<FeeView> {
    let now = fee.on(on)?;
    Some(FeeView {
        label: fee.label.get(lang).to_owned(),
        amount: now.amount.km(strings),
        amount_eur: now.amount.euro(strings),
        valid_from: long_date(now.valid_from, strings),
        per: per(fee.per, strings),
    })
}

pub(crate) fn per(per: Per, strings: &Strings) -> String {
    let key = match per {
        Per::Copy => "procedure.per.copy",
        Per::Request => "procedure.per.request",
    };
    strings.text(key, &[])
}

fn deadline(days: WorkingDays, strings: &Strings) -> String {
    if days.from == days.to {
        return strings.count("procedure.working_days", days.to.into(), &[]);
    }
    let from = days.from.to_string();
    strings.count("procedure.working_days_range", days.to.into(), &[("from", &from)])
}

/// A card in one language on one day, ready for a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardView {
    /// Name of the card.
    pub id: String,
    /// Name of the procedure.
    pub title: String,
    /// What one gets.
    pub summary: String,
    /// The fees; empty means free of charge.
    pub fees: Vec<FeeView>,
    /// "1 do 5 radnih dana".
    pub deadline: Option<String>,
    /// Laws and their articles.
    pub legal_basis: Vec<String>,
    /// What to have at hand.
    pub documents: Vec<String>,
    /// Whether the town has yet to confirm what the card says.
    pub to_be_confirmed: bool,
    /// The form with which one applies.
    pub form: Option<String>,
}

/// One fee of a [`CardView`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeeView {
    /// What is paid for.
    pub label: String,
    /// "3,00 KM".
    pub amount: String,
    /// "1,53 EUR".
    pub amount_eur: String,
    /// "1. siječnja 2026."
    pub valid_from: String,
    /// "po primjerku".
    pub per: String,
}

/// All cards by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cards(pub BTreeMap<String, Card>);

impl Cards {
    /// A card by name.
    pub fn get(&self, id: &str) -> Option<&Card> {
        self.0.get(id)
    }

    /// A fee of a card.
    pub fn fee(&self, card: &str, fee: &str) -> Option<&Fee> {
        self.get(card)?.fees.iter().find(|known| known.id == fee)
    }
}
