//! What the disk itself needs, measured in a file of its own while the load runs.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::Times;

/// Seldom enough not to be a load itself.
const EVERY: Duration = Duration::from_millis(40);

/// Writes and synchronises until it is ended.
pub struct Probe {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Duration>>,
}

impl Probe {
    /// Begins, in a new file.
    pub fn start(path: &Path) -> Self {
        let mut file = File::create(path).unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            let mut times = Vec::new();
            while !until.load(Ordering::Relaxed) {
                file.write_all(&[0x5a; 4096]).unwrap();
                let begin = Instant::now();
                file.sync_data().unwrap();
                times.push(begin.elapsed());
                std::thread::sleep(EVERY);
            }
            times
        });
        Self { ended, thread }
    }

    /// Ends; how long each time took.
    pub fn end(self) -> Times {
        self.ended.store(true, Ordering::Relaxed);
        Times::of(self.thread.join().unwrap())
    }
}
