//! What can be wrong in one content file.

use std::ops::Range;

use super::kind::Kind;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::yaml::nearest;

pub(super) fn unknown_language(path: &str, code: &str, config: &Config) -> Diagnostic {
    let known = config.language_codes().join(", ");
    Diagnostic::error(
        "unknown-language",
        Place::file(path),
        format!("jezik „{code}” iz imena datoteke nije u site.yaml"),
        format!("the language “{code}” of the file name is not in site.yaml"),
    )
    .help(format!("jezici stranice: {known}"), format!("the site's languages: {known}"))
}

pub(super) fn text_too_long(path: &str, size_bytes: usize, limit_bytes: usize) -> Diagnostic {
    let mib = |bytes: usize| bytes / (1024 * 1024);
    Diagnostic::error(
        "text-too-long",
        Place::file(path),
        format!("tekst ima {} MiB, a najviše je {} MiB", mib(size_bytes), mib(limit_bytes)),
        format!("the text has {} MiB, at most {} MiB are read", mib(size_bytes), mib(limit_bytes)),
    )
    .help("podijelite ga na više stranica", "divide it into several pages")
}

pub(super) fn no_front_matter(path: &str, source: &str) -> Diagnostic {
    Diagnostic::error(
        "front-matter-missing",
        Place::at(path, source, 1, 1, 3),
        "na početku datoteke nema podataka o stranici",
        "the front matter at the top of the file is missing",
    )
    .help(
        "počnite retkom ---, zatim title: Naslov, pa opet redak ---",
        "begin with a line ---, then title: Title, then a line --- again",
    )
}

/// An unknown key is explained with the keys of this kind only.
pub(super) fn only_keys_of_kind(diagnostic: Diagnostic, kind: Kind, common: &[&'static str]) -> Diagnostic {
    // A key of a nested block (`picture`, `entries`) has its own list, which stands in the help already.
    let is_top = diagnostic.help.as_ref().is_some_and(|help| help.en.contains("editor_note"));
    if diagnostic.code != "unknown-key" || !is_top {
        return diagnostic;
    }
    let wrong: String = diagnostic
        .place
        .iter()
        .flat_map(|place| place.text.chars().skip(place.column - 1).take(place.length))
        .collect();
    let known: Vec<&'static str> = common.iter().chain(kind.own_keys()).copied().collect();
    let list = known.join(", ");
    match nearest(&wrong, &known) {
        Some(near) => diagnostic.help(
            format!("jeste li mislili „{near}”? Poznati ključevi: {list}"),
            format!("did you mean “{near}”? Known keys: {list}"),
        ),
        None => diagnostic.help(format!("poznati ključevi: {list}"), format!("known keys: {list}")),
    }
}

pub(super) fn foreign_key(place: Place, key: &str, kind: Kind, common: &[&str]) -> Diagnostic {
    let list = common.iter().chain(kind.own_keys()).copied().collect::<Vec<_>>().join(", ");
    Diagnostic::error(
        "key-of-other-kind",
        place,
        format!("ključ „{key}” ne vrijedi za ovu vrstu stranice"),
        format!("the key “{key}” does not belong to this kind of page"),
    )
    .help(format!("ovdje vrijede: {list}"), format!("here are known: {list}"))
}

pub(super) fn missing_key(path: &str, source: &str, key: &str) -> Diagnostic {
    Diagnostic::error(
        "missing-key",
        Place::at(path, source, 1, 1, 3),
        format!("nedostaje ključ „{key}”"),
        format!("the key “{key}” is missing"),
    )
    .help(format!("dodajte redak „{key}: …”"), format!("add a line “{key}: …”"))
}

pub(super) fn empty_title(place: Place) -> Diagnostic {
    Diagnostic::error("empty-title", place, "naslov je prazan", "the title is empty")
        .help("napišite naslov koji kaže o čemu je riječ", "write a title that says what it is about")
}

pub(super) fn bad_date(place: Place, text: &str) -> Diagnostic {
    Diagnostic::error("bad-date", place, format!("„{text}” nije datum"), format!("“{text}” is not a date"))
        .help(
            "pišite godinu, mjesec i dan: 2019-05-15, ili s vremenom: 2019-05-15T18:00",
            "write year, month and day: 2019-05-15, or with a time: 2019-05-15T18:00",
        )
}

pub(super) fn bad_slug(place: Place, text: &str) -> Diagnostic {
    let good = crate::site::slug::slugify(text);
    Diagnostic::error(
        "bad-slug",
        place,
        format!("„{text}” ne može biti dio adrese"),
        format!("“{text}” cannot be part of an address"),
    )
    .help(format!("npr. slug: {good}"), format!("e.g. slug: {good}"))
}

pub(super) fn bad_alias(place: Place, text: &str) -> Diagnostic {
    Diagnostic::error(
        "bad-alias",
        place,
        format!("„{text}” nije put stranice"),
        format!("“{text}” is not a path of the site"),
    )
    .help("stari put počinje kosom crtom: /vijesti/staro/", "an old path begins with a slash: /news/old/")
}

pub(super) fn picture_without_alt(place: Place) -> Diagnostic {
    Diagnostic::error(
        "picture-without-alt",
        place,
        "slika nema opis za one koji je ne vide",
        "the picture has no text for those who do not see it",
    )
    .help(
        "opišite u jednoj rečenici što slika pokazuje: ![opis](slika.jpg), odnosno alt: opis",
        "say in one sentence what it shows: ![text](picture.jpg), or alt: text",
    )
}

pub(super) fn expires_before_publish(place: Place) -> Diagnostic {
    Diagnostic::error(
        "expires-before-publish",
        place,
        "stranica bi istekla prije nego što se objavi",
        "the page would expire before it is published",
    )
    .help("„expires” mora biti poslije „publish”", "“expires” has to be after “publish”")
}

pub(super) fn ends_before_start(place: Place) -> Diagnostic {
    Diagnostic::error(
        "ends-before-start",
        place,
        "događaj završava prije nego što počne",
        "the event ends before it starts",
    )
    .help("provjerite „start” i „end”", "check “start” and “end”")
}

pub(super) fn alert_level(place: Place, text: &str) -> Diagnostic {
    Diagnostic::error(
        "alert-level-unknown",
        place,
        format!("„{text}” nije stupanj obavijesti"),
        format!("“{text}” is no level of an alert"),
    )
    .help(
        "level: information (dobro je znati), warning (nešto ne radi kao inače) ili danger (opasnost za ljude)",
        "level: information (good to know), warning (something does not work as usual) or danger (people are at risk)",
    )
}

pub(super) fn alert_folder_has_list(path: &str) -> Diagnostic {
    Diagnostic::error(
        "alert-folder-without-list",
        Place::file(path),
        "mapa obavijesti nema svoje stranice: obavijesti stoje iznad drugih stranica",
        "the folder obavijesti has no page: alerts stand above other pages",
    )
    .help(
        "obrišite ovu datoteku ili je premjestite u drugu mapu",
        "remove this file, or move it to another folder",
    )
}

pub(super) fn alert_with_block(place: Place) -> Diagnostic {
    Diagnostic::error(
        "alert-with-block",
        place,
        "obavijest ima samo odlomke, popise i poveznice: stoji iznad drugih stranica",
        "an alert has paragraphs, lists and links only: it stands above other pages",
    )
    .help(
        "napišite ostalo na stranici i dodajte poveznicu na nju",
        "write the rest on a page, and add a link to it",
    )
}

pub(super) fn alert_too_long(place: Place, length: usize, limit: usize) -> Diagnostic {
    Diagnostic::warning(
        "alert-too-long",
        place,
        format!("obavijest ima {length} znakova; iznad svake stranice najviše {limit}"),
        format!("the alert has {length} characters; at most {limit} above every page"),
    )
    .help(
        "ostavite ono što svatko mora znati, a ostalo napišite na stranici i povežite je",
        "leave what everybody has to know, and write the rest on a page with a link to it",
    )
}

pub(super) fn archive_without_dates(place: Place) -> Diagnostic {
    Diagnostic::error(
        "archive-without-dates",
        place,
        "popis koji nije poredan po datumu nema arhive po godinama i mjesecima",
        "a list that is not sorted by date has no archive by year and month",
    )
    .help("uklonite „archive” ili upišite sort: date", "remove “archive”, or write sort: date")
}

pub(super) fn bad_web_address(place: Place, text: &str) -> Diagnostic {
    Diagnostic::error(
        "bad-web-address",
        place,
        format!("„{text}” nije mrežna adresa"),
        format!("“{text}” is not a web address"),
    )
    .help("adresa počinje s https://", "an address begins with https://")
}

/// A mistake in Markdown; ranges are bytes of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkdownProblem {
    /// Where in the body.
    pub range: Range<usize>,
    /// What.
    pub what: MarkdownMistake,
}

/// What is wrong in Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkdownMistake {
    /// HTML tags in the text.
    RawHtml,
    /// `javascript:` and the like; holds the scheme.
    DangerousScheme(String),
    /// `![](…)`.
    PictureWithoutAlt,
    /// `# …` in the text: the title is the page's only first-level heading.
    FirstLevelHeading,
    /// A link without words.
    EmptyLink,
    /// `lang:` with something else than the tag of a language; holds it.
    UnknownLanguage(String),
    /// `::: lang de` without an end.
    LanguageBlockOpen,
    /// The words of a link to a file name another kind of file; holds that kind, and the file's.
    WrongKind(String, &'static str),
    /// `:::` and a word that stands for nothing; holds the paragraph.
    UnknownDirective(String),
}

impl MarkdownProblem {
    pub(super) fn into_diagnostic(self, path: &str, source: &str, span: Range<usize>) -> Diagnostic {
        let place = Place::span(path, source, span);
        match self.what {
            MarkdownMistake::RawHtml => Diagnostic::error(
                "raw-html",
                place,
                "HTML u tekstu nije dopušten",
                "HTML in the text is not allowed",
            )
            .help(
                "upotrijebite Markdown; znak < pišite kao &lt; (dopuštenje: markdown.raw_html u site.yaml)",
                "use Markdown; write < as &lt; (permission: markdown.raw_html in site.yaml)",
            ),
            MarkdownMistake::DangerousScheme(scheme) => Diagnostic::error(
                "dangerous-link",
                place,
                format!("poveznica s „{scheme}:” nije dopuštena"),
                format!("a link with “{scheme}:” is not allowed"),
            )
            .help("dopušteno je https, http, mailto i tel", "allowed are https, http, mailto and tel"),
            MarkdownMistake::PictureWithoutAlt => picture_without_alt(place),
            MarkdownMistake::FirstLevelHeading => Diagnostic::error(
                "first-level-heading",
                place,
                "naslov prve razine u tekstu: stranica ga već ima (title)",
                "a first-level heading in the text: the page has one already (title)",
            )
            .help("počnite s ## ", "begin with ## "),
            MarkdownMistake::UnknownLanguage(tag) => Diagnostic::error(
                "language-tag-unknown",
                place,
                format!("„{tag}” nije oznaka jezika"),
                format!("“{tag}” is no tag of a language"),
            )
            .help(
                "npr. de (njemački), en (engleski), it (talijanski), fr (francuski), sl (slovenski), sr-Cyrl (srpski, ćirilica)",
                "e.g. de (German), en (English), it (Italian), fr (French), sl (Slovene), sr-Cyrl (Serbian, Cyrillic)",
            ),
            MarkdownMistake::LanguageBlockOpen => Diagnostic::error(
                "language-block-open",
                place,
                "odlomci na drugom jeziku počinju ovdje, a nigdje ne završavaju",
                "paragraphs in another language begin here and end nowhere",
            )
            .help(
                "iza njih stavite prazan redak i redak „:::”, bez uvlake",
                "put an empty line behind them and a line “:::”, not indented",
            ),
            MarkdownMistake::WrongKind(said, kind) => Diagnostic::warning(
                "download-kind-wrong",
                place,
                format!("u poveznici piše „{said}”, a datoteka je {}", kind.to_uppercase()),
                format!("the link says “{said}”, but the file is {}", kind.to_uppercase()),
            )
            .help(
                "uklonite vrstu i veličinu iz teksta poveznice: dopisuju se same",
                "take kind and size out of the link's words: they are added by themselves",
            ),
            MarkdownMistake::UnknownDirective(text) => Diagnostic::error(
                "directive-unknown",
                place,
                format!("„{text}” ne znači ništa"),
                format!("“{text}” stands for nothing"),
            )
            .help(
                "poznato je „::: cuvanje” i „::: lang de” (do retka „:::”)",
                "known are “::: cuvanje” and “::: lang de” (up to a line “:::”)",
            ),
            MarkdownMistake::EmptyLink => {
                Diagnostic::error("empty-link", place, "poveznica nema riječi", "the link has no words")
                    .help("napišite kamo vodi: [Prijava u registar](…)", "say where it leads: [Register](…)")
            }
        }
    }
}
