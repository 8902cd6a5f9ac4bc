//! Diagnostics for programs: JSON for editors and the browser, annotations for GitHub.

use serde_json::{Value, json};

use super::{Diagnostic, MessageLanguage, Severity};

/// One diagnostic with both languages, as an object.
fn value(diagnostic: &Diagnostic) -> Value {
    let place = diagnostic.place.as_ref();
    let text = place.map(|place| place.text.chars().take(400).collect::<String>());
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity.to_string(),
        "file": place.map(|place| place.path.as_str()),
        "line": place.map_or(0, |place| place.line),
        "column": place.map_or(0, |place| place.column),
        "length": place.map_or(0, |place| place.length),
        "text": text,
        "message": { "hr": diagnostic.message.hr, "en": diagnostic.message.en },
        "help": diagnostic.help.as_ref().map(|help| json!({ "hr": help.hr, "en": help.en })),
    })
}

/// One diagnostic as JSON on one line.
pub fn json(diagnostic: &Diagnostic) -> String {
    value(diagnostic).to_string()
}

/// The errors among them as a JSON list on one line.
pub fn json_list(found: &[Diagnostic]) -> String {
    Value::Array(found.iter().filter(|diagnostic| diagnostic.is_error()).map(value).collect()).to_string()
}

/// A workflow command that shows the diagnostic beside the line in a pull request. `root` is the site's folder in the
/// repository, empty if it is the repository itself.
///
/// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>
pub fn annotation(diagnostic: &Diagnostic, language: MessageLanguage, root: &str) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = vec![format!("title={}", property(diagnostic.code))];
    if let Some(place) = &diagnostic.place {
        let path = if root.is_empty() { place.path.clone() } else { format!("{root}/{}", place.path) };
        properties.push(format!("file={}", property(&path)));
        if place.line > 0 {
            properties.push(format!("line={}", place.line));
            properties.push(format!("col={}", place.column));
            properties.push(format!("endColumn={}", place.column + place.length));
        }
    }
    let mut message = language.of(&diagnostic.message).to_owned();
    if let Some(help) = &diagnostic.help {
        message.push('\n');
        message.push_str(language.of(help));
    }
    format!("::{command} {}::{}", properties.join(","), data(&message))
}

/// A line end would begin another command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    fn hostile() -> Diagnostic {
        let place = Place::at("content/a,b:c.md", "x\n[x](y)\n", 2, 1, 6);
        Diagnostic::error("dead-link", place, "„y\n::warning::”", "“y” 100 %").help("ispravite", "correct it")
    }

    #[test]
    fn nothing_in_a_message_begins_another_command() {
        assert_eq!(
            annotation(&hostile(), MessageLanguage::Hr, ""),
            "::error title=dead-link,file=content/a%2Cb%3Ac.md,line=2,col=1,endColumn=7::„y%0A::warning::”%0Aispravite"
        );
        let found = annotation(&hostile(), MessageLanguage::En, "stranica");
        assert!(
            found.contains("file=stranica/content/") && found.ends_with("100 %25%0Acorrect it"),
            "{found}"
        );
        let whole = Diagnostic::warning("x", Place::file("a.md"), "h", "e");
        assert_eq!(annotation(&whole, MessageLanguage::En, ""), "::warning title=x,file=a.md::e");
    }

    #[test]
    fn json_is_one_line_with_both_languages() {
        let line = json(&hostile());
        assert!(!line.contains('\n'));
        let read: Value = serde_json::from_str(&line).unwrap_or_default();
        assert_eq!((&read["line"], &read["message"]["en"]), (&json!(2), &json!("“y” 100 %")));
        assert_eq!(read["help"]["hr"], json!("ispravite"));
        let warning = Diagnostic::warning("x", Place::file("a.md"), "h", "e");
        assert_eq!(json_list(&[warning, hostile()]), format!("[{line}]"));
    }
}
