//! How fast the generator is, beside Hugo with equal templates over the same articles.
//!
//! ```text
//! equal     both sites have the same pages with the same text and the same links   (not measured)
//! cold      a whole build into a new folder: ours and Hugo in turn                  wall, CPU, peak memory
//! warm      a build after one article was edited                                    wall; what was written
//! live      `serve`: from saving an article to the new text being served            median, p99
//! start     `serve` of the real site: from the start to its first page
//! ```
//!
//! Ratios are medians of the ratios of paired runs, so that a machine that others use too slows both. "Others" is what
//! they took of the machine meanwhile.
//!
//! Settings: `ZAVICAJ_SPEED_SIZES` ("1000 10000"), `ZAVICAJ_SPEED_ROUNDS` (5), `ZAVICAJ_SPEED_EDITS` (50),
//! `ZAVICAJ_HUGO` (Hugo's program; "hugo" in the path otherwise). `tests/run speed` brings the pinned Hugo.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod cold;
mod equal;
mod hugo;
mod live;
mod run;
mod warm;

use std::time::Duration;
use tests::tell;

/// What is to be reached against Hugo, on a quiet machine and in a release build.
mod reach {
    /// Cold, in memory: wall and CPU time of Hugo's by ours.
    pub const TMPFS: f64 = 6.0;
    /// Cold, on disk: wall time.
    pub const DISK: f64 = 5.0;
    /// Peak memory of Hugo's by ours, at 50,000 articles and more.
    pub const MEMORY: f64 = 6.0;
    /// Time for a page at the largest size by that at the smallest.
    pub const GROWTH: f64 = 1.15;
    /// A full build of Hugo's by a warm one of ours.
    pub const WARM: f64 = 20.0;
    /// From an edit to the new text.
    pub const EDIT_MEDIAN_MS: f64 = 60.0;
    /// The same, 99 of 100.
    pub const EDIT_P99_MS: f64 = 150.0;
    /// From the start of `serve` to the first page.
    pub const START_MS: f64 = 100.0;
}

#[test]
fn the_generator_beside_hugo() {
    let sizes: Vec<u64> = std::env::var("ZAVICAJ_SPEED_SIZES")
        .unwrap_or_else(|_| "1000 10000".to_owned())
        .split_whitespace()
        .map(|size| size.parse().unwrap())
        .collect();
    let (rounds, edits) = (setting("ZAVICAJ_SPEED_ROUNDS", 5), setting("ZAVICAJ_SPEED_EDITS", 50));
    let cores = std::thread::available_parallelism().unwrap();
    tell(&format!("{cores} cores, {rounds} rounds; the program: {}", tests::program::binary().display()));
    let hugo = hugo::find();
    let mut per_page = Vec::new();
    // Nothing is removed before all is measured: files removed a moment ago slow down a disk's next new ones.
    let mut measured = Vec::new();
    for &size in &sizes {
        let sites = cold::Sites::write(size, hugo.as_deref());
        let cold = sites.measure(rounds);
        per_page.push((size, cold.ours_per_page));
        warm::measure(&sites, rounds, cold.hugo_wall);
        live::edits(&sites, edits);
        measured.push(sites);
    }
    if let [(least, first), .., (most, last)] = per_page[..] {
        let growth = last.as_secs_f64() / first.as_secs_f64();
        let told = format!("time for a page at {most} by that at {least}: {growth:.2} ×");
        verdict(&told, growth, growth <= reach::GROWTH, &format!("at most {} ×", reach::GROWTH));
    }
    live::start();
}

/// Says whether something was reached.
fn verdict(what: &str, value: f64, met: bool, wanted: &str) {
    let word = if met && value.is_finite() { "met" } else { "NOT met" };
    tell(&format!("  {what} ({wanted}: {word})"));
}

/// The middle of some numbers.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    percentile(&numbers, 50)
}

/// The number that so many of a hundred do not exceed.
fn percentile(sorted: &[f64], of_hundred: usize) -> f64 {
    sorted[(sorted.len() * of_hundred).div_ceil(100).saturating_sub(1)]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn setting(variable: &str, full: usize) -> usize {
    std::env::var(variable).ok().map_or(full, |text| text.parse().unwrap())
}
