//! Which list every page stands in, and in which order.

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
        for id in 0..self.pages.len() {
            let document = self.document(id);
            let mut folder = if document.kind == Kind::Section {
                parent(document.folder())
            } else {
                // A bundle's own folder holds nothing but itself.
                let folder = document.folder();
                if document.is_bundle { parent(folder) } else { Some(folder) }
            };
            let language = document.language.clone();
            let mut section = None;
            while let Some(path) = folder {
                let stem = if path.is_empty() { "_index".to_owned() } else { format!("{path}/_index") };
                if let Some(found) = self.by_stem.get(&(stem, language.clone())) {
                    section = Some(*found);
                    break;
                }
                folder = parent(path);
            }
            let kind = document.kind;
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
}

/// `a/b` → `a`, `a` → the root (empty), the root → nothing.
pub(super) fn parent(folder: &str) -> Option<&str> {
    if folder.is_empty() {
        return None;
    }
    Some(folder.rsplit_once('/').map_or("", |(parent, _)| parent))
}
