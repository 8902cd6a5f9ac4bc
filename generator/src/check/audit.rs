//! What makes a finished page hard to use or tells too much, read from its tags: WCAG 2.2 where a machine can judge it,
//! and numbers of persons.

use std::borrow::Cow;

use borsh::{BorshDeserialize, BorshSerialize};

use super::personal::{self, Kind};
use super::tags::{Tag, Token};

/// One thing that is wrong with a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub enum Finding {
    /// A heading more than one level below the one before (WCAG 1.3.1).
    HeadingSkipped {
        /// Level of the heading before; 0 at the top of the page.
        before: u8,
        /// Its own.
        level: u8,
    },
    /// Another heading of the first level than one (WCAG 1.3.1, 2.4.6).
    FirstHeadings {
        /// How many there are.
        count: usize,
    },
    /// A link of which a screen reader has nothing to say (WCAG 2.4.4).
    LinkWithoutText {
        /// Where it leads.
        href: String,
    },
    /// A link whose words say nothing about where it leads (WCAG 2.4.4).
    LinkTextSaysNothing {
        /// Its words.
        text: String,
    },
    /// A picture without the attribute `alt` (WCAG 1.1.1).
    PictureWithoutAlt {
        /// Which.
        src: String,
    },
    /// A page without a language (WCAG 3.1.1).
    PageWithoutLanguage,
    /// A language that is no BCP 47 tag (WCAG 3.1.2).
    BadLanguage {
        /// As it is written.
        tag: String,
    },
    /// A page without a title (WCAG 2.4.2).
    PageWithoutTitle,
    /// A number that tells about a person.
    PersonalNumber {
        /// What it is.
        kind: Kind,
        /// The number itself, to find its line; never shown.
        text: String,
    },
}

/// Words of links that lead anywhere.
const EMPTY_WORDS: &[&str] = &[
    "ovdje",
    "kliknite ovdje",
    "klikni ovdje",
    "tu",
    "više",
    "opširnije",
    "poveznica",
    "link",
    "here",
    "click here",
    "more",
    "read more",
    "hier",
    "hier klicken",
    "mehr",
    "weiterlesen",
];

/// Reads a page's tokens one after the other.
#[derive(Debug, Default)]
pub struct Audit<'a> {
    findings: Vec<Finding>,
    has_language: bool,
    has_title: bool,
    in_title: bool,
    in_main: bool,
    leads_away: bool,
    heading: u8,
    first_headings: usize,
    link: Option<Link<'a>>,
}

/// A link that is open.
#[derive(Debug)]
struct Link<'a> {
    href: &'a str,
    has_name: bool,
    text: Cow<'a, str>,
}

impl<'a> Audit<'a> {
    /// The next token; the attributes of a start tag follow one by one.
    pub fn token(&mut self, token: &Token<'a, '_>) {
        match token {
            Token::Start(tag) => self.start(tag),
            Token::End(name) => match name.as_bytes() {
                b"a" => self.end_of_link(),
                b"title" => self.in_title = false,
                b"main" => self.in_main = false,
                _ => {}
            },
            Token::Text(text) => self.text(text),
        }
    }

    /// The next attribute of the tag that was begun.
    pub fn attribute(&mut self, name: &str, value: &str) {
        match name {
            "lang" if !is_language(value) => {
                self.findings.push(Finding::BadLanguage { tag: value.to_owned() });
            }
            // What a link or something inside it says to a screen reader by itself.
            "aria-label" | "aria-labelledby" => {
                if let Some(link) = &mut self.link {
                    link.has_name |= !value.trim().is_empty();
                }
            }
            _ => {}
        }
    }

    /// All findings.
    pub fn finish(mut self) -> Vec<Finding> {
        // A page that leads to another at once is read by nobody.
        if self.leads_away {
            return Vec::new();
        }
        if !self.has_language {
            self.findings.push(Finding::PageWithoutLanguage);
        }
        if !self.has_title {
            self.findings.push(Finding::PageWithoutTitle);
        }
        if self.first_headings != 1 {
            self.findings.push(Finding::FirstHeadings { count: self.first_headings });
        }
        self.findings
    }

    fn start(&mut self, tag: &Tag<'a, '_>) {
        match tag.name.as_bytes() {
            b"html" => self.has_language = tag.attribute("lang").is_some_and(|lang| !lang.trim().is_empty()),
            b"title" => self.in_title = true,
            b"main" => self.in_main = true,
            b"meta" => {
                self.leads_away |=
                    tag.attribute("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("refresh"));
            }
            b"a" => {
                self.link =
                    tag.attribute("href").map(|href| Link { href, has_name: false, text: Cow::Borrowed("") });
            }
            b"img" => self.picture(tag),
            [b'h', level @ b'1'..=b'6'] => self.heading(level - b'0'),
            _ => {}
        }
    }

    fn picture(&mut self, tag: &Tag) {
        match (tag.attribute("alt"), &mut self.link) {
            (Some(alt), Some(link)) => link.has_name |= !alt.trim().is_empty(),
            (Some(_), None) => {}
            (None, _) => {
                let src = tag.attribute("src").unwrap_or_default().to_owned();
                self.findings.push(Finding::PictureWithoutAlt { src });
            }
        }
    }

    fn heading(&mut self, level: u8) {
        // What stands above every page is headed before the page is.
        let is_above_page = self.heading == 0 && level == 2 && !self.in_main;
        if level > self.heading + 1 && !is_above_page {
            self.findings.push(Finding::HeadingSkipped { before: self.heading, level });
        }
        self.first_headings += usize::from(level == 1);
        self.heading = level;
    }

    fn text(&mut self, text: &'a str) {
        if self.in_title {
            self.has_title |= !text.trim().is_empty();
        }
        if let Some(link) = &mut self.link {
            match &mut link.text {
                Cow::Borrowed("") => link.text = Cow::Borrowed(text),
                more => more.to_mut().push_str(text),
            }
        }
        if self.in_main {
            let numbers = personal::numbers(text).into_iter();
            self.findings.extend(
                numbers.map(|number| Finding::PersonalNumber {
                    kind: number.kind,
                    text: number.text.to_owned(),
                }),
            );
        }
    }

    fn end_of_link(&mut self) {
        let Some(link) = self.link.take() else { return };
        let text = link.text.trim();
        if text.is_empty() && !link.has_name {
            self.findings.push(Finding::LinkWithoutText { href: link.href.to_owned() });
        } else if !link.has_name && text.len() <= 20 {
            let said = text.trim_end_matches(['.', '…', '»', '>', ' ', '!']);
            if EMPTY_WORDS.iter().any(|words| words.eq_ignore_ascii_case(said)) {
                self.findings.push(Finding::LinkTextSaysNothing { text: text.to_owned() });
            }
        }
    }
}

/// `hr`, `sr-Cyrl`, `en-GB`; an empty one means “unknown” on a part of a page, and the page's own is looked at apart.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let is_part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    tag.is_empty()
        || ((2..=3).contains(&first.len())
            && first.bytes().all(|byte| byte.is_ascii_alphabetic())
            && parts.all(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit(html: &str) -> Vec<Finding> {
        super::super::read(html).findings
    }

    /// A page around what is tested, with which nothing is wrong.
    fn page(inside: &str) -> String {
        format!("<html lang=\"hr\"><title>Naslov</title><main><h1>Naslov</h1>{inside}</main></html>")
    }

    #[test]
    fn a_good_page_has_no_findings() {
        let html = page(
            "<h2>a</h2><h3>b</h3><h2>c</h2><a href=\"/x/\">Kontakt</a><a href=\"/\"><img src=\"x\" alt=\"Početna\"></a>\
             <a href=\"/\" aria-label=\"Početna\">»</a><a id=\"x\"></a><img src=\"y\" alt=\"\"><i lang=\"sr-Cyrl\">а</i>",
        );
        assert_eq!(audit(&html), []);
    }

    #[test]
    fn each_mistake_is_found() {
        let cases = [
            ("<h3>a</h3>", Finding::HeadingSkipped { before: 1, level: 3 }),
            ("<h1>a</h1>", Finding::FirstHeadings { count: 2 }),
            (
                "<a href=\"/x/\"> <img src=\"x\" alt=\"\"></a>",
                Finding::LinkWithoutText { href: "/x/".to_owned() },
            ),
            ("<a href=\"/x/\"><b>Ovdje</b>!</a>", Finding::LinkTextSaysNothing { text: "Ovdje!".to_owned() }),
            ("<img src=\"x\">", Finding::PictureWithoutAlt { src: "x".to_owned() }),
            ("<i lang=\"hrvatski jezik\">a</i>", Finding::BadLanguage { tag: "hrvatski jezik".to_owned() }),
        ];
        for (html, finding) in cases {
            assert_eq!(audit(&page(html)), [finding], "{html}");
        }
        assert_eq!(
            audit("<html><title> </title><p>a"),
            [Finding::PageWithoutLanguage, Finding::PageWithoutTitle, Finding::FirstHeadings { count: 0 }]
        );
    }

    #[test]
    fn a_page_that_leads_away_is_not_judged() {
        assert_eq!(
            audit("<html><meta http-equiv=\"refresh\" content=\"0; url=/x/\"><a href=\"/x/\"></a>"),
            []
        );
    }

    #[test]
    fn a_number_is_found_in_the_text_and_nowhere_else() {
        let number = "063/123-456";
        assert_eq!(
            audit(&page(&format!("<p>Zovite {number}.")))[0],
            Finding::PersonalNumber { kind: Kind::MobilePhone, text: number.to_owned() }
        );
        assert_eq!(audit(&page(&format!("<i data-x=\"{number}\"></i><!-- {number} -->"))), []);
        assert_eq!(audit(&format!("{}<footer>{number}</footer>", page(""))), []);
    }
}
