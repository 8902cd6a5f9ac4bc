//! The pipeline from the sources to a finished site, whoever receives it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::SystemTime;

use jiff::Timestamp;

use crate::cache::{Cache, Key, Known};
use crate::check::{self as checks, Allowed, Locate, Noted, Scope, Targets};
use crate::config::Config;
use crate::contrast;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::error::EnvironmentError;
use crate::parse::{self, Labels};
use crate::precompress::MADE_BY;
use crate::publish::{self as publishing, Entry, PRIVATE, Publication, Published};
use crate::render::{self, Made, Output, Plan, Renderer};
use crate::sink::{Nowhere, Sink};
use crate::site::{self, Parts, Request, SiteBefore, definitions, strings};
use crate::source::{self, CONTENT, Happened};
use crate::statics::{Fingerprints, Statics};
use crate::writing::{Content, Piece, Writing};

/// In the private folder: what makes the next build faster.
const CACHE: &str = "cache";

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
    /// A moment on the machine's clock before the sources are read.
    pub read_at: SystemTime,
    /// Of the program: another one makes other outputs of the same sources.
    pub program: Key,
    /// Nothing of the build before is used.
    pub fresh: bool,
    /// What has happened to the sources since the last build that the cache knows.
    pub happened: Happened,
    /// Publish fewer bytes, whatever `site.yaml` says.
    pub minify: bool,
    /// Publish compressed forms as well, whatever `site.yaml` says.
    pub precompress: bool,
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
    /// Files of the theme whose names bear a fingerprint.
    pub fingerprints: Fingerprints,
    /// Whether texts are wanted in compressed forms as well.
    pub precompress: bool,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
    /// Pages made.
    pub pages: usize,
    /// Files made.
    pub files: usize,
    /// When the output of the same sources will next change.
    pub next_change: Option<Timestamp>,
    /// Every output.
    pub outputs: Vec<(Arc<str>, Entry)>,
    /// What rendering used and nobody needs any more: millions of small pieces, which take time to give back.
    leftovers: Leftovers,
}

struct Leftovers(Option<Renderer>);

impl fmt::Debug for Leftovers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Leftovers")
    }
}

/// Runs all stages for nothing but what is wrong, and what the form handlers read.
pub fn check(options: &Options) -> Result<Built, Failure> {
    run(options, &mut Cache::default(), &Nowhere)
}

/// Runs all stages and hands every output to `sink`. What `cache` knows is not made again; after a build that went
/// well, it knows this one.
pub fn run(options: &Options, cache: &mut Cache, sink: &dyn Sink) -> Result<Built, Failure> {
    let config_file = source::read_config(&options.root)?;
    let mut config = Config::parse(&config_file).map_err(Failure::Content)?;
    config.assets.minify |= options.minify;
    config.assets.precompress |= options.precompress;
    let settings = config_file.key();
    let (sources, mut found) = match cache.sources.take() {
        Some((of, sources)) if of == settings && options.happened.is_of_pages(&sources) => {
            (sources, Vec::new())
        }
        _ => {
            let (sources, found) =
                source::read(&options.root, &config.theme, &mut cache.assets, options.read_at)?;
            (Arc::new(sources), found)
        }
    };
    // What is wrong with a file is told each time.
    cache.sources = found.is_empty().then(|| (settings, Arc::clone(&sources)));
    let offers = site::Offers::of(&sources);
    let (catalogues, mut problems) = strings::read(&sources.strings, &config, offers);
    found.append(&mut problems);

    let labels = labels(&catalogues);
    let (documents, mut problems) = parse::documents(
        &sources.pages,
        &config,
        &labels,
        &mut cache.documents,
        (settings, options.read_at, &options.happened),
    )?;
    found.append(&mut problems);
    let (definitions, mut problems) = definitions::read(&sources.content, &config);
    found.append(&mut problems);

    let request = Request {
        now: options.now,
        drafts: options.drafts,
        base_url: options.base_url.clone().unwrap_or_else(|| config.public_url.clone()),
    };
    let base_url = request.base_url.clone();
    found.extend(contrast::check(&format!("themes/{}/static/", config.theme), &sources.statics));
    let (statics, mut problems) = Statics::new(&sources, &config, render::scripts_needed(offers));
    found.append(&mut problems);
    let (content, files) = (&sources.content, &sources.assets);
    let parts = Parts {
        config,
        settings,
        request,
        documents,
        content,
        files,
        statics,
        definitions,
        catalogues,
        labels,
        offers,
    };
    let (site, mut problems) = site::build(parts, &mut cache.site);
    found.append(&mut problems);
    let structure = cache.site.as_ref().map(SiteBefore::key);
    let (plan, mut problems) = Plan::of(&site, &sources, structure, &mut cache.plan);
    found.append(&mut problems);
    // Without pages nobody would hear what is wrong in their texts.
    let give_up = |mut found: Vec<Diagnostic>| -> Result<Built, Failure> {
        found.extend(site.body_problems()?);
        Err(Failure::Content(diagnostic::sorted(found)))
    };
    if found.iter().any(Diagnostic::is_error) {
        return give_up(found);
    }
    let next_change = site.next_change;
    let precompress = site.config.assets.precompress;
    let fingerprints = site.statics.fingerprints(&sources);

    let renderer =
        match Renderer::new(Arc::clone(&site), Arc::clone(&sources), &config_file, structure, cache.keys()) {
            Ok(renderer) => renderer,
            Err(mut problems) => {
                found.append(&mut problems);
                return give_up(found);
            }
        };
    let before = |path: &str| cache.get(path).filter(|known| sink.has(path, &known.entry));
    let writing = Writing::to(sink);
    let rendered = thread::scope(|scope| {
        let paths = plan.planned.iter().map(|planned| &*planned.path);
        scope.spawn(|| sink.expect(&mut paths.take_while(|_| !writing.is_over())));
        for _ in 0..sink.writers() {
            scope.spawn(|| writing.work());
        }
        let _end = writing.ends();
        renderer.run(&plan, &before, &|made| receive(made, &cache.targets, sink, &writing))
    });
    writing.result()?;
    let (bundle, done, problems) = rendered?;
    found.extend(problems);
    let (noted, known): (Vec<Noted>, Vec<Arc<Known>>) = done.into_iter().unzip();
    // A page that could not be made would be missed by every page that links to it.
    if !found.iter().any(Diagnostic::is_error) {
        let locate = Locate {
            link: &|source, target| site.locate(source, target),
            text: &|source, text| site.locate_text(source, text),
        };
        let scope = if cache.has_paths_of(&plan) && noted.iter().all(|output| keeps_ids(output, cache)) {
            Scope::OnlyNew
        } else {
            Scope::All
        };
        let allowed =
            Allowed { numbers: site.config.allowed_numbers(), page_bytes: site.config.checks.page_bytes() };
        let loads = site.statics.loads();
        found.extend(checks::run(&noted, scope, &cache.targets, &loads, &base_url, &allowed, &locate));
    }
    let found = diagnostic::sorted(found);
    match bundle {
        Some(bundle) if !found.iter().any(Diagnostic::is_error) => {
            let pages = noted.iter().filter(|output| output.path.ends_with(".html")).count();
            let files = noted.len();
            let paths = noted.into_iter().map(|output| output.path);
            let outputs: Vec<(Arc<str>, Arc<Known>)> = paths.zip(known).collect();
            let entries =
                outputs.iter().map(|(path, known)| (Arc::clone(path), known.entry.clone())).collect();
            cache.replace(plan, renderer.keys(), outputs);
            Ok(Built {
                bundle,
                fingerprints,
                precompress,
                warnings: found,
                pages,
                files,
                next_change,
                outputs: entries,
                leftovers: Leftovers(Some(renderer)),
            })
        }
        _ => Err(Failure::Content(found)),
    }
}

/// Passes outputs on; what is to be known of them stays.
fn receive(
    made: Vec<Made>,
    targets: &Targets,
    sink: &dyn Sink,
    writing: &Writing,
) -> Result<Vec<(Noted, Arc<Known>)>, EnvironmentError> {
    let mut pieces = Vec::with_capacity(made.len());
    let mut give = |path: &Arc<str>, content, entry: &Entry| {
        pieces.push(Piece { path: Arc::clone(path), content, entry: entry.clone() });
    };
    let received = made.into_iter().map(|made| match made {
        Made::AsBefore { path, source, known } => {
            let (page, bytes) = (known.notes.clone(), known.entry.bytes);
            (Noted { path, source, page, bytes, is_new: false }, known)
        }
        Made::Copied { path, source, file, origin } => {
            let entry = Entry { bytes: file.facts.bytes, hash: file.facts.key };
            if !sink.has(&path, &entry) {
                give(&path, Content::File(file), &entry);
            }
            let (bytes, origin) = (entry.bytes, Some(origin));
            let known = Arc::new(Known { origin, entry, notes: None });
            (Noted { path, source, page: None, bytes, is_new: true }, known)
        }
        Made::Anew { output, origin } => {
            sink.look(&output);
            let Output { path, bytes, source } = output;
            let notes = checks::note(&path, &bytes, targets).map(Arc::new);
            let entry = Entry::of(&bytes);
            give(&path, Content::Bytes(bytes), &entry);
            let (page, bytes) = (notes.clone(), entry.bytes);
            (Noted { path, source, page, bytes, is_new: true }, Arc::new(Known { origin, entry, notes }))
        }
    });
    let received = received.collect();
    writing.give(pieces)?;
    Ok(received)
}

/// Whether every place that others may link to is still there.
fn keeps_ids(output: &Noted, cache: &Cache) -> bool {
    let before = || cache.get(&output.path).and_then(|known| known.notes.as_deref());
    !output.is_new || before().is_none_or(|before| output.has_ids_of(before))
}

/// Builds into a folder. Unless all is well, nothing in it changes.
pub fn publish(options: &Options, out: &Path) -> Result<(Built, Published), Failure> {
    refuse_among_sources(&options.root, out)?;
    let publication = Publication::begin(out)?;
    let private = out.join(PRIVATE).join(CACHE);
    let mut cache = if options.fresh { Cache::default() } else { Cache::read(&private, options.program) };
    let mut built = run(options, &mut cache, &publication)?;
    let mut cached = Ok(());
    let write_cache = |folder: &Path| cached = cache.write(&folder.join(CACHE), options.program);
    let published = commit(publication, &built, write_cache)?;
    if let Err(error) = cached {
        built.warnings.push(cache_not_written(&private, &error));
    }
    // Whoever publishes ends soon: millions of small pieces need not be given back one by one.
    std::mem::forget(cache);
    std::mem::forget(built.leftovers.0.take());
    built.warnings.extend(lost_urls(&published));
    Ok((built, published))
}

fn cache_not_written(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::warning(
        "cache-not-written",
        Place::file(&path.display().to_string()),
        format!("stranica je izrađena, ali se ne može zapisati što ubrzava sljedeću izradu: {error}"),
        format!("the site is built, but what makes the next build faster cannot be written: {error}"),
    )
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

/// Puts a build that went well in place, with what is not for visitors; `meanwhile` writes more of that.
pub fn commit(
    publication: Publication,
    built: &Built,
    meanwhile: impl FnOnce(&Path) + Send,
) -> Result<Published, EnvironmentError> {
    let bundle = built.bundle.has_services().then(|| built.bundle.to_json()).transpose();
    let bundle = bundle.map_err(|error| EnvironmentError::Other(error.to_string()))?;
    let next_change = built.next_change.map(|moment| format!("{moment}\n")).unwrap_or_default();
    let private_files = [
        ("forms.json", bundle),
        ("next-change", Some(next_change.into_bytes())),
        (publishing::PRECOMPRESSED, built.precompress.then(|| MADE_BY.into())),
    ];
    if !built.precompress {
        return publication.commit(&built.outputs, &private_files, meanwhile);
    }
    let compressed = publication.precompress(&built.outputs)?;
    publication.commit(&[built.outputs.as_slice(), &compressed].concat(), &private_files, meanwhile)
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
