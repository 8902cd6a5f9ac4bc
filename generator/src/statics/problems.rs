//! What the theme's author is told.

use crate::diagnostic::{Diagnostic, Place};
use crate::minify::Unreadable;

/// A sheet that is published as it is written.
pub(super) fn not_minified(theme: &str, path: &str, error: Unreadable) -> Diagnostic {
    let [hr, en] = match error {
        Unreadable::Comment => ["jedan komentar u njemu nema kraja", "a comment in it has no end"],
        Unreadable::Quotes => ["navodnici se u njemu ne zatvaraju", "quotation marks in it are not closed"],
        Unreadable::Address => ["adresa u url(…) nije ispravna", "an address in url(…) is malformed"],
    };
    let [help_hr, help_en] = match error {
        Unreadable::Comment => ["dopišite */ gdje komentar završava", "write */ where the comment ends"],
        Unreadable::Quotes => {
            ["zatvorite navodnike u retku u kojem počinju", "close them on the line on which they begin"]
        }
        Unreadable::Address => [
            "stavite je u navodnike, npr. url(\"slika.svg\")",
            "put it in quotation marks, e.g. url(\"picture.svg\")",
        ],
    };
    Diagnostic::warning(
        "css-not-minified",
        Place::file(&format!("themes/{theme}/static/{path}")),
        format!("stilski list objavljuje se kako je napisan i nije smanjen: {hr}"),
        format!("the style sheet is published as it is written and was not made smaller: {en}"),
    )
    .help(help_hr, help_en)
}
