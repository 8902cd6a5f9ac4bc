//! A QR code drawn as SVG: one path, black on white in every colour scheme, with the quiet zone of the standard.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder, QRCode};
use maud::{Markup, html};

/// Modules of white around the code (ISO/IEC 18004).
const QUIET: usize = 4;

/// The code of a text, with the words that stand for it where it is not seen; nothing if the text is too long.
pub(crate) fn svg(text: &str, label: &str) -> Option<Markup> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let size = code.size + 2 * QUIET;
    Some(html! {
        svg class="qr" role="img" aria-label=(label) viewBox={ "0 0 " (size) " " (size) } shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#fff" {}
            path fill="#000" d=(path(&code)) {}
        }
    })
}

/// A rectangle for each run of dark modules in a row.
fn path(code: &QRCode) -> String {
    let mut path = String::new();
    for y in 0..code.size {
        let mut x = 0;
        while x < code.size {
            let run = code[y].iter().take(code.size).skip(x).take_while(|module| module.value()).count();
            if run > 0 {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paints the path as a browser would, one pixel a module, and reads it with a decoder of somebody else.
    fn read(svg: &str) -> String {
        let size: usize =
            svg.split_once("viewBox=\"0 0 ").unwrap().1.split_once(' ').unwrap().0.parse().unwrap();
        let path = svg.split_once(" d=\"").unwrap().1.split_once('"').unwrap().0;
        let mut dark = vec![vec![false; size]; size];
        for run in path.split('M').skip(1) {
            let (place, length) = run.split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = length.split_once('v').unwrap().0.parse().unwrap();
            dark[y][x..x + length].fill(true);
        }
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(size * 4, size * 4, |x, y| {
            if dark[y / 4][x / 4] { 0 } else { 255 }
        });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    #[test]
    fn what_is_drawn_is_read_back() {
        for text in
            ["a".to_owned(), "ZAVICAJ1|https://www.grad.example|čćžšđ|".to_owned(), "0aB-_|".repeat(45)]
        {
            assert_eq!(read(&svg(&text, "QR").unwrap().into_string()), text);
        }
    }

    #[test]
    fn every_length_is_drawn_or_refused() {
        // ISO/IEC 18004, table 7: version 40 with medium correction holds 2,331 bytes.
        for length in 0..2400 {
            let drawn = svg(&"č".repeat(length)[..length / 2 * 2], "QR");
            assert_eq!(drawn.is_some(), length / 2 * 2 <= 2331, "{length} bytes");
        }
        for length in [1, 14, 15, 213, 214, 1000, 2331] {
            let text = "a1|Ž".chars().cycle().take(length / 2).collect::<String>();
            assert_eq!(read(&svg(&text, "QR").unwrap().into_string()), text, "{length}");
        }
    }

    #[test]
    fn it_has_words_for_those_who_do_not_see_it_and_nothing_inline() {
        let svg = svg("a", "QR <kod>").unwrap().into_string();
        assert!(svg.contains("role=\"img\"") && svg.contains("aria-label=\"QR &lt;kod&gt;\""), "{svg}");
        assert!(!svg.contains("style") && !svg.contains("script"), "{svg}");
        assert!(super::svg(&"a".repeat(3000), "QR").is_none());
    }
}
