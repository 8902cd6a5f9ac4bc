//! The real program: one that builds and ends, and one that serves until it is stopped.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use crate::eventually;

/// The built binary: `ZAVICAJ_BIN`, or the release build.
pub fn binary() -> PathBuf {
    let binary = std::env::var_os("ZAVICAJ_BIN")
        .map_or_else(|| crate::site::repository().join("target/release/zavicaj"), PathBuf::from);
    assert!(binary.is_file(), "no program at {}: `tests/run system` builds it", binary.display());
    binary
}

/// What a run that ended said.
#[derive(Debug)]
pub struct Run {
    /// Exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// The moment at which tests build, so that their results do not depend on the day.
pub const NOW: &str = "2026-11-23T12:00:00Z";

/// A command line of the program, without the terminal's surroundings.
pub fn command<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).env_remove("ZAVICAJ_BIN").stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Run {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// `zavicaj build` of a site into a folder, at [`NOW`], with messages in English.
pub fn build(root: &Path, out: &Path) -> Run {
    let (root, out) = (root.to_str().unwrap(), out.to_str().unwrap());
    run(&mut command(["build", "--root", root, "--out", out, "--now", NOW, "--lang", "en"]))
}

/// `zavicaj serve` as a child of the test. It is killed when the value goes.
pub struct Server {
    child: Child,
    address: String,
    said: Arc<Mutex<String>>,
}

impl Server {
    /// Starts it on a free port, over `root`, with `data/` and `keys/` in `place`, and waits for its address.
    pub fn start(root: &Path, place: &Path) -> Self {
        Self::start_with(root, &place.join("data"), &place.join("keys"), &[])
    }

    /// The same, with every folder named and more arguments.
    pub fn start_with(root: &Path, data: &Path, keys: &Path, more: &[&str]) -> Self {
        Self::start_under(None, root, data, keys, more)
    }

    /// The same, as the last argument of another program that becomes it (`strace -D …`).
    pub fn start_under(other: Option<Command>, root: &Path, data: &Path, keys: &Path, more: &[&str]) -> Self {
        let [root, data, keys] = [root, data, keys].map(|path| path.to_str().unwrap());
        let mut command = match other {
            None => command([]),
            Some(mut other) => {
                other.arg(binary()).env_remove("ZAVICAJ_BIN").stdin(Stdio::null());
                other
            }
        };
        command
            .args(["serve", "--root", root, "--data", data, "--keys", keys, "--port", "0", "--lang", "en"]);
        let child = command.args(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut server = Self { child, address: String::new(), said: Arc::default() };
        listen(server.child.stdout.take().unwrap(), &server.said);
        listen(server.child.stderr.take().unwrap(), &server.said);
        server.address = eventually(60, "the server says its address", || {
            let said = server.said();
            assert!(server.child.try_wait().unwrap().is_none(), "the server ended:\n{said}");
            let line = said.lines().find_map(|line| line.split_once("http://127.0.0.1:"))?;
            Some(format!("127.0.0.1:{}", line.1.trim_end_matches('/')))
        });
        server
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A browser at this server's front door.
    pub fn browser(&self) -> crate::Browser {
        crate::Browser::at(&self.address)
    }

    /// Everything it wrote so far, to both outputs.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Ends it as a power cut would: SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        eventually(20, "the server stops when asked", || self.child.try_wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(stream: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines() {
            let Ok(line) = line else { return };
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    });
}
