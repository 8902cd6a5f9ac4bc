//! Markdown to HTML with open slots where the site has to be known: links and pictures.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use memchr::{memchr, memchr_iter};
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use super::body::{Body, Labels, Slot, SlotUse, TocEntry};
use super::download;
use super::footnotes::Notes;
use super::plain::{first_paragraph, plain, words};
use super::problems::{MarkdownMistake, MarkdownProblem};
use super::target::{Target, as_understood, classify};
use crate::html::{escaped, escaped_url};
use crate::site::slug::slugify;

/// A paragraph that stands for the table of retention periods.
pub(super) const RETENTION: &str = "::: cuvanje";

/// What a paragraph begins with that stands for something else than its words.
pub(super) const DIRECTIVE: &str = ":::";

/// Stands before and after a slot's number; CommonMark lets no NUL through.
const MARK: u8 = b'\0';

/// Running text has fewer events; only tables have more.
const BYTES_PER_EVENT: usize = 12;

/// An event and the bytes that wrote it.
pub(super) type Spanned<'a> = (Event<'a>, Range<usize>);

/// CommonMark and what GFM adds to it, but for its links without brackets.
pub(super) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_STRIKETHROUGH);

/// The first paragraph as plain text.
pub(super) fn first_paragraph_of(markdown: &str) -> String {
    first_paragraph(Parser::new_ext(markdown, OPTIONS))
}

/// Renders a text.
pub(super) fn render(markdown: &str, raw_html: bool, labels: &Labels) -> (Body, Vec<MarkdownProblem>) {
    let clean;
    let markdown = if memchr(MARK, markdown.as_bytes()).is_some() {
        clean = markdown.replace(char::from(MARK), " ");
        clean.as_str()
    } else {
        markdown
    };
    let mut events: Vec<Spanned> = Vec::with_capacity(markdown.len() / BYTES_PER_EVENT);
    events.extend(Parser::new_ext(markdown, OPTIONS).into_offset_iter());
    let mut writer = Writer {
        length: markdown.len(),
        labels,
        raw_html,
        body: Body::default(),
        problems: Vec::new(),
        used_ids: HashMap::new(),
        notes: Notes::default(),
        depth: 0,
        block: None,
        open_links: Vec::new(),
        // What headings, links and tables get besides.
        out: Vec::with_capacity(events.len() + events.len() / 4 + 16),
    };
    writer.body.words = words(&events);
    writer.write(events);
    writer.finish()
}

pub(super) struct Writer<'a> {
    /// Bytes of the text.
    length: usize,
    pub(super) labels: &'a Labels,
    raw_html: bool,
    body: Body,
    problems: Vec<MarkdownProblem>,
    used_ids: HashMap<String, usize>,
    pub(super) notes: Notes<'a>,
    /// Lists, quotations and notes that are open.
    pub(super) depth: usize,
    /// Where the block in another language that is open was begun.
    pub(super) block: Option<Range<usize>>,
    /// How each link that is open ends.
    open_links: Vec<&'static str>,
    pub(super) out: Vec<Event<'a>>,
}

impl<'a> Writer<'a> {
    pub(super) fn write(&mut self, events: Vec<Spanned<'a>>) {
        let mut events = events.into_iter().peekable();
        while let Some((event, range)) = events.next() {
            match event {
                Event::Start(Tag::Paragraph)
                    if matches!(events.peek(), Some((Event::Start(Tag::Image { .. }), _))) =>
                {
                    let paragraph: Vec<Spanned> = take_until(&mut events, &TagEnd::Paragraph);
                    self.paragraph_with_picture(paragraph);
                }
                Event::Start(Tag::Paragraph) if self.may_be_directive(events.peek()) => {
                    let inside: Vec<Spanned> = take_until(&mut events, &TagEnd::Paragraph);
                    self.directive(inside, range);
                }
                Event::Start(Tag::Heading { level, .. }) => {
                    let inside = take_until(&mut events, &TagEnd::Heading(level));
                    self.heading(level, inside, range);
                }
                Event::Start(Tag::Image { dest_url, title, .. }) => {
                    let inside = take_until(&mut events, &TagEnd::Image);
                    let picture = self.picture(&dest_url, &title, &inside, range);
                    self.html(picture);
                }
                Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                    if matches!(events.peek(), Some((Event::End(TagEnd::Link), _))) {
                        self.problem(range.clone(), MarkdownMistake::EmptyLink);
                    }
                    match download::extension(&dest_url) {
                        Some(extension) => {
                            let inside = take_until(&mut events, &TagEnd::Link);
                            self.link(link_type, &dest_url, &title, range.clone());
                            self.download(extension, inside, &dest_url, range);
                        }
                        None => self.link(link_type, &dest_url, &title, range),
                    }
                }
                Event::End(TagEnd::Link) => self.end_link(),
                Event::Start(Tag::Table(alignment)) => {
                    let label = escaped(&self.labels.table);
                    self.html(format!(
                        r#"<div class="table" role="region" aria-label="{label}" tabindex="0">"#
                    ));
                    self.out.push(Event::Start(Tag::Table(alignment)));
                }
                Event::End(TagEnd::Table) => {
                    self.out.push(Event::End(TagEnd::Table));
                    self.html("</div>");
                }
                Event::TaskListMarker(done) => {
                    let (sign, label) =
                        if done { ("☑", &self.labels.task_done) } else { ("☐", &self.labels.task_open) };
                    let label = escaped(label);
                    self.html(format!(
                        r#"<span class="task" role="img" aria-label="{label}">{sign}</span> "#
                    ));
                }
                Event::FootnoteReference(name) => {
                    let number = self.notes.number(&name);
                    let count = self.notes.references.entry(number).or_insert(0);
                    *count += 1;
                    let suffix = if *count == 1 { String::new() } else { format!("-{count}") };
                    self.html(format!(
                        r##"<sup class="footnote-reference"><a id="fnref-{number}{suffix}" href="#fn-{number}">{number}</a></sup>"##
                    ));
                }
                Event::Start(Tag::FootnoteDefinition(name)) => {
                    let inside = take_until(&mut events, &TagEnd::FootnoteDefinition);
                    self.notes.texts.push((name.into_string(), inside));
                }
                Event::Start(Tag::HtmlBlock) => {
                    let inside = take_until(&mut events, &TagEnd::HtmlBlock);
                    let text: String = inside.into_iter().map(|(event, _)| raw_text(event)).collect();
                    self.raw_html(CowStr::from(text), range);
                }
                Event::Html(text) | Event::InlineHtml(text) => self.raw_html(text, range),
                Event::Start(tag @ (Tag::List(_) | Tag::BlockQuote(_))) => {
                    self.depth += 1;
                    self.out.push(Event::Start(tag));
                }
                Event::End(tag @ (TagEnd::List(_) | TagEnd::BlockQuote(_))) => {
                    self.depth -= 1;
                    self.out.push(Event::End(tag));
                }
                other => self.out.push(other),
            }
        }
    }

    fn finish(mut self) -> (Body, Vec<MarkdownProblem>) {
        self.end_block();
        // A block does not begin in a note.
        self.depth = 1;
        self.write_notes();
        let mut html = String::with_capacity(self.length + self.length / 4);
        html::push_html(&mut html, self.out.into_iter());
        // Cut the marks out; what is left between them is the HTML, where they stood are the slots.
        let mut marks = memchr_iter(MARK, html.as_bytes());
        let mut clean = String::with_capacity(html.len());
        let mut at = 0;
        while let (Some(begin), Some(end)) = (marks.next(), marks.next()) {
            clean.push_str(&html[at..begin]);
            let number = html[begin + 1..end].parse().ok();
            if let Some(slot) = number.and_then(|number: usize| self.body.slots.get_mut(number)) {
                slot.at = clean.len();
            }
            at = end + 1;
        }
        clean.push_str(&html[at..]);
        self.body.slots.sort_by_key(|slot| slot.at);
        self.body.html = clean;
        (self.body, self.problems)
    }

    /// A comment is the editor's own and goes; anything else needs the site's permission.
    fn raw_html(&mut self, text: CowStr<'a>, range: Range<usize>) {
        if self.raw_html {
            self.out.push(Event::Html(text));
            return;
        }
        let trimmed = text.trim();
        let inside = trimmed.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
        if inside.is_none_or(|inside| inside.contains("-->")) {
            self.problem(range, MarkdownMistake::RawHtml);
        }
    }

    pub(super) fn html(&mut self, text: impl Into<CowStr<'a>>) {
        self.out.push(Event::InlineHtml(text.into()));
    }

    pub(super) fn problem(&mut self, range: Range<usize>, what: MarkdownMistake) {
        self.problems.push(MarkdownProblem { range, what });
    }

    pub(super) fn slot(&mut self, usage: SlotUse, target: &str, range: Range<usize>) -> String {
        let number = self.body.slots.len();
        self.body.slots.push(Slot { at: 0, usage, target: target.to_owned(), range });
        format!("\0{number}\0")
    }

    fn heading(&mut self, level: HeadingLevel, inside: Vec<Spanned<'a>>, range: Range<usize>) {
        if level == HeadingLevel::H1 {
            self.problem(range, MarkdownMistake::FirstLevelHeading);
        }
        let title = plain(&inside);
        let wanted = slugify(&title);
        let wanted = if wanted.is_empty() { "odlomak".to_owned() } else { wanted };
        let mut id = wanted.clone();
        // Counting per text keeps a page of a thousand equal headings quick.
        while let Some(count) = self.used_ids.get_mut(&id) {
            *count += 1;
            id = format!("{wanted}-{count}");
        }
        self.used_ids.insert(id.clone(), 1);
        let number = level as u8;
        if matches!(level, HeadingLevel::H2 | HeadingLevel::H3) {
            self.body.toc.push(TocEntry { id: id.clone(), title, level: number });
        }
        self.html(format!(r#"<h{number} id="{}">"#, escaped(&id)));
        self.write(inside);
        self.html(format!("</h{number}>\n"));
    }

    fn link(&mut self, link_type: LinkType, url: &str, title: &str, range: Range<usize>) {
        let target = if link_type == LinkType::Email { Target::External } else { classify(url) };
        if let Target::Language(tag) = target {
            let language = self.language(&tag, range);
            self.open_links.push("</span>");
            return self.html(format!(r#"<span lang="{}">"#, escaped(&language)));
        }
        self.open_links.push("</a>");
        let mut tag = String::with_capacity(2 * url.len() + 32);
        tag.push_str("<a");
        // Writing to a String does not fail.
        let _ = match target {
            Target::Internal => tag.write_str(&self.slot(SlotUse::Link, url, range)),
            Target::External if link_type == LinkType::Email => {
                write!(tag, r#" href="mailto:{}""#, escaped_url(url))
            }
            Target::External | Target::Fragment => {
                write!(tag, r#" href="{}""#, escaped_url(&as_understood(url)))
            }
            Target::Dangerous(scheme) => {
                self.problem(range, MarkdownMistake::DangerousScheme(scheme));
                Ok(())
            }
            Target::Language(_) => Ok(()),
        };
        if !title.is_empty() {
            let _ = write!(tag, r#" title="{}""#, escaped(title));
        }
        tag.push('>');
        self.html(tag);
    }

    pub(super) fn end_link(&mut self) {
        let end = self.open_links.pop().unwrap_or_default();
        self.html(end);
    }

    fn picture(&mut self, url: &str, title: &str, inside: &[Spanned], range: Range<usize>) -> String {
        let alt = plain(inside);
        if alt.trim().is_empty() {
            self.problem(range.clone(), MarkdownMistake::PictureWithoutAlt);
        }
        // Pictures of other hosts would tell them who reads: they are unknown targets like any wrong path.
        let attributes = self.slot(SlotUse::Picture, url, range);
        let mut tag = format!(r#"<img {attributes} alt="{}" loading="lazy""#, escaped(alt.trim()));
        if !title.is_empty() {
            let _ = write!(tag, r#" title="{}""#, escaped(title));
        }
        tag.push('>');
        tag
    }

    /// A picture that is a paragraph of its own becomes a figure, its title the caption.
    fn paragraph_with_picture(&mut self, paragraph: Vec<Spanned<'a>>) {
        let alone = matches!(paragraph.last(), Some((Event::End(TagEnd::Image), _)))
            && paragraph.iter().filter(|(event, _)| matches!(event, Event::Start(Tag::Image { .. }))).count()
                == 1;
        if !alone {
            self.out.push(Event::Start(Tag::Paragraph));
            self.write(paragraph);
            self.out.push(Event::End(TagEnd::Paragraph));
            return;
        }
        let mut events = paragraph.into_iter();
        let Some((Event::Start(Tag::Image { dest_url, title, .. }), range)) = events.next() else { return };
        let inside: Vec<Spanned> = events.collect();
        let picture = self.picture(&dest_url, "", &inside, range);
        let caption = if title.is_empty() {
            String::new()
        } else {
            format!("<figcaption>{}</figcaption>", escaped(&title))
        };
        self.html(format!("<figure>{picture}{caption}</figure>\n"));
    }
}

fn raw_text(event: Event<'_>) -> String {
    match event {
        Event::Html(text) | Event::InlineHtml(text) | Event::Text(text) => text.into_string(),
        _ => String::new(),
    }
}

/// The events up to the end of the element that was just opened; the end itself is consumed, and kept only
/// inside nested elements of the same kind.
fn take_until<'a>(
    events: &mut std::iter::Peekable<std::vec::IntoIter<Spanned<'a>>>,
    end: &TagEnd,
) -> Vec<Spanned<'a>> {
    let mut depth = 0usize;
    let mut inside = Vec::new();
    for (event, range) in events.by_ref() {
        match &event {
            Event::Start(tag) if tag.to_end() == *end => depth += 1,
            Event::End(tag) if tag == end => {
                if depth == 0 {
                    break;
                }
                depth -= 1;
            }
            _ => {}
        }
        inside.push((event, range));
    }
    inside
}
