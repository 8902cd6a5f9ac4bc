//! What the theme's author is told of its colours.

use csscolorparser::Color;

use super::note::Use;
use super::sheet::Scheme;
use crate::diagnostic::{Diagnostic, Place};

/// Two colours that are too near.
pub(super) struct TooNear<'a> {
    /// As the theme names them.
    pub colour: &'a str,
    /// As the theme names it.
    pub ground: &'a str,
    pub used: Use,
    pub scheme: Scheme,
    pub ratio: f64,
    pub nearest: Option<Color>,
    /// The rule that sets both; nothing where a note says so.
    pub selector: Option<&'a str>,
}

pub(super) fn too_near(found: &TooNear<'_>, place: Place) -> Diagnostic {
    let TooNear { colour, ground, used, .. } = found;
    // Never more than it is: 4.499 is not 4.5.
    let reached = (found.ratio * 100.0).floor() / 100.0;
    let (scheme_hr, scheme_en) = match found.scheme {
        Scheme::Light => ("svijetloj", "light"),
        Scheme::Dark => ("tamnoj", "dark"),
    };
    let (what_hr, what_en) = match used {
        Use::Text => ("tekst", "text needs"),
        Use::LargeText => ("velik tekst", "large text needs"),
        Use::Shapes => ("crte i znakove", "lines and marks need"),
    };
    let comma = |number: f64, digits: usize| format!("{number:.digits$}").replace('.', ",");
    let (rule_hr, rule_en) = found.selector.map_or_else(Default::default, |selector| {
        let selector = selector.split_whitespace().collect::<Vec<_>>().join(" ");
        (format!(" (pravilo „{selector}”)"), format!(" (rule “{selector}”)"))
    });
    let diagnostic = Diagnostic::warning(
        "contrast-low",
        place,
        format!(
            "boja {colour} na podlozi {ground} u {scheme_hr} shemi ima kontrast {}, a za {what_hr} treba barem {}{rule_hr}",
            comma(reached, 2),
            comma(used.needed(), 1)
        ),
        format!(
            "the colour {colour} on {ground} has a contrast of {reached:.2} in the {scheme_en} scheme, and {what_en} at least {:.1}{rule_en}",
            used.needed()
        ),
    );
    match &found.nearest {
        Some(nearest) => diagnostic.help(
            format!(
                "najbliža boja koja zadovoljava je {} (WCAG 2.2, {})",
                nearest.to_css_hex(),
                used.criterion()
            ),
            format!(
                "the nearest colour that passes is {} (WCAG 2.2, {})",
                nearest.to_css_hex(),
                used.criterion()
            ),
        ),
        None => diagnostic,
    }
}

pub(super) fn unreadable(place: Place) -> Diagnostic {
    Diagnostic::warning(
        "contrast-note-unreadable",
        place,
        "ova napomena o kontrastu ne može se pročitati, pa se ne provjerava",
        "this note on contrast cannot be read, so nothing is checked by it",
    )
    .help(
        "npr. contrast text: --text --link on --ground; umjesto text i large-text ili shapes",
        "e.g. contrast text: --text --link on --ground; instead of text also large-text or shapes",
    )
}

pub(super) fn no_colour(name: &str, place: Place) -> Diagnostic {
    Diagnostic::warning(
        "contrast-colour-unknown",
        place,
        format!("„{name}” u napomeni o kontrastu nije boja koja se može izračunati"),
        format!("“{name}” in the note on contrast is no colour that can be calculated"),
    )
    .help(
        "upišite svojstvo iz :root (--ime: #…) ili samu boju; podloga ne smije biti prozirna",
        "write a property of :root (--name: #…) or a colour; what others stand on cannot be transparent",
    )
}
