//! How the site is put together: menus, the words of its own addresses, what stands above what, which feeds there are.

use serde::Deserialize;
use serde_yaml::Spanned;

use super::PerLanguage;

/// One entry of a menu.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenuEntry {
    /// The words of the link.
    pub label: Spanned<PerLanguage>,
    /// A content path (`vijesti/_index.md`), a form (`obrasci/registracija`) or a path of the site (`/…`).
    pub link: Spanned<String>,
    /// The entries below it.
    #[serde(default)]
    pub children: Vec<MenuChild>,
}

/// An entry below another. There is one level of them: a menu in a menu in a menu is found by nobody.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenuChild {
    /// The words of the link.
    pub label: Spanned<PerLanguage>,
    /// As of a [`MenuEntry`].
    pub link: Spanned<String>,
}

impl MenuEntry {
    /// The labels of the entry and of those below it.
    pub fn labels(&self) -> impl Iterator<Item = &Spanned<PerLanguage>> {
        std::iter::once(&self.label).chain(self.children.iter().map(|child| &child.label))
    }

    /// Where the entry and those below it lead.
    pub fn links(&self) -> impl Iterator<Item = &Spanned<String>> {
        std::iter::once(&self.link).chain(self.children.iter().map(|child| &child.link))
    }
}

/// Words of the URLs that the generator makes itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paths {
    /// Before the number of a list's further pages: `/vijesti/stranica/2/`.
    pub page: String,
    /// The folder of the categories.
    pub categories: String,
    /// The folder of the tags.
    pub tags: String,
    /// The folder of the series.
    pub series: String,
    /// The folder of a section's archive: `/vijesti/arhiva/2019/05/`.
    pub archive: String,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            page: "stranica".to_owned(),
            categories: "kategorije".to_owned(),
            tags: "oznake".to_owned(),
            series: "serije".to_owned(),
            archive: "arhiva".to_owned(),
        }
    }
}

impl Paths {
    /// All of them.
    pub(super) fn words(&self) -> [&str; 5] {
        [&self.page, &self.categories, &self.tags, &self.series, &self.archive]
    }
}

/// The pages above those that have no folder of their own, as content paths.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Parents {
    /// Above every form.
    pub obrasci: Option<Spanned<String>>,
    /// Above every procedure card.
    pub postupci: Option<Spanned<String>>,
}

/// Of what there are feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FeedOf {
    Site,
    Sections,
    Terms,
}

/// Which feeds there are; all, where `site.yaml` says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(from = "Vec<FeedOf>")]
pub struct Feeds {
    /// Of all articles of a language, with their texts.
    pub site: bool,
    /// Of every section that has articles.
    pub sections: bool,
    /// Of every category, tag and series.
    pub terms: bool,
}

impl Default for Feeds {
    fn default() -> Self {
        Self { site: true, sections: true, terms: true }
    }
}

impl From<Vec<FeedOf>> for Feeds {
    fn from(listed: Vec<FeedOf>) -> Self {
        let has = |of| listed.contains(&of);
        Self { site: has(FeedOf::Site), sections: has(FeedOf::Sections), terms: has(FeedOf::Terms) }
    }
}
