//! Entries of the register: the address confirmed, one's own record, the yearly question, no more letters.

use axum::http::StatusCode;
use functions::link::LinkAction;
use jiff::SignedDuration;
use store::{Queue as _, Reference, Stage};

use super::{EMAIL, done, office_link, post_from_nowhere, press, status, submitted, submitted_by};
use crate::browser::{checked, filled, get, pairs, post, with};
use crate::town::{Town, register};

const OWN: &str = "/usluge/moj-upis";

/// An entry, and the link of the letter that came with it.
async fn entered(lang: &str) -> (Town, Reference, String) {
    let town = Town::of(register());
    let reference = submitted(&town, lang).await;
    let link = town.new_link(&[]).await;
    (town, reference, link)
}

/// Asks for the link to one's own record, and finds it in the mail.
async fn own_link(town: &Town) -> String {
    let before = town.links().await;
    let page = post(town, OWN, &pairs(&[("_lang", "hr"), ("email", EMAIL)])).await;
    assert!(page.says("Pogledajte svoju e-poštu"), "{}", page.body);
    town.new_link(&before).await
}

#[tokio::test]
async fn the_address_is_confirmed_by_the_button_behind_the_mailed_link() {
    let (town, reference, link) = entered("hr").await;
    assert_eq!(town.letters().await.len(), 1, "one for both: it arrived, and is the address theirs");
    assert!(town.links().await.iter().any(|link| link.starts_with("/usluge/potvrda/")), "the receipt");
    assert!(
        status(&town, "hr", reference.compact(), EMAIL).await.says("Adresu e-pošte još niste potvrdili.")
    );
    let page = get(&town, &link).await;
    assert!(page.says("Potvrdite adresu e-pošte") && page.says(&reference.to_string()), "{}", page.body);
    assert_eq!(town.head(&reference).await.contact_confirmed_at, None);

    let page = done(&town, &link, None, &[]).await;
    assert!(page.says("Adresa je potvrđena"), "{}", page.body);
    assert_eq!(town.head(&reference).await.contact_confirmed_at, Some(town.time()));
    assert_eq!(town.events(&reference).await, ["received", "address_confirmed by applicant"]);
    assert!(status(&town, "hr", reference.compact(), EMAIL).await.says("Adresa potvrđena"));
}

#[tokio::test]
async fn a_request_for_a_certificate_asks_nobody_to_confirm_an_address() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    assert_eq!(town.letters().await.len(), 1);
    assert_eq!(town.head(&reference).await.renewal_due_at, None);
    let link = office_link(&town, LinkAction::OwnRecord, &reference, 1);
    assert_eq!(get(&town, &link).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn the_letter_is_sent_again_from_the_status_page_and_from_the_expired_link() {
    let (town, reference, first) = entered("hr").await;
    let mut known = vec![first.clone()];
    let page = status(&town, "hr", reference.compact(), EMAIL).await;
    let again = page.link_with("/usluge/veza/");
    town.wait(SignedDuration::from_mins(1));
    assert!(done(&town, &again, None, &[]).await.says("Poruka je na putu"));
    press(&town, &again, None, &[]).await;
    known.push(town.new_link(&known).await);

    town.wait(LinkAction::ConfirmAddress.life());
    let page = get(&town, &first).await;
    assert_eq!(page.status, StatusCode::GONE);
    let action = page.body.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(action.starts_with("/usluge/veza/"), "{action}");
    done(&town, &action, None, &[]).await;
    let fresh = town.new_link(&known).await;
    assert!(done(&town, &fresh, None, &[]).await.says("Adresa je potvrđena"));
    assert!(town.head(&reference).await.contact_confirmed_at.is_some());
}

#[tokio::test]
async fn nobody_is_flooded_with_letters() {
    let (town, reference, _) = entered("hr").await;
    for attempt in 0..5 {
        let link = office_link(&town, LinkAction::SendAgain, &reference, attempt);
        let page = press(&town, &link, None, &[]).await;
        let expected = if attempt < 3 { StatusCode::SEE_OTHER } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(page.status, expected, "{attempt}");
    }
    let before = town.letters().await.len();
    for _ in 0..5 {
        let page = post(&town, OWN, &pairs(&[("_lang", "hr"), ("email", EMAIL)])).await;
        assert!(page.says("Pogledajte svoju e-poštu"), "the answer is the same");
    }
    assert_eq!(town.letters().await.len(), before + 3);
}

#[tokio::test]
async fn the_page_for_ones_own_record_does_not_say_who_is_in_the_register() {
    let (town, _, _) = entered("hr").await;
    let letters = town.letters().await.len();
    for (lang, path) in
        [("hr", OWN.to_owned()), ("en", format!("{OWN}?lang=en")), ("de", format!("{OWN}?lang=de"))]
    {
        let page = get(&town, &path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains(&format!("<html lang=\"{lang}\">")) && !page.body.contains('«'),
            "{}",
            page.body
        );
    }
    let asked = async |email: &str| post(&town, OWN, &pairs(&[("_lang", "en"), ("email", email)])).await;
    let stranger = asked("iva@example.org").await;
    assert_eq!(town.letters().await.len(), letters, "no letter to a stranger");
    let member = asked(EMAIL).await;
    assert_eq!((stranger.status, stranger.body), (member.status, member.body));
    assert_eq!(town.letters().await.len(), letters + 1);
    let page = asked("ana@").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("error-summary") && page.body.contains("value=\"ana@\""), "{}", page.body);
}

#[tokio::test]
async fn the_mailed_link_shows_what_is_known_about_the_record_and_no_answer() {
    let (town, reference, _) = entered("hr").await;
    let link = own_link(&town).await;
    let page = get(&town, &link).await;
    assert_eq!(page.status, StatusCode::OK);
    for sentence in
        ["Moj upis u registru", &reference.to_string(), "Njemačka", "još nije", "23. studenoga 2027."]
    {
        assert!(page.says(sentence), "{sentence}: {}", page.body);
    }
    assert!(!page.says("Čičak") && !page.says(EMAIL) && !page.says("hitno"), "{}", page.body);
    assert!(!page.body.contains('«'), "{}", page.body);
    let shown = page.body.replace(&reference.to_string(), "XXXX-XXXX").replace(&link, "/usluge/veza/TOKEN");
    insta::assert_snapshot!(shown.replace("><", ">\n<"));
}

#[tokio::test]
async fn the_record_is_replaced_by_filling_in_the_form_anew() {
    let (town, reference, confirm) = entered("hr").await;
    done(&town, &confirm, None, &[]).await;
    town.office(&reference, |change| change.stage = Some(Stage::Entered)).await;
    let link = own_link(&town).await;
    let page = press(&town, &link, Some("replace"), &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Ovaj obrazac zamjenjuje podatke Vašeg upisa"), "{}", page.body);
    let token = link.strip_prefix("/usluge/veza/").unwrap();
    let check = format!("/usluge/upis/provjera?zapis={token}");
    let send = format!("/usluge/upis/potvrda?zapis={token}");
    assert!(page.body.contains(&format!("action=\"{check}\"")), "{}", page.body);
    assert!(!page.says("Čičak"), "the public side cannot read the old answers");

    let wrong = post(&town, &check, &with(filled(&town), "country", "")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = with(with(filled(&town), "name", "Ana Nova"), "country", "AT");
    let checked = post(&town, &check, &new).await;
    assert!(checked.says("Ovaj obrazac zamjenjuje podatke Vašeg upisa"), "{}", checked.body);
    let confirmation = checked.inputs_of(&send);
    town.wait(SignedDuration::from_mins(5));
    let page = post(&town, &send, &confirmation).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Podatci su zamijenjeni"), "{}", page.body);

    let head = town.head(&reference).await;
    assert_eq!((head.facets["country"].as_str(), head.stage), ("AT", Stage::Received));
    assert!(head.contact_confirmed_at.is_some(), "the address is the same");
    let opened = town.opened(&reference).await;
    assert_eq!(
        (&opened["answers"]["name"], &opened["reference"]),
        (&"Ana Nova".into(), &reference.compact().into())
    );
    assert_eq!(town.stored().await, 1, "no second entry");
    let version = head.version;
    assert!(post(&town, &send, &confirmation).await.says("Podatci su zamijenjeni"), "pressed twice");
    assert_eq!(town.head(&reference).await.version, version);
}

#[tokio::test]
async fn a_new_address_has_to_be_confirmed_and_links_to_the_old_one_are_worth_nothing() {
    let (town, reference, old_confirm) = entered("hr").await;
    let link = own_link(&town).await;
    let known = town.links().await;
    let token = link.strip_prefix("/usluge/veza/").unwrap();
    let send = format!("/usluge/upis/potvrda?zapis={token}");
    let new = with(filled(&town), "email", "ana@nova.example");
    let checked = post(&town, &format!("/usluge/upis/provjera?zapis={token}"), &new).await;
    let page = post(&town, &send, &checked.inputs_of(&send)).await;
    assert!(page.says("Podatci su zamijenjeni"), "{}", page.body);

    for old in [&link, &old_confirm] {
        assert_eq!(get(&town, old).await.status, StatusCode::CONFLICT);
        assert_eq!(press(&town, old, Some("erase_now"), &[]).await.status, StatusCode::CONFLICT);
    }
    assert_eq!(
        status(&town, "hr", reference.compact(), EMAIL).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let page = status(&town, "hr", reference.compact(), "ana@nova.example").await;
    assert!(page.says("Adresu e-pošte još niste potvrdili."), "{}", page.body);
    let letters = town.letters().await;
    let to = |address: &str| {
        letters.iter().filter(|letter| letter.contains(&format!("To: {address}\r\n"))).count()
    };
    assert_eq!(to("ana@nova.example"), 1, "the link to confirm it");
    assert_eq!(to(EMAIL), 3, "receipt with the link, own record, and that it was replaced");
    let fresh = town.new_link(&known).await;
    assert!(done(&town, &fresh, None, &[]).await.says("Adresa je potvrđena"));
    assert_eq!(town.head(&reference).await.contact_confirmed_at, Some(town.time()));
}

#[tokio::test]
async fn a_link_to_one_record_replaces_no_other_and_a_forged_one_none() {
    let (town, reference, _) = entered("hr").await;
    let elsewhere = office_link(&town, LinkAction::OwnRecord, &reference, 1);
    let keep = office_link(&town, LinkAction::KeepRecord, &reference, 1);
    for (link, expected) in [
        (elsewhere.as_str(), StatusCode::CONFLICT),
        (&keep, StatusCode::NOT_FOUND),
        ("/usluge/veza/x", StatusCode::NOT_FOUND),
    ] {
        let token = link.strip_prefix("/usluge/veza/").unwrap();
        let send = format!("/usluge/upis/potvrda?zapis={token}");
        let page = post(
            &town,
            &format!("/usluge/upis/provjera?zapis={token}"),
            &with(filled(&town), "name", "Netko"),
        )
        .await;
        assert_eq!(post(&town, &send, &page.inputs_of(&send)).await.status, expected, "{link}");
    }
    assert_eq!(town.opened(&reference).await["answers"]["name"], "Ana Čičak");
    assert_eq!(town.stored().await, 1);
}

#[tokio::test]
async fn a_copy_of_ones_data_is_asked_from_the_desk() {
    let (town, reference, _) = entered("hr").await;
    town.office(&reference, |change| change.stage = Some(Stage::Entered)).await;
    let link = own_link(&town).await;
    let page = done(&town, &link, Some("export"), &[]).await;
    assert!(page.says("Zahtjev za prijepis je zabilježen."), "{}", page.body);
    press(&town, &link, Some("export"), &[]).await;
    let additions = town.additions(&reference).await;
    assert_eq!(additions.len(), 1);
    assert_eq!(additions[0]["kind"], "export_request");
    assert_eq!(town.head(&reference).await.stage, Stage::Received, "it is in the office's queue again");
    // The same link still erases.
    assert_eq!(press(&town, &link, Some("erase_now"), &[]).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn the_record_is_erased_at_once_after_one_more_question() {
    let (town, reference, _) = entered("hr").await;
    let link = own_link(&town).await;
    let letters = town.letters().await.len();
    let page = press(&town, &link, Some("erase"), &[]).await;
    assert!(page.says("Doista izbrisati upis?") && page.says("Da, izbriši sve"), "{}", page.body);
    assert!(town.store.head(&reference).await.unwrap().is_some());
    let page = press(&town, &link, Some("erase_now"), &[]).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.says("Ovih podataka više nema"), "{}", page.body);
    assert!(town.store.head(&reference).await.unwrap().is_none());
    assert_eq!(town.letters().await.len(), letters + 1, "a letter confirms it");
    assert_eq!(press(&town, &link, Some("erase_now"), &[]).await.status, StatusCode::GONE);
    let again = post(&town, OWN, &pairs(&[("_lang", "hr"), ("email", EMAIL)])).await;
    assert!(again.says("Pogledajte svoju e-poštu"));
    assert_eq!(town.letters().await.len(), letters + 1, "nobody is found any more");
}

#[tokio::test]
async fn once_a_year_one_button_keeps_the_record() {
    let (town, reference, _) = entered("hr").await;
    town.wait(SignedDuration::from_hours(24 * 370));
    let link = office_link(&town, LinkAction::KeepRecord, &reference, 1);
    let page = get(&town, &link).await;
    assert!(page.says("Je li Vaš upis još točan?"), "{}", page.body);
    let page = done(&town, &link, None, &[]).await;
    assert!(page.says("Hvala, upis ostaje u registru"), "{}", page.body);
    let head = town.head(&reference).await;
    assert!(head.renewal_due_at.unwrap() > town.time() + SignedDuration::from_hours(24 * 364));
    assert_eq!(head.contact_confirmed_at, Some(town.time()), "who opens the letter has the address");
}

#[tokio::test]
async fn one_click_of_a_mail_program_ends_the_letters_whatever_it_sends() {
    for (content_type, body) in [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n",
        ),
        ("text/plain", ""),
    ] {
        let (town, reference, _) = entered("hr").await;
        let link = office_link(&town, LinkAction::Unsubscribe, &reference, 1);
        assert!(get(&town, &link).await.says("Odjavi me"));
        assert!(town.head(&reference).await.renewal_due_at.is_some(), "opening is no click");
        let page = post_from_nowhere(&town, &link, content_type, body).await;
        assert_eq!(page.status, StatusCode::OK, "no redirect: {}", page.body);
        assert!(page.says("Odjavljeni ste"), "{}", page.body);
        assert_eq!(town.head(&reference).await.renewal_due_at, None);
        assert_eq!(town.additions(&reference).await[0]["kind"], "unsubscribed");
        assert_eq!(post_from_nowhere(&town, &link, content_type, body).await.status, StatusCode::OK);
        assert_eq!(town.additions(&reference).await.len(), 1);
        let page = get(&town, &own_link(&town).await).await;
        assert!(page.says("Odjavljeno od poruka"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_family_with_one_address_gets_a_link_to_each_record() {
    let (town, first, _) = entered("hr").await;
    let second = submitted_by(&town, &with(filled(&town), "name", "Iva Čičak")).await;
    assert_ne!(first, second);
    let before = town.links().await;
    post(&town, OWN, &pairs(&[("_lang", "hr"), ("email", EMAIL)])).await;
    let links = town.links().await;
    let new: Vec<_> =
        links.iter().filter(|link| link.starts_with("/usluge/veza/") && !before.contains(link)).collect();
    assert_eq!(new.len(), 2);
    let mut pages = Vec::new();
    for link in new {
        pages.push(get(&town, link).await);
    }
    assert!(
        [&first, &second].iter().all(|reference| pages.iter().any(|page| page.says(&reference.to_string())))
    );
    checked(&town, &filled(&town)).await;
}
