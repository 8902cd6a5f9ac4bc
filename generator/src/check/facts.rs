//! What a check needs to know of a page, read from its HTML in one pass.

use std::collections::HashSet;

/// Ids and link targets of a page.
#[derive(Debug, Clone, Default)]
pub struct PageFacts {
    /// Output path.
    pub path: String,
    /// The source that an editor would open.
    pub source: String,
    /// All ids.
    pub ids: Vec<String>,
    /// Ids that stand more than once.
    pub double_ids: Vec<String>,
    /// A character that HTML and feeds do not allow.
    pub has_control_character: bool,
    /// `href`, `src` and `action` as a browser reads them, each once.
    pub targets: Vec<String>,
}

/// Reads a page that this program made (well-formed tags, quoted attributes or none).
pub fn read(path: &str, source: &str, html: &str) -> PageFacts {
    let mut facts = PageFacts { path: path.to_owned(), source: source.to_owned(), ..PageFacts::default() };
    let mut seen_ids = HashSet::new();
    let mut seen_targets = HashSet::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        if !rest.starts_with(|character: char| character.is_ascii_alphabetic()) {
            continue;
        }
        let name_end =
            rest.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(rest.len());
        let name = rest[..name_end].to_ascii_lowercase();
        rest = &rest[name_end..];
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let (attribute, value, after) = next_attribute(rest);
            rest = after;
            match attribute {
                "id" => {
                    let id = unescaped(value);
                    if !seen_ids.insert(id.clone()) {
                        facts.double_ids.push(id.clone());
                    }
                    facts.ids.push(id);
                }
                "href" | "src" | "action" => {
                    let target = unescaped(value.trim());
                    if seen_targets.insert(target.clone()) {
                        facts.targets.push(target);
                    }
                }
                _ => {}
            }
        }
        // The text of a script or style is no HTML.
        if matches!(name.as_str(), "script" | "style") {
            let end = format!("</{name}");
            rest = rest.find(&end).map_or("", |at| &rest[at..]);
        }
    }
    facts
}

fn next_attribute(text: &str) -> (&str, &str, &str) {
    let end =
        text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(text.len());
    let (name, after) = text.split_at(end.max(1).min(text.len()));
    let Some(value) = after.trim_start().strip_prefix('=') else { return (name, "", after) };
    let value = value.trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            return match quoted.split_once(quote) {
                Some((inside, after)) => (name, inside, after),
                None => (name, quoted, ""),
            };
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len());
    let (inside, after) = value.split_at(end);
    (name, inside, after)
}

/// The few character references that our own escaping writes.
fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&#x2F;", "/")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_targets_are_read_and_scripts_and_comments_are_not() {
        let html = r#"<a id="x" href="/a/?b=1&amp;c=2">t</a><!-- <a href="/no/"> --><img src=/p.svg alt='a > b'>
            <script>let a = '<a href="/never/">';</script><p id='x'>"#;
        let facts = read("index.html", "s", html);
        assert_eq!(facts.ids, ["x", "x"]);
        assert_eq!(facts.double_ids, ["x"]);
        assert_eq!(facts.targets, ["/a/?b=1&c=2", "/p.svg"]);
    }

    #[test]
    fn broken_html_ends_the_reading_and_nothing_else() {
        for html in ["<", "<a", "<a href", "<a href=", "<a href=\"", "<a =", "<!--", "<script>", "a<b <ž"] {
            read("p", "s", html);
        }
    }
}
