//! The letters as a mail program shows them.

use tests::Person;
use tests::office::shown;

use crate::Town;

/// Numbers, dates and addresses that differ from run to run.
fn settled(letter: &str, reference: &str, location: &str) -> String {
    let mut lines = Vec::new();
    for line in letter.replace(location, "/usluge/potvrda/TOKEN").replace(reference, "REFERENCE").lines() {
        let line = line
            .split_once("/usluge/veza/")
            .map_or(line.to_owned(), |(before, _)| format!("{before}/usluge/veza/TOKEN"));
        lines.push(match line.split_once(": ") {
            Some((name @ ("Date" | "Message-ID"), _)) => format!("{name}: …"),
            Some((name @ ("Zaprimljeno" | "Received" | "Eingegangen"), moment))
            | Some((
                name @ ("Poveznica vrijedi do" | "The link works until" | "Der Link ist gültig bis"),
                moment,
            )) => {
                assert!(moment.contains("2026") || moment.contains("202"), "{line}");
                format!("{name}: …")
            }
            _ => line.trim_end().to_owned(),
        });
    }
    lines.join("\n")
}

#[test]
fn each_form_sends_this_letter_in_each_language() {
    let town = Town::new();
    let mut sent = 0;
    for person in Person::everybody() {
        for language in ["hr", "en", "de"] {
            let person =
                person.clone().reading(language).but("family_name", ["Bešlić", "Čolak", "Đogić"][sent % 3]);
            let receipt = town.browser().send(&person);
            sent += 1;
            let letters = town.office().wait_for_letters(sent);
            let letter = letters.iter().find(|letter| letter.contains(&receipt.reference)).unwrap();
            let letter = shown(letter);
            // The address in the letter ends before the way to the copy of the answers.
            let (address, _) = receipt.location.rsplit_once('.').unwrap();
            let text = settled(&letter, &receipt.reference, address);
            insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("letter_{}_{language}", person.form), text);
            });
        }
    }
}
