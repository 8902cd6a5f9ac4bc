//! The two forms of one letter: plain text, and HTML that says the same and loads nothing.

use maud::{DOCTYPE, Markup, html};

use crate::rows::{Piece, Row, plain};

// Mail programs read styles only where they stand. Colours of the text are the program's own, so that dark screens
// stay dark; only the button brings a pair of its own (contrast 9:1).
const PAGE: &str = "margin:0;padding:24px 16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;\
                    font-size:17px;line-height:1.5";
const COLUMN: &str = "max-width:36em;margin:0 auto";
const NAME: &str = "margin:0 0 24px;padding-bottom:12px;border-bottom:3px solid #0b5345;font-weight:700";
const PARAGRAPH: &str = "margin:0 0 16px";
const LIST: &str = "margin:0 0 16px;padding-left:1.5em";
const BUTTON: &str = "display:inline-block;padding:12px 20px;border-radius:4px;background:#0b5345;color:#ffffff;\
                      font-weight:700;text-decoration:none";
const LINK: &str = "word-break:break-all";

/// Plain text with `\n` line ends.
pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        match row {
            Row::Blank => {}
            Row::Words(pieces) => text.push_str(&plain(pieces)),
            Row::Point(pieces) => {
                text.push_str("- ");
                text.push_str(&plain(pieces));
            }
            Row::Step(number, step) => text.push_str(&format!("{number}. {step}")),
            Row::Button { words, url } => text.push_str(&format!("{words}:\n{url}")),
        }
        text.push('\n');
    }
    text
}

/// A whole HTML document.
pub(crate) fn html(language: &str, subject: &str, town: &str, rows: &[Row]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (subject) }
            }
            body style=(PAGE) {
                div style=(COLUMN) {
                    p style=(NAME) { (town) }
                    @for block in blocks(rows) { (block) }
                }
            }
        }
    };
    page.into_string()
}

fn blocks(rows: &[Row]) -> Vec<Markup> {
    // One element per run of rows that belong together.
    rows.chunk_by(|a, b| std::mem::discriminant(a) == std::mem::discriminant(b)).flat_map(block).collect()
}

fn block(run: &[Row]) -> Vec<Markup> {
    let mut lines: Vec<&[Piece]> = Vec::new();
    let mut points: Vec<&[Piece]> = Vec::new();
    let mut steps = Vec::new();
    let mut buttons = Vec::new();
    for row in run {
        match row {
            Row::Blank => {}
            Row::Words(pieces) => lines.push(pieces),
            Row::Point(pieces) => points.push(pieces),
            Row::Step(_, step) => steps.push(step),
            Row::Button { words, url } => buttons.push((words, url)),
        }
    }
    let mut blocks = Vec::new();
    if !lines.is_empty() {
        blocks.push(html! {
            p style=(PARAGRAPH) {
                @for (number, line) in lines.iter().enumerate() {
                    @if number > 0 { br; }
                    (inline(line))
                }
            }
        });
    }
    if !points.is_empty() {
        blocks.push(html! { ul style=(LIST) { @for point in &points { li { (inline(point)) } } } });
    }
    if !steps.is_empty() {
        blocks.push(html! { ol style=(LIST) { @for step in &steps { li { (step) } } } });
    }
    for (words, url) in buttons {
        blocks.push(html! { p style=(PARAGRAPH) { a href=(url) style=(BUTTON) { (words) } } });
    }
    blocks
}

fn inline(pieces: &[Piece]) -> Markup {
    html! {
        @for piece in pieces {
            @match piece {
                Piece::Text(text) => (text),
                Piece::Url(url) => a href=(url) style=(LINK) { (url) },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::placeholder::Values;
    use crate::rows::fill;

    const LETTER: &str = "Poštovani,\n\nbroj: {reference}\nobrazac: {form_title}\n\n[Potvrdi]({link})\n\n- prvo\n- drugo\n\n\
                          Što slijedi:\n{next}\n\nOvdje: {link}\n";

    fn rows() -> Vec<Row> {
        let values = Values {
            reference: "7Q2M-4XKD",
            form_title: "<b>Upis</b> & \"sve\"",
            link: Some("https://grad.example/usluge/veza/a?b=1&c=\"><script>"),
            ..Values::default()
        };
        fill(LETTER, &values, &["Pregled.".to_owned(), "Odgovor.".to_owned()])
    }

    #[test]
    fn both_forms_of_a_letter_say_the_same() {
        insta::assert_snapshot!(format!(
            "{}\n======\n{}",
            text(&rows()),
            html("hr", "Naslov", "Grad Ljubuški", &rows())
        ));
    }

    #[test]
    fn a_value_cannot_become_markup() {
        let page = html("hr", "<script>", "<i>", &rows());
        assert!(!page.contains("<script>") && !page.contains("<b>") && !page.contains("<i>"), "{page}");
        assert_eq!(page.matches("<a href=\"https://grad.example/").count(), 2);
    }
}
