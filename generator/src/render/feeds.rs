//! News as Atom (RFC 4287) and JSON Feed 1.1: one of each per language with all texts, and Atom for every section and
//! term with summaries.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::json;
use tera::{Map, Value};

use super::item::summary;
use super::object::{list, object};
use super::{Failed, body, jobs};
use crate::diagnostic::{Diagnostic, Place};
use crate::parse::Kind;
use crate::site::{PageId, Site, Term};
use crate::source::Sources;

/// The articles of a language's feeds.
pub(super) fn newest(site: &Site, language: &str) -> Vec<PageId> {
    let of_language = (0..site.pages.len()).filter(|id| site.document(*id).language == language);
    newest_of(site, of_language)
}

/// The newest articles of a list, in whatever order it has them.
pub(super) fn newest_of(site: &Site, pages: impl Iterator<Item = PageId>) -> Vec<PageId> {
    let mut articles: Vec<PageId> = pages.filter(|id| site.document(*id).kind == Kind::Article).collect();
    let key = |id: &PageId| (site.document(*id).front.date, site.pages[*id].url.as_str());
    let newer = |one: &PageId, other: &PageId| key(other).cmp(&key(one));
    let length = site.config.lists.feed;
    if articles.len() > length {
        articles.select_nth_unstable_by(length, newer);
        articles.truncate(length);
    }
    articles.sort_unstable_by(newer);
    articles
}

fn moment(site: &Site, id: PageId, updated: bool) -> String {
    let front = &site.document(id).front;
    let moment = if updated { front.updated.or(front.date) } else { front.date };
    moment.map_or_else(|| jiff::Timestamp::UNIX_EPOCH.to_string(), |moment| moment.instant.to_string())
}

pub(super) fn failed(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        "output-failed",
        Place::file(crate::config::FILE),
        format!("{name} se ne može napisati: {error}"),
        format!("{name} cannot be written: {error}"),
    )
}

/// The newest articles with their texts as HTML that is right wherever it is read.
fn with_texts(site: &Site, sources: &Sources, language: &str) -> Result<Vec<(PageId, String)>, Failed> {
    newest(site, language)
        .into_iter()
        .map(|id| {
            let document = site.document(id);
            let (body, _) = site.body(document)?;
            Ok((id, body::html(site, sources, document, &body, &site.request.base_url)))
        })
        .collect()
}

/// An Atom feed before it is written.
struct Feed<'a> {
    title: &'a str,
    language: &'a str,
    /// Its own absolute URL.
    own: String,
    /// That of the page that it follows.
    page: String,
}

pub(super) fn atom(site: &Site, sources: &Sources, language: &str) -> Result<Vec<u8>, Failed> {
    let articles: Vec<(PageId, Option<String>)> =
        with_texts(site, sources, language)?.into_iter().map(|(id, content)| (id, Some(content))).collect();
    let page = format!("{}{}", site.request.base_url, site.config.home(language));
    let title = site.config.text(&site.config.title, language);
    Ok(written(site, &Feed { title, language, own: jobs::feed_url(&page), page }, &articles)?)
}

/// The feed of a section: the newest articles, with summaries only. The feed of the site has the texts.
pub(super) fn section(site: &Site, id: PageId) -> Result<Vec<u8>, Diagnostic> {
    let document = site.document(id);
    let pages = site.sections.get(&id).map(|section| section.pages.as_slice()).unwrap_or_default();
    of_list(site, &document.language, &document.front.title, &site.pages[id].url, pages)
}

/// The feed of a category, a tag or a series.
pub(super) fn term(site: &Site, taxonomy: usize, term: usize) -> Result<Vec<u8>, Diagnostic> {
    let taxonomy = &site.taxonomies[taxonomy];
    let term = &taxonomy.terms[term];
    of_list(site, &taxonomy.language, &term.name, &term.url, &term.pages)
}

fn of_list(
    site: &Site,
    language: &str,
    name: &str,
    url: &str,
    pages: &[PageId],
) -> Result<Vec<u8>, Diagnostic> {
    let articles: Vec<(PageId, Option<String>)> =
        newest_of(site, pages.iter().copied()).into_iter().map(|id| (id, None)).collect();
    let page = format!("{}{url}", site.request.base_url);
    let title = title_of_list(site, language, name);
    written(site, &Feed { title: &title, language, own: jobs::feed_url(&page), page }, &articles)
}

fn title_of_list(site: &Site, language: &str, name: &str) -> String {
    format!("{name} – {}", site.config.text(&site.config.title, language))
}

/// What the head of a section's pages says of its feed; an empty list where it has none.
pub(super) fn of_section(site: &Site, id: PageId) -> Value {
    let section = site.sections.get(&id).filter(|section| jobs::has_feed(site, section));
    let document = site.document(id);
    let found = section.map(|_| value(site, &document.language, &document.front.title, &site.pages[id].url));
    list(found)
}

/// The same for a term.
pub(super) fn of_term(site: &Site, language: &str, term: &Term) -> Value {
    let has_feed = site.config.feeds.terms;
    list(has_feed.then(|| value(site, language, &term.name, &term.url)))
}

fn value(site: &Site, language: &str, name: &str, url: &str) -> Map {
    object([
        ("type", super::object::text("application/atom+xml")),
        ("url", super::object::text(jobs::feed_url(url))),
        ("title", super::object::text(title_of_list(site, language, name))),
    ])
}

fn written(site: &Site, feed: &Feed, articles: &[(PageId, Option<String>)]) -> Result<Vec<u8>, Diagnostic> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    write_atom(&mut writer, site, feed, articles).map_err(|error| failed("atom.xml", &error))?;
    Ok(writer.into_inner())
}

fn write_atom(
    writer: &mut Writer<Vec<u8>>,
    site: &Site,
    feed: &Feed,
    articles: &[(PageId, Option<String>)],
) -> std::io::Result<()> {
    let base = &site.request.base_url;
    let author = site.config.text(&site.config.title, feed.language);
    let updated = articles
        .iter()
        .map(|(id, _)| moment(site, *id, true))
        .max()
        .unwrap_or_else(|| jiff::Timestamp::UNIX_EPOCH.to_string());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("feed")
        .with_attribute(("xmlns", "http://www.w3.org/2005/Atom"))
        .with_attribute(("xml:lang", feed.language))
        .write_inner_content(|writer| {
            text(writer, "title", feed.title)?;
            text(writer, "id", &feed.own)?;
            text(writer, "updated", &updated)?;
            link(writer, "self", "application/atom+xml", &feed.own)?;
            link(writer, "alternate", "text/html", &feed.page)?;
            writer.create_element("author").write_inner_content(|writer| text(writer, "name", author))?;
            for (id, content) in articles {
                let document = site.document(*id);
                let url = format!("{base}{}", site.pages[*id].url);
                let summary = match content {
                    Some(_) => Cow::Borrowed(document.front.description.as_str()),
                    None => summary(document),
                };
                writer.create_element("entry").write_inner_content(|writer| {
                    text(writer, "title", &document.front.title)?;
                    text(writer, "id", &url)?;
                    text(writer, "published", &moment(site, *id, false))?;
                    text(writer, "updated", &moment(site, *id, true))?;
                    link(writer, "alternate", "text/html", &url)?;
                    if !summary.is_empty() {
                        text(writer, "summary", &summary)?;
                    }
                    if let Some(content) = content {
                        writer
                            .create_element("content")
                            .with_attribute(("type", "html"))
                            .write_text_content(BytesText::new(content))?;
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })?;
    Ok(())
}

fn text(writer: &mut Writer<Vec<u8>>, name: &str, value: &str) -> std::io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(value))?;
    Ok(())
}

fn link(writer: &mut Writer<Vec<u8>>, rel: &str, kind: &str, href: &str) -> std::io::Result<()> {
    writer
        .create_element("link")
        .with_attribute(("rel", rel))
        .with_attribute(("type", kind))
        .with_attribute(("href", href))
        .write_empty()?;
    Ok(())
}

pub(super) fn json(site: &Site, sources: &Sources, language: &str) -> Result<Vec<u8>, Failed> {
    let base = &site.request.base_url;
    let home = format!("{base}{}", site.config.home(language));
    let items: Vec<serde_json::Value> = with_texts(site, sources, language)?
        .into_iter()
        .map(|(id, content)| {
            let document = site.document(id);
            let url = format!("{base}{}", site.pages[id].url);
            json!({
                "id": url,
                "url": url,
                "title": document.front.title,
                "summary": document.front.description,
                "content_html": content,
                "date_published": moment(site, id, false),
                "date_modified": moment(site, id, true),
            })
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.config.text(&site.config.title, language),
        "home_page_url": home,
        "feed_url": format!("{home}feed.json"),
        "language": language,
        "items": items,
    });
    serde_json::to_vec_pretty(&feed)
        .map_err(|error| failed("feed.json", &std::io::Error::other(error)).into())
}
