//! What a check tells the editor.

use super::Noted;
use super::audit::Finding;
use super::personal::Kind;
use crate::diagnostic::{Diagnostic, Place};

/// A finding of a page. `output` is the page's path, `place` where its source can be mended.
pub(super) fn finding(finding: &Finding, output: &str, place: Place) -> Diagnostic {
    match finding {
        Finding::HeadingSkipped { before, level } => heading_skipped(*before, *level, output, place),
        Finding::FirstHeadings { count: 0 } => Diagnostic::warning(
            "heading-missing",
            place,
            format!("stranica {output} nema glavni naslov (h1)"),
            format!("the page {output} has no main heading (h1)"),
        )
        .help(
            "dodajte ga u predložak: <h1>{{ page.title }}</h1>",
            "add it to the template: <h1>{{ page.title }}</h1>",
        ),
        Finding::FirstHeadings { count } => Diagnostic::warning(
            "heading-twice",
            place,
            format!("stranica {output} ima {count} glavna naslova (h1)"),
            format!("the page {output} has {count} main headings (h1)"),
        )
        .help("neka glavni bude jedan, a ostali h2", "keep one of them, and make the others h2"),
        Finding::LinkWithoutText { href } => Diagnostic::error(
            "link-without-text",
            place,
            format!("poveznica „{href}” na stranici {output} nema teksta: čitač zaslona nema što pročitati"),
            format!("the link “{href}” on the page {output} has no text: a screen reader has nothing to say"),
        )
        .help(
            "napišite kamo vodi, npr. [Kontakt](kontakt.md)",
            "write where it leads, e.g. [Contact](contact.md)",
        ),
        Finding::LinkTextSaysNothing { text } => Diagnostic::warning(
            "link-text-vague",
            place,
            format!("poveznica „{text}” na stranici {output} ne govori kamo vodi"),
            format!("the link “{text}” on the page {output} does not say where it leads"),
        )
        .help(
            "umjesto „Prijavite se ovdje” napišite „Prijavite se na radionicu” i povežite cijeli izraz",
            "instead of “Sign up here” write “Sign up for the workshop”, all of it as the link",
        ),
        Finding::PictureWithoutAlt { src } => Diagnostic::error(
            "image-without-alt",
            place,
            format!("slika „{src}” na stranici {output} nema atribut alt"),
            format!("the picture “{src}” on the page {output} has no alt attribute"),
        )
        .help(
            "opišite što prikazuje; ukrasna slika dobiva alt=\"\"",
            "say what it shows; a decoration gets alt=\"\"",
        ),
        Finding::PageWithoutLanguage => Diagnostic::error(
            "language-missing",
            place,
            format!("stranica {output} ne kaže na kojem je jeziku"),
            format!("the page {output} does not say in which language it is"),
        )
        .help(
            "u predložak upišite <html lang=\"{{ lang }}\">",
            "write <html lang=\"{{ lang }}\"> in the template",
        ),
        Finding::BadLanguage { tag } => Diagnostic::error(
            "language-malformed",
            place,
            format!("„{tag}” na stranici {output} nije oznaka jezika"),
            format!("“{tag}” on the page {output} is no language tag"),
        )
        .help("npr. lang=\"hr\", lang=\"de-AT\"", "e.g. lang=\"hr\", lang=\"de-AT\""),
        Finding::PageWithoutTitle => Diagnostic::error(
            "title-missing",
            place,
            format!("stranica {output} nema naslov u elementu <title>"),
            format!("the page {output} has no title in the element <title>"),
        )
        .help("dodajte ga u predložak", "add it to the template"),
        Finding::PersonalNumber { kind, .. } => personal_number(*kind, output, place),
    }
}

/// The same on this many pages more.
pub(crate) fn also_on(mut diagnostic: Diagnostic, pages: usize) -> Diagnostic {
    if let Some(help) = diagnostic.help.as_mut().filter(|_| pages > 0) {
        help.hr = format!("{} (isto na još {pages} str.: vjerojatno u predlošku)", help.hr);
        help.en = format!("{} (the same on {pages} more pages: probably in the template)", help.en);
    }
    diagnostic
}

fn heading_skipped(before: u8, level: u8, output: &str, place: Place) -> Diagnostic {
    let wanted = "#".repeat(usize::from(before) + 1);
    Diagnostic::warning(
        "heading-skipped",
        place,
        format!("na stranici {output} naslov razine {level} stoji ispod naslova razine {before}"),
        format!("on the page {output} a heading of level {level} stands below one of level {before}"),
    )
    .help(
        format!("razine se ne preskaču: ovdje pripada „{wanted}”"),
        format!("levels are not skipped: “{wanted}” belongs here"),
    )
}

fn personal_number(kind: Kind, output: &str, place: Place) -> Diagnostic {
    match kind {
        Kind::Jmb => Diagnostic::error(
            "personal-number",
            place,
            format!("na stranici {output} stoji nečiji matični broj (JMB)"),
            format!("somebody's master citizen number (JMB) stands on the page {output}"),
        )
        .help(
            "uklonite ga, i iz povijesti datoteke ako je već bila objavljena",
            "remove it, and from the file's history as well if it was published",
        ),
        Kind::Iban => Diagnostic::warning(
            "account-number",
            place,
            format!("na stranici {output} stoji broj računa"),
            format!("an account number stands on the page {output}"),
        )
        .help(
            "račun osobe uklonite; račun ustanove upišite u site.yaml pod checks: numbers",
            "remove that of a person; write that of an institution in site.yaml below checks: numbers",
        ),
        Kind::MobilePhone => Diagnostic::warning(
            "mobile-phone",
            place,
            format!("na stranici {output} stoji broj mobitela"),
            format!("a mobile phone number stands on the page {output}"),
        )
        .help(
            "osobni broj uklonite; službeni upišite u site.yaml pod checks: numbers",
            "remove that of a person; write that of an office in site.yaml below checks: numbers",
        ),
    }
}

/// `sizes` are what the page has and what is allowed, `heaviest` its parts in Croatian and in English.
pub(super) fn page_too_heavy(page: &Noted, sizes: [&str; 2], heaviest: [&str; 2]) -> Diagnostic {
    let ([has, allowed], [hr, en], output) = (sizes, heaviest, &page.path);
    Diagnostic::warning(
        "page-too-heavy",
        Place::file(&page.source),
        format!("stranica {output} pri otvaranju učitava {has}, a dopušteno je {allowed}; najteže: {hr}"),
        format!(
            "the page {output} loads {has} when it is opened, more than the allowed {allowed}; the heaviest: {en}"
        ),
    )
    .help(
        "smanjite najteže, a slici koja nije na vrhu stranice dodajte loading=\"lazy\"; granica stoji u site.yaml pod \
         checks: page_weight_kb",
        "make the heaviest smaller, and give loading=\"lazy\" to a picture that is not at the top; the limit stands in \
         site.yaml below checks: page_weight_kb",
    )
}

pub(super) fn control_character(output: &str, source: &str) -> Diagnostic {
    Diagnostic::error(
        "control-character",
        Place::file(source),
        format!("na stranici {output} stoji nevidljiv upravljački znak"),
        format!("the page {output} holds an invisible control character"),
    )
    .help(
        "prepišite naslov ili opis u zaglavlju; bez \\x i \\0",
        "type title and description again; without \\x and \\0",
    )
}

pub(super) fn double_id(id: &str, output: &str, source: &str) -> Diagnostic {
    Diagnostic::error(
        "duplicate-id",
        Place::file(source),
        format!("oznaka „{id}” stoji dvaput na stranici {output}"),
        format!("the id “{id}” stands twice on the page {output}"),
    )
    .help("preimenujte naslov odlomka ili ispravite predložak", "rename the heading, or correct the template")
}

pub(super) fn dead_link(target: &str, output: &str, place: Place) -> Diagnostic {
    Diagnostic::error(
        "dead-link",
        place,
        format!("poveznica „{target}” na stranici {output} ne vodi nikamo"),
        format!("the link “{target}” on the page {output} leads nowhere"),
    )
    .help(
        "ispravite put ili upotrijebite put datoteke u mapi content",
        "correct the path, or use the file's path in the folder content",
    )
}

pub(super) fn dead_anchor(id: &str, there: &str, output: &str, place: Place) -> Diagnostic {
    Diagnostic::error(
        "dead-anchor",
        place,
        format!("odlomka „#{id}” nema na stranici {there} (poveznica na {output})"),
        format!("there is no “#{id}” on the page {there} (linked from {output})"),
    )
    .help(
        "oznaka odlomka nastaje od njegova naslova: „Što vam treba” → #sto-vam-treba",
        "a heading's id is made of its text: “What you need” → #what-you-need",
    )
}
