//! The keys of all that outputs are made of, and what has changed in them since the build before.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::facts::{Changed, Condensed, Facts, Touched};
use super::ingredients::{add, add_link, add_read};
use super::jobs::Job;
use crate::cache::{Ingredients, Key, Origin, Read};
use crate::config::MenuEntry;
use crate::parse::KindFields;
use crate::site::{Archive, PageId, Site, definitions};
use crate::source::{SourceFile, Sources};

/// The keys of a site's parts.
#[derive(Debug)]
pub struct Keys {
    /// Of the structure, where it can be compared.
    structure: Option<Key>,
    /// Of what every output depends on.
    environment: Key,
    /// Of the content's files that are no texts.
    assets: Key,
    /// Of each of the content's files that are published as they are.
    files: Vec<Key>,
    /// Of pages as entries of lists.
    items: Vec<Key>,
    /// Of the whole documents of pages.
    documents: Vec<Key>,
    /// Of the years and months of archives, by their section.
    archives: FxHashMap<PageId, Key>,
}

/// The keys of a site, beside those of the build before.
pub(super) struct Comparison {
    pub(super) keys: Arc<Keys>,
    /// What has changed, where everything else is the same.
    changed: Option<Changed>,
}

impl Comparison {
    /// `structure` is the key of the site's structure, `config` the file `site.yaml`, `before` the keys that the
    /// outputs of the build before were made with.
    pub(super) fn new(
        site: &Site,
        sources: &Sources,
        config: &SourceFile,
        structure: Option<Key>,
        before: Option<&Keys>,
    ) -> Self {
        let files: Vec<Key> = sources.assets.iter().map(|file| file.facts.key).collect();
        let environment = environment(site, sources, config, &files);
        let assets = assets(sources, &files);
        let before = before.filter(|before| {
            structure.is_some()
                && before.structure == structure
                && before.environment == environment
                && before.assets == assets
        });
        let documents: Vec<Key> = (0..site.pages.len()).map(|id| site.document(id).key).collect();
        let is_as_before = |id: PageId| before.filter(|before| before.documents[id] == documents[id]);
        let items = (0..documents.len())
            .into_par_iter()
            .map(|id| match is_as_before(id) {
                Some(before) => before.items[id],
                None => item(site, id, &files),
            })
            .collect();
        let archives = site.sections.iter();
        let archives =
            archives.filter_map(|(id, section)| Some((*id, archive(section.archive.as_ref()?)))).collect();
        let keys = Keys { structure, environment, assets, files, items, documents, archives };
        let different = |one: &[Key], other: &[Key]| {
            one.iter().zip(other).map(|(one, other)| one != other).collect::<Vec<bool>>()
        };
        let changed = before.map(|before| Changed {
            items: different(&keys.items, &before.items),
            documents: different(&keys.documents, &before.documents),
        });
        Self { keys: Arc::new(keys), changed }
    }

    /// Whether a job would make the same as from this origin.
    pub(super) fn is_as_before(
        &self,
        site: &Site,
        sources: &Sources,
        job: &Job,
        shells: Key,
        origin: &Origin,
    ) -> bool {
        // What is published as it is has nothing but its bytes, and a form the page around it.
        let is_by_itself = matches!(job, Job::Asset(_) | Job::Static(_) | Job::Form { .. });
        if let Some(changed) = self.changed.as_ref().filter(|_| !is_by_itself) {
            if *job == Job::Sitemap {
                return true;
            }
            let mut facts = Touched { changed, touched: false };
            add(&mut facts, site, job);
            // Links lead where they led: that follows from the structure and the files.
            let sections = origin.reads.iter().filter(|read| matches!(read, Read::Section { .. }));
            sections.for_each(|read| add_read(&mut facts, site, read));
            return !facts.touched;
        }
        origin.inputs == self.keys.inputs(site, sources, job, shells)
            && origin.answers == self.keys.answers(site, &origin.reads)
    }
}

impl Keys {
    fn condensed(&self, kind: &str) -> Condensed<'_> {
        let Self { items, documents, archives, files, .. } = self;
        Condensed { of: Ingredients::of(kind), items, documents, archives: Some(archives), files }
    }

    /// Of a job's output.
    pub(super) fn inputs(&self, site: &Site, sources: &Sources, job: &Job, shells: Key) -> Key {
        match job {
            Job::Asset(index) => self.files[site.assets[*index].file],
            Job::Static(index) => Key::of(site.statics.bytes(*index, sources)),
            _ => {
                let mut facts = self.condensed("output");
                facts.of.key(self.environment);
                if let Job::Form { .. } = job {
                    facts.of.key(shells);
                }
                add(&mut facts, site, job);
                facts.of.finish()
            }
        }
    }

    /// Of what the site answers to what an output asked.
    pub(super) fn answers(&self, site: &Site, reads: &[Read]) -> Key {
        if reads.is_empty() {
            return Key::default();
        }
        let mut facts = self.condensed("answers");
        reads.iter().for_each(|read| add_read(&mut facts, site, read));
        facts.of.finish()
    }
}

/// What every output depends on: the program, the settings, the theme, the definitions, the day, the menus.
fn environment(site: &Site, sources: &Sources, config: &SourceFile, files: &[Key]) -> Key {
    let mut of = Ingredients::of("environment");
    of.text(env!("CARGO_PKG_VERSION"));
    of.bytes(&config.bytes);
    of.number(site.config.assets.minify.into());
    of.text(&site.request.base_url);
    of.number(site.request.drafts.into());
    of.text(&site.today().to_string());
    let definitions = sources.content.iter().filter(|file| definitions::is_definition(&file.path));
    let kinds = [
        ("templates", sources.templates.iter().collect()),
        ("statics", sources.statics.iter().collect()),
        ("strings", sources.strings.iter().collect()),
        ("definitions", definitions.collect::<Vec<&SourceFile>>()),
    ];
    for (kind, files) in kinds {
        of.text(kind);
        of.number(files.len() as u64);
        for file in files {
            of.text(&file.path);
            of.key(file.key());
        }
    }
    let mut links = Condensed {
        of: Ingredients::of("links of alerts"),
        items: &[],
        documents: &[],
        archives: None,
        files,
    };
    for language in &site.config.languages {
        for alert in site.alerts.get(&language.code).into_iter().flatten() {
            let document = &site.documents[alert.document];
            of.key(document.key);
            of.text(&document.path);
            of.text(alert.level.name());
            of.number(alert.sections.len() as u64);
            alert.sections.iter().for_each(|section| of.text(section));
            for slot in document.alert.iter().flat_map(|body| &body.slots) {
                add_link(&mut links, site, document.folder(), &document.language, &slot.target);
            }
        }
        for link in site.config.menus.values().flatten().flat_map(MenuEntry::links) {
            let resolved = site.resolve("", &language.code, &link.value).ok();
            of.optional(resolved.map(|resolved| resolved.url).as_deref());
        }
    }
    of.key(links.of.finish());
    of.finish()
}

fn assets(sources: &Sources, files: &[Key]) -> Key {
    let mut of = Ingredients::of("assets");
    for (file, key) in sources.assets.iter().zip(files) {
        of.text(&file.path);
        of.key(*key);
    }
    of.finish()
}

/// Years and months with their numbers of articles.
fn archive(archive: &Archive) -> Key {
    let mut of = Ingredients::of("archive");
    for year in &archive.years {
        for month in &year.months {
            of.text(&month.day.to_string());
            of.number(month.pages.len() as u64);
        }
    }
    of.finish()
}

/// A page as an entry of a list.
fn item(site: &Site, id: PageId, files: &[Key]) -> Key {
    let document = site.document(id);
    let mut facts =
        Condensed { of: Ingredients::of("item"), items: &[], documents: &[], archives: None, files };
    facts.text(&document.path);
    facts.of.key(document.front_key);
    facts.text(&document.first_paragraph);
    facts.text(&site.pages[id].url);
    if let KindFields::Event { .. } = document.front.own {
        facts.number(site.has_ended(document).into());
    }
    if let Some(picture) = &document.front.picture {
        add_link(&mut facts, site, document.folder(), &document.language, &picture.src.value);
    }
    facts.of.finish()
}
