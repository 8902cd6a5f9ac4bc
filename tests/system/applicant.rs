//! After the receipt, without script: the status page, the links of letters, one's own record.

use store::{Change, Changed, Changes as _, Reference, Stage};
use tests::office::{shown, wait_for};
use tests::{Browser, Office, Page, Person, eventually};

use crate::Town;

const EMAIL: &str = "durdica@example.org";

/// Fills in the status page of a language and looks.
fn status(browser: &Browser, page: &str, reference: &str, email: &str) -> Page {
    let mut form = browser.open(page).form("/usluge/status");
    form.fill("reference", reference).fill("email", email);
    browser.submit(&form)
}

/// The addresses of links in all letters.
fn links(office: &Office) -> Vec<String> {
    let texts = office.letters().into_iter().map(|letter| shown(&letter));
    let found = texts.flat_map(|text| {
        let parts = text.split("/usluge/veza/").skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
            format!("/usluge/veza/{}", &rest[..end.unwrap_or(rest.len())])
        });
        parts.collect::<Vec<_>>()
    });
    let mut links: Vec<String> = found.collect();
    links.sort();
    links.dedup();
    links
}

/// Waits for a letter with a link that was in none before.
fn new_link(office: &Office, before: &[String]) -> String {
    eventually(40, "a letter with a link", || links(office).into_iter().find(|link| !before.contains(link)))
}

fn office_moves(office: &Office, reference: &Reference, stage: Stage) {
    let version = office.record(reference).head.version;
    let mut change = Change::new(reference.clone(), version, jiff::Timestamp::now(), "moved by office");
    change.stage = Some(stage);
    assert_eq!(wait_for(office.store().change(&change)).unwrap(), Changed::Done(version + 1));
}

/// Presses the button of a page that has one, and looks where it leads.
fn press(browser: &Browser, path: &str) -> Page {
    let answer = browser.submit(&browser.open(path).form(path));
    assert_eq!(answer.status(), 303, "{}", answer.text);
    browser.open(answer.location())
}

#[test]
fn the_way_to_the_status_is_on_every_page_in_its_language() {
    let town = Town::new();
    for (home, status, title) in [
        ("/", "/usluge/status", "Gdje je moj zahtjev?"),
        ("/en/", "/usluge/status?lang=en", "Where is my request?"),
        ("/de/", "/usluge/status?lang=de", "Wo ist mein Antrag?"),
    ] {
        let page = town.browser().open(home);
        assert!(page.links.iter().any(|(to, text)| to == status && text == title), "{:?}", page.links);
        let page = town.browser().open(status);
        assert_eq!((page.status(), page.heading.as_str()), (200, title));
        // From there the other languages are one click away.
        let others = ["/usluge/status", "/usluge/status?lang=en", "/usluge/status?lang=de"];
        let linked = |to: &&&str| page.links.iter().any(|(link, _)| link == **to);
        assert!(
            others.iter().filter(|other| **other != status).all(|other| linked(&other)),
            "{:?}",
            page.links
        );
    }
    let receipt = town.browser().send(&Person::who_registers());
    let page = town.browser().open(&receipt.location);
    assert!(
        page.links.iter().any(|(to, _)| to == "/usluge/status"),
        "the receipt leads there: {:?}",
        page.links
    );
}

#[test]
fn a_person_sees_where_the_entry_is_confirms_the_address_and_is_told_no_more_than_strangers_are() {
    let town = Town::new();
    let (browser, office) = (town.browser(), town.office());
    let receipt = browser.send(&Person::who_registers());
    let link = new_link(&office, &[]);
    let page = status(&browser, "/usluge/status", &receipt.reference.to_lowercase(), EMAIL);
    assert_eq!(page.status(), 200, "{}", page.text);
    assert!(page.text.contains("Adresu e-pošte još niste potvrdili"), "{}", page.text);
    assert!(!page.text.contains("Čačić") && !page.text.contains("Zürich"), "{}", page.text);

    let page = browser.open(&link);
    assert_eq!(page.heading, "Potvrdite adresu e-pošte");
    let page = press(&browser, &link);
    assert_eq!(page.heading, "Adresa je potvrđena");
    assert_eq!(press_again(&browser, &link).heading, "Adresa je potvrđena");
    let page = status(&browser, "/usluge/status?lang=de", &receipt.reference, EMAIL);
    assert!(page.text.contains("Adresse bestätigt"), "{}", page.text);

    let wrong = status(&browser, "/usluge/status?lang=en", &receipt.reference, "iva@example.org");
    let absent = status(&browser, "/usluge/status?lang=en", "0000-0000", "iva@example.org");
    assert_eq!((wrong.status(), absent.status()), (422, 422));
    assert_eq!(wrong.text, absent.text);
    for (to, _) in &wrong.errors {
        assert!(wrong.ids.iter().any(|id| Some(id.as_str()) == to.strip_prefix('#')), "{to} leads nowhere");
    }
    assert_eq!(wrong.errors.len(), 2);
}

/// A link that did what it is for shows so, and has no button any more.
fn press_again(browser: &Browser, link: &str) -> Page {
    let page = browser.open(link);
    assert!(page.forms.iter().all(|form| form.action != link), "no button any more");
    page
}

#[test]
fn a_request_is_withdrawn_after_a_question_was_answered() {
    let town = Town::new();
    let (browser, office) = (town.browser(), town.office());
    let receipt = browser.send(&Person::who_orders());
    let reference: Reference = receipt.reference.parse().unwrap();
    office_moves(&office, &reference, Stage::Asked);
    let page = status(&browser, "/usluge/status", &receipt.reference, "zeljko@example.org");
    let (answer, _) =
        page.links.iter().find(|(_, text)| text == "Odgovorite na pitanje").expect("the way on");
    let mut form = browser.open(answer).form(answer);
    form.fill("answer", "Baka se zvala <Njegoslava>.\nPozdrav");
    let answered = browser.press(&form, "step", "answer");
    assert_eq!(answered.status(), 303, "{}", answered.text);
    assert_eq!(browser.open(answered.location()).heading, "Odgovor je stigao");
    let record = office.record(&reference);
    assert_eq!(record.head.stage, Stage::Answered);
    let opened = office.open(&record.additions[0].sealed);
    assert_eq!(opened["content"]["text"], "Baka se zvala <Njegoslava>.\nPozdrav");

    let page = status(&browser, "/usluge/status", &receipt.reference, "zeljko@example.org");
    let (withdraw, _) = page.links.iter().find(|(_, text)| text == "Povucite zahtjev").expect("the way out");
    assert_eq!(press(&browser, withdraw).heading, "Zahtjev je povučen");
    assert_eq!(office.record(&reference).head.stage, Stage::Withdrawn);
    let letters =
        eventually(40, "the letter", || Some(office.letters()).filter(|letters| letters.len() == 2));
    assert!(letters.iter().any(|letter| shown(letter).contains("povuč")), "{letters:?}");
}

#[test]
fn ones_own_record_is_replaced_and_then_erased_by_the_mailed_link() {
    let town = Town::new();
    let (browser, office) = (town.browser(), town.office());
    let receipt = browser.send(&Person::who_registers());
    let reference: Reference = receipt.reference.parse().unwrap();
    let before = vec![new_link(&office, &[])];
    let mut ask = browser.open("/usluge/moj-upis?lang=de").form("/usluge/moj-upis");
    ask.fill("email", EMAIL);
    let page = browser.submit(&ask);
    assert_eq!(page.heading, "Sehen Sie in Ihre E-Mails");
    let link = new_link(&office, &before);
    let page = browser.open(&link);
    assert!(page.text.contains("Švicarska") && !page.text.contains("Čačić"), "{}", page.text);

    let replace = page.forms.iter().find(|form| form.controls.iter().any(|c| c.value == "replace")).unwrap();
    let page = browser.press(replace, "step", "replace");
    assert_eq!(page.status(), 200, "{}", page.text);
    let token = link.rsplit('/').next().unwrap();
    let person = Person::who_registers().but("city", "Bern");
    let mut form = page.form(&format!("/usluge/registracija/provjera?zapis={token}"));
    form.fill_all(&person.answers);
    let checked = browser.submit(&form);
    assert_eq!(checked.status(), 200, "{:?}", checked.errors);
    let done = browser.submit(&checked.form(&format!("/usluge/registracija/potvrda?zapis={token}")));
    assert_eq!(done.heading, "Podatci su zamijenjeni");
    let submissions = office.submissions();
    assert_eq!(submissions.len(), 1);
    assert_eq!(submissions[0].sealed["answers"]["city"], "Bern");

    let page = browser.open(&link);
    let erase = page.forms.iter().find(|form| form.controls.iter().any(|c| c.value == "erase")).unwrap();
    let sure = browser.press(erase, "step", "erase");
    assert_eq!(sure.heading, "Doista izbrisati upis?");
    assert_eq!(office.count(), 1, "asked once more first");
    let gone = browser.press(&sure.form(&link), "step", "erase_now");
    assert_eq!((gone.status(), gone.heading.as_str()), (410, "Ovih podataka više nema"));
    assert_eq!(office.count(), 0);
    assert_eq!(status(&browser, "/usluge/status", &reference.to_string(), EMAIL).status(), 422);
    assert_eq!(browser.open(&link).status(), 410);
}
