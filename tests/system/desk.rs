//! The registrar at the command line, while the server runs: from the queue to the posted certificate.

use std::fs;

use serde_json::Value;
use tests::office::shown;
use tests::person::Person;
use tests::program::{Run, command, run};
use tests::{Server, eventually};

use crate::Town;

/// The artificial number of the domain's test vectors, which the person who orders fills in.
const JMB: &str = "0101990360007";

/// One desk command in English.
fn desk(town: &Town, arguments: &[&str]) -> Run {
    let folders = [town.site.root(), town.data(), town.keys()];
    let [root, data, keys] = folders.each_ref().map(|path| path.to_str().unwrap());
    let place = ["--root", root, "--data", data, "--keys", keys, "--lang", "en"];
    let mut command = command(["desk"].into_iter().chain(arguments.iter().copied()).chain(place));
    run(command.env("XDG_RUNTIME_DIR", town.place.path()))
}

/// One that has to succeed, read as JSON.
fn told(town: &Town, arguments: &[&str]) -> Value {
    let done = desk(town, &[arguments, &["--json"]].concat());
    assert_eq!(done.code, Some(0), "{arguments:?}: {}", done.err);
    serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("no JSON: {}", done.out))
}

/// The letter that says this, once it is there.
fn letter(town: &Town, says: &str) -> String {
    eventually(40, &format!("a letter with {says}"), || {
        town.office().letters().iter().map(|letter| shown(letter)).find(|letter| letter.contains(says))
    })
}

/// The page behind the link of a letter, as the applicant opens it.
fn linked(town: &Town, says: &str) -> String {
    let letter = letter(town, says);
    let (_, after) = letter.split_once("/usluge/veza/").unwrap_or_else(|| panic!("no link: {letter}"));
    let token: String =
        after.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    format!("/usluge/veza/{token}")
}

#[test]
fn a_certificate_goes_from_the_queue_to_the_post_and_the_applicant_confirms_what_is_printed() {
    let mut town = Town::new();
    // Where fees are paid, which the town has yet to say.
    let site = fs::read_to_string(town.site.root().join("site.yaml")).unwrap();
    let paid = site
        .replace("payee: \"\"", "payee: \"Grad\"")
        .replace("account: \"\"", "account: \"BA391290079401028494\"");
    assert_ne!(paid, site);
    fs::write(town.site.root().join("site.yaml"), paid).unwrap();
    town.server.take().unwrap().stop();
    town.server = Some(Server::start(&town.site.root(), town.place.path()));

    let receipt = town.browser().send(&Person::who_orders());
    let reference = receipt.reference.as_str();
    let queue = told(&town, &["list"]);
    assert_eq!(queue[0]["reference"], reference);
    assert_eq!(queue[0]["stage"], "received");
    assert!(queue[0]["promised"].is_string() && queue[0]["overdue"] == false, "{queue}");

    let text = desk(&town, &["show", reference]);
    let says_utc = |line: &str| line.split([' ', ')']).any(|word| word.ends_with('Z') && word.contains("T"));
    assert!(!text.out.lines().any(says_utc), "times are those of the office: {}", text.out);
    assert!(text.out.contains("Šćepanović") && !text.out.contains(JMB), "{}", text.out);
    assert!(!told(&town, &["show", reference]).to_string().contains(JMB));
    assert!(told(&town, &["show", reference, "--jmb"]).to_string().contains(JMB));

    told(&town, &["move", reference, "entry_found"]);
    let proof = town.place.path().join("ispis.yaml");
    fs::write(
        &proof,
        "certificates:\n  - title: Izvadak\n    language: hr\n    lines:\n      - { label: Ime, value: Ljubica }\n",
    )
    .unwrap();
    let moved = told(&town, &["move", reference, "proof_sent", "--proof", proof.to_str().unwrap()]);
    assert_eq!(moved["letter"], "queued");

    let link = linked(&town, "Provjerite što će pisati");
    let page = town.browser().open(&link);
    assert!(page.text.contains("Ljubica"), "{}", page.text);
    assert_eq!(told(&town, &["show", reference])["stage"], "proof_sent", "opening a link does nothing");
    let confirmed = town.browser().submit(&page.form(&link));
    assert!(matches!(confirmed.status(), 200 | 303), "{}", confirmed.text);
    assert_eq!(told(&town, &["show", reference])["stage"], "proof_confirmed");

    told(&town, &["move", reference, "payment_due"]);
    told(&town, &["move", reference, "paid"]);
    told(&town, &["move", reference, "printed"]);
    let posted = told(&town, &["issue", reference, "--tracking", "RR000000000BA"]);
    assert_eq!(posted["stage"], "posted");
    letter(&town, "BA39 1290 0794 0102 8494");
    letter(&town, "RR000000000BA");
    let all = town.office().letters().iter().map(|letter| shown(letter)).collect::<String>();
    assert!(!all.contains(JMB) && !all.contains("Ljubica"), "letters hold no answers");
    let sheet = told(&town, &["show", reference]);
    assert_eq!(sheet["history_holds"], true);
    assert_eq!(told(&town, &["list"]), serde_json::json!([]), "what is done is not in the queue");
}

#[test]
fn a_desk_without_the_registrars_key_opens_nothing_and_says_how_to_unlock() {
    let town = Town::new();
    let receipt = town.browser().send(&Person::who_registers());
    let away = town.place.path().join("na-drugom-stroju");
    fs::rename(town.keys().join("desk"), &away).unwrap();

    let locked = desk(&town, &["show", &receipt.reference]);
    assert_eq!(locked.code, Some(1));
    assert!(locked.err.contains("unlock") && !locked.err.contains("Čačić"), "{}", locked.err);
    assert_eq!(told(&town, &["list"])[0]["reference"], receipt.reference.as_str(), "the queue needs no key");

    let key = away.join("identity.age");
    let unlocked = desk(&town, &["unlock", "--identity", key.to_str().unwrap()]);
    assert_eq!(unlocked.code, Some(0), "{}", unlocked.err);
    assert!(desk(&town, &["show", &receipt.reference]).out.contains("Čačić"));
    assert_eq!(desk(&town, &["lock"]).code, Some(0));
    assert_eq!(desk(&town, &["show", &receipt.reference]).code, Some(1));
}

#[test]
fn an_export_is_sealed_unless_somebody_insists_and_what_is_erased_is_gone() {
    let town = Town::new();
    let receipt = town.browser().send(&Person::who_registers());
    let reference = receipt.reference.as_str();
    let out = town.place.path().join("izvoz.json");
    let out = out.to_str().unwrap();
    let unsaid = desk(&town, &["export", reference, "--out", out]);
    assert_eq!(unsaid.code, Some(2), "{}", unsaid.err);

    let passphrase = town.place.path().join("lozinka");
    fs::write(&passphrase, "prekratka\n").unwrap();
    let with = ["export", reference, "--out", out, "--with-passphrase", passphrase.to_str().unwrap()];
    assert_eq!(desk(&town, &with).code, Some(2));
    fs::write(&passphrase, "dovoljno duga lozinka\n").unwrap();
    assert_eq!(desk(&town, &with).code, Some(0));
    let sealed = fs::read_to_string(out).unwrap();
    assert!(sealed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----") && !sealed.contains("Zürich"));
    assert_eq!(desk(&town, &with).code, Some(2), "an export never overwrites");

    let unsure = desk(&town, &["erase", reference]);
    assert_eq!(unsure.code, Some(1), "{}", unsure.err);
    assert_eq!(told(&town, &["list"])[0]["reference"], reference);
    told(&town, &["erase", reference, "--yes"]);
    assert_eq!(told(&town, &["list", "--all"]), serde_json::json!([]));
    let gone = desk(&town, &["show", reference]);
    assert!(gone.code == Some(1) && gone.err.contains("no record"), "{}", gone.err);
}

#[test]
fn who_asks_for_an_export_fetches_it_through_a_link_that_only_acts_when_pressed() {
    let town = Town::new();
    let receipt = town.browser().send(&Person::who_registers());
    let sent = told(&town, &["export", &receipt.reference, "--mail"]);
    assert_eq!(sent["letter"], "queued");
    let link = linked(&town, "Izvoz Vaših podataka");
    let page = town.browser().open(&link);
    assert!(page.status() == 200 && !page.answer.body.contains("Zürich"), "{}", page.text);
    for _ in 0..2 {
        let file = town.browser().submit(&page.form(&link));
        assert_eq!(file.status(), 200, "a download that broke off is tried again");
        let export: Value = serde_json::from_str(&file.answer.body).unwrap();
        assert_eq!(export["content"]["answers"]["city"], "Zürich");
        assert_eq!(
            file.answer.header("content-disposition"),
            Some(&*format!("attachment; filename=\"{}.json\"", receipt.reference))
        );
    }
}
