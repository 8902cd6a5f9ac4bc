//! What a theme has pages for. What it has none for costs nothing, and is not asked for in its strings.

use crate::source::Sources;

/// The parts of a site that a theme may leave out, by its templates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offers {
    /// Forms and what the handlers answer (`form.html`).
    pub services: bool,
    /// Articles by year and month (`archive.html`).
    pub archives: bool,
    /// Articles that belong together, in their order (`series.html`).
    pub series: bool,
}

impl Offers {
    /// What the templates of a theme are for.
    pub fn of(sources: &Sources) -> Self {
        let has = |name: &str| sources.templates.iter().any(|file| file.path == name);
        Self { services: has("form.html"), archives: has("archive.html"), series: has("series.html") }
    }

    /// The strings that the pages of these parts are named by.
    pub(super) fn strings(self) -> Vec<&'static str> {
        let archives: &[&str] =
            if self.archives { &["archive.name", "archive.all", "archive.title"] } else { &[] };
        let series: &[&str] = if self.series { &["taxonomy.series"] } else { &[] };
        archives.iter().chain(series).copied().collect()
    }
}
