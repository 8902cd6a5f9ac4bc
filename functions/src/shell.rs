//! The page around a dynamic page: made by the generator from the theme, filled here.

use maud::{Markup, PreEscaped, html};
use serde::{Deserialize, Serialize};

/// A whole page of the site with one place for its title and one for its main content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shell {
    before: String,
    after: String,
}

/// A rendered page lacks a slot, or has the main one twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShellError {
    /// The title's slot is nowhere.
    #[error("the form template does not show the page's title")]
    NoTitle,
    /// The content's slot is not there exactly once.
    #[error("the form template shows the page's content {0} times instead of once")]
    Main(usize),
}

impl Shell {
    /// Stands for the title while the theme is rendered.
    pub const TITLE_SLOT: &str = "zavicaj-slot-title";
    /// Stands for the main content while the theme is rendered.
    pub const MAIN_SLOT: &str = "zavicaj-slot-main";

    /// A shell from a page that the theme rendered with the slots in place of title and content.
    pub fn new(page: &str) -> Result<Self, ShellError> {
        if !page.contains(Self::TITLE_SLOT) {
            return Err(ShellError::NoTitle);
        }
        match page.split(Self::MAIN_SLOT).collect::<Vec<_>>()[..] {
            [before, after] => Ok(Self { before: before.to_owned(), after: after.to_owned() }),
            ref parts => Err(ShellError::Main(parts.len() - 1)),
        }
    }

    /// The page with a title (escaped here) and main content.
    pub fn page(&self, title: &str, main: Markup) -> String {
        let title = html! { (title) }.into_string();
        let mut page = self.before.replace(Self::TITLE_SLOT, &title);
        // What people wrote is in `main`: slots are looked for only outside it.
        page.push_str(&main.into_string());
        page.push_str(&self.after.replace(Self::TITLE_SLOT, &title));
        page
    }

    /// The page of a site that has no shell: correct, and without the theme.
    pub(crate) fn bare(lang: &str, title: &str, main: Markup) -> String {
        let page = html! {
            (maud::DOCTYPE)
            html lang=(lang) {
                head { meta charset="utf-8"; meta name="viewport" content="width=device-width"; title { (title) } }
                body { main { (main) } }
            }
        };
        PreEscaped::into_string(page)
    }
}

impl TryFrom<String> for Shell {
    type Error = ShellError;

    fn try_from(page: String) -> Result<Self, ShellError> {
        Self::new(&page)
    }
}

impl From<Shell> for String {
    fn from(shell: Shell) -> Self {
        [shell.before.as_str(), Shell::MAIN_SLOT, shell.after.as_str()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "<title>zavicaj-slot-title – Grad</title><main>zavicaj-slot-main</main><p>zavicaj-slot-title";

    #[test]
    fn title_and_content_stand_in_their_places_and_the_title_is_escaped() {
        let page = Shell::new(PAGE).unwrap().page("<b> & co", html! { p { "Sadržaj" } });
        assert_eq!(
            page,
            "<title>&lt;b&gt; &amp; co – Grad</title><main><p>Sadržaj</p></main><p>&lt;b&gt; &amp; co"
        );
    }

    #[test]
    fn an_answer_that_looks_like_a_slot_stays_an_answer() {
        let page = Shell::new(PAGE).unwrap().page("T", html! { (Shell::TITLE_SLOT) " " (Shell::MAIN_SLOT) });
        assert!(page.contains("<main>zavicaj-slot-title zavicaj-slot-main</main>"), "{page}");
    }

    #[test]
    fn a_template_without_its_slots_is_refused() {
        assert_eq!(Shell::new("zavicaj-slot-main"), Err(ShellError::NoTitle));
        assert_eq!(Shell::new("zavicaj-slot-title"), Err(ShellError::Main(0)));
        assert_eq!(Shell::new(&format!("{PAGE}zavicaj-slot-main")), Err(ShellError::Main(2)));
    }

    #[test]
    fn a_shell_survives_the_bundle() {
        let shell = Shell::new(PAGE).unwrap();
        let json = serde_json::to_string(&shell).unwrap();
        assert_eq!(serde_json::from_str::<Shell>(&json).unwrap(), shell);
    }
}
