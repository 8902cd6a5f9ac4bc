//! The rules of a style sheet, as far as colours need them.

use std::ops::Range;

use cssparser::{ParseError, Parser, Token};

/// The two colour schemes of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Scheme {
    Light,
    Dark,
}

pub(super) const SCHEMES: [Scheme; 2] = [Scheme::Light, Scheme::Dark];

/// `name: value`
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub name: String,
    /// Where the value stands, without spaces around it and without `!important`.
    pub value: Range<usize>,
}

/// A rule with a selector.
#[derive(Debug)]
pub(super) struct Rule {
    pub selector: String,
    /// Nothing: in both schemes.
    pub scheme: Option<Scheme>,
    pub declarations: Vec<Declaration>,
}

impl Rule {
    /// The last declaration of a property.
    pub fn declaration(&self, name: &str) -> Option<&Declaration> {
        self.declarations.iter().rev().find(|declaration| declaration.name == name)
    }

    /// Whether it holds for all elements of a page.
    pub fn is_root(&self) -> bool {
        self.selector.split(',').any(|selector| [":root", "html", ":host"].contains(&selector.trim()))
    }
}

/// What stands in a style sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub rules: Vec<Rule>,
    /// Where the texts of comments stand.
    pub comments: Vec<Range<usize>>,
}

/// Reads a style sheet. What cannot be read ends the reading, as it does for a browser.
pub(super) fn read(css: &str) -> Sheet {
    let mut sheet = Sheet::default();
    let mut parser = Parser::new(css);
    block(&mut parser, css, None, &mut sheet);
    sheet
}

/// The content of a block; gives the declarations in it.
fn block(parser: &mut Parser<'_>, css: &str, scheme: Option<Scheme>, sheet: &mut Sheet) -> Vec<Declaration> {
    let mut declarations = Vec::new();
    let mut begun: Option<usize> = None;
    loop {
        let start = parser.position().byte_index();
        let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else {
            declarations.extend(begun.and_then(|begin| declaration(css, begin..start)));
            return declarations;
        };
        match token {
            Token::Comment(text) => sheet.comments.push(start + 2..start + 2 + text.len()),
            Token::WhiteSpace(_) => {}
            Token::Semicolon => {
                declarations.extend(begun.take().and_then(|begin| declaration(css, begin..start)));
            }
            Token::CurlyBracketBlock => {
                let prelude = css[begun.take().unwrap_or(start)..start].trim();
                let inside = if prelude.starts_with("--") { None } else { within(prelude, scheme) };
                let read: Result<Option<Vec<Declaration>>, ParseError<()>> = parser
                    .parse_nested_block(|inner| Ok(inside.map(|scheme| block(inner, css, scheme, sheet))));
                if let (Ok(Some(own)), Some(scheme)) = (read, inside)
                    && !prelude.starts_with('@')
                {
                    sheet.rules.push(Rule { selector: prelude.to_owned(), scheme, declarations: own });
                }
            }
            Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock => {
                begun.get_or_insert(start);
                // Left behind now, so that the next token begins where it stands.
                let _: Result<(), ParseError<()>> = parser.parse_nested_block(|inner| {
                    while inner.next().is_ok() {}
                    Ok(())
                });
            }
            _ => {
                begun.get_or_insert(start);
            }
        }
    }
}

/// The scheme inside a block with this prelude; nothing for what is not for people who look at a screen.
fn within(prelude: &str, outside: Option<Scheme>) -> Option<Option<Scheme>> {
    let Some(rule) = prelude.strip_prefix('@') else { return Some(outside) };
    let (name, condition) =
        rule.split_at(rule.find(|c: char| !c.is_alphanumeric() && c != '-').unwrap_or(rule.len()));
    match name.to_ascii_lowercase().as_str() {
        "container" | "layer" | "scope" | "supports" => Some(outside),
        "media" => {
            let condition: String =
                condition.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
            let is_other = ["print", "forced-colors:active", "prefers-contrast", "inverted-colors", "not"]
                .iter()
                .any(|other| condition.contains(other));
            let asked = match condition.as_str() {
                _ if is_other => return None,
                asked if asked.contains("(prefers-color-scheme:dark)") => Some(Scheme::Dark),
                asked if asked.contains("(prefers-color-scheme:light)") => Some(Scheme::Light),
                _ => return Some(outside),
            };
            // One scheme inside the other is never shown.
            outside.is_none_or(|outside| Some(outside) == asked).then_some(asked)
        }
        _ => None,
    }
}

fn declaration(css: &str, range: Range<usize>) -> Option<Declaration> {
    let text = &css[range.clone()];
    let colon = text.find(':')?;
    let name = text[..colon].trim();
    let name = if name.starts_with("--") { name.to_owned() } else { name.to_ascii_lowercase() };
    let rest = &text[colon + 1..];
    let value = rest.split("!important").next().unwrap_or(rest).trim();
    let start = range.start + colon + 1 + (rest.len() - rest.trim_start().len());
    Some(Declaration { name, value: start..start + value.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_with_the_scheme_that_they_are_for() {
        let css = ":root { --a: #fff; --b: { x: y }; }\n@media (prefers-color-scheme: dark) { :root { --a:#000 } }\n\
            @media print { p { color: #111 } } @layer x { .a { COLOR: red !important; & b { color: var(--a, blue) } } }\n\
            @keyframes k { from { color: red } } /* note */";
        let sheet = read(css);
        let rules: Vec<_> = sheet
            .rules
            .iter()
            .map(|rule| {
                let texts = rule
                    .declarations
                    .iter()
                    .map(|known| format!("{}={}", known.name, &css[known.value.clone()]));
                (rule.selector.as_str(), rule.scheme, texts.collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(
            rules,
            [
                (":root", None, "--a=#fff".to_owned()),
                (":root", Some(Scheme::Dark), "--a=#000".to_owned()),
                ("& b", None, "color=var(--a, blue)".to_owned()),
                (".a", None, "color=red".to_owned()),
            ]
        );
        assert_eq!(sheet.comments.iter().map(|range| &css[range.clone()]).collect::<Vec<_>>(), [" note "]);
    }

    #[test]
    fn what_is_no_css_does_no_harm() {
        for css in ["", "}", "a{", "a{b", ":", "@", "@media{", "a{--b:{", "\u{0}ž{č:š}", "/*", "a{;;:;}"] {
            read(css);
        }
        read(&"a{".repeat(50_000));
    }
}
