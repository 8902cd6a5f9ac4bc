//! What the making of an output asked the site for, beyond what is known of it before.
//!
//! Templates call functions and texts have links: only their making shows which. The functions note it here, for the
//! output that their thread is making.

use std::cell::RefCell;

use borsh::{BorshDeserialize, BorshSerialize};

/// One question to the site.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Read {
    /// Where a link leads.
    Link {
        /// Folder of the content that the link is relative to.
        folder: String,
        /// Of the reader.
        language: String,
        /// As it is written.
        target: String,
    },
    /// The first pages of a section.
    Section {
        /// Folder of the content.
        folder: String,
        /// Of the reader.
        language: String,
        /// How many.
        limit: usize,
    },
}

thread_local! {
    static READS: RefCell<Vec<Read>> = const { RefCell::new(Vec::new()) };
}

/// Notes a question for the output that is being made.
pub fn record(read: Read) {
    READS.with_borrow_mut(|reads| reads.push(read));
}

/// Makes an output; answers with the questions as well. The work stays on this thread.
pub fn recorded<T>(make: impl FnOnce() -> T) -> (T, Vec<Read>) {
    READS.with_borrow_mut(Vec::clear);
    let made = make();
    (made, READS.with_borrow_mut(std::mem::take))
}
