//! Which files of the theme its templates ask for by name.

/// The functions of templates that take a file of the theme.
const FUNCTIONS: [&str; 2] = ["asset", "integrity"];

/// Every path that a template writes out in a call of `asset` or `integrity`. One that is put together while the page
/// is made is not seen here; such a file keeps its name.
pub(super) fn paths(template: &str) -> impl Iterator<Item = &str> {
    FUNCTIONS.iter().flat_map(move |name| {
        template.match_indices(name).filter_map(move |(at, _)| {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let before = template[..at].chars().next_back();
            let arguments = template[at + name.len()..].trim_start().strip_prefix('(')?;
            let value =
                arguments.trim_start().strip_prefix("path")?.trim_start().strip_prefix('=')?.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
            let path = value[1..].split(quote).next()?;
            (!before.is_some_and(is_word)).then_some(path)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn paths_in_calls_are_seen_and_others_are_not() {
        let template = r#"{{ asset(path="a.css") }} {{ integrity( path = 'b.js' ) }} {{ asset (path=`c.svg`) }}
            {{ my_asset(path="d") }} {{ asset(path=name) }} {{ t(path="e") }} {{ asset(path="f"#;
        assert_eq!(paths(template).collect::<Vec<_>>(), ["a.css", "c.svg", "f", "b.js"]);
    }
}
