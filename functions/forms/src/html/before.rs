//! What one may want before the first question: to know whether the form is needed at all, or to have it on paper.

use maud::{Markup, html};

use super::FormView;
use super::need::need_url;

pub(super) fn links(view: &FormView<'_>, form_url: &str) -> Markup {
    html! {
        ul.before-form {
            @if let Some(need) = view.form.need_check() {
                li { a href=(need_url(form_url, "")) { (need.title.get(view.lang)) } " " (view.strings.text("form.need_hint", &[])) }
            }
            li { a href=(super::paper::paper_url(form_url)) { (view.strings.text("form.paper_link", &[])) } }
        }
    }
}
