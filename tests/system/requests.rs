//! Requests that no page of ours sends: refused with a page that helps, and nothing is stored.

use tests::http::{Request, encoded};
use tests::{Page, Person, page::Form};

use crate::Town;

const CHECK: &str = "/usluge/registracija/provjera";
const CONFIRM: &str = "/usluge/registracija/potvrda";
const FORM: &str = "application/x-www-form-urlencoded";

fn filled(town: &Town) -> Form {
    let person = Person::who_registers();
    let mut form = town.browser().open(&person.page()).form(CHECK);
    form.fill_all(&person.answers);
    form
}

fn send(town: &Town, request: &Request) -> Page {
    Page::new(request.send(town.server().address()))
}

/// Refused on both addresses with this status; the page explains it in every language and stores nothing.
fn refused(town: &Town, status: u16, heading: &str, request: impl Fn(&str) -> Request) {
    for path in [CHECK, CONFIRM] {
        let page = send(town, &request(path));
        assert_eq!(page.status(), status, "{path}: {}", page.text);
        assert_eq!(page.heading, heading);
        assert!(page.answer.body.contains("<section lang=\"de\">"), "in every language");
        assert!(
            page.links.iter().any(|(to, _)| to == "/obrasci/registracija/"),
            "a way on: {:?}",
            page.links
        );
        assert!(page.title.contains("Grad Ljubuški"), "in the site's frame: {}", page.title);
    }
    assert_eq!(town.office().count(), 0);
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let town = Town::new();
    refused(&town, 413, "Poslano je previše podataka", |path| {
        Request::form(town.server().address(), path, &[("city".to_owned(), "x".repeat(300_000))])
    });
    refused(&town, 413, "Poslano je previše podataka", |path| {
        let many: Vec<_> = (0..2_500).map(|number| (format!("x{number}"), String::new())).collect();
        Request::form(town.server().address(), path, &many)
    });
}

#[test]
fn a_body_that_is_no_text_is_refused() {
    let town = Town::new();
    for body in ["given_name=%ff%fe", "given_name=%zz", "given_name=%C4"] {
        refused(&town, 400, "Podatke ne možemo pročitati", |path| {
            Request::new("POST", path).header("Content-Type", FORM).body(body)
        });
    }
}

#[test]
fn another_kind_of_content_is_refused() {
    let town = Town::new();
    for kind in [
        "multipart/form-data; boundary=x",
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded; charset=windows-1250",
    ] {
        refused(&town, 415, "Podatke ne možemo pročitati", |path| {
            Request::new("POST", path).header("Content-Type", kind).body("given_name=Ana")
        });
    }
    refused(&town, 415, "Podatke ne možemo pročitati", |path| {
        Request::new("POST", path).body("given_name=Ana")
    });
}

#[test]
fn forms_on_other_sites_are_refused() {
    let town = Town::new();
    let body = encoded(&filled(&town).pairs());
    for origin in ["https://evil.example", "http://127.0.0.1:1", "https://ljubuski.example.evil.example", ""]
    {
        refused(&town, 403, "Obrazac nije poslan s naše stranice", |path| {
            Request::new("POST", path)
                .header("Content-Type", FORM)
                .header("Origin", origin)
                .body(body.clone())
        });
    }
    refused(&town, 403, "Obrazac nije poslan s naše stranice", |path| {
        Request::new("POST", path)
            .header("Content-Type", FORM)
            .header("Sec-Fetch-Site", "cross-site")
            .body(body.clone())
    });
}

#[test]
fn a_browser_that_hides_where_it_comes_from_keeps_the_answers() {
    let town = Town::new();
    let request = Request::new("POST", CHECK)
        .header("Content-Type", FORM)
        .header("Origin", "null")
        .body(encoded(&filled(&town).pairs()));
    let page = send(&town, &request);
    assert_eq!((page.status(), page.heading.as_str()), (403, "Potvrdite slanje"));
    let kept = page.form(CHECK);
    assert_eq!(kept.value("family_name"), "Čačić-Žužul");
    let checked = town.browser().submit(&kept);
    town.browser().confirm(&checked.form(CONFIRM));
    assert_eq!(town.office().submissions()[0].sealed["answers"], Person::who_registers().arrives);
}

#[test]
fn a_person_whose_browser_fills_the_trap_is_not_shut_out() {
    let town = Town::new();
    let mut pairs = filled(&town).pairs();
    pairs.iter_mut().find(|(name, _)| name == "website_url").unwrap().1 = "https://spam.example".to_owned();
    let page = town.browser().post(CHECK, &pairs);
    assert_eq!(page.status(), 200);
    town.browser().confirm(&page.form(CONFIRM));
    assert_eq!(town.office().count(), 1);
}

#[test]
fn a_confirmation_without_a_key_or_with_a_forged_one_stores_nothing() {
    let town = Town::new();
    let confirm = town.browser().check(&Person::who_registers());
    for forged in ["", "x", &confirm.value("_key").to_uppercase(), &confirm.value("_key")[1..]] {
        let mut pairs = confirm.pairs();
        pairs.iter_mut().find(|(name, _)| name == "_key").unwrap().1 = forged.to_owned();
        let page = town.browser().post(CONFIRM, &pairs);
        assert_eq!(page.status(), 409, "{}", page.text);
        assert!(page.text.contains("Ništa još nije poslano"));
    }
    assert_eq!(town.office().count(), 0);
}

#[test]
fn receipts_cannot_be_guessed() {
    let town = Town::new();
    let receipt = town.browser().send(&Person::who_registers());
    // What follows is the way to the copy of the answers.
    let (address, _) = receipt.location.rsplit_once('.').unwrap();
    let (path, tag) = address.rsplit_once('.').unwrap();
    let other: String = tag.chars().map(|c| if c == 'A' { 'B' } else { 'A' }).collect();
    for guess in [path.to_owned(), format!("{path}.{other}"), "/usluge/potvrda/x".to_owned()] {
        assert_eq!(town.browser().open(&guess).status(), 404, "{guess}");
    }
}

#[test]
fn addresses_that_only_take_posts_explain_themselves() {
    let town = Town::new();
    for path in [CHECK, CONFIRM] {
        let page = town.browser().open(path);
        assert_eq!((page.status(), page.answer.header("allow")), (405, Some("POST")));
        assert!(page.links.iter().any(|(to, _)| to == "/obrasci/registracija/"), "{:?}", page.links);
    }
    for page in [town.browser().open("/usluge/"), town.browser().post("/usluge/nema/provjera", &[])] {
        assert_eq!(page.status(), 404);
        assert_eq!(page.heading, "Ova stranica ne postoji");
    }
}

#[test]
fn every_dynamic_answer_is_private_and_guarded() {
    let town = Town::new();
    let confirm = town.browser().check(&Person::who_registers());
    let receipt = town.browser().confirm(&confirm);
    let pages = [
        town.browser().submit(&filled(&town)),
        town.browser().post(CHECK, &[]),
        town.browser().submit(&confirm),
        town.browser().open(&receipt.location),
        town.browser().open(CHECK),
    ];
    for page in pages {
        let header = |name| page.answer.header(name).unwrap_or_default().to_owned();
        let caching = header("cache-control");
        assert!(
            caching == "no-store" || caching.starts_with("private, "),
            "no shared cache may keep it: {caching}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        let policy = header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    }
}
