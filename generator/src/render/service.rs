//! Pages of forms and the bundle that the form handlers read.

use std::collections::BTreeMap;

use forms::html::{self, FormView, NeedView, PaperView};
use forms::{RawAnswers, Words};
use functions::{Bundle, BundleForm, Scripts, Shell};
use mail::Sender;

use super::problems;
use crate::diagnostic::Diagnostic;
use crate::site::{FormPart, Site};
use crate::source::Sources;

/// The script of the theme that makes large photographs smaller.
pub(super) const ATTACH_SCRIPT: &str = "attach.js";
/// The script of the theme that calculates under load.
pub(super) const WORK_SCRIPT: &str = "work.js";

/// Puts definitions, shells and words together; `shells` holds form id, language and HTML, `of_services` language
/// and HTML.
pub(super) fn bundle(
    site: &Site,
    sources: &Sources,
    shells: Vec<(String, String, Vec<u8>)>,
    of_services: Vec<(String, Vec<u8>)>,
    templates_folder: &str,
) -> Result<Bundle, Diagnostic> {
    let mut by_form: BTreeMap<String, BTreeMap<String, Shell>> = BTreeMap::new();
    for (form, language, html) in shells {
        by_form.entry(form).or_default().insert(language, shell(&html, templates_folder)?);
    }
    let of_services = of_services
        .into_iter()
        .map(|(language, html)| Ok((language, shell(&html, templates_folder)?)))
        .collect::<Result<_, Diagnostic>>()?;
    let forms = site
        .definitions
        .forms
        .iter()
        .map(|form| {
            let shells = by_form.remove(form.id()).unwrap_or_default();
            (form.id().to_owned(), BundleForm { form: form.clone(), shells })
        })
        .collect();
    let config = &site.config;
    let script = |path: &str| {
        let integrity = site.statics.integrity(path, sources)?.to_owned();
        Some(html::Script { url: site.statics.url(path)?, integrity })
    };
    Ok(Bundle {
        public_url: site.request.base_url.clone(),
        town: Words::new(config.title.clone()),
        contact: contact(site),
        sender: Sender { name: config.mail.from_name.clone(), address: config.mail.from_address.clone() },
        default_language: config.default_language.clone(),
        languages: config.languages.iter().map(|language| language.code.clone()).collect(),
        time_zone: config.time_zone.clone(),
        shells: of_services,
        scripts: Scripts { attach: script(ATTACH_SCRIPT), work: script(WORK_SCRIPT) },
        forms,
        cards: site.definitions.cards.clone(),
        calendar: site.definitions.calendar.clone(),
        retention: site.definitions.retention.clone(),
        strings: site.catalogues.clone(),
        messages: site.definitions.messages.clone(),
        reference_length: config.reference_length,
        payment: config.payment.clone(),
    })
}

fn shell(html: &[u8], templates_folder: &str) -> Result<Shell, Diagnostic> {
    Shell::new(&String::from_utf8_lossy(html))
        .map_err(|error| problems::shell(templates_folder, &error.to_string()))
}

/// How to reach the office, in one line: what is known of it.
fn contact(site: &Site) -> Words {
    let config = &site.config;
    let known = &config.contact;
    let lines = config.languages.iter().map(|language| {
        let town = format!("{} {}", known.postcode, known.city);
        let parts = [
            config.text(&known.name, &language.code),
            &known.street,
            town.trim(),
            config.text(&known.country, &language.code),
            &known.phone,
            &known.email,
        ];
        let line: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let known = if line.is_empty() {
            config.text(&config.title, &language.code).to_owned()
        } else {
            line.join(", ")
        };
        (language.code.clone(), known)
    });
    Words::new(lines.collect())
}

/// The static page of a form: the same HTML that a refused submission gets back.
pub(super) fn form_page(
    site: &Site,
    bundle: &Bundle,
    form: &str,
    language: &str,
) -> Result<String, Diagnostic> {
    let parts = bundle.forms.get(form).zip(site.catalogues.get(language));
    let page = parts.and_then(|(of, strings)| {
        let raw = RawAnswers::from_pairs([]);
        let action = format!("/usluge/{form}/provjera");
        let form_url = site.form_url(form, language);
        let view = FormView {
            form: &of.form,
            lang: language,
            strings,
            cards: &bundle.cards,
            action: &action,
            form_url: Some(&form_url),
            raw: &raw,
            violations: &[],
            notice: None,
            today: site.today(),
        };
        Some(of.shells.get(language)?.page(of.form.title(language), html::form_page(&view)))
    });
    page.ok_or_else(|| problems::shell(&super::templates_folder(site), &format!("{form} ({language})")))
}

/// The title and content of a page.
pub struct Made {
    /// Title.
    pub title: String,
    /// Content as HTML.
    pub html: String,
}

/// A page below a form's own: the form on paper, or a page of the question path before it.
pub(super) fn form_part(
    site: &Site,
    bundle: &Bundle,
    form: &forms::Form,
    language: &str,
    part: &FormPart,
) -> Option<Made> {
    let strings = site.catalogues.get(language)?;
    match part {
        FormPart::Paper => {
            let paper = PaperView {
                form,
                lang: language,
                strings,
                cards: &bundle.cards,
                address: bundle.contact.get(language),
                today: site.today(),
            };
            let title = format!("{}: {}", strings.text("form.paper_link", &[]), form.title(language));
            Some(Made { title, html: html::paper_page(&paper).into_string() })
        }
        FormPart::Need(stop) => {
            let need = form.need_check()?;
            let stop = need.stop(stop)?;
            let form_url = site.form_url(form.id(), language);
            let view = NeedView { need, stop, lang: language, strings, form_url: &form_url };
            let title = stop.title(language).to_owned();
            Some(Made { title, html: html::need_page(&view).into_string() })
        }
    }
}

/// The JSON Schema (2020-12) of a form's answers, for programs that check or make them.
pub(super) fn schema(bundle: &Bundle, form: &str, language: &str) -> Result<Vec<u8>, Diagnostic> {
    let schema = bundle.forms.get(form).map(|of| forms::json_schema(&of.form, language));
    serde_json::to_vec_pretty(&schema)
        .map_err(|error| super::feeds::failed("schema.json", &std::io::Error::other(error)))
}
