//! The text of a document once more, for places in diagnostics.

use std::cell::OnceCell;
use std::ops::Range;

use super::{Document, Spot};
use crate::cache::Key;
use crate::diagnostic::Place;
use crate::source::{PageFile, cleaned};

/// A document's file. It is not kept in memory with the document, but read again when the first place is asked for:
/// a site has many texts, and few mistakes.
pub struct Text<'a> {
    document: &'a Document,
    text: OnceCell<String>,
}

impl<'a> Text<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        Self { document, text: OnceCell::new() }
    }

    /// The place of a byte range of the body.
    pub fn body_place(&self, range: &Range<usize>) -> Place {
        let before = self.document.body_start;
        let path = self.document.shown_path();
        match self.text() {
            "" => Place::file(&path),
            text => Place::span(&path, text, range.start + before..range.end + before),
        }
    }

    /// The place of a part of the text, where it stands first.
    pub fn find(&self, part: &str) -> Option<Place> {
        let start = self.text().find(part)?;
        Some(Place::span(&self.document.shown_path(), self.text(), start..start + part.len()))
    }

    /// The place of a value of the front matter.
    pub fn front_place(&self, spot: Spot, length: usize) -> Place {
        Place::at(&self.document.shown_path(), self.text(), spot.line, spot.column, length)
    }

    /// Empty if the file is not there any more, or another one by now: the next build will see that.
    fn text(&self) -> &str {
        self.text.get_or_init(|| {
            if let Some(text) = self.document.kept.copy() {
                return text;
            }
            let file = self.document.file().and_then(PageFile::read_from_disk);
            let read = file.ok().and_then(Result::ok);
            let text = read.as_ref().and_then(|(file, _)| file.text().ok());
            let same = text.filter(|text| Key::of(text.as_bytes()) == self.document.key);
            same.map(|text| cleaned(text).into_owned()).unwrap_or_default()
        })
    }
}
