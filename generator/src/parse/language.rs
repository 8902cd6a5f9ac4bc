//! Parts of a text in another language than their page (WCAG 3.1.2): `[Guten Tag](lang:de)` for words, and for
//! paragraphs a line `::: lang de` before them and `:::` behind.

use std::ops::Range;

use icu_locale_core::LanguageIdentifier;
use pulldown_cmark::{Event, Tag, TagEnd};

use super::body::SlotUse;
use super::markdown::{DIRECTIVE, RETENTION, Spanned, Writer};
use super::problems::MarkdownMistake;
use crate::html::escaped;

/// Of a target that names a language.
pub(super) const SCHEME: &str = "lang";

/// Languages with two letters (ISO 639-1).
const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it \
    iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd \
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st \
    su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Codes of three letters for languages of the region that have two, which BCP 47 asks for.
const HAVE_TWO: &[&str] =
    &["hrv", "bos", "srp", "slv", "eng", "deu", "ger", "ita", "fra", "fre", "spa", "hun", "mkd", "sqi"];

/// The tag as HTML wants it, or none for what is no language.
fn checked(written: &str) -> Option<String> {
    let tag: LanguageIdentifier = written.parse().ok()?;
    let language = tag.language.as_str();
    let is_known = match language.len() {
        2 => TWO_LETTERS.split_ascii_whitespace().any(|known| known == language),
        3 => language != "und" && !HAVE_TWO.contains(&language),
        _ => false,
    };
    is_known.then(|| tag.to_string())
}

impl<'a> Writer<'a> {
    /// The tag of a language as HTML has it; one that is none is a problem.
    pub(super) fn language(&mut self, written: &str, range: Range<usize>) -> String {
        checked(written).unwrap_or_else(|| {
            self.problem(range, MarkdownMistake::UnknownLanguage(written.to_owned()));
            String::new()
        })
    }

    /// Whether a paragraph that begins with this may be, or end, a directive.
    pub(super) fn may_be_directive(&self, first: Option<&Spanned<'a>>) -> bool {
        self.block.is_some() || matches!(first, Some((Event::Text(text), _)) if text.starts_with(DIRECTIVE))
    }

    /// A paragraph that begins with a directive, or stands in a block in another language, which one of its lines may
    /// end.
    pub(super) fn directive(&mut self, inside: Vec<Spanned<'a>>, range: Range<usize>) {
        if let [(Event::Text(text), _)] = inside.as_slice() {
            let text = text.trim_end();
            if text == RETENTION {
                let table = self.slot(SlotUse::Retention, "", range);
                return self.html(table);
            }
            let ends_nothing = text == DIRECTIVE && self.block.is_none();
            let is_directive = text.strip_prefix(DIRECTIVE).is_some_and(|rest| rest.starts_with(' '));
            if self.depth == 0 && (ends_nothing || is_directive && opened(text).is_none()) {
                self.problem(range.clone(), MarkdownMistake::UnknownDirective(text.to_owned()));
            }
        }
        let mut paragraph: Vec<Spanned> = Vec::with_capacity(inside.len());
        let mut open_inside = 0_usize;
        let mut events = inside.into_iter().peekable();
        while let Some((event, place)) = events.next() {
            let begins = paragraph.last().is_none_or(|(event, _)| is_break(event));
            let is_line = begins && events.peek().is_none_or(|(event, _)| is_break(event));
            let directive = match &event {
                Event::Text(text) if self.depth == 0 && open_inside == 0 && is_line => text.trim_end(),
                _ => "",
            };
            if let Some(tag) = opened(directive) {
                self.paragraph(std::mem::take(&mut paragraph));
                self.end_block();
                let language = self.language(&tag, place.clone());
                self.html(format!("<div lang=\"{}\">\n", escaped(&language)));
                self.block = Some(place);
                events.next();
            } else if directive == DIRECTIVE && self.block.take().is_some() {
                self.paragraph(std::mem::take(&mut paragraph));
                self.html("</div>\n");
                events.next();
            } else {
                match event {
                    Event::Start(_) => open_inside += 1,
                    Event::End(_) => open_inside = open_inside.saturating_sub(1),
                    _ => {}
                }
                paragraph.push((event, place));
            }
        }
        self.paragraph(paragraph);
    }

    fn paragraph(&mut self, mut inside: Vec<Spanned<'a>>) {
        if inside.last().is_some_and(|(event, _)| is_break(event)) {
            inside.pop();
        }
        if !inside.is_empty() {
            self.out.push(Event::Start(Tag::Paragraph));
            self.write(inside);
            self.out.push(Event::End(TagEnd::Paragraph));
        }
    }

    /// Ends a block that nobody ended.
    pub(super) fn end_block(&mut self) {
        if let Some(begun) = self.block.take() {
            self.problem(begun, MarkdownMistake::LanguageBlockOpen);
            self.html("</div>\n");
        }
    }
}

/// `::: lang de` → `de`
fn opened(line: &str) -> Option<String> {
    let (word, tag) = line.strip_prefix(DIRECTIVE)?.trim_start().split_once(char::is_whitespace)?;
    (word == SCHEME).then(|| tag.trim().to_owned())
}

fn is_break(event: &Event) -> bool {
    matches!(event, Event::SoftBreak | Event::HardBreak)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_of_languages_are_languages() {
        for (written, tag) in [
            ("de", "de"),
            ("de-at", "de-AT"),
            ("sr-cyrl", "sr-Cyrl"),
            ("rmn", "rmn"),
            ("zh-hant-tw", "zh-Hant-TW"),
        ] {
            assert_eq!(checked(written).as_deref(), Some(tag));
        }
        for written in [
            "",
            "ge",
            "cz",
            "hrv",
            "deutsch",
            "d",
            "und",
            "de-",
            "de_",
            "de at",
            "x-de",
            "\"",
            "en-toolongsubtag",
        ] {
            assert_eq!(checked(written), None, "{written}");
        }
    }
}
