//! What an output is made of, told to whoever asks: to a key that condenses it, or to the question whether any of it
//! has changed since the build before.

use rustc_hash::FxHashMap;

use crate::cache::{Ingredients, Key};
use crate::site::PageId;

/// Receives what an output is made of.
pub(super) trait Facts {
    /// Something that follows from the site's structure.
    fn text(&mut self, text: &str);
    /// Likewise.
    fn number(&mut self, number: usize);
    /// A page as an entry of a list.
    fn item(&mut self, id: PageId);
    /// The whole document of a page.
    fn document(&mut self, id: PageId);

    /// The years and months of a section's archive, which follow from the structure.
    fn archive(&mut self, section: PageId);

    /// A file of the content, by its number among them; where nothing else has changed, no file has.
    fn file(&mut self, index: usize);

    /// Pages as entries of a list.
    fn items(&mut self, ids: &[PageId]) {
        self.number(ids.len());
        ids.iter().for_each(|id| self.item(*id));
    }

    /// A page that may be missing.
    fn optional_item(&mut self, id: Option<PageId>) {
        self.items(id.as_slice());
    }
}

/// Condenses them.
pub(super) struct Condensed<'a> {
    pub(super) of: Ingredients,
    pub(super) items: &'a [Key],
    pub(super) documents: &'a [Key],
    pub(super) archives: Option<&'a FxHashMap<PageId, Key>>,
    pub(super) files: &'a [Key],
}

impl Facts for Condensed<'_> {
    fn text(&mut self, text: &str) {
        self.of.text(text);
    }

    fn number(&mut self, number: usize) {
        self.of.number(number as u64);
    }

    fn item(&mut self, id: PageId) {
        self.of.key(self.items[id]);
    }

    fn document(&mut self, id: PageId) {
        self.of.key(self.documents[id]);
    }

    fn archive(&mut self, section: PageId) {
        self.of.optional_key(self.archives.and_then(|archives| archives.get(&section)).copied());
    }

    fn file(&mut self, index: usize) {
        self.of.key(self.files[index]);
    }
}

/// Which pages have changed, in a site of the same structure.
#[derive(Debug, Default)]
pub(super) struct Changed {
    pub(super) items: Vec<bool>,
    pub(super) documents: Vec<bool>,
}

/// Asks whether any of them has changed.
pub(super) struct Touched<'a> {
    pub(super) changed: &'a Changed,
    pub(super) touched: bool,
}

impl Facts for Touched<'_> {
    fn text(&mut self, _: &str) {}

    fn number(&mut self, _: usize) {}

    fn item(&mut self, id: PageId) {
        self.touched |= self.changed.items[id];
    }

    fn document(&mut self, id: PageId) {
        self.touched |= self.changed.documents[id];
    }

    fn archive(&mut self, _: PageId) {}

    fn file(&mut self, _: usize) {}
}
