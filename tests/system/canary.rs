//! Nothing that a person wrote is readable anywhere but in memory and under the desk's key.

use std::fs;
use std::path::Path;

use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use tests::site::contents;
use tests::{Page, Person};

use crate::Town;

/// A word that stands nowhere else, for each answer that is typed.
fn with_canaries(person: Person) -> (Person, Vec<(String, String)>) {
    let mut canaries = Vec::new();
    let mut marked = person;
    for (number, (name, value)) in marked.answers.iter_mut().enumerate() {
        let word = match name.as_str() {
            "given_name" | "family_name" | "person_given_name" | "person_family_name" | "birth_name"
            | "father_name" | "mother_name" | "spouse_name" | "attorney_name" => {
                let letter = char::from(b'a' + u8::try_from(number % 26).unwrap()).to_string();
                format!("Kanarčić{}{}", &marked.form[..1], letter.repeat(5))
            }
            "email" => format!("kanarinac-{}{number}-qzx@example.org", &marked.form[..1]),
            "phone" => "+4917198765432".to_owned(),
            // Year and number must fit: an artificial one that no other test has.
            "jmb" => "0101001250028".to_owned(),
            "document_number" => format!("KANAR{number}QZX"),
            "organisation_name"
            | "city"
            | "settlement"
            | "profession"
            | "sector"
            | "association"
            | "address"
            | "birth_place"
            | "register_settlement"
            | "marriage_place"
            | "purpose"
            | "note" => {
                format!("kanarinac čž {}{number} qzx", &marked.form[..1])
            }
            _ => continue,
        };
        word.clone_into(value);
        canaries.push((name.clone(), word));
    }
    (marked, canaries)
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

fn contains(place: &[u8], wanted: &[u8]) -> bool {
    wanted.len() >= 6 && place.windows(wanted.len()).any(|window| window == wanted)
}

#[test]
fn no_answer_is_readable_outside_the_seal() {
    let mut town = Town::new();
    let mut places: Vec<(String, Vec<u8>)> = Vec::new();
    let mut canaries = Vec::new();
    let mut said = String::new();
    for (person, marked) in Person::everybody().map(with_canaries) {
        assert!(marked.len() >= 8);
        let browser = town.browser();
        // Every way on: mistakes, check, double click, double, send again, receipt, refusals.
        let mut form = browser.open(&person.page()).form(&person.action("provjera"));
        form.fill_all(&person.answers);
        let mut wrong = form.clone();
        wrong.fill("country", "");
        let confirm = browser.check(&person);
        let mut answers = vec![browser.submit(&wrong), browser.submit(&confirm), browser.submit(&confirm)];
        let double = browser.submit(&browser.check(&person));
        answers.push(browser.press(&double.form(&person.action("potvrda")), "_again", "1"));
        answers.push(double);
        answers.push(browser.post("/usluge/nema/potvrda", &form.pairs()));
        for location in answers
            .iter()
            .filter_map(|page| page.answer.header("location").map(str::to_owned))
            .collect::<Vec<_>>()
        {
            answers.push(browser.open(&location));
        }
        places.extend(answers.iter().map(heads));
        let receipts = answers.iter().filter(|page| page.heading == "Zaprimili smo Vaše podatke");
        places.extend(receipts.map(|page| ("the receipt".to_owned(), page.answer.body.clone().into_bytes())));
        canaries.extend(marked);
        said.push_str(&town.server().said());
        town.power_cut();
    }
    town.office().wait_for_letters(4);
    said.push_str(&town.server().said());
    places.push(("the outputs of the server".to_owned(), said.into_bytes()));
    for folder in [town.data(), town.keys()] {
        places.extend(contents(&folder));
    }
    places.extend(temporary_files(town.place.path()));
    assert!(places.iter().any(|(name, bytes)| name == "submissions.sqlite3" && bytes.len() > 4096));

    let mut seen = Vec::new();
    for (field, word) in &canaries {
        for (disguise, bytes) in disguises(word) {
            for (name, place) in &places {
                let is_letter = name.starts_with("mail/") && name.ends_with(".eml");
                // A letter has to name whom it goes to.
                if contains(place, &bytes) && !(is_letter && field == "email") {
                    seen.push(format!("{field} {disguise} in {name}"));
                }
            }
        }
    }
    assert!(seen.is_empty(), "{}", seen.join("\n"));

    // The search itself finds what is there: the address in the letters.
    let address = canaries.iter().find(|(field, _)| field == "email").unwrap().1.as_bytes();
    assert!(places.iter().any(|(name, place)| name.starts_with("mail/") && contains(place, address)));
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
