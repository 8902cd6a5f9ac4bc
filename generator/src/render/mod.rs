//! Fourth stage: the site becomes outputs. A list of jobs, each a pure function of the site, run in parallel.
//!
//! ```text
//! Site ─► Theme (templates, values built once) ─► jobs ─► Output { path, bytes } ─► sink
//! ```

pub mod body;
pub mod claims;
mod feeds;
pub mod functions;
mod item;
pub mod jobs;
mod object;
mod problems;
mod service;
mod sitemap;
pub mod values;

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use tera::{Context, Tera, Value};

pub use jobs::Job;

use crate::diagnostic::Diagnostic;
use crate::site::Site;
use crate::source::Sources;
use values::Values;

/// A file of the finished site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Path below the output folder, with `/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The source that an editor would open to change it.
    pub source: String,
}

/// Where outputs go as they are made, from several threads.
pub type Sink<'a> = dyn Fn(Output) -> Result<(), Diagnostic> + Sync + 'a;

/// Everything that rendering reads.
pub struct Renderer {
    site: Arc<Site>,
    sources: Arc<Sources>,
    values: Arc<Values>,
    tera: Tera,
}

/// The page around forms and services.
const FORM_TEMPLATE: &str = "form.html";

/// Whether the site answers forms: only where the theme has a page for them.
pub fn has_services(sources: &Sources) -> bool {
    sources.templates.iter().any(|file| file.path == FORM_TEMPLATE)
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
    /// Reads the theme's templates and builds all values.
    pub fn new(site: Site, sources: Arc<Sources>) -> Result<Self, Vec<Diagnostic>> {
        let site = Arc::new(site);
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
        if found.is_empty() { Ok(Self { site, sources, values, tera }) } else { Err(found) }
    }

    /// The site that is rendered.
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }

    /// Makes all outputs and hands each to `sink`, in any order, from several threads.
    ///
    /// Answers with the form bundle and what went wrong.
    pub fn run(&self, sink: &Sink) -> (Option<::functions::Bundle>, Vec<Diagnostic>) {
        let (bundle, mut found) = self.bundle();
        let Some(bundle) = bundle else { return (None, found) };
        let jobs = jobs::list(&self.site, &self.sources);
        let problems: Vec<Diagnostic> = jobs
            .par_iter()
            .filter_map(|job| {
                let output = match self.render(job, &bundle) {
                    Ok(output) => output,
                    Err(diagnostic) => return Some(diagnostic),
                };
                sink(output).err()
            })
            .collect();
        found.extend(problems);
        (Some(bundle), found)
    }

    fn render(&self, job: &Job, bundle: &::functions::Bundle) -> Result<Output, Diagnostic> {
        let path = jobs::path(&self.site, &self.sources, job);
        let source = jobs::source(&self.site, &self.sources, job);
        let bytes = self.bytes(job, bundle, &source)?;
        Ok(Output { path, bytes, source })
    }

    fn bytes(&self, job: &Job, bundle: &::functions::Bundle, source: &str) -> Result<Vec<u8>, Diagnostic> {
        let site = &*self.site;
        match job {
            Job::Page(id) => {
                let document = site.document(*id);
                let context = self.context(&document.language, self.values.page(site, &self.sources, *id));
                self.template(&format!("{}.html", document.kind.name()), &context, source)
            }
            Job::List { page, number } => {
                let document = site.document(*page);
                let mut context =
                    self.context(&document.language, self.values.page(site, &self.sources, *page));
                if let Some(section) = site.sections.get(page) {
                    self.add_list(&mut context, site, job, &section.pages, section.page_length, *number);
                }
                self.template("section.html", &context, source)
            }
            Job::Taxonomy(index) => {
                let taxonomy = &site.taxonomies[*index];
                let mut context = self.context(&taxonomy.language, self.values.taxonomy(site, taxonomy));
                context.insert_value("terms", values::terms(taxonomy));
                self.template("taxonomy.html", &context, source)
            }
            Job::Term { taxonomy, term, number } => {
                let taxonomy = &site.taxonomies[*taxonomy];
                let term = &taxonomy.terms[*term];
                let mut context = self.context(&taxonomy.language, self.values.term(site, taxonomy, term));
                context.insert_value("term", values::term(term));
                self.add_list(&mut context, site, job, &term.pages, jobs::TERM_PAGE_LENGTH, *number);
                self.template("term.html", &context, source)
            }
            Job::NotFound(language) => {
                let context = self.context(language, self.values.not_found(site, language));
                self.template("404.html", &context, source)
            }
            Job::Procedure { card, language } => {
                let mut context = self.context(language, self.values.procedure(site, card, language));
                context.insert_value("procedure", values::procedure(site, card, language));
                self.template("procedure.html", &context, source)
            }
            Job::Form { form, language } => {
                service::form_page(site, bundle, form, language).map(String::into_bytes)
            }
            Job::FormPart { form, language, part } => {
                let made = site.definitions.forms.iter().find(|known| known.id() == form).and_then(|known| {
                    Some((known, service::form_part(site, bundle, known, language, part)?))
                });
                let Some((known, made)) = made else {
                    let name = format!("{form} ({language})");
                    return Err(problems::shell(&templates_folder(site), &name));
                };
                let page = self.values.form_part(site, known, language, part, &made);
                self.template(FORM_TEMPLATE, &self.context(language, page), source)
            }
            Job::Schema { form, language } => service::schema(bundle, form, language),
            Job::Redirect(index) => {
                let redirect = &site.redirects[*index];
                Ok(body::redirect(site, redirect.to).into_bytes())
            }
            Job::Atom(language) => feeds::atom(site, &self.sources, language),
            Job::JsonFeed(language) => feeds::json(site, &self.sources, language),
            Job::Sitemap => sitemap::sitemap(site),
            Job::Robots => Ok(sitemap::robots(site).into_bytes()),
            Job::Asset(index) => Ok(self.sources.content[site.assets[*index].file].bytes.clone()),
            Job::Static(index) => Ok(self.sources.statics[*index].bytes.clone()),
        }
    }

    fn bundle(&self) -> (Option<::functions::Bundle>, Vec<Diagnostic>) {
        let mut shells = Vec::new();
        let mut found = Vec::new();
        let mut of_services = Vec::new();
        let languages = self.site.config.languages.iter();
        for language in languages.filter(|_| self.tera.contains_template(FORM_TEMPLATE)) {
            let page = self.values.service_shell(&self.site, &language.code);
            let context = self.context(&language.code, page);
            match self.template(FORM_TEMPLATE, &context, "site.yaml") {
                Ok(html) => of_services.push((language.code.clone(), html)),
                Err(diagnostic) => found.push(diagnostic),
            }
        }
        for form in &self.site.definitions.forms {
            for language in &self.site.config.languages {
                let page = self.values.form_shell(&self.site, form, &language.code);
                let context = self.context(&language.code, page);
                let source = format!("content/obrasci/{}.yaml", form.id());
                match self.template(FORM_TEMPLATE, &context, &source) {
                    Ok(html) => shells.push((form.id().to_owned(), language.code.clone(), html)),
                    Err(diagnostic) => found.push(diagnostic),
                }
            }
        }
        if !found.is_empty() {
            return (None, found);
        }
        match service::bundle(&self.site, shells, of_services, &templates_folder(&self.site)) {
            Ok(bundle) => (Some(bundle), found),
            Err(diagnostic) => (None, vec![diagnostic]),
        }
    }

    fn context(&self, language: &str, page: Value) -> Context {
        let mut context = self.values.base(language);
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
        context
            .insert_value("pager", values::pager(number, total, |number| jobs::list_url(site, job, number)));
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
