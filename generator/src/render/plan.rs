//! All jobs of a site with the paths of their outputs, checked once.

use std::sync::Arc;

use rayon::prelude::*;

use super::claims;
use super::jobs::{self, Job};
use crate::cache::{Ingredients, Key};
use crate::diagnostic::Diagnostic;
use crate::site::{Site, definitions};
use crate::source::Sources;

/// A job and where its output goes.
#[derive(Debug)]
pub struct Planned {
    /// What is made.
    pub job: Job,
    /// Path below the output folder.
    pub path: Arc<str>,
    /// The source that an editor would open to change it.
    pub source: Arc<str>,
    /// A folder, file or term has no letters that an address could be made of.
    pub is_nameless: bool,
}

/// All jobs, and the key of what they follow from.
#[derive(Debug)]
pub struct Plan {
    key: Key,
    /// Each output once.
    pub planned: Vec<Planned>,
}

impl Plan {
    /// The plan of a site, and what is wrong with it. That of the build `before` is taken if it is the same;
    /// `structure` is the key of the site's structure, if the next site can have the same.
    pub fn of(
        site: &Site,
        sources: &Sources,
        structure: Option<Key>,
        before: &mut Option<Arc<Self>>,
    ) -> (Arc<Self>, Vec<Diagnostic>) {
        let key = structure.map(|structure| key(structure, site, sources));
        if let Some(before) = before.as_ref().filter(|before| Some(before.key) == key) {
            return (Arc::clone(before), Vec::new());
        }
        let planned = jobs::list(site, sources)
            .into_par_iter()
            .map(|job| {
                let url = jobs::url(site, &job);
                Planned {
                    path: Arc::from(jobs::path(&job, &url)),
                    source: Arc::from(jobs::source(site, sources, &job)),
                    is_nameless: url.contains("//"),
                    job,
                }
            })
            .collect();
        let plan = Arc::new(Self { key: key.unwrap_or_default(), planned });
        let found = claims::check(site, sources, &plan.planned);
        // What is wrong is told each time.
        *before = (key.is_some() && found.is_empty()).then(|| Arc::clone(&plan));
        (plan, found)
    }
}

fn key(structure: Key, site: &Site, sources: &Sources) -> Key {
    let mut of = Ingredients::of("plan");
    of.key(structure);
    let definitions = sources.content.iter().filter(|file| definitions::is_definition(&file.path));
    for file in definitions {
        of.text(&file.path);
        of.key(file.key());
    }
    for file in site.statics.files() {
        of.text(&file.path);
        of.text(&file.published);
    }
    of.finish()
}
