//! How much stands on one page of a list.

use serde::Deserialize;
use serde_yaml::{Location, Spanned};

use crate::diagnostic::{Diagnostic, Place};

/// More than that is no page any more.
pub const MOST: usize = 500;

/// `lists` in `site.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lists {
    /// Entries on a page of a category, tag or series, and of a section that says nothing itself.
    pub paginate: usize,
    /// Terms on a page of the list of all terms.
    pub terms: usize,
    /// Years on a page of an archive's overview.
    pub years: usize,
    /// Articles in a feed.
    pub feed: usize,
}

impl Default for Lists {
    fn default() -> Self {
        Self { paginate: 20, terms: 200, years: 20, feed: 20 }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLists {
    paginate: Option<Spanned<usize>>,
    terms: Option<Spanned<usize>>,
    years: Option<Spanned<usize>>,
    feed: Option<Spanned<usize>>,
}

impl RawLists {
    pub(super) fn checked(
        self,
        place: &impl Fn(&Location, usize) -> Place,
        found: &mut Vec<Diagnostic>,
    ) -> Lists {
        let mut length = |written: Option<Spanned<usize>>, usual: usize| match written {
            None => usual,
            Some(written) => {
                if !(1..=MOST).contains(&written.value) {
                    let digits = written.value.to_string().len();
                    found.push(bad_page_length(place(&written.referenced, digits)));
                }
                written.value
            }
        };
        let usual = Lists::default();
        Lists {
            paginate: length(self.paginate, usual.paginate),
            terms: length(self.terms, usual.terms),
            years: length(self.years, usual.years),
            feed: length(self.feed, usual.feed),
        }
    }
}

/// A page of a list with nothing on it, or with everything.
pub(crate) fn bad_page_length(place: Place) -> Diagnostic {
    Diagnostic::error(
        "bad-page-length",
        place,
        format!("na jednoj stranici popisa može biti od 1 do {MOST} stavki"),
        format!("a page of a list holds 1 to {MOST} items"),
    )
}
