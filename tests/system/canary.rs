//! Nothing that a person wrote is readable anywhere but in memory, on the pages that this person gets, and under the
//! desk's key. The answers come from the definitions: every question of every form has its canary.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use forms::definition::{Field, Kind, Mark};
use forms::{Form, RawAnswers, validate};
use tests::site::contents;
use tests::{Page, Person, eventually};

use crate::Town;

/// One submission for each option of the longest list of options, so that every condition is met once.
const VARIANTS: usize = 8;
/// Fewer bytes are found anywhere by chance.
const SHORTEST: usize = 6;

/// What is looked for: the question and the word that answers it.
type Canaries = Vec<(String, String)>;

/// A form of the shipped site with everybody who fills it in.
struct Choir {
    form: Form,
    singers: Vec<Person>,
    canaries: Canaries,
}

fn choirs(site: &Path) -> Vec<Choir> {
    let mut files: Vec<_> = fs::read_dir(site.join("content/obrasci")).unwrap().flatten().collect();
    files.sort_by_key(|file| file.file_name());
    let forms = files.iter().map(|file| {
        let id = file.path().file_stem().unwrap().to_str().unwrap().to_owned();
        Form::from_yaml(&id, &fs::read_to_string(file.path()).unwrap(), &["hr", "en", "de"]).unwrap()
    });
    forms.map(choir).collect()
}

fn choir(form: Form) -> Choir {
    let mut canaries = Vec::new();
    let id: &'static str = Box::leak(form.id().to_owned().into_boxed_str());
    let singers = (0..VARIANTS).map(|variant| {
        let mut answers = Vec::new();
        for (number, (field, _)) in form.fields().enumerate() {
            fill(field, &field.id, number, variant, &mut answers, &mut canaries);
        }
        let files = files(&form, &answers);
        Person { form: id, language: "hr", answers, files, arrives: serde_json::Value::Null }
    });
    let singers = singers.collect();
    canaries.sort();
    canaries.dedup();
    Choir { form, singers, canaries }
}

/// One for each question for files that these answers cause.
fn files(form: &Form, answers: &[(String, String)]) -> Vec<(&'static str, Vec<u8>)> {
    let raw = RawAnswers::from_pairs(answers.iter().cloned());
    let answers = validate(form, &raw, jiff::civil::date(2026, 11, 23)).unwrap();
    let asked = forms::attachments::asked(form, &answers);
    let name = |id: &str| -> &'static str { Box::leak(id.to_owned().into_boxed_str()) };
    asked.iter().map(|asked| (name(&asked.field.id), attachments::samples::jpeg())).collect()
}

/// Answers one question. Closed lists, countries and small numbers are no secret words; the rest is told apart by
/// its number.
fn fill(
    field: &Field,
    name: &str,
    number: usize,
    variant: usize,
    answers: &mut Vec<(String, String)>,
    canaries: &mut Canaries,
) {
    let mut answer = |part: &str, value: &str| answers.push((format!("{name}{part}"), value.to_owned()));
    let mut sing = |word: String| {
        if field.mark != Mark::Facet {
            canaries.push((name.to_owned(), word));
        }
    };
    let letters: String =
        [number / 26, number % 26].map(|n| char::from(b'a' + u8::try_from(n).unwrap())).iter().collect();
    let word = match &field.kind {
        Kind::Name => format!("Kanarčić{letters}qz"),
        Kind::Text { .. } | Kind::LongText { .. } | Kind::SelectOrText { .. } | Kind::Address => {
            format!("kanarinac čž {letters}{number} qzx")
        }
        Kind::Email => format!("kanarinac-{letters}{number}-v{variant}-qzx@example.org"),
        Kind::Phone => format!("+4917198765{number:03}"),
        Kind::Jmb { .. } => jmb(number),
        Kind::Date { .. } => {
            let (day, month, year) = (10 + number % 18, 7, 1930 + number);
            answer(".day", &day.to_string());
            answer(".month", &month.to_string());
            answer(".year", &year.to_string());
            sing(format!("{year}-{month:02}-{day:02}"));
            return;
        }
        Kind::Year => return answer("", "1950"),
        Kind::Country => return answer("", "CH"),
        Kind::Number { max, .. } => return answer("", &max.to_string()),
        Kind::Choice { options } => return answer("", &options[variant % options.len()].value),
        Kind::Choices { options } => return answer("", &options[variant % options.len()].value),
        Kind::Consent { .. } => return answer("", "1"),
        // Sent on a page of its own.
        Kind::Attachment { .. } => return,
        Kind::Group { fields, .. } => {
            for (inner, field) in fields.iter().enumerate() {
                let name = format!("{name}.0.{}", field.id);
                fill(field, &name, number * 20 + inner, variant, answers, canaries);
            }
            return;
        }
    };
    answer("", &word);
    sing(word);
}

/// An artificial number of somebody born on 1 January 1990, with the right check digit.
fn jmb(number: usize) -> String {
    (number..)
        .find_map(|serial| {
            let twelve = format!("010199099{:03}", serial % 1000);
            let digits: Vec<u32> = twelve.chars().map(|c| c.to_digit(10).unwrap()).collect();
            let sum: u32 = (0..6).map(|i| (7 - i as u32) * (digits[i] + digits[i + 6])).sum();
            match 11 - sum % 11 {
                10 => None,
                11 => Some(format!("{twelve}0")),
                check => Some(format!("{twelve}{check}")),
            }
        })
        .unwrap()
}

/// All the ways in which a word could lie somewhere.
fn disguises(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let percent: String =
        word.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect();
    let wide = |big: bool| -> Vec<u8> {
        word.encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    let mut found = vec![
        ("as it is", word.as_bytes().to_vec()),
        ("percent-encoded", percent.clone().into_bytes()),
        ("posted", percent.replace("%20", "+").into_bytes()),
        ("in lower percent", percent.to_lowercase().into_bytes()),
        ("UTF-16 LE", wide(false)),
        ("UTF-16 BE", wide(true)),
        ("hexadecimal", HEXLOWER.encode(word.as_bytes()).into_bytes()),
        ("JSON", serde_json_escaped(word).into_bytes()),
        ("quoted-printable", percent.replace("%2D", "-").replace('%', "=").into_bytes()),
    ];
    // Base64 of a word inside other text depends on where it begins: three ways, without the uncertain ends.
    for shift in 0..3 {
        let padded = [&b"\0\0\0"[..shift], word.as_bytes()].concat();
        let whole = padded.len() / 3 * 3;
        let from = if shift == 0 { 0 } else { 4 };
        found.push(("base64", BASE64.encode(&padded[..whole]).as_bytes()[from..].to_vec()));
        found.push(("base64url", BASE64URL.encode(&padded[..whole]).as_bytes()[from..].to_vec()));
    }
    found
}

fn serde_json_escaped(word: &str) -> String {
    word.chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) })
        .collect()
}

/// All words in all disguises, found in one pass by their first bytes.
struct Search<'a> {
    patterns: Vec<(&'a str, &'static str, Vec<u8>)>,
    by_start: HashMap<[u8; SHORTEST], Vec<usize>>,
}

impl<'a> Search<'a> {
    fn new(canaries: &'a Canaries) -> Self {
        let patterns: Vec<_> = canaries
            .iter()
            .flat_map(|(field, word)| {
                disguises(word).into_iter().map(move |(how, bytes)| (field.as_str(), how, bytes))
            })
            .filter(|(_, _, bytes)| bytes.len() >= SHORTEST)
            .collect();
        let mut by_start: HashMap<_, Vec<usize>> = HashMap::new();
        for (number, (_, _, bytes)) in patterns.iter().enumerate() {
            by_start.entry(*bytes.first_chunk().unwrap()).or_default().push(number);
        }
        Self { patterns, by_start }
    }

    /// Questions whose answers are there, and how they look.
    fn found_in(&self, place: &[u8]) -> BTreeSet<(&'a str, &'static str)> {
        let starts = place
            .windows(SHORTEST)
            .enumerate()
            .filter_map(|(at, window)| Some((at, self.by_start.get(window.first_chunk::<SHORTEST>()?)?)));
        starts
            .flat_map(|(at, numbers)| numbers.iter().map(move |number| (at, &self.patterns[*number])))
            .filter(|(at, (_, _, bytes))| place[*at..].starts_with(bytes))
            .map(|(_, (field, how, _))| (*field, *how))
            .collect()
    }
}

#[test]
fn no_answer_is_readable_outside_the_seal() {
    let mut town = Town::new();
    let mut places: Vec<(String, Vec<u8>)> = Vec::new();
    let mut canaries = Canaries::new();
    let mut said = String::new();
    let mut letters = 0;
    for choir in choirs(&town.site.root()) {
        for (number, person) in choir.singers.iter().enumerate() {
            let browser = town.browser();
            let confirm = browser.check(person);
            let mut answers = vec![browser.submit(&confirm), browser.submit(&confirm)];
            letters += 1;
            if number == 0 {
                // Every other way on: mistakes, the same again, send again, refusals, odd entries.
                let mut form = browser.open(&person.page()).form(&person.action("provjera"));
                form.fill_all(&person.answers);
                let mut wrong = form.clone();
                wrong.fill("country", "");
                answers.push(browser.submit(&wrong));
                let double = browser.submit(&browser.check(person));
                answers.push(browser.press(&double.form(&person.action("potvrda")), "_again", "1"));
                letters += 1;
                answers.push(double);
                answers.push(browser.post("/usluge/nema/potvrda", &form.pairs()));
            }
            let locations: Vec<_> =
                answers.iter().filter_map(|page| page.answer.header("location").map(str::to_owned)).collect();
            for location in locations {
                // The address in the letter shows nothing of the answers; the one after sending does, for an hour.
                let (mailed, _) = location.rsplit_once('.').unwrap();
                let receipt = browser.open(mailed);
                assert_eq!(receipt.heading, "Zaprimili smo Vaše podatke");
                places.push(("the receipt".to_owned(), receipt.answer.body.clone().into_bytes()));
                let file = browser.open(&format!("{mailed}/potvrda.txt"));
                places.push(("the signed receipt".to_owned(), file.answer.body.clone().into_bytes()));
                answers.push(browser.open(&location));
            }
            places.extend(answers.iter().map(heads));
        }
        assert_every_question_was_answered(&town, &choir.form);
        canaries.extend(choir.canaries);
        said.push_str(&town.server().said());
        town.power_cut();
    }
    eventually(40, "all letters", || (town.office().letters().len() >= letters).then_some(()));
    said.push_str(&town.server().said());
    places.push(("the outputs of the server".to_owned(), said.into_bytes()));
    for folder in [town.data(), town.keys()] {
        places.extend(contents(&folder));
    }
    places.extend(temporary_files(town.place.path()));
    assert!(places.iter().any(|(name, bytes)| name == "submissions.sqlite3" && bytes.len() > 4096));

    let search = Search::new(&canaries);
    let mut seen = Vec::new();
    for (name, place) in &places {
        let is_letter = name.starts_with("mail/") && name.ends_with(".eml");
        // A letter has to name whom it goes to.
        let found = search.found_in(place).into_iter().filter(|(field, _)| !(is_letter && *field == "email"));
        seen.extend(found.map(|(field, how)| format!("{field} {how} in {name}")));
    }
    assert!(seen.is_empty(), "{}", seen.join("\n"));

    // The search itself finds what is there: the addresses in the letters, and a word in each of its disguises.
    let sung = |name: &str, place: &[u8]| name.starts_with("mail/") && !search.found_in(place).is_empty();
    assert!(places.iter().any(|(name, place)| sung(name, place)));
    for (_, how, bytes) in &search.patterns {
        let place = [b"before".as_slice(), bytes, b"after"].concat();
        assert!(search.found_in(&place).iter().any(|(_, found)| found == how), "{how}");
    }
}

/// The desk reads an answer to every question that can be typed: no canary was left out.
fn assert_every_question_was_answered(town: &Town, form: &Form) {
    let arrived: Vec<_> =
        town.office().submissions().into_iter().filter(|submission| submission.form == form.id()).collect();
    for (field, _) in form.fields() {
        let answers = arrived.iter().filter_map(|submission| submission.sealed["answers"].get(&field.id));
        match &field.kind {
            Kind::Attachment { .. } => {}
            Kind::Group { fields, .. } => {
                let answers: Vec<_> = answers.collect();
                for inner in fields {
                    let is_there = answers.iter().any(|entries| entries[0].get(&inner.id).is_some());
                    assert!(is_there, "{}.{}", field.id, inner.id);
                }
            }
            _ => assert!(answers.count() > 0, "nobody answered {}", field.id),
        }
    }
}

/// Status line and headers of an answer: what proxies and logs see.
fn heads(page: &Page) -> (String, Vec<u8>) {
    (format!("the headers of “{}”", page.title), format!("{:?}", page.answer.headers).into_bytes())
}

/// SQLite may write files of its own beside the database, or elsewhere.
fn temporary_files(place: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(place.parent().unwrap()).unwrap().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("etilqs_"))
        .filter_map(|entry| Some((entry.path().display().to_string(), fs::read(entry.path()).ok()?)))
        .collect()
}
