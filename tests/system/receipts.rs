//! A receipt that anybody checks, without asking the town.

use std::fs;
use std::path::Path;
use std::process::Command;

use data_encoding::BASE64URL_NOPAD;
use tests::Person;
use tests::program::{Run, command, run};
use tests::site::repository;
use tests::skip::skip;

use crate::Town;

fn verify(file: &Path, keys: &Path, lang: &str) -> Run {
    let [file, keys] = [file, keys].map(|path| path.to_str().unwrap());
    run(&mut command(["verify", "receipt", file, "--keys", keys, "--lang", lang]))
}

#[test]
fn a_downloaded_receipt_is_checked_offline_with_the_downloaded_keys() {
    let mut town = Town::new();
    let receipt = town.browser().send(&Person::who_orders());
    let page = town.browser().open(&receipt.location);
    let link = &page.links.iter().find(|(to, _)| to.ends_with("/potvrda.txt")).unwrap().0;
    let text = town.browser().open(link).answer.body;
    let published = town.browser().open("/usluge/kljucevi/potvrde.pem").answer.body;
    let (file, keys) = (town.place.path().join("potvrda.txt"), town.place.path().join("potvrde.pem"));
    fs::write(&file, &text).unwrap();
    fs::write(&keys, published).unwrap();
    // The town is not asked: it is not even there.
    town.server.take().unwrap().kill();

    let good = verify(&file, &keys, "en");
    assert_eq!(good.code, Some(0), "{good:?}");
    assert!(good.out.contains("The receipt is good") && good.out.contains(&receipt.reference), "{good:?}");
    let good = verify(&file, &town.keys().join("service/receipt-public.pem"), "hr");
    assert!(good.out.contains("Potvrda je ispravna") && good.out.contains("Zaprimljeno"), "{good:?}");

    // As the QR code says it, and as a mail program leaves it.
    let value = |name: &str| text.split_once(&format!("\n{name}: ")).unwrap().1.lines().next().unwrap();
    let hash = data_encoding::HEXLOWER.decode(value("sealed-sha256").as_bytes()).unwrap();
    let compact = ["site", "form", "reference", "received"].map(&value).join("|");
    let hash = BASE64URL_NOPAD.encode(&hash);
    let compact = format!("ZAVICAJ1|{compact}|{hash}|{}|{}", value("key"), value("signature"));
    for copy in [compact, format!("Poštovani,\r\n{}", text.replace('\n', "\r\n"))] {
        fs::write(&file, copy).unwrap();
        assert_eq!(verify(&file, &keys, "en").code, Some(0));
    }

    for (changed, says) in [
        (text.replace("zahtjev-za-ispravu\n", "registracija\n"), "something in the receipt was changed"),
        (text.replace("zavicaj-receipt: 1", "zavicaj-receipt: 9"), "there is no receipt in this file"),
        (String::new(), "there is no receipt in this file"),
        ("\u{0}\u{1}\u{2}".repeat(1000), "there is no receipt in this file"),
    ] {
        fs::write(&file, changed).unwrap();
        let bad = verify(&file, &keys, "en");
        assert_eq!(bad.code, Some(1), "{bad:?}");
        assert!(bad.err.contains(says), "{bad:?}");
    }

    fs::write(&file, &text).unwrap();
    let other = Town::new();
    let stranger = verify(&file, &other.keys().join("service/receipt-public.pem"), "en");
    assert_eq!(stranger.code, Some(1), "{stranger:?}");
    assert!(stranger.err.contains("not on the list"), "{stranger:?}");
    let no_keys = verify(&file, &file, "en");
    assert_eq!(no_keys.code, Some(2), "{no_keys:?}");
    assert!(no_keys.err.contains("there is no public key"), "{no_keys:?}");
    assert_eq!(verify(&town.place.path().join("nema.txt"), &keys, "en").code, Some(2));
}

#[test]
fn after_a_rotation_of_the_key_older_receipts_stay_good() {
    let mut town = Town::new();
    let location = town.browser().send(&Person::who_registers()).location;
    let file = town.place.path().join("potvrda.txt");
    fs::write(&file, town.browser().open(&format!("{location}/potvrda.txt")).answer.body).unwrap();
    let keys = town.keys();
    let rotated =
        run(&mut command(["keys", "--keys", keys.to_str().unwrap(), "--lang", "en", "rotate", "receipt"]));
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    town.power_cut();
    let published = town.place.path().join("potvrde.pem");
    fs::write(&published, town.browser().open("/usluge/kljucevi/potvrde.pem").answer.body).unwrap();
    assert_eq!(verify(&file, &published, "en").code, Some(0), "the old one");
    fs::write(&file, town.browser().open(&format!("{location}/potvrda.txt")).answer.body).unwrap();
    assert_eq!(verify(&file, &published, "en").code, Some(0), "and the one that is signed now");
}

/// The commands with which README says that OpenSSL checks a receipt.
fn commands_of_the_readme() -> String {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.filter(|block| block.contains("openssl ")).collect()
}

#[test]
fn openssl_checks_a_receipt_with_the_commands_of_the_readme() {
    let test = "openssl_checks_a_receipt_with_the_commands_of_the_readme";
    if !Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success()) {
        return skip(test, "needs the program openssl");
    }
    let commands = commands_of_the_readme();
    assert!(commands.contains("pkeyutl -verify"), "{commands}");
    let place = tempfile::tempdir().unwrap();
    let check = |receipt: &str, keys: &str| {
        for file in fs::read_dir(place.path()).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
        fs::write(place.path().join("potvrda-7Q2M-4XKD.txt"), receipt).unwrap();
        fs::write(place.path().join("potvrde.pem"), keys).unwrap();
        let mut shell = Command::new("sh");
        run(shell.args(["-c", &commands]).current_dir(place.path()))
    };
    let is_good = |receipt: &str, keys: &str| {
        let said = check(receipt, keys);
        assert!(said.code == Some(0) && said.out.contains("Verified Successfully"), "{said:?}");
    };

    let mut town = Town::new();
    let location = town.browser().send(&Person::who_orders()).location;
    let keys = |town: &Town| town.browser().open("/usluge/kljucevi/potvrde.pem").answer.body;
    let receipt = |town: &Town| town.browser().open(&format!("{location}/potvrda.txt")).answer.body;
    let (text, published) = (receipt(&town), keys(&town));
    is_good(&text, &published);
    is_good(&text.replace('\n', "\r\n"), &published.replace('\n', "\r\n"));
    for (from, to) in [("zahtjev-za-ispravu\n", "registracija\n"), ("received: 2", "received: 1")] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        let said = check(&changed, &published);
        assert!(said.code != Some(0) && said.out.contains("Verification Failure"), "{said:?}");
    }
    let stranger = check(&text, &keys(&Town::new()));
    assert_ne!(stranger.code, Some(0), "{stranger:?}");

    let folder = town.keys();
    let rotated = run(&mut command(["keys", "--keys", folder.to_str().unwrap(), "rotate", "receipt"]));
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    town.power_cut();
    is_good(&text, &keys(&town));
    is_good(&receipt(&town), &keys(&town));
}
