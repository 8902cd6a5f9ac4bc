//! A document's text with its links and pictures filled in.

use std::fmt::Write;

use crate::cache::{Read, record};
use crate::html::{escaped, escaped_url};
use crate::parse::download::{Told, extension};
use crate::parse::{Body, Document, SlotUse};
use crate::site::{LinkError, PageId, Site, links::Resolved};
use crate::source::Sources;

/// The HTML of a document. `prefix` stands before every path (feeds need absolute URLs).
pub fn html(site: &Site, sources: &Sources, document: &Document, body: &Body, prefix: &str) -> String {
    let mut out = String::with_capacity(body.html.len() + body.slots.len() * 96);
    let mut from = 0;
    for slot in &body.slots {
        out.push_str(&body.html[from..slot.at]);
        from = slot.at;
        if slot.usage == SlotUse::Retention {
            let table = site
                .catalogues
                .get(&document.language)
                .map(|strings| site.definitions.retention.notice(&document.language, strings).into_string());
            out.push_str(&table.unwrap_or_default());
            continue;
        }
        // What leads nowhere was reported with its place when the site was built; what is not published now leaves
        // its words.
        let Ok(resolved) = resolve(site, document, &slot.target) else { continue };
        let url = format!("{prefix}{}", escaped_url(&resolved.url));
        match slot.usage {
            SlotUse::Link => {
                // Writing to a String does not fail.
                let _ = write!(out, r#" href="{url}""#);
            }
            SlotUse::Retention => {}
            SlotUse::Download(told) => out.push_str(&download(site, document, &resolved, told)),
            SlotUse::Picture => {
                // Writing to a String does not fail.
                let _ = write!(out, r#"src="{url}""#);
                if let Some((width, height)) = resolved.asset.and_then(|asset| size(site, sources, asset)) {
                    let _ = write!(out, r#" width="{width}" height="{height}""#);
                }
            }
        }
    }
    out.push_str(&body.html[from..]);
    out
}

/// ` (PDF, 1,2 MB)` at the end of a link to a file, as far as its words do not say so.
fn download(site: &Site, document: &Document, resolved: &Resolved, told: Told) -> String {
    let Some(asset) = resolved.asset.and_then(|asset| site.assets.get(asset)) else { return String::new() };
    let kind = extension(&asset.url).filter(|_| !told.kind).map(str::to_uppercase);
    let locale = site.locales.get(&document.language).filter(|_| told.size.is_none());
    let parts: Vec<String> =
        kind.into_iter().chain(locale.map(|locale| locale.size(asset.size_bytes))).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// Resolves a link of a document for the output that is being made.
pub(super) fn resolve(site: &Site, document: &Document, target: &str) -> Result<Resolved, LinkError> {
    let resolved = site.resolve_from(document, target);
    // A path of the site is taken as it is written; only of files it is said what they are.
    let is_file = resolved.as_ref().is_ok_and(|resolved| resolved.asset.is_some());
    if is_file || !target.starts_with('/') {
        record(Read::Link {
            folder: document.folder().to_owned(),
            language: document.language.clone(),
            target: target.to_owned(),
        });
    }
    resolved
}

/// Width and height in pixels, from the picture's header.
pub fn size(site: &Site, sources: &Sources, asset: usize) -> Option<(usize, usize)> {
    let (width, height) = sources.assets.get(site.assets.get(asset)?.file)?.facts.pixels?;
    Some((usize::try_from(width).ok()?, usize::try_from(height).ok()?))
}

/// The page at an old address.
pub fn redirect(site: &Site, to: PageId) -> String {
    let document = site.document(to);
    let language = &document.language;
    let path = escaped_url(&site.pages[to].url);
    let absolute = format!("{}{path}", escaped(&site.request.base_url));
    let title = escaped(&document.front.title);
    let moved = match site.catalogues.get(language) {
        Some(strings) => escaped(&strings.text("content.redirect", &[])),
        None => String::new(),
    };
    format!(
        r#"<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={path}">
<link rel="canonical" href="{absolute}">
<meta name="robots" content="noindex">
</head>
<body><p>{moved}: <a href="{path}">{title}</a></p></body>
</html>
"#
    )
}
