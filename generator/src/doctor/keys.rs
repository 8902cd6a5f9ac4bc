//! The keys: whole, for their owner only, and where they belong.

use std::path::{Path, PathBuf};

use sealing::{DeskKey, KeyError, KeyFolder, KeyKind, Keys};

use super::{Finding, Place, text};
use crate::diagnostic::MessageLanguage::{En, Hr};

const SUBJECT: &str = "keys";

pub(super) fn examine(place: &Place) -> Vec<Finding> {
    let mut found = Vec::new();
    let path = place.keys.display();
    if !place.keys.join("service").exists() {
        found.push(Finding::wrong(
            SUBJECT,
            text(format!("u {path} nema ključeva"), format!("there are no keys in {path}")),
            text(
                "vratite ih iz kopije; za prvi početak: zavicaj keys make",
                "restore them from your copy; for a first start: zavicaj keys make",
            ),
        ));
        return found;
    }
    match Keys::open(&place.keys) {
        Ok(keys) => {
            found.push(Finding::good(
                SUBJECT,
                text(
                    format!("ključevi u {path} su cjeloviti i čita ih samo vlasnik"),
                    format!("the keys in {path} are whole and only their owner reads them"),
                ),
            ));
            if keys.desk_key == DeskKey::StillHere {
                let desk = place.keys.join("desk");
                found.push(Finding::wrong(
                    SUBJECT,
                    text(
                        format!("privatni ključ ureda još je na ovom stroju: {}", desk.display()),
                        format!("the desk's private key is still on this machine: {}", desk.display()),
                    ),
                    text(
                        "premjestite tu mapu na računalo matičara i ovdje je obrišite",
                        "move that folder to the registrar's computer and remove it here",
                    ),
                ));
            }
            found.extend(recipients(place));
        }
        Err(error) => found.push(refused(&error)),
    }
    found.extend(misplaced(place));
    found
}

fn refused(error: &KeyError) -> Finding {
    let (hr, en) = (crate::key_words::explain(error, Hr), crate::key_words::explain(error, En));
    Finding::wrong(SUBJECT, text(hr.0, en.0), text(hr.1, en.1))
}

/// One desk key is one disk failure away from answers that nobody can read.
fn recipients(place: &Place) -> Option<Finding> {
    let list = match KeyFolder::new(&place.keys).list() {
        Ok(list) => list,
        Err(error) => return Some(refused(&error)),
    };
    let desks = list.iter().filter(|key| key.kind == KeyKind::Desk && key.is_in_use).count();
    (desks == 1).then(|| {
        Finding::warning(
            SUBJECT,
            text("ured ima samo jedan ključ", "the desk has one key only"),
            text(
                "ako se izgubi, odgovore više nitko ne može čitati: sačuvajte kopiju ili dodajte zamjenika (zavicaj keys rotate desk)",
                "if it is lost nobody can read the answers: keep a copy, or add a deputy's (zavicaj keys rotate desk)",
            ),
        )
    })
}

/// Keys beside the data would be in every copy of the data; among the sources they would be published.
fn misplaced(place: &Place) -> Option<Finding> {
    let keys = whole(&place.keys);
    let sources = ["content", "themes", "public"].map(|name| whole(&place.root.join(name)));
    let inside =
        std::iter::once(whole(&place.data)).chain(sources).find(|folder| keys.starts_with(folder))?;
    Some(Finding::wrong(
        SUBJECT,
        text(
            format!("mapa ključeva leži u {}", inside.display()),
            format!("the folder of the keys lies inside {}", inside.display()),
        ),
        text(
            "premjestite je i navedite novo mjesto: --keys MAPA",
            "move it, and name the new place: --keys DIR",
        ),
    ))
}

fn whole(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
