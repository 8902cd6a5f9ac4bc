//! Which list every page stands in, and in which order.

use rayon::prelude::*;

use super::{Archive, PageId, Section, Site, archive};
use crate::parse::{Kind, KindFields, SortOrder};

impl Site {
    pub(super) fn add_sections(&mut self) {
        for id in 0..self.pages.len() {
            let document = self.document(id);
            if let KindFields::Section { paginate, .. } = document.front.own {
                let (pages, subsections) = (Vec::new(), Vec::new());
                let page_length = paginate.unwrap_or(self.config.lists.paginate);
                let section = Section { page: id, page_length, pages, subsections, archive: None };
                self.sections.insert(id, section);
            }
        }
        let above: Vec<Option<PageId>> =
            (0..self.pages.len()).into_par_iter().map(|id| self.list_above(id)).collect();
        for (id, section) in above.into_iter().enumerate() {
            let kind = self.document(id).kind;
            self.pages[id].section = section.filter(|section| *section != id);
            if let Some(section) = section
                && let Some(list) = self.sections.get_mut(&section)
            {
                match kind {
                    Kind::Section => list.subsections.push(id),
                    Kind::Home => {}
                    _ => list.pages.push(id),
                }
            }
        }
        let mut sections = std::mem::take(&mut self.sections);
        for section in sections.values_mut() {
            let document = self.document(section.page);
            let KindFields::Section { sort, .. } = document.front.own else { continue };
            self.sort(&mut section.pages, sort, &document.language);
            self.sort(&mut section.subsections, SortOrder::Weight, &document.language);
        }
        self.sections = sections;
        let archives: Vec<(PageId, Option<Archive>)> = self
            .sections
            .values()
            .map(|section| (section.page, archive::of_section(self, section)))
            .collect();
        for (id, archive) in archives {
            if let Some(section) = self.sections.get_mut(&id) {
                section.archive = archive;
            }
        }
    }

    /// The list of the nearest folder above a page that has one.
    fn list_above(&self, id: PageId) -> Option<PageId> {
        let document = self.document(id);
        // A bundle's own folder holds nothing but itself.
        let is_own = document.kind == Kind::Section || document.is_bundle;
        let mut folder = if is_own { parent(document.folder()) } else { Some(document.folder()) };
        while let Some(path) = folder {
            if let Some(list) = self.list_of(path, &document.language) {
                return Some(list);
            }
            folder = parent(path);
        }
        None
    }
}

/// `a/b` → `a`, `a` → the root (empty), the root → nothing.
pub(super) fn parent(folder: &str) -> Option<&str> {
    if folder.is_empty() {
        return None;
    }
    Some(folder.rsplit_once('/').map_or("", |(parent, _)| parent))
}
