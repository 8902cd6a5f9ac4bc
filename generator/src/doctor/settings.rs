//! What the town still has to decide.

use super::{Finding, Place, text};
use crate::config::Config;
use crate::source;

const SUBJECT: &str = "settings";

pub(super) fn examine(place: &Place) -> Vec<Finding> {
    let file = match source::read_config(&place.root) {
        Ok(file) => file,
        Err(error) => {
            let said = text(
                error.explain(crate::diagnostic::MessageLanguage::Hr).trim(),
                error.explain(crate::diagnostic::MessageLanguage::En).trim(),
            );
            return vec![Finding::wrong(SUBJECT, said, super::Text::default())];
        }
    };
    if Config::parse(&file).is_err() {
        return vec![Finding::wrong(
            SUBJECT,
            text("site.yaml ima grešaka", "site.yaml has errors"),
            text("pokazuje ih: zavicaj check", "zavicaj check shows them"),
        )];
    }
    let is_open = |line: &&str| !line.starts_with('#') && line.contains("to be confirmed");
    let open = file.text().map_or(0, |text| text.lines().filter(is_open).count());
    if open == 0 {
        return vec![Finding::good(SUBJECT, text("site.yaml je potvrđen", "site.yaml is confirmed"))];
    }
    vec![Finding::warning(
        SUBJECT,
        text(
            format!("u site.yaml je još oznaka „to be confirmed”: {open}"),
            format!("site.yaml still has marks “to be confirmed”: {open}"),
        ),
        text("potvrdite te podatke i obrišite oznake", "confirm those facts and remove the marks"),
    )]
}
