//! Footnotes: numbered where they are referred to, written at the end.

use std::collections::HashMap;

use super::markdown::{Spanned, Writer};
use crate::html::escaped;

/// Footnotes move to the end, in the order of their first reference.
#[derive(Default)]
pub(super) struct Notes<'a> {
    pub(super) numbers: HashMap<String, usize>,
    pub(super) references: HashMap<usize, usize>,
    pub(super) texts: Vec<(String, Vec<Spanned<'a>>)>,
}

impl<'a> Notes<'a> {
    pub(super) fn number(&mut self, name: &str) -> usize {
        let next = self.numbers.len() + 1;
        *self.numbers.entry(name.to_owned()).or_insert(next)
    }
}

impl Writer<'_> {
    /// A note may refer to another one: as long as that gives new numbers, there are notes to write.
    pub(super) fn write_notes(&mut self) {
        let mut written = 0;
        let mut texts = std::mem::take(&mut self.notes.texts);
        loop {
            let next =
                texts.iter().position(|(name, _)| self.notes.numbers.get(name) == Some(&(written + 1)));
            let Some(next) = next else { break };
            let (_, text) = texts.swap_remove(next);
            written += 1;
            if written == 1 {
                let heading = escaped(&self.labels.footnotes);
                self.html(format!(r#"<section class="footnotes" aria-label="{heading}"><ol>"#));
            }
            self.html(format!(r#"<li id="fn-{written}">"#));
            self.write(text);
            texts.append(&mut self.notes.texts);
            let back = escaped(&self.labels.footnote_back);
            self.html(format!(
                r##"<a class="footnote-back" href="#fnref-{written}" aria-label="{back} {written}">↩</a></li>"##
            ));
        }
        if written > 0 {
            self.html("</ol></section>");
        }
    }
}
