//! Whole builds, each into a new folder: in memory, and on a disk.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use tests::corpus::Corpus;
use tests::program::{NOW, command};

use crate::equal::{self, Pages};
use crate::run::{Taken, run};
use crate::{hugo, median, ms, reach, tell, verdict};

/// What others may take of the machine, the kernel's own writing included.
const QUIET: f64 = 0.2;

/// The same articles for both.
pub struct Sites {
    /// How they were made.
    pub corpus: Corpus,
    /// How many.
    pub articles: u64,
    folder: TempDir,
    hugo: Option<PathBuf>,
}

/// What later parts compare with.
pub struct Cold {
    /// Ours, in memory if there is a place for it.
    pub ours_per_page: Duration,
    /// Hugo's, at the same place.
    pub hugo_wall: Option<Duration>,
}

impl Sites {
    /// Writes both.
    pub fn write(articles: u64, hugo: Option<&Path>) -> Self {
        let (corpus, folder) = (Corpus::of(articles), tempfile::tempdir().unwrap());
        let sites = Self { corpus, articles, folder, hugo: hugo.map(Path::to_owned) };
        corpus.for_ours(&sites.ours());
        if hugo.is_some() {
            corpus.for_hugo(&sites.folder.path().join("hugo"));
        }
        sites
    }

    /// The folder of ours.
    pub fn ours(&self) -> PathBuf {
        self.folder.path().join("ours")
    }

    /// A place on the same disk.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Our build.
    pub fn build(&self, out: &Path) -> Command {
        let (root, out) = (self.ours(), out.to_str().unwrap().to_owned());
        command(["build", "--root", root.to_str().unwrap(), "--out", &out, "--now", NOW, "--lang", "en"])
    }

    /// Compares, then measures, at each place.
    pub fn measure(&self, rounds: usize) -> Cold {
        tell(&format!("\n{} articles", self.articles));
        let pages = self.compare();
        let memory = tempfile::tempdir_in("/dev/shm").ok();
        if memory.is_none() {
            tell("  no tmpfs at /dev/shm: measured on disk only");
        }
        let in_memory = memory.as_ref().map(|place| self.at("tmpfs", place.path(), rounds, pages, false));
        // Removing a site costs the next build on ext4: what was built stays until all is measured.
        let disk = self.at("disk", &self.beside("out"), rounds, pages, true);
        in_memory.unwrap_or(disk)
    }

    /// Builds each once, which also warms the files, and compares what came out.
    fn compare(&self) -> usize {
        let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let (ours, theirs) = (place.path().join("ours"), place.path().join("hugo"));
        run(&mut self.build(&ours));
        let pages = Pages::of(&ours);
        if let Some(program) = &self.hugo {
            run(&mut hugo::build(program, &self.beside("hugo"), &theirs));
            equal::compare(&pages, &Pages::of(&theirs));
        }
        pages.count()
    }

    fn at(&self, place: &str, folder: &Path, rounds: usize, pages: usize, keep: bool) -> Cold {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            let out = folder.join(format!("ours-{round}"));
            ours.push(fresh(&mut self.build(&out), &out, keep));
            if let Some(program) = &self.hugo {
                let out = folder.join(format!("hugo-{round}"));
                theirs.push(fresh(&mut hugo::build(program, &self.beside("hugo"), &out), &out, keep));
            }
        }
        row(&format!("cold, {place}: ours"), &ours);
        if ours.iter().chain(&theirs).any(|taken| taken.others > QUIET) {
            tell("  the machine was NOT quiet: read the ratios, and even those with care");
        }
        if !theirs.is_empty() {
            row(&format!("cold, {place}: Hugo"), &theirs);
            self.ratios(place, &ours, &theirs);
        }
        let wall = |runs: &[Taken]| Duration::from_secs_f64(median(walls(runs)));
        let hugo_wall = (!theirs.is_empty()).then(|| wall(&theirs));
        Cold { ours_per_page: wall(&ours) / u32::try_from(pages).unwrap(), hugo_wall }
    }

    fn ratios(&self, place: &str, ours: &[Taken], theirs: &[Taken]) {
        let ratio = |of: &dyn Fn(&Taken) -> f64| {
            median(ours.iter().zip(theirs).map(|(ours, theirs)| of(theirs) / of(ours)).collect())
        };
        let wall = ratio(&|taken| taken.wall.as_secs_f64());
        let cpu = ratio(&|taken| taken.cpu.as_secs_f64());
        let memory = ratio(&|taken| taken.peak_kb as f64);
        let wanted = if place == "tmpfs" { reach::TMPFS } else { reach::DISK };
        let at_least = |wanted: f64| format!("at least {wanted}");
        verdict(&format!("wall time, Hugo by ours: {wall:.2} ×"), wall, wall >= wanted, &at_least(wanted));
        if place == "tmpfs" {
            verdict(&format!("CPU time, Hugo by ours: {cpu:.2} ×"), cpu, cpu >= wanted, &at_least(wanted));
        } else {
            tell(&format!("  CPU time, Hugo by ours: {cpu:.2} ×"));
        }
        let told = format!("memory, Hugo by ours: {memory:.2} ×");
        if self.articles >= 50_000 {
            verdict(&told, memory, memory >= reach::MEMORY, &at_least(reach::MEMORY));
        } else {
            tell(&format!("  {told}"));
        }
    }
}

/// A build into a folder that is not there yet, with nothing left to be written by the kernel before.
fn fresh(command: &mut Command, out: &Path, keep: bool) -> Taken {
    std::fs::create_dir_all(out.parent().unwrap()).unwrap();
    rustix::fs::sync();
    let taken = run(command);
    if !keep {
        std::fs::remove_dir_all(out).unwrap();
    }
    taken
}

fn walls(runs: &[Taken]) -> Vec<f64> {
    runs.iter().map(|taken| taken.wall.as_secs_f64()).collect()
}

fn row(what: &str, runs: &[Taken]) {
    let mut sorted = walls(runs);
    sorted.sort_by(f64::total_cmp);
    let cpu = median(runs.iter().map(|taken| ms(taken.cpu)).collect());
    let peak = median(runs.iter().map(|taken| taken.peak_kb as f64 / 1024.0).collect());
    let others = runs.iter().map(|taken| taken.others).fold(0.0, f64::max) * 100.0;
    tell(&format!(
        "  {what:18}  wall {:7.0} ms ({:.0} to {:.0})  CPU {cpu:7.0} ms  memory {peak:6.0} MiB  others {others:3.0} %",
        median(sorted.clone()) * 1000.0,
        sorted[0] * 1000.0,
        sorted[sorted.len() - 1] * 1000.0,
    ));
}
