//! Building again when a source changes or the schedule says so.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use notify_debouncer_full::notify::{EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use tokio::sync::{mpsc, watch};

use super::{App, Forms, Notice, Options, ServedSite, Tell};
use crate::build::{self, Failure};
use crate::diagnostic::Diagnostic;
use crate::error::EnvironmentError;
use crate::publish::{Publication, Published};
use crate::render::Output;

/// What a build made.
#[derive(Debug)]
pub struct BuildReport {
    /// Pages.
    pub pages: usize,
    /// Files, pages included.
    pub files: usize,
    /// How long it took.
    pub duration: Duration,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
    /// What was written, with `--out`.
    pub published: Option<Published>,
}

/// Editors save in several steps; all of one save is one build.
const QUIET: Duration = Duration::from_millis(30);
/// A sleep of this length at most, so that a clock that was set is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

pub(super) struct Builder {
    options: Options,
    app: Arc<App>,
    tell: Tell,
    /// Used up by the first good build.
    forms: Mutex<Option<Forms>>,
    bundles: Mutex<Option<watch::Sender<Arc<functions::Bundle>>>>,
}

/// Keeps the watching alive.
pub(super) type Watcher = Debouncer<RecommendedWatcher, RecommendedCache>;

impl Builder {
    pub(super) fn new(options: Options, app: Arc<App>, tell: Tell, forms: Forms) -> Self {
        Self { options, app, tell, forms: Mutex::new(Some(forms)), bundles: Mutex::new(None) }
    }

    /// Builds once; answers with the moment at which the schedule asks for the next build.
    fn build(&self) -> Option<Timestamp> {
        let start = Instant::now();
        let mut options = self.options.build.clone();
        if !self.options.fixed_now {
            options.now = Timestamp::now();
        }
        let outputs = Mutex::new(Vec::new());
        let built = self.run(&options, &outputs);
        let outputs = outputs.into_inner().unwrap_or_else(PoisonError::into_inner);
        match built {
            Ok((built, published)) => {
                let languages = &built.bundle.languages;
                let prefixes = languages
                    .iter()
                    .filter(|language| **language != built.bundle.default_language)
                    .cloned()
                    .collect();
                let site = Arc::new(ServedSite::new(outputs, prefixes));
                *self.app.site.write().unwrap_or_else(PoisonError::into_inner) = Some(site);
                self.app.failure.write().unwrap_or_else(PoisonError::into_inner).clear();
                self.offer(Arc::new(built.bundle));
                self.app.version.send_modify(|version| *version += 1);
                (self.tell)(Notice::Built(&BuildReport {
                    pages: built.pages,
                    files: built.files,
                    duration: start.elapsed(),
                    warnings: built.warnings,
                    published,
                }));
                built.next_change
            }
            Err(Failure::Content(found)) => {
                (self.tell)(Notice::Failed(&found));
                *self.app.failure.write().unwrap_or_else(PoisonError::into_inner) = found;
                None
            }
            Err(Failure::Environment(error)) => {
                (self.tell)(Notice::Environment(&error));
                None
            }
        }
    }

    /// One build, kept in memory and, with `--out`, published as well.
    fn run(
        &self,
        options: &build::Options,
        outputs: &Mutex<Vec<Output>>,
    ) -> Result<(build::Built, Option<Published>), Failure> {
        let publication = self.options.out.as_deref().map(Publication::begin).transpose()?;
        let built = build::run(options, &|output| {
            if let Some(publication) = &publication {
                publication.add(&output)?;
            }
            outputs.lock().unwrap_or_else(PoisonError::into_inner).push(output);
            Ok(())
        })?;
        let published = publication.map(|publication| build::commit(publication, &built)).transpose()?;
        Ok((built, published))
    }

    /// Gives the form handlers the newest bundle, and makes them when there was none before.
    fn offer(&self, bundle: Arc<functions::Bundle>) {
        self.app.bundle.send_replace(Some(Arc::clone(&bundle)));
        let mut bundles = self.bundles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = bundles.as_ref() {
            sender.send_replace(bundle);
            return;
        }
        let (sender, receiver) = watch::channel(bundle);
        *bundles = Some(sender);
        if let Some(forms) = self.forms.lock().unwrap_or_else(PoisonError::into_inner).take() {
            *self.app.forms.write().unwrap_or_else(PoisonError::into_inner) = Some(forms.router(receiver));
        }
    }
}

/// Builds for the first time, then watches. The watching begins first, so that no change falls between.
pub(super) async fn start(builder: Builder) -> Result<Watcher, EnvironmentError> {
    let (changed, changes) = mpsc::unbounded_channel();
    let watcher = watch_sources(&builder.options.build.root, changed)?;
    let builder = Arc::new(builder);
    let next = build_once(&builder).await;
    tokio::spawn(keep_building(builder, changes, next));
    Ok(watcher)
}

async fn build_once(builder: &Arc<Builder>) -> Option<Timestamp> {
    let builder = Arc::clone(builder);
    // A panic in a build is a bug; the site that is served stays.
    tokio::task::spawn_blocking(move || builder.build()).await.unwrap_or_default()
}

async fn keep_building(
    builder: Arc<Builder>,
    mut changes: mpsc::UnboundedReceiver<()>,
    mut next: Option<Timestamp>,
) {
    loop {
        let due = next.filter(|_| !builder.options.fixed_now);
        let wait = due.map_or(LONGEST_SLEEP, |moment| {
            let left = moment.duration_since(Timestamp::now());
            Duration::try_from(left).unwrap_or_default().min(LONGEST_SLEEP)
        });
        tokio::select! {
            change = changes.recv() => {
                if change.is_none() {
                    return;
                }
                while changes.try_recv().is_ok() {}
            }
            () = tokio::time::sleep(wait) => {
                if due.is_none_or(|moment| moment > Timestamp::now()) {
                    continue;
                }
            }
        }
        next = build_once(&builder).await;
    }
}

fn watch_sources(root: &Path, changed: mpsc::UnboundedSender<()>) -> Result<Watcher, EnvironmentError> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| {
        EnvironmentError::io("watch", path, std::io::Error::other(error.to_string()))
    };
    let site_file = root.join(crate::config::FILE);
    let mut watcher = new_debouncer(QUIET, None, move |result: DebounceEventResult| {
        let Ok(events) = result else {
            // Events were lost: building once too often is cheap.
            let _ = changed.send(());
            return;
        };
        let relevant = events.iter().any(|event| {
            !matches!(event.kind, EventKind::Access(_))
                && event.paths.iter().any(|path| is_source(path, &site_file))
        });
        if relevant {
            let _ = changed.send(());
        }
    })
    .map_err(|error| failed(root, &error))?;
    // The folder of site.yaml is watched without what lies below it: data/, keys/, target/ change all the time.
    watcher.watch(root, RecursiveMode::NonRecursive).map_err(|error| failed(root, &error))?;
    for folder in ["content", "themes"] {
        let path = root.join(folder);
        watcher.watch(&path, RecursiveMode::Recursive).map_err(|error| failed(&path, &error))?;
    }
    Ok(watcher)
}

fn is_source(path: &Path, site_file: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let below = path.components().any(|part| matches!(part.as_os_str().to_str(), Some("content" | "themes")));
    !hidden && (below || path.file_name() == site_file.file_name())
}
