//! Every output has a path of its own, and none needs a folder where another is a file.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::jobs::{self, Job};
use super::plan::Planned;
use crate::diagnostic::{Diagnostic, Place};
use crate::publish::PRIVATE;
use crate::site::Site;
use crate::source::Sources;

/// Paths that the program answers itself.
const RESERVED: &[&str] = &["usluge", PRIVATE];

/// What two outputs, or an output and the program, want at once.
pub(super) fn check(site: &Site, sources: &Sources, planned: &[Planned]) -> Vec<Diagnostic> {
    // Case-insensitive systems have one file for two spellings.
    let paths: Vec<String> = planned.par_iter().map(|planned| planned.path.to_lowercase()).collect();
    let mut owners: FxHashMap<&str, &Job> = FxHashMap::default();
    owners.reserve(planned.len());
    let mut found = Vec::new();
    for (Planned { job, is_nameless, .. }, path) in planned.iter().zip(&paths) {
        let first = path.split('/').next().unwrap_or_default();
        if RESERVED.contains(&first) {
            found.push(reserved(place(site, sources, job), first));
        } else if *is_nameless {
            if !follows(job) {
                found.push(without_name(place(site, sources, job)));
            }
        } else if let Some(other) = owners.insert(path, job) {
            // Two terms were told already, by their names.
            let are_terms = matches!((job, other), (Job::Term { .. }, Job::Term { .. }));
            if !(are_terms || follows(job) && follows(other)) {
                found.push(taken(site, sources, job, other));
            }
        }
    }
    for (Planned { job, .. }, path) in planned.iter().zip(&paths) {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        for folder in folders {
            if let Some(other) = owners.get(folder) {
                found.push(taken(site, sources, job, other));
            }
        }
    }
    found
}

fn place(site: &Site, sources: &Sources, job: &Job) -> Place {
    if let Job::Redirect(index) = job {
        let redirect = &site.redirects[*index];
        let document = site.document(redirect.to);
        if let Some((alias, spot)) = document.front.aliases.iter().find(|(alias, _)| *alias == redirect.from)
        {
            return document.text().front_place(*spot, alias.chars().count());
        }
    }
    Place::file(&jobs::source(site, sources, job))
}

fn taken(site: &Site, sources: &Sources, job: &Job, other: &Job) -> Diagnostic {
    // Of the two, the one that somebody wrote is told; what the program makes by itself has no other name.
    let (job, other) = if is_written(other) && !is_written(job) { (other, job) } else { (job, other) };
    let url = jobs::url(site, job);
    let owner = if is_written(other) { jobs::source(site, sources, other) } else { jobs::url(site, other) };
    Diagnostic::error(
        "url-taken",
        place(site, sources, job),
        format!("adresu {url} već ima {owner}"),
        format!("the address {url} already belongs to {owner}"),
    )
    .help(
        "preimenujte datoteku ili dodajte „slug” u zaglavlje jedne od njih",
        "rename the file, or give one of them a “slug”",
    )
}

/// What lies below a list: where two lists have one address, that was told already.
fn follows(job: &Job) -> bool {
    matches!(job, Job::Archive { .. } | Job::SectionFeed(_) | Job::TermFeed { .. })
}

fn is_written(job: &Job) -> bool {
    !matches!(
        job,
        Job::Archive { .. }
            | Job::SectionFeed(_)
            | Job::Taxonomy { .. }
            | Job::Term { .. }
            | Job::TermFeed { .. }
            | Job::NotFound(_)
            | Job::Atom(_)
            | Job::JsonFeed(_)
            | Job::FormPart { .. }
            | Job::Schema { .. }
            | Job::Sitemap
            | Job::Robots
    ) && !matches!(job, Job::List { number, .. } if *number > 1)
}

fn reserved(place: Place, first: &str) -> Diagnostic {
    Diagnostic::error(
        "reserved-path",
        place,
        format!("adrese koje počinju s /{first}/ pripadaju samom programu"),
        format!("addresses that begin with /{first}/ belong to the program itself"),
    )
    .help("preimenujte mapu ili datoteku", "rename the folder or file")
}

fn without_name(place: Place) -> Diagnostic {
    Diagnostic::error(
        "name-without-letters",
        place,
        "od imena mape, datoteke ili pojma ne može nastati adresa: nema slova ni brojki",
        "no address can be made of the name of a folder, file or term: it has no letters or digits",
    )
    .help("dajte ime sa slovima ili dodajte „slug”", "give a name with letters, or add a “slug”")
}
