//! A page of the question path before a form: links only, so that it works everywhere and "back" goes back.

use maud::{Markup, html};

use crate::need::{NeedCheck, Stop};
use crate::strings::Strings;
use crate::words::paragraphs;

/// Everything that the page shows.
pub struct NeedView<'a> {
    /// The path.
    pub need: &'a NeedCheck,
    /// The page.
    pub stop: Stop<'a>,
    /// The language of the page.
    pub lang: &'a str,
    /// The words of the interface in that language.
    pub strings: &'a Strings,
    /// The form's own page; pages of the path lie below it.
    pub form_url: &'a str,
}

/// The folder of the path's pages, below the form's page.
pub const NEED_FOLDER: &str = "potreba";

/// The URL of a page of the path.
pub fn need_url(form_url: &str, id: &str) -> String {
    if id.is_empty() { format!("{form_url}{NEED_FOLDER}/") } else { format!("{form_url}{NEED_FOLDER}/{id}/") }
}

/// A question with its answers, or an outcome with the way on.
pub fn need_page(view: &NeedView<'_>) -> Markup {
    let text = |key: &str| view.strings.text(key, &[]);
    let start = need_url(view.form_url, "");
    let is_first = view.need.questions.first().map(Stop::Question) == Some(view.stop);
    html! {
        p.steps { (view.need.title.get(view.lang)) }
        h1 { (view.stop.title(view.lang)) }
        @match view.stop {
            Stop::Question(question) => {
                @if let (true, Some(intro)) = (is_first, &view.need.intro) {
                    @for paragraph in paragraphs(intro.get(view.lang)) { p { (paragraph) } }
                }
                @if let Some(hint) = &question.hint { p.hint { (hint.get(view.lang)) } }
                ul.need-answers {
                    @for answer in &question.answers {
                        li {
                            a.button.button--secondary href=(need_url(view.form_url, &answer.next)) {
                                (answer.label.get(view.lang))
                            }
                        }
                    }
                }
                p { a href=(view.form_url) { (text("form.need_skip")) } }
            }
            Stop::Outcome(outcome) => {
                @for paragraph in paragraphs(outcome.text.get(view.lang)) { p { (paragraph) } }
                p.need-next {
                    @if outcome.order {
                        a.button.button--primary href=(view.form_url) { (text("form.need_order")) }
                    } @else {
                        a.button.button--secondary href=(view.form_url) { (text("form.need_order_anyway")) }
                    }
                }
                p { a href=(start) { (text("form.need_again")) } }
            }
        }
    }
}
