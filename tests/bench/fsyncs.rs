//! The server's own waits for the disk, as `strace` sees them. With a filter in the kernel all other calls run
//! untouched; the tracer hides behind the server (`-D`), which stays our child.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::Times;

/// A trace that is being written.
pub struct Trace {
    file: PathBuf,
    works: bool,
}

impl Trace {
    /// In a file beside the server's data.
    pub fn beside(data: &Path) -> Self {
        let file = data.with_file_name("fsyncs");
        let tried = strace(&file).arg("true").stdout(Stdio::null()).stderr(Stdio::null()).status();
        Self { file, works: tried.is_ok_and(|status| status.success()) }
    }

    /// What the server is started by; nothing where tracing does not work.
    pub fn command(&self) -> Option<Command> {
        self.works.then(|| strace(&self.file))
    }

    /// The waits that ended between two moments (since 1970), by the file's name.
    pub fn between(&self, begin: Duration, end: Duration) -> Option<BTreeMap<String, Times>> {
        let lines = std::fs::read_to_string(&self.file).ok().filter(|_| self.works)?;
        let mut found: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
        // A call that another thread's line interrupts in the trace is "unfinished" first and "resumed" later.
        let mut unfinished = BTreeMap::new();
        for line in lines.lines() {
            let mut words = line.split_whitespace();
            let (Some(thread), Some(at)) = (words.next(), words.next()) else { continue };
            let Some(at) = at.parse().ok().and_then(|at| Duration::try_from_secs_f64(at).ok()) else {
                continue;
            };
            if let Some(file) = name(line) {
                unfinished.insert(thread.to_owned(), (at, file));
            }
            let took = line.rsplit_once('<').and_then(|(_, took)| took.trim_end_matches('>').parse().ok());
            let took = took.filter(|_| line.ends_with('>') && !line.ends_with("...>"));
            if let Some(took) = took
                && let Some((at, file)) = unfinished.remove(thread)
                && (begin..end).contains(&at)
            {
                found.entry(file).or_default().push(Duration::from_secs_f64(took));
            }
        }
        Some(found.into_iter().map(|(file, times)| (file, Times::of(times))).collect())
    }
}

/// The name of the file in `fdatasync(12</path/name>) = 0`.
fn name(line: &str) -> Option<String> {
    let (_, call) = line.split_once("sync(")?;
    let path = call.split_once('<')?.1.split('>').next()?;
    let path = path.trim_end_matches("(deleted)");
    let name = Path::new(path).file_name()?.to_str()?;
    // Each letter has a name of its own.
    Some(if path.contains("/mail/") || path.ends_with("/mail") {
        "letters".to_owned()
    } else {
        name.to_owned()
    })
}

fn strace(file: &Path) -> Command {
    let mut command = Command::new("strace");
    command.args(["-D", "-f", "--seccomp-bpf", "-qq", "-ttt", "-T", "-y", "-e", "trace=fsync,fdatasync"]);
    command.args(["-e", "signal=none"]).arg("-o").arg(file);
    command
}
