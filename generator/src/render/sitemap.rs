//! `sitemap.xml` with language alternates (sitemaps.org 0.9, xhtml:link) and `robots.txt` (RFC 9309).

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::feeds;
use crate::diagnostic::Diagnostic;
use crate::site::{FormPart, Site};

/// One address and the same page in other languages.
struct Entry {
    url: String,
    updated: Option<String>,
    alternates: Vec<(String, String)>,
}

pub(super) fn sitemap(site: &Site) -> Result<Vec<u8>, Diagnostic> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    write(&mut writer, site).map_err(|error| feeds::failed("sitemap.xml", &error))?;
    Ok(writer.into_inner())
}

fn write(writer: &mut Writer<Vec<u8>>, site: &Site) -> std::io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("urlset")
        .with_attribute(("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9"))
        .with_attribute(("xmlns:xhtml", "http://www.w3.org/1999/xhtml"))
        .write_inner_content(|writer| {
            for entry in entries(site) {
                writer.create_element("url").write_inner_content(|writer| {
                    writer.create_element("loc").write_text_content(BytesText::new(&entry.url))?;
                    if let Some(updated) = &entry.updated {
                        writer.create_element("lastmod").write_text_content(BytesText::new(updated))?;
                    }
                    if entry.alternates.len() > 1 {
                        for (language, url) in &entry.alternates {
                            writer
                                .create_element("xhtml:link")
                                .with_attribute(("rel", "alternate"))
                                .with_attribute(("hreflang", language.as_str()))
                                .with_attribute(("href", url.as_str()))
                                .write_empty()?;
                        }
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })?;
    Ok(())
}

fn entries(site: &Site) -> Vec<Entry> {
    let base = &site.request.base_url;
    let absolute = |path: &str| format!("{base}{path}");
    let mut entries: Vec<Entry> = site
        .pages
        .iter()
        .map(|page| {
            let front = &site.documents[page.document].front;
            Entry {
                url: absolute(&page.url),
                updated: front.updated.or(front.date).map(|moment| moment.day.to_string()),
                alternates: page
                    .translations
                    .iter()
                    .map(|id| (site.document(*id).language.clone(), absolute(&site.pages[*id].url)))
                    .collect(),
            }
        })
        .collect();
    let mut add = |url_in: &dyn Fn(&str) -> String| {
        let alternates: Vec<(String, String)> = site
            .config
            .languages
            .iter()
            .map(|language| (language.code.clone(), absolute(&url_in(&language.code))))
            .collect();
        for (_, url) in &alternates {
            entries.push(Entry { url: url.clone(), updated: None, alternates: alternates.clone() });
        }
    };
    for form in &site.definitions.forms {
        add(&|language| site.form_url(form.id(), language));
        let mut part = |part: &FormPart| add(&|language| site.form_part_url(form.id(), language, part));
        part(&FormPart::Paper);
        for stop in form.need_check().into_iter().flat_map(|need| need.stops()) {
            part(&FormPart::Need(stop.to_owned()));
        }
    }
    for card in site.definitions.cards.0.keys() {
        add(&|language| site.procedure_url(card, language));
    }
    for taxonomy in &site.taxonomies {
        entries.push(Entry { url: absolute(&taxonomy.url), updated: None, alternates: Vec::new() });
        for term in &taxonomy.terms {
            entries.push(Entry { url: absolute(&term.url), updated: None, alternates: Vec::new() });
        }
    }
    for (id, section) in &site.sections {
        let periods = section.archive.iter().flat_map(|archive| {
            archive.periods().map(|period| absolute(&site.archive_url(*id, archive, period)))
        });
        entries.extend(periods.map(|url| Entry { url, updated: None, alternates: Vec::new() }));
    }
    entries.sort_by(|one, other| one.url.cmp(&other.url));
    entries
}

pub(super) fn robots(site: &Site) -> String {
    format!("User-agent: *\nDisallow: /usluge/\n\nSitemap: {}/sitemap.xml\n", site.request.base_url)
}
