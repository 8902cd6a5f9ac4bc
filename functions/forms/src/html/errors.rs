//! The summary of violations above the form, each leading to its input.

use maud::{Markup, html};

use super::FormView;

pub(super) fn summary(view: &FormView<'_>) -> Markup {
    if view.violations.is_empty() {
        return html! {};
    }
    let count = view.violations.len() as u64;
    html! {
        div.error-summary role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-title" {
            h2 id="error-summary-title" { (view.strings.count("violation.summary_title", count, &[])) }
            ul {
                @for violation in view.violations {
                    li {
                        a href=(format!("#{}", violation.anchor)) {
                            (violation.summary(view.form, view.lang, view.strings))
                        }
                    }
                }
            }
        }
    }
}
