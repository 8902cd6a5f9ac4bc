//! What the script needs to show one page of questions at a time. Without script all of it stays hidden, and the form is
//! one long page.

use maud::{Markup, html};

use super::{FormView, steps};
use crate::form::Form;

/// Whether there is more than one page to lead through.
pub(super) fn are_many(form: &Form) -> bool {
    form.sections().iter().flat_map(|section| section.pages()).count() > 1
}

/// "Question 2 of 12", above the page.
pub(super) fn progress(view: &FormView<'_>) -> Markup {
    let pattern = view.strings.text("form.part_of", &[]);
    html! { p.form-progress id="form-progress" data-progress=(pattern) hidden {} }
}

/// The buttons that lead from page to page, before the one that sends.
pub(super) fn buttons(view: &FormView<'_>) -> Markup {
    let text = |key: &str| view.strings.text(key, &[]);
    html! {
        button.button.button--primary type="button" data-part-next data-start=(text("form.part_start")) hidden {
            (text("form.part_next"))
        }
        button.button.button--primary type="submit" data-part-send { (steps::next(view.form, view.strings)) }
        button.button.button--secondary type="button" data-part-back hidden { (text("form.part_back")) }
    }
}

/// The way to the one long page.
pub(super) fn all(view: &FormView<'_>) -> Markup {
    html! {
        button.button.button--link.form-all type="button" data-part-all hidden {
            (view.strings.text("form.part_all", &[]))
        }
    }
}
