//! One instance of a function: the built binary, and the Lambda Runtime API that it asks for work.
//!
//! The API is the documented one: `GET …/invocation/next`, `POST …/invocation/<id>/response` or `/error`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// An event, when Lambda ends the instance that has not answered it, and where the answer goes.
struct Job {
    event: Value,
    deadline_ms: u64,
    answer: Sender<Result<Value, String>>,
}

/// In the year 2100.
const FAR_DEADLINE_MS: u64 = 4_102_444_800_000;

/// Those to which the template gives the key that opens addresses (tests/template/rights.rs holds it to that).
const OPENING_ADDRESSES: [&str; 4] = ["notify", "purge", "registration", "status"];

/// Where the built binaries are: `ZAVICAJ_FUNCTIONS`, or the target folder.
pub fn binary(name: &str) -> PathBuf {
    let folder = std::env::var_os("ZAVICAJ_FUNCTIONS")
        .map_or_else(|| tests::site::repository().join("target/lambda"), PathBuf::from);
    let binary = folder.join(name);
    assert!(binary.is_file(), "no function at {}: `tests/run lambda` builds it", binary.display());
    binary
}

/// A running instance. It is killed when the value goes.
pub struct Function {
    child: Child,
    jobs: Sender<Job>,
    said: Arc<Mutex<String>>,
    asked: Receiver<Duration>,
    /// From the last event to its answer.
    took: Arc<Mutex<Duration>>,
    /// They end when it has said all.
    listening: Vec<JoinHandle<()>>,
    api: Arc<RuntimeApi>,
    address: SocketAddr,
}

impl Function {
    pub fn start(name: &str, variables: &BTreeMap<String, String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (jobs, queue) = channel();
        let (tell, asked) = channel();
        let begun = Instant::now();
        let ready = move || {
            let _ = tell.send(begun.elapsed());
        };
        let took = Arc::<Mutex<Duration>>::default();
        let api = Arc::new(RuntimeApi {
            queue: Mutex::new(queue),
            ready: Mutex::new(Some(Box::new(ready))),
            current: Mutex::new(Current { number: 0, begun, waiting: None }),
            took: Arc::clone(&took),
            is_told_of_its_end: AtomicBool::new(false),
            over: AtomicBool::new(false),
        });
        let serving = Arc::clone(&api);
        std::thread::spawn(move || serving.serve(&listener));
        let mut command = Command::new(binary(name));
        command.env_clear().envs(variables);
        if !OPENING_ADDRESSES.contains(&name) {
            command.env_remove("ZAVICAJ_SERVICE_IDENTITY_SECRET");
        }
        let mut child = command
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::<Mutex<String>>::default();
        let listening =
            vec![listen(child.stdout.take().unwrap(), &said), listen(child.stderr.take().unwrap(), &said)];
        Self { child, jobs, said, asked, took, listening, api, address }
    }

    /// Waits until it asks for its first event; how long that took from its start.
    pub fn asked_for_work(&self) -> Duration {
        self.asked.recv_timeout(Duration::from_secs(30)).expect("it never asked for an event")
    }

    /// How long it was on a processor so far.
    pub fn busy(&self) -> Duration {
        let told = std::fs::read_to_string(format!("/proc/{}/schedstat", self.child.id())).unwrap();
        Duration::from_nanos(told.split(' ').next().unwrap().parse().unwrap())
    }

    /// How often it touched a page of memory for the first time so far.
    pub fn page_faults(&self) -> u64 {
        let told = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // Behind the name, which stands in brackets: state, six numbers, flags, and then these.
        let (_, after) = told.rsplit_once(") ").unwrap();
        after.split(' ').nth(7).unwrap().parse().unwrap()
    }

    /// How long the last answer took, seen from Lambda.
    pub fn took(&self) -> Duration {
        *self.took.lock().unwrap()
    }

    /// The most memory that it had so far, in bytes.
    pub fn peak_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().trim().parse::<u64>().unwrap() * 1024
    }

    /// One event, one answer, as Lambda does it.
    pub fn invoke(&self, event: Value) -> Value {
        self.invoke_until(event, FAR_DEADLINE_MS)
    }

    /// The same, with a deadline (in milliseconds since 1970) that is told to the function.
    pub fn invoke_until(&self, event: Value, deadline_ms: u64) -> Value {
        let (answer, answers) = channel();
        self.jobs.send(Job { event, deadline_ms, answer }).unwrap();
        match answers.recv_timeout(Duration::from_secs(60)) {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => panic!("the function reported an error: {error}\n{}", self.said()),
            Err(_) => panic!("the function did not answer:\n{}", self.said()),
        }
    }

    /// One event of which nobody waits for the answer.
    pub fn invoke_and_leave(&self, event: Value) {
        self.jobs.send(Job { event, deadline_ms: FAR_DEADLINE_MS, answer: channel().0 }).unwrap();
    }

    /// Asks it to end, as Lambda does with an instance that it needs no more; whether it ended well.
    pub fn end(&mut self) -> bool {
        let told = || self.api.is_told_of_its_end.load(Ordering::Relaxed).then_some(());
        tests::eventually(10, "an extension", told);
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        for _ in 0..500 {
            if let Some(status) = self.child.try_wait().unwrap() {
                for listener in self.listening.drain(..) {
                    listener.join().unwrap();
                }
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// Everything that it wrote for the operator.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Whoever waits for its connections hears of it.
        self.api.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn listen(stream: impl std::io::Read + Send + 'static, said: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    })
}

/// The Lambda Runtime API of one instance, which has one request at a time. Connections stay open, as Lambda's do.
struct RuntimeApi {
    queue: Mutex<Receiver<Job>>,
    /// Told when the first event is asked for.
    ready: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    current: Mutex<Current>,
    took: Arc<Mutex<Duration>>,
    /// An extension waits for events: only then Lambda says that the instance ends.
    is_told_of_its_end: AtomicBool,
    /// The instance is gone.
    over: AtomicBool,
}

/// The event that the instance is at work on.
struct Current {
    number: u32,
    begun: Instant,
    waiting: Option<Sender<Result<Value, String>>>,
}

impl RuntimeApi {
    fn serve(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            if self.over.load(Ordering::Relaxed) {
                return;
            }
            let api = Arc::clone(self);
            std::thread::spawn(move || api.talk(stream));
        }
    }

    /// Answers what comes over a connection until it ends, or the test does.
    fn talk(&self, mut stream: TcpStream) {
        stream.set_nodelay(true).unwrap();
        while let Some(Asked { target, body, .. }) = Asked::read(&mut stream) {
            if target.starts_with("POST /2020-01-01/extension/register") {
                assert!(self.ready.lock().unwrap().is_some(), "too late: it asked for an event already");
                let _ = stream.write_all(
                    b"HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: 0d2f\r\nContent-Length: 2\r\n\r\n{}",
                );
                continue;
            }
            if target.starts_with("GET /2020-01-01/extension/event/next") {
                self.is_told_of_its_end.store(true, Ordering::Relaxed);
                // It wants no events: until it hangs up.
                let _ = Asked::read(&mut stream);
                return;
            }
            if target.starts_with("GET /2018-06-01/runtime/invocation/next") {
                if let Some(ready) = self.ready.lock().unwrap().take() {
                    ready();
                }
                let Ok(job) = self.queue.lock().unwrap().recv() else { return };
                let event = job.event.to_string();
                let mut current = self.current.lock().unwrap();
                current.number += 1;
                current.waiting = Some(job.answer);
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                     Lambda-Runtime-Aws-Request-Id: request-{}\r\nLambda-Runtime-Deadline-Ms: {}\r\n\
                     Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:x\r\n\
                     Lambda-Runtime-Trace-Id: Root=1-6922f0a5-25b420912dee103a5db43400\r\n\r\n",
                    event.len(),
                    current.number,
                    job.deadline_ms
                );
                current.begun = Instant::now();
                drop(current);
                let _ = stream.write_all(&[head.as_bytes(), event.as_bytes()].concat());
                continue;
            }
            let mut current = self.current.lock().unwrap();
            *self.took.lock().unwrap() = current.begun.elapsed();
            let answer = if target.contains("/response") {
                serde_json::from_slice(&body).map_err(|error| error.to_string())
            } else {
                Err(format!("{target}: {}", String::from_utf8_lossy(&body)))
            };
            if let Some(waiting) = current.waiting.take() {
                let _ = waiting.send(answer);
            }
            drop(current);
            let _ = stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
        }
    }
}

/// A request as it came over a connection.
pub struct Asked {
    /// Method, path and version.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body, whether it came in chunks or not.
    pub body: Vec<u8>,
}

impl Asked {
    /// `None` where the connection ends.
    pub fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let target = line.trim_end().to_owned();
        let mut headers = Vec::new();
        loop {
            line.clear();
            reader.read_line(&mut line).ok()?;
            match line.trim_end().split_once(':') {
                Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
                None => break,
            }
        }
        let header =
            |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        let mut body = Vec::new();
        if let Some(length) = header("content-length") {
            body.resize(length.parse().ok()?, 0);
            reader.read_exact(&mut body).ok()?;
        } else if header("transfer-encoding") == Some("chunked") {
            loop {
                line.clear();
                reader.read_line(&mut line).ok()?;
                let size = usize::from_str_radix(line.trim_end(), 16).ok()?;
                let start = body.len();
                body.resize(start + size, 0);
                reader.read_exact(&mut body[start..]).ok()?;
                reader.read_line(&mut line).ok()?;
                if size == 0 {
                    break;
                }
            }
        }
        Some(Self { target, headers, body })
    }
}
