//! News as Atom (RFC 4287) and JSON Feed 1.1, one of each per language.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::json;

use super::{Failed, body};
use crate::diagnostic::{Diagnostic, Place};
use crate::parse::Kind;
use crate::site::{PageId, Site};
use crate::source::Sources;

/// Articles in a feed.
const LENGTH: usize = 20;

/// The articles of a language's feeds.
pub(super) fn newest(site: &Site, language: &str) -> Vec<PageId> {
    let mut articles: Vec<PageId> = (0..site.pages.len())
        .filter(|id| {
            let document = site.document(*id);
            document.kind == Kind::Article && document.language == language
        })
        .collect();
    articles.sort_by(|one, other| {
        let key = |id: &PageId| (site.document(*id).front.date, &site.pages[*id].url);
        key(other).cmp(&key(one))
    });
    articles.truncate(LENGTH);
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

pub(super) fn atom(site: &Site, sources: &Sources, language: &str) -> Result<Vec<u8>, Failed> {
    let articles = with_texts(site, sources, language)?;
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    write_atom(&mut writer, site, &articles, language).map_err(|error| failed("atom.xml", &error))?;
    Ok(writer.into_inner())
}

fn write_atom(
    writer: &mut Writer<Vec<u8>>,
    site: &Site,
    articles: &[(PageId, String)],
    language: &str,
) -> std::io::Result<()> {
    let base = &site.request.base_url;
    let home = format!("{base}{}", site.config.home(language));
    let own = format!("{home}atom.xml");
    let title = site.config.text(&site.config.title, language);
    let updated = articles
        .iter()
        .map(|(id, _)| moment(site, *id, true))
        .max()
        .unwrap_or_else(|| jiff::Timestamp::UNIX_EPOCH.to_string());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("feed")
        .with_attribute(("xmlns", "http://www.w3.org/2005/Atom"))
        .with_attribute(("xml:lang", language))
        .write_inner_content(|writer| {
            text(writer, "title", title)?;
            text(writer, "id", &own)?;
            text(writer, "updated", &updated)?;
            link(writer, "self", "application/atom+xml", &own)?;
            link(writer, "alternate", "text/html", &home)?;
            writer.create_element("author").write_inner_content(|writer| text(writer, "name", title))?;
            for (id, content) in articles {
                let document = site.document(*id);
                let url = format!("{base}{}", site.pages[*id].url);
                writer.create_element("entry").write_inner_content(|writer| {
                    text(writer, "title", &document.front.title)?;
                    text(writer, "id", &url)?;
                    text(writer, "published", &moment(site, *id, false))?;
                    text(writer, "updated", &moment(site, *id, true))?;
                    link(writer, "alternate", "text/html", &url)?;
                    if !document.front.description.is_empty() {
                        text(writer, "summary", &document.front.description)?;
                    }
                    writer
                        .create_element("content")
                        .with_attribute(("type", "html"))
                        .write_text_content(BytesText::new(content))?;
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
