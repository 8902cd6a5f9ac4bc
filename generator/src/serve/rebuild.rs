//! Building again when a source changes or the schedule says so.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use jiff::{SignedDuration, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::sync::{mpsc, watch as channel};

use super::change::Change as ServedChange;
use super::gathering::Gathering;
use super::watch::{Change, Changes, Watcher};
use super::{App, File, Forms, Notice, Options, ServedSite, Tell};
use crate::build::{self, Built, Failure};
use crate::cache::Cache;
use crate::diagnostic::{Diagnostic, machine};
use crate::error::EnvironmentError;
use crate::publish::{Publication, Published};
use crate::source::Happened;

/// What a build made.
#[derive(Debug)]
pub struct BuildReport {
    /// Pages.
    pub pages: usize,
    /// Files, pages included.
    pub files: usize,
    /// How long it took.
    pub duration: Duration,
    /// Warnings that the build before did not tell.
    pub warnings: Vec<Diagnostic>,
    /// Those that it told already.
    pub known_warnings: usize,
    /// What was written, with `--out`.
    pub published: Option<Published>,
}

/// Editors save in several steps; those that follow each other this fast are one build.
const QUIET: Duration = Duration::from_millis(3);
/// A build waits no longer than this for the end of a save.
const LONGEST_SAVE: Duration = Duration::from_millis(50);
/// What is wrong for a shorter time than this is not told.
const BETWEEN_STEPS: Duration = Duration::from_millis(80);
/// So often in a row; whoever writes without end is told what is wrong all the same.
const MOST_IN_BETWEEN: usize = 20;
/// A folder that came a moment ago may have got files before it was watched.
const SECOND_LOOK: Duration = Duration::from_millis(400);
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
    bundles: Mutex<Option<channel::Sender<Arc<functions::Bundle>>>>,
    cache: Mutex<Cache>,
    /// The warnings of the last good build.
    told: Mutex<FxHashSet<Diagnostic>>,
}

/// How a build ended.
enum Outcome {
    /// Well; the moment at which the site changes by itself.
    Done(Option<Timestamp>),
    /// The content has errors.
    Wrong(Vec<Diagnostic>),
    /// The sources were in the middle of a change.
    Moving(EnvironmentError),
    /// The machine did not let it; the moment of the next try.
    Trouble(Option<Timestamp>),
}

impl Outcome {
    fn next(&self) -> Option<Timestamp> {
        match self {
            Self::Done(next) | Self::Trouble(next) => *next,
            Self::Wrong(_) | Self::Moving(_) => None,
        }
    }

    fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong(_))
    }

    fn is_moving(&self) -> bool {
        matches!(self, Self::Moving(_))
    }

    /// A full disk or another build passes; nobody has to touch a file for the next try.
    fn trouble() -> Self {
        Self::Trouble(Timestamp::now().checked_add(TRY_AGAIN).ok())
    }
}

impl Builder {
    pub(super) fn new(options: Options, app: Arc<App>, tell: Tell, forms: Forms) -> Self {
        Self {
            options,
            app,
            tell,
            forms: Mutex::new(Some(forms)),
            bundles: Mutex::default(),
            cache: Mutex::default(),
            told: Mutex::default(),
        }
    }

    /// Builds once.
    fn build(&self, happened: Happened) -> Outcome {
        let start = Instant::now();
        let mut options =
            build::Options { read_at: SystemTime::now(), happened, ..self.options.build.clone() };
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
        let outcome = match built {
            Ok(mut built) => {
                // What is served does not wait for the folder.
                self.show(files, &built);
                let mut published = None;
                if trouble.is_none()
                    && let Some(publication) = publication
                {
                    match build::commit(publication, &built, |_| ()) {
                        Ok(done) => published = Some(done),
                        Err(error) => trouble = Some(error),
                    }
                }
                built.warnings.extend(published.iter().flat_map(build::lost_urls));
                let (warnings, known_warnings) = self.new_warnings(built.warnings);
                (self.tell)(Notice::Built(&BuildReport {
                    pages: built.pages,
                    files: built.files,
                    duration: start.elapsed(),
                    warnings,
                    known_warnings,
                    published,
                }));
                // A moment that was chosen does not pass.
                Outcome::Done(built.next_change.filter(|_| !self.options.fixed_now))
            }
            Err(Failure::Content(found)) => Outcome::Wrong(found),
            Err(Failure::Environment(error)) if error.is_of_moving_sources() => Outcome::Moving(error),
            Err(Failure::Environment(error)) => {
                trouble = Some(error);
                Outcome::trouble()
            }
        };
        match trouble {
            Some(error) => {
                (self.tell)(Notice::Environment(&error));
                Outcome::trouble()
            }
            None => outcome,
        }
    }

    /// Those that the build before did not tell, and how many it did.
    fn new_warnings(&self, warnings: Vec<Diagnostic>) -> (Vec<Diagnostic>, usize) {
        let told = warnings.iter().cloned().collect();
        let before = std::mem::replace(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner), told);
        let (known, new): (Vec<_>, Vec<_>) =
            warnings.into_iter().partition(|warning| before.contains(warning));
        (new, known.len())
    }

    /// Tells what is wrong, if it is.
    fn tell_wrong(&self, outcome: Outcome) -> Outcome {
        match &outcome {
            Outcome::Wrong(found) => {
                (self.tell)(Notice::Failed(found));
                self.app.problems.send_replace(Arc::from(machine::json_list(found)));
                found.clone_into(&mut self.app.failure.write().unwrap_or_else(PoisonError::into_inner));
                outcome
            }
            Outcome::Moving(error) => {
                (self.tell)(Notice::Environment(error));
                Outcome::trouble()
            }
            Outcome::Done(_) | Outcome::Trouble(_) => outcome,
        }
    }

    /// Serves a build from now on.
    fn show(&self, new: FxHashMap<Arc<str>, File>, built: &Built) {
        let bundle = &built.bundle;
        let others = bundle.languages.iter().filter(|language| **language != bundle.default_language);
        let before = self.app.site();
        let site = ServedSite::after(before.as_deref(), new, &built.outputs, others.cloned().collect())
            .with_fingerprints(built.fingerprints.clone());
        // Editors have no use for fewer bytes on the same machine.
        let site = if built.precompress && self.app.production { site.compressed() } else { site };
        let site = Arc::new(match &before {
            Some(before) => site.keeping(before),
            None => site,
        });
        *self.app.site.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&site));
        let change = before.map_or(ServedChange::Pages, |before| site.change_since(&before));
        self.app.problems.send_replace(Arc::from("[]"));
        self.app.failure.write().unwrap_or_else(PoisonError::into_inner).clear();
        if bundle.has_services() {
            self.offer(Arc::new(bundle.clone()));
        }
        match change {
            ServedChange::Nothing => {}
            ServedChange::Styles => self.app.style.send_modify(|styles| styles.renew(site.fingerprints())),
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
        let (sender, receiver) = channel::channel(bundle);
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
        Some(Watcher::start(root, changed)?)
    };
    let builder = Arc::new(builder);
    let mut first = build_once(&builder, Happened::Anything).await;
    if first.is_moving() {
        tokio::time::sleep(BETWEEN_STEPS).await;
        first = build_once(&builder, Happened::Anything).await;
    }
    let first = builder.tell_wrong(first);
    tokio::spawn(keep_building(builder, watcher, changes, first));
    Ok(())
}

async fn build_once(builder: &Arc<Builder>, happened: Happened) -> Outcome {
    let builder = Arc::clone(builder);
    // A panic in a build is a bug; the site that is served stays.
    tokio::task::spawn_blocking(move || builder.build(happened)).await.unwrap_or(Outcome::Trouble(None))
}

async fn keep_building(
    builder: Arc<Builder>,
    mut watcher: Option<Watcher>,
    mut changes: mpsc::UnboundedReceiver<Change>,
    mut last: Outcome,
) {
    let mut look_again: Option<tokio::time::Instant> = None;
    // Sources that were moving and of which nothing more was heard.
    let mut at_rest: Option<tokio::time::Instant> = None;
    let mut in_between = 0;
    loop {
        let next = last.next();
        let wait = next.map_or(LONGEST_SLEEP, |moment| {
            let left = moment.duration_since(Timestamp::now());
            Duration::try_from(left).unwrap_or_default().min(LONGEST_SLEEP)
        });
        let wake = tokio::time::Instant::now() + wait;
        let mut seen = Changes::default();
        let (mut is_told, mut have_rested) = (true, false);
        let wake = [look_again, at_rest].into_iter().flatten().fold(wake, tokio::time::Instant::min);
        tokio::select! {
            change = changes.recv() => {
                let Some(change) = change else { return };
                seen.add(change);
                gather(&mut changes, &mut seen).await;
            }
            () = tokio::time::sleep_until(wake) => {
                let has_come = |moment: Option<tokio::time::Instant>| {
                    moment.is_some_and(|moment| moment <= tokio::time::Instant::now())
                };
                let is_due = next.is_some_and(|moment| moment <= Timestamp::now());
                have_rested = has_come(at_rest);
                if !is_due && !have_rested && !has_come(look_again) {
                    continue;
                }
                (look_again, is_told) = (None, false);
                seen.add(Change::Sources);
            }
        }
        at_rest = None;
        if seen.are_of_folders()
            && let Some(watcher) = &mut watcher
        {
            for error in watcher.watch_folders_anew() {
                (builder.tell)(Notice::Environment(&error));
            }
        }
        // What a build did not come to read is not known to be as it was.
        let happened = if last.is_done() { seen.happened() } else { Happened::Anything };
        if is_told && seen.is_of_more_than_writing() {
            look_again = Some(tokio::time::Instant::now() + SECOND_LOOK);
        }
        last = build_once(&builder, happened).await;
        // An editor that saves in several steps is between two of them: what is wrong now is not the editor's mistake.
        if last.is_wrong() && in_between < MOST_IN_BETWEEN {
            tokio::time::sleep(BETWEEN_STEPS).await;
            if !changes.is_empty() {
                in_between += 1;
                continue;
            }
        }
        if last.is_moving() && !have_rested && in_between < MOST_IN_BETWEEN {
            in_between += 1;
            at_rest = Some(tokio::time::Instant::now() + BETWEEN_STEPS);
            continue;
        }
        in_between = 0;
        last = builder.tell_wrong(last);
    }
}

/// Takes what belongs to the same save.
async fn gather(changes: &mut mpsc::UnboundedReceiver<Change>, seen: &mut Changes) {
    let end = tokio::time::Instant::now() + LONGEST_SAVE;
    while tokio::time::Instant::now() < end
        && let Ok(Some(change)) = tokio::time::timeout(QUIET, changes.recv()).await
    {
        seen.add(change);
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
