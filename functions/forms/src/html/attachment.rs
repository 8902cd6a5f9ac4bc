//! What will be asked on the next page: a form page takes no files, since they come one by one after the answers.

use maud::{Markup, html};

use super::frame::Frame;
use crate::attachments;

pub(super) fn later(frame: &Frame<'_>, max_files: u32) -> Markup {
    let strings = frame.view.strings;
    frame.around(&html! {
        div.attachment-later id=(frame.id()) tabindex="-1" {
            p.label { (frame.question()) }
            (frame.explained())
            p.hint {
                (strings.count("form.attachment_later", max_files.into(), &[]))
                " " (attachments::accepted(frame.view.form, strings))
            }
        }
    })
}
