//! The pipeline from the sources to a finished site, whoever receives it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;

use crate::check::{Checker, Locate};
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::error::EnvironmentError;
use crate::parse::{self, Labels};
use crate::publish::{Publication, Published};
use crate::render::{self, Output, Renderer, claims};
use crate::site::{self, Request, definitions, strings};
use crate::source::{self, CONTENT};

/// What a build is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder of `site.yaml`.
    pub root: PathBuf,
    /// Scheme and host instead of `public_url`.
    pub base_url: Option<String>,
    /// Publish drafts too.
    pub drafts: bool,
    /// The moment of the build.
    pub now: Timestamp,
}

/// Why there is no site.
#[derive(Debug)]
pub enum Failure {
    /// The content has errors; warnings are among them.
    Content(Vec<Diagnostic>),
    /// The machine does not let us.
    Environment(EnvironmentError),
}

impl From<EnvironmentError> for Failure {
    fn from(error: EnvironmentError) -> Self {
        Self::Environment(error)
    }
}

/// A site that was rendered and checked.
#[derive(Debug)]
pub struct Built {
    /// What the form handlers read.
    pub bundle: functions::Bundle,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
    /// Pages made.
    pub pages: usize,
    /// Files made.
    pub files: usize,
    /// When the output of the same sources will next change.
    pub next_change: Option<Timestamp>,
}

/// Runs all stages and hands every output to `sink`.
pub fn run(
    options: &Options,
    sink: &(dyn Fn(Output) -> Result<(), EnvironmentError> + Sync),
) -> Result<Built, Failure> {
    let config_file = source::read_config(&options.root)?;
    let config = Config::parse(&config_file).map_err(Failure::Content)?;
    let (sources, mut found) = source::read(&options.root, &config.theme)?;
    let (catalogues, mut problems) = strings::read(&sources.strings, &config, render::has_services(&sources));
    found.append(&mut problems);

    let labels = labels(&catalogues);
    let (documents, mut problems) = parse::documents(&sources.pages, &config, &labels)?;
    found.append(&mut problems);
    let (definitions, mut problems) = definitions::read(&sources.content, &config);
    found.append(&mut problems);

    let request = Request {
        now: options.now,
        drafts: options.drafts,
        base_url: options.base_url.clone().unwrap_or_else(|| config.public_url.clone()),
    };
    let base_url = request.base_url.clone();
    let (site, mut problems) =
        site::build(config, request, documents, &sources.content, definitions, (catalogues, labels));
    found.append(&mut problems);
    found.extend(claims::check(&site, &sources));
    let site = Arc::new(site);
    // Without pages nobody would hear what is wrong in their texts.
    let give_up = |mut found: Vec<Diagnostic>| -> Result<Built, Failure> {
        found.extend(site.body_problems()?);
        Err(Failure::Content(diagnostic::sorted(found)))
    };
    if found.iter().any(Diagnostic::is_error) {
        return give_up(found);
    }
    let next_change = site.next_change;

    let renderer = match Renderer::new(Arc::clone(&site), Arc::new(sources)) {
        Ok(renderer) => renderer,
        Err(mut problems) => {
            found.append(&mut problems);
            return give_up(found);
        }
    };
    let checker = Checker::default();
    let pages = AtomicUsize::new(0);
    let files = AtomicUsize::new(0);
    let (bundle, problems) = renderer.run(&|output| {
        checker.note(&output);
        files.fetch_add(1, Ordering::Relaxed);
        if output.path.ends_with(".html") {
            pages.fetch_add(1, Ordering::Relaxed);
        }
        sink(output)
    })?;
    found.extend(problems);
    // A page that could not be made would be missed by every page that links to it.
    if !found.iter().any(Diagnostic::is_error) {
        let locate = Locate {
            link: &|source, target| site.locate(source, target),
            text: &|source, text| site.locate_text(source, text),
        };
        found.extend(checker.finish(&base_url, &site.config.allowed_numbers(), &locate));
    }
    let found = diagnostic::sorted(found);
    match bundle {
        Some(bundle) if !found.iter().any(Diagnostic::is_error) => Ok(Built {
            bundle,
            warnings: found,
            pages: pages.into_inner(),
            files: files.into_inner(),
            next_change,
        }),
        _ => Err(Failure::Content(found)),
    }
}

/// Builds into a folder. Unless all is well, nothing in it changes.
pub fn publish(options: &Options, out: &Path) -> Result<(Built, Published), Failure> {
    refuse_among_sources(&options.root, out)?;
    let publication = Publication::begin(out)?;
    let mut built = run(options, &|output| publication.add(&output))?;
    let published = commit(publication, &built)?;
    built.warnings.extend(lost_urls(&published));
    Ok((built, published))
}

/// What visitors, search engines and links of others will look for in vain.
pub fn lost_urls(published: &Published) -> impl Iterator<Item = Diagnostic> + '_ {
    let urls = published.lost_pages.iter().map(|path| format!("/{}", path.trim_end_matches("index.html")));
    // The further pages of a list come and go with what it lists.
    let is_number = |url: &str| {
        let last = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        last.bytes().all(|byte| byte.is_ascii_digit())
    };
    urls.filter(move |url| !is_number(url)).map(|url| {
        Diagnostic::warning(
            "url-lost",
            Place::file(CONTENT),
            format!("stranice {url}, koja je bila objavljena, više nema"),
            format!("the page {url}, which was published, is gone"),
        )
        .help(
            format!("ako se preselila, upišite na novoj u zaglavlje: aliases: [\"{url}\"]"),
            format!("if it moved, write in the front matter of the new one: aliases: [\"{url}\"]"),
        )
    })
}

/// An output among the sources would be read by the next build, and grow with each.
pub fn refuse_among_sources(root: &Path, out: &Path) -> Result<(), EnvironmentError> {
    let resolved = out
        .ancestors()
        .find_map(|above| Some(above.canonicalize().ok()?.join(out.strip_prefix(above).ok()?)))
        .or_else(|| Some(std::env::current_dir().ok()?.join(out)));
    let among = ["content", "themes"].iter().any(|folder| {
        let sources = root.join(folder).canonicalize().ok();
        sources.zip(resolved.as_ref()).is_some_and(|(sources, out)| out.starts_with(sources))
    });
    if among { Err(EnvironmentError::OutputInSources { path: out.to_owned() }) } else { Ok(()) }
}

/// Puts a build that went well in place, with what is not for visitors.
pub fn commit(publication: Publication, built: &Built) -> Result<Published, EnvironmentError> {
    let bundle = built.bundle.has_services().then(|| built.bundle.to_json()).transpose();
    let bundle = bundle.map_err(|error| EnvironmentError::Other(error.to_string()))?;
    let next_change = built.next_change.map(|moment| format!("{moment}\n")).unwrap_or_default();
    publication.commit(&[("forms.json", bundle), ("next-change", Some(next_change.into_bytes()))])
}

fn labels(catalogues: &strings::Catalogues) -> BTreeMap<String, Labels> {
    let of = |strings: &forms::strings::Strings| {
        let text = |key: &str| strings.text(key, &[]);
        Labels {
            table: text("content.table"),
            task_done: text("content.task_done"),
            task_open: text("content.task_open"),
            footnotes: text("content.footnotes"),
            footnote_back: text("content.footnote_back"),
        }
    };
    catalogues.iter().map(|(language, strings)| (language.clone(), of(strings))).collect()
}
