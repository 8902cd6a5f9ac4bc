//! What becomes of a text before the whole site is known.

use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};

use super::download::Told;

/// A text as HTML.
#[derive(Debug, Clone, Default, BorshSerialize, BorshDeserialize)]
pub struct Body {
    /// HTML without what the slots stand for.
    pub html: String,
    /// Places in `html`, in their order.
    pub slots: Vec<Slot>,
    /// Headings of the second and third level.
    pub toc: Vec<TocEntry>,
    /// Number of words.
    pub words: usize,
}

/// Something that only the whole site can fill in.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct Slot {
    /// Byte offset in the HTML.
    pub at: usize,
    /// What stands there.
    pub usage: SlotUse,
    /// The target as written, fragment included.
    pub target: String,
    /// Bytes of the body that wrote it.
    pub range: Range<usize>,
}

/// What stands in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum SlotUse {
    /// The attribute `href`, with a space before it; nothing where the target is not published now.
    Link,
    /// The attributes `src`, `width` and `height`.
    Picture,
    /// At the end of a link to a file: its kind and size, as far as the words do not tell them.
    Download(Told),
    /// The table of retention periods, where the text says `::: cuvanje`.
    Retention,
}

/// A heading of the table of contents.
#[derive(Debug, Clone, serde::Serialize, BorshSerialize, BorshDeserialize)]
pub struct TocEntry {
    /// The heading's id.
    pub id: String,
    /// Its text.
    pub title: String,
    /// 2 or 3.
    pub level: u8,
}

/// Words that the HTML needs in the document's language.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// Name of a table's scroll area.
    pub table: String,
    /// A task that is done.
    pub task_done: String,
    /// A task that is open.
    pub task_open: String,
    /// Heading of the notes.
    pub footnotes: String,
    /// Link from a note to the text.
    pub footnote_back: String,
}
