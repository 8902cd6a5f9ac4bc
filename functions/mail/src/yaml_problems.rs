//! What can be wrong with a letter's file as a whole.

use forms::{Bilingual, Problem};

use crate::LetterKind;

/// The file is no YAML of a letter.
pub(crate) fn unreadable(error: &serde_yaml::Error) -> Problem {
    let place = error.location().map(|at| (at.line(), at.column())).unwrap_or((1, 1));
    if let serde_yaml::Error::DuplicateMappingKey { key, .. } = error {
        let key = key.as_deref().unwrap_or("…");
        return problem(
            "duplicate-key",
            place,
            Bilingual::new(
                format!("Ključ „{key}” napisan je dvaput."),
                format!("The key “{key}” is written twice."),
            ),
            Some(Bilingual::new("Ostavite jedan od njih.", "Keep one of them.")),
        );
    }
    let said = error.to_string();
    // The place is shown beside the message.
    let said = said.split(" at line ").next().unwrap_or_default();
    problem(
        "message-unreadable",
        place,
        Bilingual::new(
            format!("Poruka nije čitljiva: {said}"),
            format!("The message cannot be read: {said}"),
        ),
        Some(Bilingual::new(
            "Datoteka ima dijelove subject i body, a primljeno.yaml i next, i u svakom po jedan unos za svaki jezik.",
            "The file has the parts subject and body, and primljeno.yaml also next, each with one entry per language.",
        )),
    )
}

/// No letter has this name.
pub(crate) fn unknown(name: &str) -> Problem {
    let list: Vec<_> = LetterKind::ALL.iter().map(|kind| kind.file_name()).collect();
    let list = list.join(", ");
    problem(
        "message-unknown",
        (1, 1),
        Bilingual::new(
            format!("Poruka „{name}” nigdje se ne šalje."),
            format!("Nothing sends a message named \"{name}\"."),
        ),
        Some(Bilingual::new(
            format!(
                "Poruke se zovu: {list}; za jedan obrazac dodajte -<obrazac>, npr. primljeno-<obrazac>.yaml."
            ),
            format!(
                "Messages are named: {list}; for one form add -<form>, for example primljeno-<form>.yaml."
            ),
        )),
    )
}

/// A mistake at a line and a column, both from 1.
pub(crate) fn problem(
    code: &'static str,
    (line, column): (u64, u64),
    message: Bilingual,
    help: Option<Bilingual>,
) -> Problem {
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
    Problem { code, line: whole(line), column: whole(column), message, help }
}
