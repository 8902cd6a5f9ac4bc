//! Fewer bytes that mean the same: of style sheets, and of pages where somebody wants it.

/// A style sheet without comments and spaces that mean nothing. An error is a sheet that cannot be read.
pub fn css(text: &str) -> Result<String, String> {
    minifier::css::minify(text).map(|made| made.to_string().trim().to_owned()).map_err(str::to_owned)
}

/// A page without comments, whose runs of spaces are one: none disappears between words or elements, and `pre` and
/// `textarea` stay as they are.
pub fn html(page: &[u8]) -> Result<Vec<u8>, String> {
    let mut minifier = html_minifier::HTMLMinifier::new();
    minifier.digest(page).map_err(|error| error.to_string())?;
    Ok(minifier.get_html().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_means_the_same_afterwards() {
        let made = |page: &str| String::from_utf8(html(page.as_bytes()).unwrap()).unwrap();
        for (page, expected) in [
            ("<p>a <b>b</b>  <i>c</i>\n   d</p>", "<p>a <b>b</b> <i>c</i>\nd</p>"),
            ("<p>a<b>b</b>c</p>", "<p>a<b>b</b>c</p>"),
            ("<pre>a\n  b\n\n c</pre>", "<pre>a\n  b\n\n c</pre>"),
            ("<pre><code>  a\n    b</code></pre>", "<pre><code>  a\n    b</code></pre>"),
            ("<textarea>\n\n a\n  b </textarea>", "<textarea>\n\n a\n  b </textarea>"),
            ("<input value=\"a\n  b\">", "<input value=\"a\n  b\">"),
            ("<p>a<!-- c -->b\u{a0} \u{a0}c&nbsp; d</p>", "<p>ab\u{a0} \u{a0}c&nbsp; d</p>"),
            ("<img src=\"x\" alt=\"\">", "<img src=\"x\" alt>"),
            ("<main>zavicaj-slot-main</main>", "<main>zavicaj-slot-main</main>"),
        ] {
            assert_eq!(made(page), expected);
            assert_eq!(made(expected), expected, "again");
        }
    }

    #[test]
    fn a_style_sheet_means_the_same_afterwards() {
        for (sheet, expected) in [
            ("a { width: calc(1px + 2px - var(--x)) }", "a{width:calc(1px + 2px - var(--x))}"),
            ("a :is(b, c) > d + e ~ f { x: y; }", "a :is(b,c)>d+e~f{x:y;}"),
            ("a::after { content: \"›  /*\" / \"\" }", "a::after{content:\"›  /*\"/\"\"}"),
            (
                "@media (min-width: 40em) and (not (print)) { a { b: c } }",
                "@media (min-width:40em) and (not (print)){a{b:c}}",
            ),
            ("a { & > b { c: d } }", "a{&>b{c:d}}"),
            ("a { mask: url( \"a b.svg\" ) }", "a{mask:url(\"a b.svg\")}"),
        ] {
            assert_eq!(css(sheet).as_deref(), Ok(expected));
        }
    }
}
