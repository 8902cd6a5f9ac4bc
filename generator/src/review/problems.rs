//! What `zavicaj check` tells beyond a build.

use super::external::{Verdict, host_of};
use crate::diagnostic::{Diagnostic, Place};

/// More of an address than this tells nobody more.
const SHOWN: usize = 120;

/// Whether an answer is worth telling: who refuses programs may well answer people.
pub(super) fn is_told(verdict: &Verdict) -> bool {
    !matches!(verdict, Verdict::Good | Verdict::Closed { .. } | Verdict::Busy)
}

/// A link to another site. `more` is the number of pages more that have it from the same place.
pub(super) fn external(url: &str, verdict: &Verdict, place: Place, more: usize) -> Option<Diagnostic> {
    let shown = short(url);
    let host = host_of(url).unwrap_or_else(|| shown.clone());
    let found = match verdict {
        Verdict::Good | Verdict::Closed { .. } | Verdict::Busy => return None,
        Verdict::Moved { to } => Diagnostic::warning(
            "external-link-moved",
            place,
            format!("stranica „{shown}” trajno je preseljena"),
            format!("the page “{shown}” has moved for good"),
        )
        .help(
            format!("ako je to ista stranica, upišite novu adresu: {}", short(to)),
            format!("if it is the same page, write its new address: {}", short(to)),
        ),
        Verdict::Gone { status } => Diagnostic::warning(
            "external-link-gone",
            place,
            format!("stranice „{shown}” više nema ({status})"),
            format!("the page “{shown}” is gone ({status})"),
        )
        .help(
            "potražite novu adresu, ili uklonite poveznicu",
            "look for its new address, or remove the link",
        ),
        Verdict::NoHost => Diagnostic::warning(
            "external-link-unknown-host",
            place,
            format!("poslužitelja „{host}” nema"),
            format!("there is no server “{host}”"),
        )
        .help(
            "provjerite je li ime točno napisano; mrežno mjesto možda više ne postoji",
            "see whether the name is spelt right; the site may no longer exist",
        ),
        Verdict::Untrusted => Diagnostic::warning(
            "external-link-untrusted",
            place,
            format!("potvrda (certifikat) poslužitelja „{host}” ne vrijedi: preglednici će upozoriti čitatelje"),
            format!("the certificate of the server “{host}” is not valid: browsers will warn readers"),
        )
        .help(
            "javite to vlasniku stranice, ili uklonite poveznicu",
            "tell the owner of that site, or remove the link",
        ),
        Verdict::Failing { status } => failing(
            place,
            format!("poslužitelj „{host}” javlja grešku ({status})"),
            format!("the server “{host}” reports an error ({status})"),
        ),
        Verdict::Silent => failing(
            place,
            format!("poslužitelj „{host}” ne odgovara na vrijeme"),
            format!("the server “{host}” does not answer in time"),
        ),
        Verdict::Broken => failing(
            place,
            format!("poslužitelj „{host}” prekida vezu"),
            format!("the server “{host}” ends the connection"),
        ),
        Verdict::Endless => Diagnostic::warning(
            "external-link-endless",
            place,
            format!("„{shown}” šalje s adrese na adresu, bez kraja"),
            format!("“{shown}” sends from address to address, without an end"),
        )
        .help("upišite adresu na kojoj se stranica na kraju otvara", "write the address at which the page opens at last"),
        Verdict::Private => Diagnostic::warning(
            "external-link-private",
            place,
            format!("„{shown}” vodi u unutarnju mrežu: izvana se ne otvara, i nije provjerena"),
            format!("“{shown}” leads into a private network: nobody can open it from outside, and it was not asked"),
        )
        .help("upišite javnu adresu, ili uklonite poveznicu", "write a public address, or remove the link"),
        Verdict::Unreadable => Diagnostic::warning(
            "external-link-unreadable",
            // A password is nothing to repeat.
            Place { text: String::new(), ..place },
            "ovu adresu preglednik ne može otvoriti, ili sadrži ime i lozinku",
            "no browser can open this address, or it holds a name and a password",
        )
        .help("adresa izgleda ovako: https://www.grad.example/stranica", "an address looks like this: https://www.town.example/page"),
    };
    Some(crate::check::also_on(found, more))
}

fn failing(place: Place, hr: String, en: String) -> Diagnostic {
    Diagnostic::warning("external-link-failing", place, hr, en).help(
        "pokušajte za koji dan; ako ostane tako, uklonite poveznicu",
        "try again in a few days; if it stays so, remove the link",
    )
}

fn short(url: &str) -> String {
    match url.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &url[..at]),
        None => url.to_owned(),
    }
}

/// A paragraph in another language than its page.
pub(super) fn foreign_paragraph(place: Place, own: &str, other: &str) -> Diagnostic {
    Diagnostic::warning(
        "paragraph-in-other-language",
        place,
        format!("odlomak je, čini se, na jeziku „{other}”, a stranica na jeziku „{own}”: čitač zaslona krivo će ga izgovoriti"),
        format!("the paragraph seems to be in the language “{other}”, the page is in “{own}”: a screen reader will pronounce it wrongly"),
    )
    .help(
        format!("prevedite ga, ili ga označite: redak „::: lang {other}” ispred, prazan redak, odlomak, prazan redak i „:::” iza; riječ ili dvije: [riječi](lang:{other})"),
        format!("translate it, or mark it: a line “::: lang {other}” before, an empty line, the paragraph, an empty line and “:::” after; a word or two: [words](lang:{other})"),
    )
}
