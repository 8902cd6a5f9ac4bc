//! Generated input: nothing panics, and what is accepted is stable, readable and within the schema.

use forms::html::{CheckView, FormView, check_page, form_page};
use forms::procedure::Cards;
use forms::strings::Strings;
use forms::{Answers, Form, RawAnswers, json_schema, summary};

use crate::schema::meets;
use crate::support::{LANGUAGES, REQUEST, TODAY, cards, raw, shipped, strings};

/// A small generator (xorshift): the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 40] = [
            "",
            " ",
            "a",
            "Ana",
            "Žderić",
            "Đ",
            "\u{30c}",
            "\u{202e}",
            "\u{0}",
            "\r\n",
            "\n\n",
            "\u{feff}",
            "@",
            "ana@example.org",
            "+387 39 123 456",
            "00",
            "0",
            "1",
            "2",
            "13",
            "31",
            "1990",
            "2099",
            "0101990360007",
            "-",
            "−",
            "+",
            ".",
            "..",
            "DE",
            "birth",
            "marriage",
            "other",
            "post",
            "self",
            "𝒜",
            "👩\u{200d}👧",
            "ﬁ",
            "İ",
            "٣",
        ];
        let count = self.below(4);
        let mut text: String = (0..count).map(|_| PIECES[self.below(PIECES.len())]).collect();
        if self.below(60) == 0 {
            text = text.repeat(3000);
        }
        if self.below(20) == 0 {
            text.extend((0..self.below(30)).filter_map(|_| char::from_u32((self.next() % 0x11_0000) as u32)));
        }
        text
    }
}

fn names(form: &Form) -> Vec<String> {
    let mut names: Vec<String> = form.fields().map(|(field, _)| field.id.clone()).collect();
    for extra in [
        "_entries.certificates",
        "_edit",
        "_add",
        "_remove",
        "certificates.0",
        "certificates..kind",
        "",
        ".",
        "certificates.-1.kind",
        "certificates.99.kind",
    ] {
        names.push(extra.to_owned());
    }
    for date in ["birth_date", "marriage_date", "death_date"] {
        names.extend(["day", "month", "year", "unknown"].map(|part| format!("{date}.{part}")));
    }
    for index in 0..3 {
        names.extend(
            ["kind", "copies", "language", "script", "country_of_use"]
                .map(|f| format!("certificates.{index}.{f}")),
        );
    }
    names
}

/// What is read once for all rounds.
struct World {
    strings: Vec<Strings>,
    cards: Cards,
}

impl World {
    fn read() -> Self {
        Self { strings: LANGUAGES.map(strings).into(), cards: cards() }
    }
}

fn look_at_everything(world: &World, form: &Form, raw: &RawAnswers, round: usize) -> bool {
    let (strings, cards) = (&world.strings[round % 3], &world.cards);
    let lang = strings.language();
    let raw = &forms::groups::edited(form, raw).unwrap_or_else(|| raw.clone());
    let result = forms::validate(form, raw, TODAY);
    let violations = result.as_ref().err().cloned().unwrap_or_default();
    let view = FormView {
        form,
        lang,
        strings,
        cards,
        action: "/",
        form_url: None,
        raw,
        violations: &violations,
        notice: None,
        today: TODAY,
    };
    let html = form_page(&view).into_string();
    assert!(!html.contains('«') || raw.pairs().any(|(_, value)| value.contains('«')), "a text is missing");
    for violation in &violations {
        assert!(html.contains(&format!("id=\"{}\"", violation.anchor)), "{violation:?}");
    }
    let Ok(answers) = result else { return false };
    meets(&json_schema(form, lang), &answers.to_json()).unwrap();
    let back =
        Answers::from_json(form, &serde_json::from_slice(&answers.canonical_bytes()).unwrap()).unwrap();
    assert_eq!(back.canonical_bytes(), answers.canonical_bytes());
    let _ = summary::plain_text(form, lang, strings, &answers);
    let _ = (answers.facets(form), answers.contact(form));
    let view = CheckView {
        form,
        lang,
        strings,
        cards,
        answers: &answers,
        raw,
        confirm_action: "/",
        edit_action: "/",
        check_key: "k",
        notice: None,
        work: None,
        offer_again: false,
        today: TODAY,
        attached: None,
    };
    check_page(&view);
    true
}

#[test]
fn no_input_panics() {
    let world = World::read();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for id in ["registracija", "zahtjev-za-ispravu"] {
        let form = shipped(id);
        let names = names(&form);
        for round in 0..150 {
            let count = numbers.below(60);
            let pairs: Vec<(String, String)> =
                (0..count).map(|_| (names[numbers.below(names.len())].clone(), numbers.text())).collect();
            look_at_everything(&world, &form, &RawAnswers::from_pairs(pairs), round);
        }
    }
}

#[test]
fn a_request_with_a_few_odd_answers_is_either_explained_or_stable() {
    let world = World::read();
    let form = shipped("zahtjev-za-ispravu");
    let names = names(&form);
    let mut numbers = Numbers(7);
    let mut accepted = 0;
    for round in 0..300 {
        let mut typed = raw(REQUEST);
        for _ in 0..=numbers.below(2) {
            typed.set(&names[numbers.below(names.len())], numbers.text());
        }
        accepted += usize::from(look_at_everything(&world, &form, &typed, round));
    }
    assert!(accepted > 50, "only {accepted} of the generated requests were accepted");
}

#[test]
fn canonical_answers_typed_again_are_the_same_answers() {
    let form = shipped("zahtjev-za-ispravu");
    let mut numbers = Numbers(11);
    for _ in 0..300 {
        let mut typed = raw(REQUEST);
        let texts = [
            "given_name",
            "birth_name",
            "address",
            "note",
            "purpose",
            "phone",
            "email",
            "birth_place",
            "register_settlement",
        ];
        for name in texts {
            if numbers.below(3) == 0 {
                typed.set(name, numbers.text());
            }
        }
        let Ok(first) = forms::validate(&form, &typed, TODAY) else { continue };
        let json = first.to_json();
        for name in texts {
            typed.set(name, json.get(name).and_then(|value| value.as_str()).unwrap_or_default());
        }
        let second = forms::validate(&form, &typed, TODAY).expect("what was accepted is accepted again");
        assert_eq!(first.canonical_bytes(), second.canonical_bytes());
    }
}
