//! What is to be rendered, and where it goes.

use crate::parse::Kind;
use crate::site::{FormPart, PageId, Period, Section, Site, definitions};
use crate::source::Sources;

/// One output to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// A page that is no list.
    Page(usize),
    /// One page of a section's list; the first has number 1.
    List {
        /// The section's page.
        page: usize,
        /// From 1.
        number: usize,
    },
    /// One page of a part of a section's archive.
    Archive {
        /// The section's page.
        section: PageId,
        /// All years, one, or a month.
        period: Period,
        /// From 1.
        number: usize,
    },
    /// One page of the list of all terms of a taxonomy.
    Taxonomy {
        /// Index of the taxonomy.
        taxonomy: usize,
        /// From 1.
        number: usize,
    },
    /// One page of a term's list.
    Term {
        /// Index of the taxonomy.
        taxonomy: usize,
        /// Index of the term.
        term: usize,
        /// From 1.
        number: usize,
    },
    /// The page for unknown addresses in a language.
    NotFound(String),
    /// A procedure card.
    Procedure {
        /// Id.
        card: String,
        /// Language.
        language: String,
    },
    /// A form.
    Form {
        /// Id.
        form: String,
        /// Language.
        language: String,
    },
    /// A page that belongs to a form.
    FormPart {
        /// Id.
        form: String,
        /// Language.
        language: String,
        /// Which one.
        part: FormPart,
    },
    /// The JSON Schema of a form's answers.
    Schema {
        /// Id.
        form: String,
        /// Language of titles and descriptions.
        language: String,
    },
    /// An old address.
    Redirect(usize),
    /// Atom feed of a language.
    Atom(String),
    /// JSON Feed of a language.
    JsonFeed(String),
    /// Atom feed of a section, by its page.
    SectionFeed(PageId),
    /// Atom feed of a term.
    TermFeed {
        /// Index of the taxonomy.
        taxonomy: usize,
        /// Index of the term.
        term: usize,
    },
    /// `sitemap.xml`.
    Sitemap,
    /// `robots.txt`.
    Robots,
    /// A content file published as it is.
    Asset(usize),
    /// A file of the theme.
    Static(usize),
}

/// All jobs of a site.
pub fn list(site: &Site, sources: &Sources) -> Vec<Job> {
    let mut jobs = Vec::with_capacity(site.pages.len() + sources.statics.len() + site.assets.len() + 64);
    for id in 0..site.pages.len() {
        match site.sections.get(&id) {
            Some(section) => {
                let total = page_count(section.pages.len(), section.page_length);
                jobs.extend((1..=total).map(|number| Job::List { page: id, number }));
                archive(&mut jobs, site, id, section);
                if has_feed(site, section) {
                    jobs.push(Job::SectionFeed(id));
                }
            }
            None => jobs.push(Job::Page(id)),
        }
    }
    for (index, taxonomy) in site.taxonomies.iter().enumerate() {
        let total = page_count(taxonomy.terms.len(), site.config.lists.terms);
        jobs.extend((1..=total).map(|number| Job::Taxonomy { taxonomy: index, number }));
        for (term_index, term) in taxonomy.terms.iter().enumerate() {
            let total = page_count(term.pages.len(), site.config.lists.paginate);
            jobs.extend((1..=total).map(|number| Job::Term { taxonomy: index, term: term_index, number }));
            if site.config.feeds.terms {
                jobs.push(Job::TermFeed { taxonomy: index, term: term_index });
            }
        }
    }
    for language in &site.config.languages {
        let language = &language.code;
        jobs.push(Job::NotFound(language.clone()));
        if site.config.feeds.site {
            jobs.push(Job::Atom(language.clone()));
            jobs.push(Job::JsonFeed(language.clone()));
        }
        for card in site.definitions.cards.0.keys() {
            jobs.push(Job::Procedure { card: card.clone(), language: language.clone() });
        }
        for form in &site.definitions.forms {
            jobs.push(Job::Form { form: form.id().to_owned(), language: language.clone() });
            let mut part = |part: FormPart| {
                jobs.push(Job::FormPart { form: form.id().to_owned(), language: language.clone(), part });
            };
            part(FormPart::Paper);
            for stop in form.need_check().into_iter().flat_map(|need| need.stops()) {
                part(FormPart::Need(stop.to_owned()));
            }
            jobs.push(Job::Schema { form: form.id().to_owned(), language: language.clone() });
        }
    }
    jobs.push(Job::Sitemap);
    jobs.push(Job::Robots);
    jobs.extend((0..site.redirects.len()).map(Job::Redirect));
    jobs.extend((0..site.assets.len()).map(Job::Asset));
    jobs.extend((0..sources.statics.len()).map(Job::Static));
    jobs
}

fn archive(jobs: &mut Vec<Job>, site: &Site, id: PageId, section: &Section) {
    let Some(archive) = &section.archive else { return };
    for period in archive.periods() {
        let total = match archive.pages(period) {
            None => page_count(archive.years.len(), site.config.lists.years),
            Some((_, pages)) => page_count(pages.len(), section.page_length),
        };
        jobs.extend((1..=total).map(|number| Job::Archive { section: id, period, number }));
    }
}

/// Whether a section has a feed: it lists articles, and `site.yaml` wants feeds of sections.
pub fn has_feed(site: &Site, section: &Section) -> bool {
    site.config.feeds.sections
        && section.pages.first().is_some_and(|id| site.document(*id).kind == Kind::Article)
}

/// Pages of a list; an empty list has one.
pub fn page_count(items: usize, length: usize) -> usize {
    items.div_ceil(length.max(1)).max(1)
}

/// The URL path of a job whose output is a page or a file.
pub fn url(site: &Site, job: &Job) -> String {
    match job {
        Job::Page(id) => site.pages[*id].url.clone(),
        Job::List { number, .. }
        | Job::Archive { number, .. }
        | Job::Taxonomy { number, .. }
        | Job::Term { number, .. } => list_url(site, job, *number),
        Job::NotFound(language) => format!("{}404.html", site.config.home(language)),
        Job::Procedure { card, language } => site.procedure_url(card, language),
        Job::Form { form, language } => site.form_url(form, language),
        Job::FormPart { form, language, part } => site.form_part_url(form, language, part),
        Job::Schema { form, language } => format!("{}schema.json", site.form_url(form, language)),
        Job::Redirect(index) => site.redirects[*index].from.clone(),
        Job::Atom(language) => format!("{}atom.xml", site.config.home(language)),
        Job::JsonFeed(language) => format!("{}feed.json", site.config.home(language)),
        Job::SectionFeed(id) => feed_url(&site.pages[*id].url),
        Job::TermFeed { taxonomy, term } => feed_url(&site.taxonomies[*taxonomy].terms[*term].url),
        Job::Sitemap => "/sitemap.xml".to_owned(),
        Job::Robots => "/robots.txt".to_owned(),
        Job::Asset(index) => site.assets[*index].url.clone(),
        Job::Static(index) => format!("/{}", site.statics.files()[*index].published),
    }
}

/// The URL path of a page of a list.
pub fn list_url(site: &Site, job: &Job, number: usize) -> String {
    let of_archive: String;
    let first = match job {
        Job::List { page, .. } => &site.pages[*page].url,
        Job::Archive { section, period, .. } => {
            let archive = site.sections.get(section).and_then(|section| section.archive.as_ref());
            of_archive =
                archive.map(|archive| site.archive_url(*section, archive, *period)).unwrap_or_default();
            &of_archive
        }
        Job::Taxonomy { taxonomy, .. } => &site.taxonomies[*taxonomy].url,
        Job::Term { taxonomy, term, .. } => &site.taxonomies[*taxonomy].terms[*term].url,
        _ => return String::new(),
    };
    if number == 1 { first.clone() } else { format!("{first}{}/{number}/", site.config.paths.page) }
}

/// The URL path of the feed of a list.
pub fn feed_url(list: &str) -> String {
    format!("{list}atom.xml")
}

/// The path of the file below the output folder, of an output with this URL path.
pub fn path(job: &Job, url: &str) -> String {
    let path = url.trim_start_matches('/');
    let is_folder = path.is_empty() || path.ends_with('/');
    let is_page = matches!(job, Job::Redirect(_)) && !path.ends_with(".html");
    match (is_folder, is_page) {
        (true, _) => format!("{path}index.html"),
        (false, true) => format!("{path}/index.html"),
        (false, false) => path.to_owned(),
    }
}

/// The source that an editor would open.
pub fn source(site: &Site, sources: &Sources, job: &Job) -> String {
    match job {
        Job::Page(id)
        | Job::List { page: id, .. }
        | Job::Archive { section: id, .. }
        | Job::SectionFeed(id) => site.document(*id).shown_path(),
        Job::Redirect(index) => site.document(site.redirects[*index].to).shown_path(),
        Job::Procedure { card, .. } => format!("content/{}/{card}.yaml", definitions::PROCEDURES),
        Job::Form { form, .. } | Job::FormPart { form, .. } | Job::Schema { form, .. } => {
            format!("content/{}/{form}.yaml", definitions::FORMS)
        }
        Job::Asset(index) => format!("content/{}", sources.assets[site.assets[*index].file].path),
        Job::Static(index) => format!("themes/{}/static/{}", site.config.theme, sources.statics[*index].path),
        Job::Term { taxonomy, term, .. } | Job::TermFeed { taxonomy, term } => site.taxonomies[*taxonomy]
            .terms[*term]
            .pages
            .first()
            .map_or_else(String::new, |page| site.document(*page).shown_path()),
        Job::Taxonomy { .. }
        | Job::NotFound(_)
        | Job::Atom(_)
        | Job::JsonFeed(_)
        | Job::Sitemap
        | Job::Robots => crate::config::FILE.to_owned(),
    }
}
