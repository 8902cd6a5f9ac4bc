//! What can be wrong in a theme.

use tera::ErrorKind;

use crate::diagnostic::{Diagnostic, Place};
use crate::source::Files;

/// An error of a template, with the page that was being made.
pub(super) fn template(
    folder: &str,
    templates: &Files,
    error: &tera::Error,
    page: Option<(&str, &str)>,
) -> Diagnostic {
    let (place, text) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = report.span();
            let source = templates
                .iter()
                .find(|file| file.path == report.filename())
                .and_then(|file| file.text().ok())
                .unwrap_or_default();
            let length = if span.start_line == span.end_line {
                span.end_col.saturating_sub(span.start_col)
            } else {
                1
            };
            let path = format!("{folder}{}", report.filename());
            (
                Place::at(&path, source, span.start_line, span.start_col + 1, length),
                report.message().to_owned(),
            )
        }
        other => {
            let name = page.map_or("", |(template, _)| template);
            (Place::file(&format!("{folder}{name}")), other.to_string())
        }
    };
    let diagnostic = Diagnostic::error(
        "template-error",
        place,
        format!("predložak se ne može izvesti: {text}"),
        format!("the template cannot be rendered: {text}"),
    );
    match page {
        Some((template, source)) => diagnostic.help(
            format!("dogodilo se u predlošku {template} pri izradi stranice {source}"),
            format!("it happened in the template {template} while making the page {source}"),
        ),
        None => diagnostic,
    }
}

pub(super) fn missing_template(folder: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        "template-missing",
        Place::file(&format!("{folder}{name}")),
        format!("temi nedostaje predložak {name}"),
        format!("the theme lacks the template {name}"),
    )
    .help("svaka tema ima sve predloške", "every theme has all templates")
}

pub(super) fn shell(folder: &str, reason: &str) -> Diagnostic {
    Diagnostic::error(
        "bad-shell",
        Place::file(&format!("{folder}form.html")),
        format!("predložak obrasca ne može biti okvir: {reason}"),
        format!("the form's template cannot be a shell: {reason}"),
    )
    .help(
        "form.html mora sadržavati {{ page.title }} u elementu <title> i {{ page.content | safe }} jednom",
        "form.html has to hold {{ page.title }} in <title> and {{ page.content | safe }} once",
    )
}
