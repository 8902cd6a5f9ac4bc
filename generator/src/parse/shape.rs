//! What of a document decides where it and others stand: URLs, lists, terms, neighbours. Titles decide only where lists
//! are sorted by them.

use super::{Document, FrontMatter, KindFields, Moment};
use crate::cache::{Ingredients, Key};

/// Sites of documents with the same shapes have the same structure.
pub(super) fn key(document: &Document) -> Key {
    let mut of = Ingredients::of("shape");
    of.text(&document.path);
    of.text(&document.url);
    // Every field is named, so that a new one has to be thought about.
    let FrontMatter {
        title: _,
        description: _,
        date,
        updated,
        draft,
        slug: _,
        aliases,
        picture: _,
        publish,
        expires,
        entries: _,
        weight,
        own,
    } = &document.front;
    of.number((*draft).into());
    for moment in [date, updated, publish, expires] {
        add_moment(&mut of, moment.as_ref());
    }
    of.number(aliases.len() as u64);
    aliases.iter().for_each(|(alias, _)| of.text(alias));
    of.text(&weight.to_string());
    let terms = |of: &mut Ingredients, names: &[String]| {
        of.number(names.len() as u64);
        names.iter().for_each(|name| of.text(name));
    };
    match own {
        KindFields::Home { lead: _ } => {}
        KindFields::Section { paginate, sort, archive } => {
            of.text(&format!("{paginate:?} {sort:?} {archive:?}"));
        }
        KindFields::Article { categories, tags, series, source: _ } => {
            terms(&mut of, categories);
            terms(&mut of, tags);
            of.optional(series.as_deref());
        }
        KindFields::Event { start, end, place: _, address: _ } => {
            add_moment(&mut of, start.as_ref());
            add_moment(&mut of, end.as_ref());
        }
        KindFields::Project { .. } | KindFields::Association { .. } => {}
        // It stands nowhere.
        KindFields::Alert { .. } | KindFields::Page => {}
    }
    of.finish()
}

fn add_moment(of: &mut Ingredients, moment: Option<&Moment>) {
    of.optional(moment.map(|moment| format!("{} {}", moment.instant, moment.day)).as_deref());
}
