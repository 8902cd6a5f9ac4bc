//! `zavicaj keys retire`: counts what is stored that needs the key, and takes it out only where nothing is lost.

use sealing::{KeyEntry, KeyFolder, KeyKind};
use store_sqlite::FILE_NAME;

use super::super::Ended;
use super::super::stored::Places;
use super::super::terminal::Terminal;
use super::{needs, other};
use crate::diagnostic::MessageLanguage;
use crate::error::EnvironmentError;

/// Which key, and whether the operator means it.
pub(super) struct Wanted<'a> {
    pub(super) kind: KeyKind,
    pub(super) name: &'a str,
    pub(super) yes: bool,
}

pub(super) fn run(
    folder: &KeyFolder,
    places: &Places<'_>,
    wanted: &Wanted<'_>,
    terminal: &Terminal,
) -> Result<(), Ended> {
    let Wanted { kind, name, yes } = *wanted;
    let list = folder.list().map_err(EnvironmentError::from)?;
    let Some(key) = list.iter().find(|key| key.kind == kind && key.name == name) else {
        return Err(EnvironmentError::from(sealing::KeyError::Unknown { kind, name: name.to_owned() }).into());
    };
    if key.is_in_use && kind != KeyKind::Desk {
        return Err(EnvironmentError::from(sealing::KeyError::InUse { kind, name: name.to_owned() }).into());
    }
    for line in losses(kind, terminal.language) {
        terminal.warn(line);
    }
    refuse_needed(key, places, terminal)?;
    if !yes {
        return Err(other(terminal.text(
            "ništa nije promijenjeno; ako to i želite, ponovite naredbu i dodajte --yes",
            "nothing was changed; if you mean it, repeat the command with --yes",
        )));
    }
    folder.retire(kind, name).map_err(EnvironmentError::from)?;
    let label = terminal.text("Ključ je povučen", "The key was retired");
    terminal.say(&format!("{label}: {kind} {name}"));
    terminal.say(terminal.text(
        "Ponovno pokrenite poslužitelj; do tada ga još koristi.",
        "Restart the server; until then it still uses it.",
    ));
    Ok(())
}

/// Says what is counted; an error where something of it would be lost, or where nobody can tell.
fn refuse_needed(key: &KeyEntry, places: &Places<'_>, terminal: &Terminal) -> Result<(), Ended> {
    if !places.data.join(FILE_NAME).exists() {
        if key.kind == KeyKind::Desk {
            // The registrar's machine: there are no submissions, and no private key is removed.
            return Ok(());
        }
        let data = places.data.display();
        return Err(other(&match terminal.language {
            MessageLanguage::Hr => format!(
                "u mapi {data} nema prijava, pa se ne zna treba li još taj ključ; recite gdje su: --data MAPA. Ništa nije promijenjeno"
            ),
            MessageLanguage::En => format!(
                "there are no submissions in {data}, so nobody can tell whether the key is still needed; say where they are: --data DIR. Nothing was changed"
            ),
        }));
    }
    let needs = needs::of(key, places)?;
    terminal.warn(terminal.text("Spremljeno:", "Stored:"));
    for need in &needs {
        let (hr, en) = need.what;
        terminal.warn(&format!("  – {}: {}", terminal.text(hr, en), need.count));
    }
    if needs.iter().any(|need| need.is_lost && need.count > 0) {
        return Err(other(terminal.text(
            "taj se ključ još treba; ništa nije promijenjeno. Ostavite ga: stariji ključ ne smeta, a ovi se brojevi smanjuju kako pisma odlaze i zahtjevi se brišu po rokovima čuvanja. Ako je ukraden, pogledajte u README-u odjeljak Keys",
            "this key is still needed; nothing was changed. Keep it: an older key does no harm, and these numbers fall as letters leave and requests are erased when their time is over. If it was stolen, see Keys in the README",
        )));
    }
    Ok(())
}
/// What nobody can do any more once the key is gone.
fn losses(kind: KeyKind, language: MessageLanguage) -> &'static [&'static str] {
    match (kind, language) {
        (KeyKind::Hashing, MessageLanguage::Hr) => &[
            "Bez tog ključa:",
            "  – poveznice u pismima i potvrdama koje su njime potpisane više ne vode nikamo",
            "  – po adresi e-pošte više se ne nalaze zahtjevi koji su njime zapisani (status, vlastiti zapis)",
            "  – reci dnevnika koji su njime potpisani više se ne mogu provjeriti (zavicaj verify audit)",
        ],
        (KeyKind::Hashing, MessageLanguage::En) => &[
            "Without this key:",
            "  – links in letters and receipts that it signed lead nowhere",
            "  – requests that it filed are no longer found by e-mail address (status, own record)",
            "  – lines of the audit trail that it signed can no longer be checked (zavicaj verify audit)",
        ],
        (KeyKind::Service, MessageLanguage::Hr) => &[
            "Bez tog ključa:",
            "  – pisma koja još čekaju, a njime su zapečaćena, više se ne mogu poslati",
            "  – adrese zahtjeva koje su njime zapečaćene više se ne mogu otvoriti: tim ljudima ne može se pisati",
        ],
        (KeyKind::Service, MessageLanguage::En) => &[
            "Without this key:",
            "  – letters that still wait and were sealed to it can no longer be sent",
            "  – addresses of requests that were sealed to it can no longer be opened: nobody can write to those people",
        ],
        (KeyKind::Receipt, MessageLanguage::Hr) => {
            &["Bez tog ključa potvrde koje je potpisao više nitko ne može provjeriti."]
        }
        (KeyKind::Receipt, MessageLanguage::En) => {
            &["Without this key nobody can check the receipts that it signed any more."]
        }
        (KeyKind::Desk, MessageLanguage::Hr) => &[
            "Novi odgovori više se neće pečatiti tim ključem: tko ima samo njega, ne može ih čitati.",
            "Privatni dio se ne briše: sačuvajte ga, jer otvara ono što je do sada zapečaćeno.",
        ],
        (KeyKind::Desk, MessageLanguage::En) => &[
            "New answers will no longer be sealed to this key: who has only this one cannot read them.",
            "The private half is not removed: keep it, because it opens what was sealed until now.",
        ],
    }
}
