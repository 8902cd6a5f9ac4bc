//! One run of a command, and what it took.

use std::fs;
use std::io::{Read as _, Seek as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

/// What a command took.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// From its start to its end.
    pub wall: Duration,
    /// On all cores, in the program and in the kernel for it.
    pub cpu: Duration,
    /// At most at once.
    pub peak_kb: u64,
    /// What others took of all cores meanwhile, from 0 to 1.
    pub others: f64,
}

/// Runs it to its end; it must end well.
pub fn run(command: &mut Command) -> Taken {
    // A file: a pipe that nobody reads would stop a child that has much to warn of.
    let mut said = tempfile::tempfile().unwrap();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said.try_clone().unwrap());
    // A child begins with the peak of the process that started it, so this one has to stay small.
    let own_peak_kb = own("VmHWM:");
    let (busy_before, begin) = (busy(), Instant::now());
    let mut child = command.spawn().unwrap();
    let ended = child.wait4().unwrap();
    let wall = begin.elapsed();
    if !ended.status.success() {
        let mut text = String::new();
        said.rewind().unwrap();
        said.read_to_string(&mut text).unwrap();
        panic!("{command:?}: {}\n{text}", ended.status);
    }
    let cpu = ended.rusage.utime + ended.rusage.stime;
    let peak_kb = ended.rusage.maxrss / 1024;
    assert!(peak_kb > own_peak_kb, "the benchmark itself takes {own_peak_kb} kB: no peak below can be seen");
    let cores = std::thread::available_parallelism().unwrap().get();
    let all = wall.as_secs_f64() * f64::from(u32::try_from(cores).unwrap());
    let others = (busy() - busy_before).saturating_sub(cpu).as_secs_f64() / all;
    Taken { wall, cpu, peak_kb, others }
}

fn own(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let found = status.lines().find_map(|found| found.strip_prefix(line)).unwrap();
    found.trim_matches([' ', '\t', 'k', 'B']).parse().unwrap()
}

/// How long all cores were at work since the start of the machine.
fn busy() -> Duration {
    let stat = fs::read_to_string("/proc/stat").unwrap();
    let numbers: Vec<u64> = stat
        .lines()
        .next()
        .unwrap()
        .split_whitespace()
        .skip(1)
        .map(|number| number.parse().unwrap())
        .collect();
    // user nice system idle iowait irq softirq steal; in hundredths of a second (USER_HZ).
    let ticks: u64 = [0, 1, 2, 5, 6, 7].into_iter().map(|place| numbers[place]).sum();
    Duration::from_millis(ticks * 10)
}
