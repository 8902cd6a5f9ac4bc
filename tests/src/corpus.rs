//! A town's news of twenty years that nobody wrote: any number of articles, always the same, for the benchmark of the
//! generator and the ledger of its allocations. Generators that read Markdown with YAML read it alike.

mod text;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::site::{copy, repository};

/// 2006 to 2025, in days.
const DAYS: u64 = 7305;
/// Lines are broken here in a third of the articles, as by an editor of plain text.
const WIDTH: usize = 90;

/// Which articles to write.
#[derive(Debug, Clone, Copy)]
pub struct Corpus {
    articles: u64,
    bodies: bool,
    terms: bool,
}

impl Corpus {
    /// So many articles, with all that they have.
    pub fn of(articles: u64) -> Self {
        Self { articles, bodies: true, terms: true }
    }

    /// One line instead of each text: what is left is front matter, lists and the frame around pages.
    pub fn without_texts(self) -> Self {
        Self { bodies: false, ..self }
    }

    /// Without categories and tags, but for one of each.
    pub fn without_terms(self) -> Self {
        Self { terms: false, ..self }
    }

    /// A site for our generator.
    pub fn for_ours(self, folder: &Path) {
        copy(&repository().join("tests/bench/theme"), folder);
        self.write(&folder.join("content"));
    }

    /// The same site for Hugo.
    pub fn for_hugo(self, folder: &Path) {
        copy(&repository().join("tests/bench/hugo"), folder);
        self.write(&folder.join("content"));
    }

    fn write(self, content: &Path) {
        for year in 2006..=2025 {
            fs::create_dir_all(content.join(format!("vijesti/{year}"))).unwrap();
        }
        for number in 0..self.articles {
            let plan = self.plan(number);
            let article = format!("{}\n{}", self.front_matter(&plan), self.body(&plan));
            fs::write(content.join(&plan.path), article).unwrap();
        }
    }

    /// What other articles know of one. The oldest is number 0.
    pub fn plan(self, number: u64) -> Plan {
        let mut chance = Chance::of(number, 1);
        let day = number * DAYS / self.articles;
        // Between 8 and 20 o'clock, each article at a second of its own.
        let second = 8 * 3600 + number * DAYS % self.articles * 43_200 / self.articles;
        let date = jiff::civil::date(2006, 1, 1) + jiff::Span::new().days(i64::try_from(day).unwrap());
        let offset = if (4..=9).contains(&date.month()) { 2 } else { 1 };
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let date_time = format!("{date}T{hour:02}:{minute:02}:{second:02}+0{offset}:00");
        let (what, place) = (chance.one_of(&text::EVENTS), chance.one_of(&text::PLACES));
        let title = match chance.below(4) {
            0 => format!("{what} {place}: {}", chance.one_of(&text::NEWS)),
            1 => format!("{what} {place} – {}. put", chance.below(30) + 2),
            2 => format!("{what} {place} „{}”", chance.one_of(&text::NAMES)),
            _ => format!("{what} {place}"),
        };
        let path = format!("vijesti/{}/{}-{number}.md", date.year(), ascii(&format!("{what} {place}")));
        Plan { number, title, date_time, path }
    }

    fn front_matter(self, plan: &Plan) -> String {
        let mut chance = Chance::of(plan.number, 2);
        let description = sentence(&mut chance);
        let (mut categories, mut tags) = (Vec::new(), Vec::new());
        // The menu links to two categories, so the oldest article is in both.
        match plan.number {
            0 => categories.extend(&text::CATEGORIES[..2]),
            _ if !self.terms => {}
            _ => chance.some_of(&text::CATEGORIES, 1, 2, &mut categories),
        }
        if self.terms || plan.number == 0 {
            chance.some_of(&text::TAGS, 1, 5, &mut tags);
        }
        let double = |text: &str| format!("\"{text}\"");
        let single = |text: &str| format!("'{text}'");
        let needs_quotes = plan.title.contains(": ");
        let mut lines = vec!["---".to_owned()];
        let form = plan.number % 6;
        let title = match form {
            0 | 3 | 5 if !needs_quotes => plan.title.clone(),
            1 => double(&plan.title),
            _ => single(&plan.title),
        };
        lines.push(format!("title: {title}"));
        lines.push(match form {
            5 => format!("date: \"{}\" # objavljeno", plan.date_time),
            _ => format!("date: {}", plan.date_time),
        });
        let middle = description.match_indices(' ').map(|(at, _)| at).find(|at| *at > description.len() / 2);
        match (form, middle) {
            (3, Some(at)) => {
                lines.push("description: >-".to_owned());
                lines.push(format!("  {}", &description[..at]));
                lines.push(format!("  {}", &description[at + 1..]));
            }
            (4, _) => lines.extend(["description: |-".to_owned(), format!("  {description}")]),
            (5, _) => {
                lines.extend(["# Za popise.".to_owned(), format!("description: {}", single(&description))])
            }
            _ => lines.push(format!("description: {}", double(&description))),
        }
        for (key, terms) in [("categories", categories), ("tags", tags)] {
            match (form, terms.is_empty()) {
                (_, true) => {}
                (0 | 5, _) => lines.push(format!("{key}: [{}]", terms.join(", "))),
                (3, _) => {
                    let terms: Vec<_> = terms.iter().map(|term| double(term)).collect();
                    lines.push(format!("{key}: [{}]", terms.join(", ")));
                }
                (form, _) => {
                    lines.push(format!("{key}:"));
                    let indent = if form == 2 { "" } else { "  " };
                    lines.extend(terms.iter().map(|term| format!("{indent}- {term}")));
                }
            }
        }
        if form != 4 {
            lines.push("draft: false".to_owned());
        }
        lines.push("---\n".to_owned());
        lines.join("\n")
    }

    fn body(self, plan: &Plan) -> String {
        let mut chance = Chance::of(plan.number, 3);
        if !self.bodies {
            return format!("{}\n", sentence(&mut chance));
        }
        let wrapped = chance.below(3) == 0;
        let mut blocks = Vec::new();
        for place in 0..3 + chance.below(10) {
            if place % 3 == 2 && chance.below(3) > 0 {
                let level = if chance.below(5) == 0 { "###" } else { "##" };
                // A third level needs a second before it.
                let level =
                    if blocks.iter().any(|block: &String| block.starts_with("## ")) { level } else { "##" };
                blocks.push(format!("{level} {}", chance.one_of(&text::HEADINGS)));
            }
            let paragraph = self.paragraph(plan, &mut chance);
            blocks.push(if wrapped { broken(&paragraph) } else { paragraph });
            blocks.extend(self.other(&mut chance));
        }
        blocks.join("\n\n") + "\n"
    }

    fn paragraph(self, plan: &Plan, chance: &mut Chance) -> String {
        let mut paragraph = String::new();
        for place in 0..2 + chance.below(5) {
            if place > 0 {
                paragraph.push(' ');
            }
            let said = sentence(chance);
            match chance.below(20) {
                0 => write!(paragraph, "**Važno:** {said}").unwrap(),
                1 => write!(paragraph, "{said} *Hvala na strpljenju.*").unwrap(),
                2 => {
                    let form = chance.below(900) + 100;
                    write!(
                        paragraph,
                        "{said} Obrazac: [e-usluge](https://e-usluge.example/obrazac?id={form}&jezik=hr)."
                    )
                    .unwrap();
                }
                3 => write!(paragraph, "{said} Pozovite se na oznaku `GU-{}`.", chance.below(9000) + 1000)
                    .unwrap(),
                4 | 5 => {
                    let other = self.plan(chance.below(self.articles));
                    if other.number == plan.number {
                        paragraph.push_str(&said);
                    } else {
                        write!(paragraph, "{said} Više: [{}]({}).", other.title, other.url()).unwrap();
                    }
                }
                _ => paragraph.push_str(&said),
            }
        }
        paragraph
    }

    /// A list, a table, a quotation or code, now and then.
    fn other(self, chance: &mut Chance) -> Option<String> {
        let mut items = Vec::new();
        let block = match chance.below(40) {
            0..4 => {
                chance.some_of(&text::ITEMS, 3, 6, &mut items);
                items.iter().map(|item| format!("- {item}")).collect()
            }
            4..6 => {
                chance.some_of(&text::ITEMS, 3, 5, &mut items);
                items.iter().enumerate().map(|(place, item)| format!("{}. {item}", place + 1)).collect()
            }
            6 => vec![format!("> {}", sentence(chance)), ">".to_owned(), format!("> {}", sentence(chance))],
            7 => {
                chance.some_of(&text::ITEMS, 3, 8, &mut items);
                let head = ["| Prilog | Rok | Kom. |", "|:-------|:---:|-----:|"].map(str::to_owned);
                let rows = items
                    .iter()
                    .map(|item| format!("| {item} | {} | {} |", date(chance), chance.below(9) + 1));
                head.into_iter().chain(rows.collect::<Vec<_>>()).collect()
            }
            8 => vec![
                "```".to_owned(),
                format!("Poziv na broj: {}", chance.below(90_000) + 10_000),
                "```".to_owned(),
            ],
            _ => return None,
        };
        Some(block.join("\n"))
    }
}

/// An article before it is written.
#[derive(Debug, Clone)]
pub struct Plan {
    number: u64,
    /// The title.
    pub title: String,
    date_time: String,
    /// Its file below `content`.
    pub path: String,
}

impl Plan {
    /// The path of its page.
    pub fn url(&self) -> String {
        format!("/{}/", self.path.trim_end_matches(".md"))
    }
}

fn sentence(chance: &mut Chance) -> String {
    let mut rest = chance.one_of(&text::SENTENCES);
    let mut said = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        let (slot, after) = after.split_once('}').unwrap();
        said.push_str(before);
        match slot {
            "place" => said.push_str(chance.one_of(&text::PLACES)),
            "date" => said.push_str(&date(chance)),
            "number" => write!(said, "{}", chance.below(190) + 10).unwrap(),
            "money" => write!(said, "{}.{:03},00 eura", chance.below(900) + 11, chance.below(1000)).unwrap(),
            other => panic!("no slot {other}"),
        }
        rest = after;
    }
    said + rest
}

fn date(chance: &mut Chance) -> String {
    format!("{}. {}", chance.below(28) + 1, chance.one_of(&text::MONTHS))
}

/// With line breaks where no line begins with what Markdown reads as a list, a heading or a table.
fn broken(text: &str) -> String {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        let plain = word.starts_with(char::is_alphabetic);
        if plain && line.len() + word.len() > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

fn ascii(text: &str) -> String {
    let letter = |letter: char| match letter {
        'č' | 'ć' | 'Č' | 'Ć' => 'c',
        'š' | 'Š' => 's',
        'ž' | 'Ž' => 'z',
        'đ' | 'Đ' => 'd',
        other if other.is_ascii_alphanumeric() => other.to_ascii_lowercase(),
        _ => '-',
    };
    text.chars().map(letter).collect()
}

/// SplitMix64: the same numbers on every machine and with every version of every library.
struct Chance(u64);

impl Chance {
    fn of(number: u64, purpose: u64) -> Self {
        Self(number.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ purpose.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn one_of(&mut self, texts: &[&'static str]) -> &'static str {
        texts[usize::try_from(self.below(texts.len() as u64)).unwrap()]
    }

    /// From `least` to `most` different ones.
    fn some_of(&mut self, texts: &[&'static str], least: u64, most: u64, into: &mut Vec<&'static str>) {
        let count = least + self.below(most - least + 1);
        while (into.len() as u64) < count {
            let next = self.one_of(texts);
            if !into.contains(&next) {
                into.push(next);
            }
        }
    }
}
