//! Made-up answers for tests, by kind: accepted ones of every shape that people type, and refused ones. The same seed
//! gives the same answers in every run.

use jiff::civil::Date;

use crate::countries::countries;
use crate::definition::{Field, Kind};
use crate::form::Form;
use crate::names;
use crate::raw::RawAnswers;
use crate::validate::limits;

/// Posted names and values.
pub type Pairs = Vec<(String, String)>;

/// A source of made-up answers (xorshift).
#[derive(Debug, Clone)]
pub struct Samples(u64);

const NAMES: [&str; 10] = [
    "Ana",
    "Čedo Žderić",
    "O'Neill",
    "Anne-Marie",
    "李小龍",
    "Мирјана",
    "dr. med. Ivo Ćuk ml.",
    "  Đula ",
    "N’Golo",
    "علی\u{200c}رضا",
];
const TEXTS: [&str; 8] = [
    "Vitina",
    "zaseok “Tamo”, kbr. 5",
    "„Ljubuški”",
    "1963.",
    "Straße 5/b",
    "👩\u{200d}👧",
    "a  b",
    "c\u{30c}evap",
];
const EMAILS: [&str; 5] = [
    "ana@example.org",
    " ana.maric+grad@example.org ",
    "ured@Ljubuški.example",
    "A@xn--bcher-kva.example",
    "o'neill@example.co",
];
const PHONES: [&str; 7] = [
    "+387 39 123 456",
    "0049 (0)171 / 123-45-67",
    "+1 (212) 555.0100",
    "+38512345678",
    "00385 1 2345678",
    // The shortest and the longest.
    "+1234567",
    "+123456789012345",
];
const JMBS: [&str; 4] = ["0101990360007", "0101100710006", "0101 001 25 0028", "0101000805018"];

impl Samples {
    /// Begins at a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below a limit; 0 for the limit 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.number() % limit).unwrap_or_default()
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all.get(self.below(all.len())).copied().unwrap_or_default()
    }

    /// A whole submission that is accepted: optional questions are left open now and then, and questions that do not
    /// apply are answered now and then, as by somebody who changed their mind.
    pub fn submission(&mut self, form: &Form, today: Date) -> RawAnswers {
        let mut pairs = Pairs::new();
        for (field, _) in form.fields() {
            if field.optional && self.below(2) == 0 {
                continue;
            }
            pairs.extend(self.accepted(field, &field.id, today));
        }
        RawAnswers::from_pairs(pairs)
    }

    /// An answer that is accepted.
    pub fn accepted(&mut self, field: &Field, name: &str, today: Date) -> Pairs {
        let one = |value: String| vec![(name.to_owned(), value)];
        match &field.kind {
            Kind::Text { max_characters } => one(self.text(*max_characters)),
            Kind::LongText { max_characters } => one(self.lines(*max_characters)),
            Kind::Address => one(self.lines(limits::ADDRESS)),
            Kind::SelectOrText { suggestions } => {
                let known: Vec<&str> = suggestions.iter().map(String::as_str).collect();
                one(if self.below(2) == 0 {
                    self.one_of(&known).to_owned()
                } else {
                    self.text(limits::SELECT_OR_TEXT)
                })
            }
            Kind::Name => one(match self.below(8) {
                0 => "ž".repeat(self.at_most(limits::NAME)),
                _ => self.one_of(&NAMES).to_owned(),
            }),
            Kind::Email => one(self.one_of(&EMAILS).to_owned()),
            Kind::Phone => one(self.one_of(&PHONES).to_owned()),
            Kind::Jmb { birth_date: _ } => one(self.one_of(&JMBS).to_owned()),
            Kind::Date { unknown_allowed } => self.day(name, *unknown_allowed, today),
            Kind::Year => {
                let (from, to) = (i64::from(limits::EARLIEST_YEAR), i64::from(today.year()));
                let year = self.between(from, to);
                one(if self.below(3) == 0 { format!("{year}.") } else { year.to_string() })
            }
            Kind::Country => {
                let codes: Vec<&str> = countries("en").map(|(code, _)| code).collect();
                let code = self.one_of(&codes);
                one(if self.below(4) == 0 { code.to_ascii_lowercase() } else { code.to_owned() })
            }
            Kind::Choice { options } => {
                let values: Vec<&str> = options.iter().map(|option| option.value.as_str()).collect();
                one(self.one_of(&values).to_owned())
            }
            Kind::Choices { options } => {
                let mut chosen: Pairs = options
                    .iter()
                    .filter(|_| self.below(2) == 0)
                    .map(|option| (name.to_owned(), option.value.clone()))
                    .collect();
                if chosen.is_empty() {
                    chosen.extend(options.first().map(|option| (name.to_owned(), option.value.clone())));
                }
                chosen
            }
            Kind::Number { min, max, default: _ } => one(self.between(*min, *max).to_string()),
            Kind::Consent { version: _, text: _ } => one("1".to_owned()),
            Kind::Group { entry: _, add: _, min_entries, max_entries, fields } => {
                let most = (*min_entries).max(1).saturating_add(2).min(*max_entries);
                let entries = self.between(i64::from((*min_entries).max(1)), i64::from(most));
                let mut pairs = Pairs::new();
                for index in 0..usize::try_from(entries).unwrap_or(1) {
                    for inner in fields {
                        pairs.extend(self.accepted(inner, &names::in_entry(name, index, &inner.id), today));
                    }
                }
                pairs
            }
            // Files are no answers.
            Kind::Attachment { max_files: _ } => Pairs::new(),
        }
    }

    /// An answer that is refused where the question must be answered; none where no answer can be wrong.
    pub fn refused(&mut self, field: &Field, name: &str, today: Date) -> Option<Pairs> {
        let one = |value: String| Some(vec![(name.to_owned(), value)]);
        let too_long = |most: u32| "č".repeat(usize::try_from(most).unwrap_or_default().saturating_add(1));
        let of = |samples: &mut Self, all: &[&str]| one(samples.one_of(all).to_owned());
        match &field.kind {
            Kind::Text { max_characters } | Kind::LongText { max_characters } => match self.below(2) {
                0 => one(too_long(*max_characters)),
                _ => of(self, &["", "   ", "\u{feff}"]),
            },
            Kind::Address => match self.below(2) {
                0 => one(too_long(limits::ADDRESS)),
                _ => of(self, &["", " \r\n \r\n"]),
            },
            Kind::SelectOrText { suggestions: _ } => match self.below(2) {
                0 => one(too_long(limits::SELECT_OR_TEXT)),
                _ => of(self, &["", "  "]),
            },
            Kind::Name => match self.below(3) {
                0 => one(too_long(limits::NAME)),
                _ => of(self, &["", " ", "12345", "ana@example.org", "<b>Ana</b>", "https://example.org"]),
            },
            Kind::Email => of(
                self,
                &[
                    "",
                    " ",
                    "ana",
                    "ana@",
                    "@example.org",
                    "ana@example..org",
                    "čedo@example.org",
                    "a b@example.org",
                ],
            ),
            Kind::Phone => of(
                self,
                &["", "039 123 456", "+387 39 broj", "+", "+387 39", "+3873912345678901", "+0387 39 123"],
            ),
            Kind::Jmb { birth_date: _ } => of(
                self,
                &["", "0101001890123", "9901990360007", "010199036000", "01019903600071", "010199036000a"],
            ),
            Kind::Date { unknown_allowed } => Some(self.wrong_day(name, *unknown_allowed, today)),
            Kind::Year => one(match self.below(6) {
                0 => String::new(),
                1 => "63".to_owned(),
                2 => "19o3".to_owned(),
                3 => "1800".to_owned(),
                _ => (i64::from(today.year()) + 1).to_string(),
            }),
            Kind::Country => of(self, &["", "XX", "Njemačka", "DEU"]),
            Kind::Choice { options: _ } => of(self, &["", "nothing-like-it"]),
            Kind::Choices { options } => match self.below(2) {
                0 => Some(Pairs::new()),
                _ => Some(
                    options
                        .first()
                        .map(|option| option.value.clone())
                        .into_iter()
                        .chain(["nothing-like-it".to_owned()])
                        .map(|value| (name.to_owned(), value))
                        .collect(),
                ),
            },
            Kind::Number { min, max, default: _ } => match self.below(5) {
                0 => of(self, &["", "  "]),
                1 => of(self, &["dva", "1,5", "1e3", "٣"]),
                2 => one(min.saturating_sub(1).to_string()),
                _ => one(max.saturating_add(1).to_string()),
            },
            Kind::Consent { version: _, text: _ } => of(self, &["", " "]),
            Kind::Group { entry: _, add: _, min_entries: _, max_entries, fields } => {
                let entries = match self.below(3) {
                    0 => usize::try_from(*max_entries).unwrap_or_default().saturating_add(1),
                    1 => 0,
                    // An entry in which nothing is answered.
                    _ => {
                        let blank =
                            fields.iter().map(|inner| (names::in_entry(name, 0, &inner.id), String::new()));
                        return Some(blank.collect());
                    }
                };
                let mut pairs = Pairs::new();
                for index in 0..entries {
                    for inner in fields {
                        pairs.extend(self.accepted(inner, &names::in_entry(name, index, &inner.id), today));
                    }
                }
                Some(pairs)
            }
            Kind::Attachment { max_files: _ } => None,
        }
    }

    fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = usize::try_from(to.saturating_sub(from)).unwrap_or_default().saturating_add(1);
        let step = match self.below(6) {
            // The ends are where mistakes are.
            0 => 0,
            1 => width - 1,
            _ => self.below(width),
        };
        from.saturating_add(i64::try_from(step).unwrap_or_default())
    }

    fn at_most(&mut self, most: u32) -> usize {
        usize::try_from(self.between(1, i64::from(most))).unwrap_or(1)
    }

    fn text(&mut self, most: u32) -> String {
        let short = self.one_of(&TEXTS);
        let fits = u32::try_from(short.chars().count()).is_ok_and(|length| length <= most);
        if fits && self.below(3) > 0 { short.to_owned() } else { "č".repeat(self.at_most(most)) }
    }

    fn lines(&mut self, most: u32) -> String {
        let text = "Musterweg 1\r\n80331 München\r\n\r\nNjemačka";
        let fits = u32::try_from(text.chars().count()).is_ok_and(|length| length <= most);
        if fits && self.below(2) == 0 { text.to_owned() } else { self.text(most) }
    }

    fn day(&mut self, name: &str, unknown_allowed: bool, today: Date) -> Pairs {
        if unknown_allowed && self.below(4) == 0 {
            return parts(name, "", "", "", true);
        }
        let days = i64::from(today.year() - limits::EARLIEST_YEAR - 1) * 365;
        let back = i32::try_from(self.between(0, days)).unwrap_or_default();
        let oldest = Date::new(limits::EARLIEST_YEAR, 1, 1).unwrap_or(today);
        let day = match self.below(8) {
            0 => oldest,
            _ => today.checked_sub(jiff::Span::new().days(back)).unwrap_or(today),
        };
        let dot = if self.below(2) == 0 { "." } else { "" };
        parts(
            name,
            &format!("{}{dot}", day.day()),
            &format!("{:02}{dot}", day.month()),
            &format!("{:04}{dot}", day.year()),
            false,
        )
    }

    fn wrong_day(&mut self, name: &str, unknown_allowed: bool, today: Date) -> Pairs {
        let next = today.tomorrow().unwrap_or(today);
        let next = [next.day().to_string(), next.month().to_string(), next.year().to_string()];
        match self.below(9) {
            0 => parts(name, "", "", "", false),
            1 => parts(name, "", "2", "1990", false),
            2 => parts(name, "1", "", "1990", false),
            3 => parts(name, "1", "2", "", false),
            4 => parts(name, "31", "4", "1990", false),
            5 => parts(name, "1", "siječanj", "1990", false),
            6 => parts(name, "1", "1", "1849", false),
            7 if unknown_allowed => parts(name, "1", "1", "1990", true),
            _ => parts(name, &next[0], &next[1], &next[2], false),
        }
    }
}

fn parts(name: &str, day: &str, month: &str, year: &str, unknown: bool) -> Pairs {
    let mut pairs: Pairs = [("day", day), ("month", month), ("year", year)]
        .map(|(part, value)| (format!("{name}.{part}"), value.to_owned()))
        .into();
    if unknown {
        pairs.push((format!("{name}.unknown"), "1".to_owned()));
    }
    pairs
}
