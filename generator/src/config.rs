//! `site.yaml`: the town, its languages, menus and addresses.

mod assets;
pub(crate) mod lists;
mod mail;
mod payment;
mod structure;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_yaml::Spanned;
use store::ReferenceLength;

use crate::diagnostic::{Diagnostic, Place};
use crate::source::SourceFile;
use crate::yaml;

pub use self::assets::Assets;
pub use self::lists::Lists;
pub use self::mail::{MailServer, MailSettings, PasswordPlace};
pub use self::structure::{Feeds, MenuChild, MenuEntry, Parents, Paths};

/// A text per language code.
pub type PerLanguage = BTreeMap<String, String>;

/// What `site.yaml` says, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Name of the site.
    pub title: PerLanguage,
    /// One sentence about the site.
    pub description: PerLanguage,
    /// Scheme and host, without a slash at the end.
    pub public_url: String,
    /// Folder under `themes/`.
    pub theme: String,
    /// Where bare dates are local midnight.
    pub time_zone: jiff::tz::TimeZone,
    /// The language without a prefix in URLs.
    pub default_language: String,
    /// All languages, the default among them, in the order of the switcher.
    pub languages: Vec<Language>,
    /// Menus by name.
    pub menus: BTreeMap<String, Vec<MenuEntry>>,
    /// The town's address.
    pub contact: Contact,
    /// Who mails come from, and how they leave.
    pub mail: MailSettings,
    /// Where fees are paid, once the town said so.
    pub payment: Option<functions::Payment>,
    /// How long the references of new submissions are.
    pub reference_length: ReferenceLength,
    /// Whether Markdown may hold raw HTML.
    pub raw_html: bool,
    /// How the files of the theme and the pages are published.
    pub assets: Assets,
    /// What the checks of finished pages let pass.
    pub checks: Checks,
    /// Words of the site's own URLs.
    pub paths: Paths,
    /// The pages above forms and procedures in breadcrumbs.
    pub parents: Parents,
    /// Of what there are feeds.
    pub feeds: Feeds,
    /// How much stands on one page of a list.
    pub lists: Lists,
    /// The file itself, for places in diagnostics.
    pub source: String,
}

/// A language of the site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// BCP 47 tag, which is also the URL prefix.
    pub code: String,
    /// The language's name in itself.
    pub name: String,
    /// Whose dates and alphabet are used, where that is not the language's own default (`en-GB`).
    pub locale: Option<String>,
}

/// The town's address; what is not known yet is empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// The office.
    pub name: PerLanguage,
    /// Street and number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// Town.
    pub city: String,
    /// Country.
    pub country: PerLanguage,
    /// International form.
    pub phone: String,
    /// Public address.
    pub email: String,
}

/// What the checks of finished pages let pass.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Checks {
    /// Phone and account numbers of offices, which may stand in texts.
    pub numbers: Vec<String>,
    /// Most kilobytes (of 1000 bytes) of a page with all that it loads at once; 0 is no limit.
    pub page_weight_kb: u32,
}

impl Default for Checks {
    fn default() -> Self {
        Self { numbers: Vec::new(), page_weight_kb: 1000 }
    }
}

impl Checks {
    /// Most bytes of a page with all that it loads at once.
    pub fn page_bytes(&self) -> Option<u64> {
        (self.page_weight_kb > 0).then(|| u64::from(self.page_weight_kb) * 1000)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    title: Spanned<PerLanguage>,
    description: Spanned<PerLanguage>,
    public_url: Spanned<String>,
    theme: Spanned<String>,
    time_zone: Spanned<String>,
    default_language: Spanned<String>,
    languages: Vec<Spanned<Language>>,
    menus: BTreeMap<String, Vec<MenuEntry>>,
    #[serde(default)]
    contact: Contact,
    mail: mail::RawMail,
    #[serde(default)]
    payment: Option<payment::RawPayment>,
    #[serde(default)]
    reference_length: Option<Spanned<serde_json::Value>>,
    #[serde(default)]
    markdown: RawMarkdown,
    #[serde(default)]
    assets: Assets,
    #[serde(default)]
    checks: Checks,
    #[serde(default)]
    paths: Paths,
    #[serde(default)]
    parents: Parents,
    #[serde(default)]
    feeds: Feeds,
    #[serde(default)]
    lists: lists::RawLists,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawMarkdown {
    raw_html: bool,
}

/// The name of the file.
pub const FILE: &str = "site.yaml";

impl Config {
    /// Reads and checks `site.yaml`.
    pub fn parse(file: &SourceFile) -> Result<Self, Vec<Diagnostic>> {
        let text = file.text().map_err(|diagnostic| vec![diagnostic])?;
        let raw: RawConfig = yaml::read(FILE, text, text, 0).map_err(|diagnostic| vec![diagnostic])?;
        let mut found = Vec::new();
        let place = |spot: &serde_yaml::Location, length: usize| at(text, spot, length);

        let public_url = raw.public_url.value.trim_end_matches('/').to_owned();
        if !is_public_url(&public_url) {
            found.push(
                Diagnostic::error(
                    "bad-public-url",
                    place(&raw.public_url.referenced, raw.public_url.value.chars().count()),
                    "adresa stranice mora biti oblika https://domena, bez puta",
                    "the site's address has to be https://host, without a path",
                )
                .help("npr. public_url: https://grad.example", "e.g. public_url: https://town.example"),
            );
        }
        let time_zone = jiff::tz::TimeZone::get(&raw.time_zone.value).unwrap_or_else(|_| {
            found.push(
                Diagnostic::error(
                    "unknown-time-zone",
                    place(&raw.time_zone.referenced, raw.time_zone.value.chars().count()),
                    format!("nepoznata vremenska zona „{}”", raw.time_zone.value),
                    format!("unknown time zone “{}”", raw.time_zone.value),
                )
                .help("npr. time_zone: Europe/Sarajevo", "e.g. time_zone: Europe/Sarajevo"),
            );
            jiff::tz::TimeZone::UTC
        });
        let mut languages: Vec<Language> = Vec::new();
        for language in raw.languages {
            let code = &language.value.code;
            let tags = [Some(code), language.value.locale.as_ref()];
            let well_formed =
                tags.into_iter().flatten().all(|tag| tag.parse::<icu_locale_core::Locale>().is_ok());
            if !well_formed || languages.iter().any(|known| known.code == *code) {
                found.push(Diagnostic::error(
                    "bad-language",
                    place(&language.referenced, 1),
                    format!("jezik „{code}” nije ispravan ili je naveden dvaput"),
                    format!("the language “{code}” is malformed or listed twice"),
                ));
            }
            languages.push(language.value);
        }
        if !languages.iter().any(|language| language.code == raw.default_language.value) {
            found.push(Diagnostic::error(
                "unknown-default-language",
                place(&raw.default_language.referenced, raw.default_language.value.chars().count()),
                format!("zadani jezik „{}” nije među jezicima", raw.default_language.value),
                format!("the default language “{}” is not among the languages", raw.default_language.value),
            ));
        }
        if raw.theme.value.is_empty() || raw.theme.value.contains(['/', '\\', '.']) {
            found.push(Diagnostic::error(
                "bad-theme",
                place(&raw.theme.referenced, raw.theme.value.chars().count()),
                "tema je ime mape u mapi themes",
                "the theme is the name of a folder in themes",
            ));
        }
        let texts = [
            ("title", &raw.title),
            ("description", &raw.description),
            ("mail.from_name", &raw.mail.from_name),
        ];
        let labels = raw.menus.iter().flat_map(|(menu, entries)| {
            entries.iter().flat_map(MenuEntry::labels).map(|label| (menu.as_str(), label))
        });
        for (key, per_language) in texts.into_iter().chain(labels) {
            for language in &languages {
                if !per_language.value.contains_key(&language.code) {
                    let place = place(&per_language.referenced, 1);
                    found.push(missing_translation(place, key, &language.code));
                }
            }
        }
        for word in raw.paths.words() {
            if word.is_empty() || crate::site::slug::slugify(word) != word {
                found.push(Diagnostic::error(
                    "bad-path-word",
                    Place::file(FILE),
                    format!("„{word}” ne može biti dio adrese (paths)"),
                    format!("“{word}” cannot be part of an address (paths)"),
                ));
            }
        }
        let lists = raw.lists.checked(&place, &mut found);
        let payment = payment::read(raw.payment, place).unwrap_or_else(|diagnostic| {
            found.push(diagnostic);
            None
        });
        let reference_length = raw.reference_length.map_or_else(ReferenceLength::default, |written| {
            let length = written.value.as_u64().and_then(|count| ReferenceLength::try_from(count).ok());
            length.unwrap_or_else(|| {
                let text = written.value.as_str().map_or_else(|| written.value.to_string(), str::to_owned);
                let place = place(&written.referenced, text.chars().count());
                found.push(bad_reference_length(place, &text));
                ReferenceLength::default()
            })
        });
        let mail = match raw.mail.checked(&place, &mut found) {
            Some(mail) if found.is_empty() => mail,
            _ => return Err(found),
        };
        Ok(Self {
            title: raw.title.value,
            description: raw.description.value,
            public_url,
            theme: raw.theme.value,
            time_zone,
            default_language: raw.default_language.value,
            languages,
            menus: raw.menus,
            contact: raw.contact,
            mail,
            payment,
            reference_length,
            raw_html: raw.markdown.raw_html,
            assets: raw.assets,
            checks: raw.checks,
            paths: raw.paths,
            parents: raw.parents,
            feeds: raw.feeds,
            lists,
            source: text.to_owned(),
        })
    }

    /// A text in a language; the build has checked that it is there where it is required.
    pub fn text<'a>(&'a self, per_language: &'a PerLanguage, language: &str) -> &'a str {
        per_language
            .get(language)
            .or_else(|| per_language.get(&self.default_language))
            .map_or("", String::as_str)
    }

    /// The place of a spanned value of `site.yaml`.
    pub fn place(&self, location: &serde_yaml::Location, length: usize) -> Place {
        at(&self.source, location, length)
    }

    /// The numbers that may stand in texts: those listed, and the town's own.
    pub fn allowed_numbers(&self) -> Vec<String> {
        let payment = self.payment.as_ref().map(|payment| payment.account().to_owned());
        let own = [self.contact.phone.clone()].into_iter().chain(payment);
        own.chain(self.checks.numbers.iter().cloned()).filter(|number| !number.is_empty()).collect()
    }

    /// The codes of all languages.
    pub fn language_codes(&self) -> Vec<&str> {
        self.languages.iter().map(|language| language.code.as_str()).collect()
    }

    /// `/` for the default language, `/en/` for another.
    pub fn home(&self, language: &str) -> String {
        if language == self.default_language { "/".to_owned() } else { format!("/{language}/") }
    }
}

fn at(source: &str, location: &serde_yaml::Location, length: usize) -> Place {
    let number = |value: u64| usize::try_from(value).unwrap_or(1);
    Place::at(FILE, source, number(location.line()), number(location.column()), length)
}

fn missing_translation(place: Place, key: &str, language: &str) -> Diagnostic {
    Diagnostic::error(
        "missing-translation",
        place,
        format!("„{key}” nema tekst na jeziku „{language}”"),
        format!("“{key}” has no text in the language “{language}”"),
    )
    .help(format!("dodajte „{language}: …”"), format!("add “{language}: …”"))
}

fn bad_reference_length(place: Place, written: &str) -> Diagnostic {
    Diagnostic::error(
        "bad-reference-length",
        place,
        format!("broj zahtjeva ne može imati toliko znakova: „{written}” (reference_length)"),
        format!("a reference cannot have so many characters: “{written}” (reference_length)"),
    )
    .help(
        "može imati 8, 12 ili 16 znakova: npr. reference_length: 8",
        "it can have 8, 12 or 16 characters: e.g. reference_length: 8",
    )
}

fn is_public_url(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty()
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'))
    })
}
