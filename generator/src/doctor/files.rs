//! Who can read what is stored.

use std::path::Path;

use super::{Finding, Place, text};

const SUBJECT: &str = "modes";

pub(super) fn examine(place: &Place) -> Vec<Finding> {
    if !place.data.exists() {
        return vec![Finding::good(SUBJECT, text("još nema podataka", "there are no data yet"))];
    }
    let mut looked_at = vec![place.data.clone()];
    match std::fs::read_dir(&place.data) {
        Ok(entries) => looked_at.extend(entries.filter_map(|entry| Some(entry.ok()?.path()))),
        Err(error) => {
            let path = place.data.display();
            return vec![Finding::wrong(
                SUBJECT,
                text(format!("ne mogu čitati {path}: {error}"), format!("cannot read {path}: {error}")),
                text(
                    "pokrenite kao korisnik pod kojim radi poslužitelj",
                    "run this as the user under which the server runs",
                ),
            )];
        }
    }
    let mut found: Vec<_> = looked_at.iter().filter_map(|path| readable_by_others(path)).collect();
    if found.is_empty() {
        let path = place.data.display();
        found.push(Finding::good(
            SUBJECT,
            text(format!("{path} čita samo vlasnik"), format!("only the owner reads {path}")),
        ));
    }
    found
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let data = std::fs::symlink_metadata(path).ok()?;
    let mode = data.permissions().mode() & 0o777;
    if mode & 0o077 == 0 || data.is_symlink() {
        return None;
    }
    let wanted = if data.is_dir() { 0o700 } else { 0o600 };
    let path = path.display();
    Some(Finding::wrong(
        SUBJECT,
        text(
            format!("{path} mogu čitati i drugi na ovom stroju (prava {mode:04o})"),
            format!("{path} can be read by others on this machine (mode {mode:04o})"),
        ),
        text(format!("pokrenite: chmod {wanted:o} '{path}'"), format!("run: chmod {wanted:o} '{path}'")),
    ))
}

/// Elsewhere the folder's access list decides, which this program does not read.
#[cfg(not(unix))]
fn readable_by_others(_path: &Path) -> Option<Finding> {
    None
}
