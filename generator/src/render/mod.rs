//! Fourth stage: the site becomes outputs. A list of jobs, each a pure function of the site, run in parallel.
//!
//! ```text
//! Site ─► Theme (templates, values built once) ─► jobs ─► Output { path, bytes } ─► sink
//! ```

mod alerts;
mod archive;
mod base;
pub mod body;
mod claims;
mod crumbs;
mod facts;
mod feeds;
pub mod functions;
mod in_order;
mod ingredients;
mod item;
pub mod jobs;
mod keys;
mod made;
mod object;
mod plan;
mod problems;
mod service;
mod shells;
mod sitemap;
pub mod values;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use tera::{Context, Tera, Value};

pub use jobs::Job;
use made::Failed;
pub use made::{Before, Made, Output, Receive, Run};
pub use plan::Plan;

use crate::cache::{Key, Origin, recorded};
use crate::diagnostic::Diagnostic;
use crate::error::EnvironmentError;
use crate::parse::Body;
use crate::site::{Offers, PageId, Site, TaxonomyKind};
use crate::source::{SourceFile, Sources};
use keys::Comparison;
pub use keys::Keys;
use plan::Planned;
use shells::Shells;
use values::Values;

/// Everything that rendering reads.
pub struct Renderer {
    site: Arc<Site>,
    sources: Arc<Sources>,
    values: Arc<Values>,
    tera: Tera,
    comparison: Comparison,
    /// Texts above lists, by the list's page.
    section_bodies: FxHashMap<PageId, OnceLock<Body>>,
}

/// The page around forms and services.
const FORM_TEMPLATE: &str = "form.html";

/// The files of the theme that pages of forms need, whatever its templates ask for.
pub fn scripts_needed(offers: Offers) -> &'static [&'static str] {
    if offers.services { &[service::ATTACH_SCRIPT, service::WORK_SCRIPT] } else { &[] }
}

/// The templates that a site needs: those of what it has, and of the pages that every site has.
fn templates_needed(site: &Site) -> BTreeSet<String> {
    let of_pages = (0..site.pages.len()).map(|id| site.document(id).kind.name());
    let of_lists: &[&str] = if site.taxonomies.is_empty() { &[] } else { &["taxonomy", "term"] };
    let of_cards = (!site.definitions.cards.0.is_empty()).then_some("procedure");
    let of_forms = (!site.definitions.forms.is_empty()).then_some("form");
    let names = of_pages.chain(of_lists.iter().copied()).chain(of_cards).chain(of_forms);
    names.chain(["404", "home"]).map(|name| format!("{name}.html")).collect()
}

impl Renderer {
    /// Reads the theme's templates. `config` is `site.yaml`, `structure` the key of the site's structure, `before` the
    /// keys of the build that is to be compared with.
    pub fn new(
        site: Arc<Site>,
        sources: Arc<Sources>,
        config: &SourceFile,
        structure: Option<Key>,
        before: Option<&Keys>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let values = Arc::new(Values::new(&site, &sources));
        let mut tera = Tera::new();
        functions::register(&mut tera, &site, &values, &sources);
        let mut found = Vec::new();
        let mut texts = Vec::with_capacity(sources.templates.len());
        for file in &sources.templates {
            match file.text() {
                Ok(text) => texts.push((file.path.as_str(), text)),
                Err(mut diagnostic) => {
                    diagnostic.place = diagnostic.place.map(|mut place| {
                        place.path = format!("{}{}", templates_folder(&site), place.path);
                        place
                    });
                    found.push(diagnostic);
                }
            }
        }
        if let Err(error) = tera.add_raw_templates(texts) {
            found.push(problems::template(&templates_folder(&site), &sources.templates, &error, None));
        } else {
            found.extend(
                templates_needed(&site)
                    .iter()
                    .filter(|name| !tera.contains_template(name))
                    .map(|name| problems::missing_template(&templates_folder(&site), name)),
            );
        }
        if !found.is_empty() {
            return Err(found);
        }
        let section_bodies = site.sections.keys().map(|id| (*id, OnceLock::new())).collect();
        let comparison = Comparison::new(&site, &sources, config, structure, before);
        Ok(Self { site, sources, values, tera, comparison, section_bodies })
    }

    /// The keys of what is rendered.
    pub fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.comparison.keys)
    }

    /// Makes all outputs that are not as before, and hands them to `receive`, some at once.
    pub fn run<T: Send>(
        &self,
        Plan { planned, .. }: &Plan,
        before: &Before,
        receive: &Receive<T>,
    ) -> Result<Run<T>, EnvironmentError> {
        let (shells, mut found) = self.shells();
        let Some(shells) = shells else { return Ok((None, Vec::new(), found)) };
        let made: Vec<(Vec<T>, Vec<Diagnostic>)> = in_order::map(planned, |planned| {
            let mut problems = Vec::new();
            let mut made = Vec::with_capacity(planned.len());
            for planned in planned {
                let mut found = Vec::new();
                match self.make(planned, &shells, before, &mut found) {
                    Ok(output) => made.push(output),
                    Err(Failed::Content(diagnostic)) => found.push(diagnostic),
                    Err(Failed::Environment(error)) => return Err(error),
                }
                problems.append(&mut found);
            }
            Ok::<_, EnvironmentError>((receive(made)?, problems))
        })?;
        let mut received = Vec::with_capacity(planned.len());
        for (mut outputs, mut problems) in made {
            received.append(&mut outputs);
            found.append(&mut problems);
        }
        Ok((Some(shells.bundle), received, found))
    }

    fn make(
        &self,
        Planned { job, path, source, .. }: &Planned,
        shells: &Shells,
        before: &Before,
        found: &mut Vec<Diagnostic>,
    ) -> Result<Made, Failed> {
        if let Some(known) = before(path)
            && let Some(origin) = &known.origin
            && self.comparison.is_as_before(&self.site, &self.sources, job, shells.key, origin)
        {
            return Ok(Made::AsBefore {
                path: Arc::clone(path),
                source: Arc::clone(source),
                known: Arc::clone(known),
            });
        }
        if let Job::Asset(index) = job {
            let file = Arc::clone(&self.sources.assets[self.site.assets[*index].file]);
            let origin = Origin { inputs: file.facts.key, reads: Vec::new(), answers: Key::default() };
            let (path, source) = (Arc::clone(path), Arc::clone(source));
            return Ok(Made::Copied { path, source, file, origin });
        }
        let (bytes, reads) = recorded(|| self.bytes(job, &shells.bundle, source, found));
        let mut bytes = bytes?;
        if self.site.config.assets.minify && path.ends_with(".html") {
            bytes = shells::minified(&bytes, path)?;
        }
        let keys = &self.comparison.keys;
        let inputs = keys.inputs(&self.site, &self.sources, job, shells.key);
        let answers = keys.answers(&self.site, &reads);
        let origin = found.is_empty().then_some(Origin { inputs, reads, answers });
        Ok(Made::Anew {
            output: Output { path: Arc::clone(path), bytes, source: Arc::clone(source) },
            origin,
        })
    }

    /// What is wrong in the text of a page goes to `found`; the page is made all the same.
    fn bytes(
        &self,
        job: &Job,
        bundle: &::functions::Bundle,
        source: &str,
        found: &mut Vec<Diagnostic>,
    ) -> Result<Vec<u8>, Failed> {
        let site = &*self.site;
        Ok(match job {
            Job::Page(id) => {
                let document = site.document(*id);
                let (body, mut problems) = site.body(document)?;
                found.append(&mut problems);
                let page = self.values.page(site, &self.sources, *id, &body);
                let context = self.context(&document.language, page);
                self.template(&format!("{}.html", document.kind.name()), &context, source)?
            }
            Job::List { page, number } => {
                let document = site.document(*page);
                let body = self.section_body(*page, *number, found)?;
                let value = self.values.page(site, &self.sources, *page, body);
                let mut context = self.context(&document.language, value);
                if let Some(section) = site.sections.get(page) {
                    self.add_list(&mut context, site, job, &section.pages, section.page_length, *number);
                }
                self.template("section.html", &context, source)?
            }
            Job::Archive { section, period, number } => {
                self.archive(job, *section, *period, *number, source)?
            }
            Job::Taxonomy { taxonomy, number } => {
                let taxonomy = &site.taxonomies[*taxonomy];
                let mut context = self.context(&taxonomy.language, self.values.taxonomy(site, taxonomy));
                let total = jobs::page_count(taxonomy.terms.len(), site.config.lists.terms);
                let url = |number| jobs::list_url(site, job, number);
                context.insert_value("pager", values::pager(*number, total, site.config.lists.terms, url));
                context.insert_value("terms", values::terms(taxonomy, site.config.lists.terms, *number));
                self.template("taxonomy.html", &context, source)?
            }
            Job::Term { taxonomy, term, number } => {
                let taxonomy = &site.taxonomies[*taxonomy];
                let term = &taxonomy.terms[*term];
                let mut context = self.context(&taxonomy.language, self.values.term(site, taxonomy, term));
                context.insert_value("term", values::term(term));
                self.add_list(&mut context, site, job, &term.pages, site.config.lists.paginate, *number);
                let is_series = taxonomy.kind == TaxonomyKind::Series;
                let template = if is_series { "series.html" } else { "term.html" };
                self.template(template, &context, source)?
            }
            Job::NotFound(language) => {
                let context = self.context(language, self.values.not_found(site, language));
                self.template("404.html", &context, source)?
            }
            Job::Procedure { card, language } => {
                let mut context = self.context(language, self.values.procedure(site, card, language));
                context.insert_value("procedure", values::procedure(site, card, language));
                self.template("procedure.html", &context, source)?
            }
            Job::Form { form, language } => service::form_page(site, bundle, form, language)?.into_bytes(),
            Job::FormPart { form, language, part } => {
                let made = site.definitions.forms.iter().find(|known| known.id() == form).and_then(|known| {
                    Some((known, service::form_part(site, bundle, known, language, part)?))
                });
                let Some((known, made)) = made else {
                    let name = format!("{form} ({language})");
                    return Err(problems::shell(&templates_folder(site), &name).into());
                };
                let page = self.values.form_part(site, known, language, part, &made);
                self.template(FORM_TEMPLATE, &self.context(language, page), source)?
            }
            Job::Schema { form, language } => service::schema(bundle, form, language)?,
            Job::Redirect(index) => {
                let redirect = &site.redirects[*index];
                body::redirect(site, redirect.to).into_bytes()
            }
            Job::Atom(language) => feeds::atom(site, &self.sources, language)?,
            Job::JsonFeed(language) => feeds::json(site, &self.sources, language)?,
            Job::SectionFeed(id) => feeds::section(site, *id)?,
            Job::TermFeed { taxonomy, term } => feeds::term(site, *taxonomy, *term)?,
            Job::Sitemap => sitemap::sitemap(site)?,
            Job::Robots => sitemap::robots(site).into_bytes(),
            Job::Asset(index) => self.sources.assets[site.assets[*index].file].read()?,
            Job::Static(index) => site.statics.bytes(*index, &self.sources).to_vec(),
        })
    }

    /// The text above a list, which is the same on each of its pages; its problems are told with the first.
    fn section_body(&self, id: PageId, number: usize, found: &mut Vec<Diagnostic>) -> Result<&Body, Failed> {
        let cell = &self.section_bodies[&id];
        if number > 1
            && let Some(body) = cell.get()
        {
            return Ok(body);
        }
        let (body, mut problems) = self.site.body(self.site.document(id))?;
        if number == 1 {
            found.append(&mut problems);
        }
        Ok(cell.get_or_init(|| body))
    }

    fn context(&self, language: &str, page: Value) -> Context {
        let mut context = self.values.base(language);
        let url = page.get_from_path("url").and_then(Value::as_str).unwrap_or_default();
        context.insert_value("alerts", self.values.alerts.on(language, url));
        context.insert_value("page", page);
        context
    }

    fn add_list(
        &self,
        context: &mut Context,
        site: &Site,
        job: &Job,
        pages: &[usize],
        length: usize,
        number: usize,
    ) {
        let start = (number - 1) * length;
        let shown: Vec<Value> =
            pages.iter().skip(start).take(length).map(|id| self.values.item(*id)).collect();
        let total = jobs::page_count(pages.len(), length);
        context.insert_value("pages", Value::from(shown));
        context.insert_value(
            "pager",
            values::pager(number, total, length, |number| jobs::list_url(site, job, number)),
        );
    }

    fn template(&self, name: &str, context: &Context, source: &str) -> Result<Vec<u8>, Diagnostic> {
        let mut bytes = Vec::with_capacity(16 * 1024);
        match self.tera.render_to(name, context, &mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) => Err(problems::template(
                &templates_folder(&self.site),
                &self.sources.templates,
                &error,
                Some((name, source)),
            )),
        }
    }
}

fn templates_folder(site: &Site) -> String {
    format!("themes/{}/templates/", site.config.theme)
}
