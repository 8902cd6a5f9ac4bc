//! Building again when a source changes or the schedule says so.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use jiff::{SignedDuration, Timestamp};
use notify_debouncer_full::notify::{EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use rustc_hash::FxHashMap;
use tokio::sync::{mpsc, watch};

use super::files::Change as ServedChange;
use super::gathering::Gathering;
use super::{App, File, Forms, Notice, Options, ServedSite, Tell};
use crate::build::{self, Failure};
use crate::cache::Cache;
use crate::diagnostic::{Diagnostic, machine};
use crate::error::EnvironmentError;
use crate::publish::{Publication, Published};

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
/// After trouble with the machine.
const TRY_AGAIN: SignedDuration = SignedDuration::from_secs(5);

pub(super) struct Builder {
    options: Options,
    app: Arc<App>,
    tell: Tell,
    /// Used up by the first good build.
    forms: Mutex<Option<Forms>>,
    bundles: Mutex<Option<watch::Sender<Arc<functions::Bundle>>>>,
    cache: Mutex<Cache>,
}

/// Watches as long as it lives.
type Watcher = Debouncer<RecommendedWatcher, RecommendedCache>;

impl Builder {
    pub(super) fn new(options: Options, app: Arc<App>, tell: Tell, forms: Forms) -> Self {
        Self {
            options,
            app,
            tell,
            forms: Mutex::new(Some(forms)),
            bundles: Mutex::default(),
            cache: Mutex::default(),
        }
    }

    /// Builds once; answers with the moment of the next build, if one is due without a change.
    fn build(&self) -> Option<Timestamp> {
        let start = Instant::now();
        let mut options = self.options.build.clone();
        options.read_at = SystemTime::now();
        if !self.options.fixed_now {
            options.now = Timestamp::now();
        }
        let publication = self.options.out.as_deref().map(Publication::begin).transpose();
        let (publication, mut trouble) = match publication {
            Ok(publication) => (publication, None),
            Err(error) => (None, Some(error)),
        };
        let gathering = Gathering::new(self.app.site(), publication);
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let built = build::run(&options, &mut cache, &gathering);
        drop(cache);
        let (files, publication, not_published) = gathering.end();
        trouble = trouble.or(not_published);
        let next = match built {
            Ok(mut built) => {
                // What is served does not wait for the folder.
                self.show(files, &built.bundle);
                let mut published = None;
                if trouble.is_none()
                    && let Some(publication) = publication
                {
                    match build::commit(publication, &built) {
                        Ok(done) => published = Some(done),
                        Err(error) => trouble = Some(error),
                    }
                }
                built.warnings.extend(published.iter().flat_map(build::lost_urls));
                (self.tell)(Notice::Built(&BuildReport {
                    pages: built.pages,
                    files: built.files,
                    duration: start.elapsed(),
                    warnings: built.warnings,
                    published,
                }));
                // A moment that was chosen does not pass.
                built.next_change.filter(|_| !self.options.fixed_now)
            }
            Err(Failure::Content(found)) => {
                (self.tell)(Notice::Failed(&found));
                self.app.problems.send_replace(Arc::from(machine::json_list(&found)));
                *self.app.failure.write().unwrap_or_else(PoisonError::into_inner) = found;
                None
            }
            Err(Failure::Environment(error)) => {
                trouble = Some(error);
                None
            }
        };
        match trouble {
            Some(error) => {
                (self.tell)(Notice::Environment(&error));
                // A full disk or another build passes; nobody has to touch a file for the next try.
                Timestamp::now().checked_add(TRY_AGAIN).ok()
            }
            None => next,
        }
    }

    /// Serves a build from now on.
    fn show(&self, files: FxHashMap<Arc<str>, File>, bundle: &functions::Bundle) {
        let others = bundle.languages.iter().filter(|language| **language != bundle.default_language);
        let site = Arc::new(ServedSite::new(files, others.cloned().collect()));
        let before = self.app.site.write().unwrap_or_else(PoisonError::into_inner).replace(Arc::clone(&site));
        let change = before.map_or(ServedChange::Pages, |before| site.change_since(&before));
        self.app.problems.send_replace(Arc::from("[]"));
        self.app.failure.write().unwrap_or_else(PoisonError::into_inner).clear();
        if bundle.has_services() {
            self.offer(Arc::new(bundle.clone()));
        }
        match change {
            ServedChange::Nothing => {}
            ServedChange::Styles => self.app.style.send_modify(|count| *count += 1),
            ServedChange::Pages => self.app.version.send_modify(|count| *count += 1),
        }
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
pub(super) async fn start(builder: Builder) -> Result<(), EnvironmentError> {
    let (changed, changes) = mpsc::unbounded_channel();
    let root = &builder.options.build.root;
    // Events come with absolute paths.
    let root = root.canonicalize().map_err(|error| EnvironmentError::io("watch", root, error))?;
    let watcher = if builder.options.production {
        tokio::spawn(build_when_asked(changed));
        None
    } else {
        Some(watch_sources(&root, changed)?)
    };
    let builder = Arc::new(builder);
    let next = build_once(&builder).await;
    tokio::spawn(keep_building(builder, root, watcher, changes, next));
    Ok(())
}

async fn build_once(builder: &Arc<Builder>) -> Option<Timestamp> {
    let builder = Arc::clone(builder);
    // A panic in a build is a bug; the site that is served stays.
    tokio::task::spawn_blocking(move || builder.build()).await.unwrap_or_default()
}

async fn keep_building(
    builder: Arc<Builder>,
    root: PathBuf,
    mut watcher: Option<Watcher>,
    mut changes: mpsc::UnboundedReceiver<Change>,
    mut next: Option<Timestamp>,
) {
    loop {
        let wait = next.map_or(LONGEST_SLEEP, |moment| {
            let left = moment.duration_since(Timestamp::now());
            Duration::try_from(left).unwrap_or_default().min(LONGEST_SLEEP)
        });
        tokio::select! {
            change = changes.recv() => {
                let Some(mut change) = change else { return };
                while let Ok(more) = changes.try_recv() {
                    change = change.max(more);
                }
                if change == Change::Folders
                    && let Some(watcher) = &mut watcher
                {
                    // content/ or themes/ is another folder under the same name now.
                    for folder in FOLDERS {
                        let path = root.join(folder);
                        let _ = watcher.unwatch(&path);
                        // A folder that is gone is told by the build that misses it.
                        if path.is_dir()
                            && let Err(error) = watch_folder(watcher, &path)
                        {
                            (builder.tell)(Notice::Environment(&error));
                        }
                    }
                }
            }
            () = tokio::time::sleep(wait) => {
                if next.is_none_or(|moment| moment > Timestamp::now()) {
                    continue;
                }
            }
        }
        next = build_once(&builder).await;
    }
}

/// The public's server builds when its operator says so: SIGHUP, `systemctl reload`.
async fn build_when_asked(changed: mpsc::UnboundedSender<Change>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut asked) = signal(SignalKind::hangup()) {
            while asked.recv().await.is_some() && changed.send(Change::Sources).is_ok() {}
        }
    }
    // The schedule goes on while the sender lives.
    changed.closed().await;
}

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// A source changed.
    Sources,
    /// One of the watched folders came or went.
    Folders,
}

/// The folders that are watched with all that lies below.
const FOLDERS: [&str; 2] = ["content", "themes"];

fn watch_sources(root: &Path, changed: mpsc::UnboundedSender<Change>) -> Result<Watcher, EnvironmentError> {
    let of = root.to_owned();
    let mut watcher = new_debouncer(QUIET, None, move |result: DebounceEventResult| {
        let Ok(events) = result else {
            // Events were lost: building once too often is cheap.
            let _ = changed.send(Change::Folders);
            return;
        };
        let change = events
            .iter()
            .filter(|event| !matches!(event.kind, EventKind::Access(_)))
            .flat_map(|event| event.paths.iter().filter_map(|path| seen(path, &of)))
            .max();
        if let Some(change) = change {
            let _ = changed.send(change);
        }
    })
    .map_err(|error| cannot_watch(root, &error))?;
    // The folder of site.yaml is watched without what lies below it: data/, keys/, target/ change all the time.
    watcher.watch(root, RecursiveMode::NonRecursive).map_err(|error| cannot_watch(root, &error))?;
    for folder in FOLDERS {
        watch_folder(&mut watcher, &root.join(folder))?;
    }
    Ok(watcher)
}

fn watch_folder(watcher: &mut Watcher, path: &Path) -> Result<(), EnvironmentError> {
    watcher.watch(path, RecursiveMode::Recursive).map_err(|error| cannot_watch(path, &error))
}

fn cannot_watch(path: &Path, error: &dyn std::fmt::Display) -> EnvironmentError {
    EnvironmentError::io("watch", path, std::io::Error::other(error.to_string()))
}

fn seen(path: &Path, root: &Path) -> Option<Change> {
    if FOLDERS.iter().any(|folder| path == root.join(folder)) {
        return Some(Change::Folders);
    }
    let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let is_source = path == root.join(crate::config::FILE)
        || FOLDERS.iter().any(|folder| path.starts_with(root.join(folder)));
    (is_source && !is_hidden).then_some(Change::Sources)
}
