//! `serve`: how soon an edit is seen, and how soon the first page after the start.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tests::Site;
use tests::corpus::Plan;
use tests::http::Request;
use tests::program::{NOW, command};

use crate::cold::Sites;
use crate::{ms, percentile, reach, tell, verdict};

const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(1);
/// An editor's pause before the next edit, at least.
const PAUSE: Duration = Duration::from_millis(300);
const STARTS: usize = 7;

/// Saves an article again and again; then its title, which other pages show too.
pub fn edits(sites: &Sites, count: usize) {
    let server = Server::start(&sites.ours(), &sites.beside("serve"));
    let plan = sites.corpus.plan(sites.articles - 1);
    let file = sites.ours().join("content").join(&plan.path);
    let original = fs::read_to_string(&file).unwrap();
    let mut times = Vec::new();
    for edit in 0..count {
        std::thread::sleep(PAUSE);
        let mark = format!("Izmjena broj {edit}.");
        let saved = Instant::now();
        fs::write(&file, format!("{original}\n{mark}\n")).unwrap();
        server.shows(&plan.url(), &mark);
        times.push(ms(saved.elapsed()));
    }
    times.sort_by(f64::total_cmp);
    let (median, p99) = (percentile(&times, 50), percentile(&times, 99));
    let told = format!("serve, edit to new text, {count} edits: median {median:.0} ms");
    verdict(&told, median, median < reach::EDIT_MEDIAN_MS, &format!("under {}", reach::EDIT_MEDIAN_MS));
    verdict(
        &format!("p99 {p99:.0} ms"),
        p99,
        p99 < reach::EDIT_P99_MS,
        &format!("under {}", reach::EDIT_P99_MS),
    );
    titles(&server, &file, &original, &plan);
    fs::write(&file, original).unwrap();
}

/// Once the article itself is new, nothing that names it may be old: the front page, the list, the older neighbour.
fn titles(server: &Server, file: &Path, original: &str, plan: &Plan) {
    let old = original.lines().find(|line| line.starts_with("title: ")).unwrap();
    let page = server.get(&plan.url()).unwrap();
    let links = page.split_once("class=\"siblings\"").unwrap().1;
    let neighbour = links.split_once("href=\"").unwrap().1.split('"').next().unwrap();
    let neighbour = neighbour.strip_prefix(&format!("http://{}", server.address)).unwrap_or(neighbour);
    for edit in 0..5 {
        std::thread::sleep(PAUSE);
        let title = format!("Promijenjen naslov {edit}");
        fs::write(file, original.replacen(old, &format!("title: {title}"), 1)).unwrap();
        server.shows(&plan.url(), &title);
        for path in ["/", "/vijesti/", neighbour] {
            let page = server.get(path).unwrap_or_else(|| panic!("no page at {path}"));
            assert!(page.contains(&title), "{path} is stale: it does not show {title:?}");
        }
    }
    tell(
        "  a new title is on the front page, in the list and beside its neighbour when it is on its own page",
    );
}

/// The real site, from the start to its first page: with new keys, and with those of before.
pub fn start() {
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let measured = |kept: bool| {
        let mut times = Vec::new();
        for start in 0..STARTS {
            let data = place.path().join(if kept { "kept".to_owned() } else { format!("new-{start}") });
            let begin = Instant::now();
            let server = Server::start(&site.root(), &data);
            server.shows("/", "</html>");
            times.push(ms(begin.elapsed()));
        }
        times.sort_by(f64::total_cmp);
        (percentile(&times, 50), percentile(&times, 100))
    };
    tell("\nthe real site");
    for (what, kept) in [("first start, with new keys", false), ("start", true)] {
        let (median, most) = measured(kept);
        let told = format!("serve, {what}, to the first page: median {median:.0} ms, at most {most:.0} ms");
        verdict(&told, median, median < reach::START_MS, &format!("under {}", reach::START_MS));
    }
}

/// A server that is asked without waiting for what it says. It is killed when the value goes.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(root: &Path, data: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (root, keys) = (root.to_str().unwrap(), data.join("keys"));
        let (data, keys) = (data.join("data"), keys.to_str().unwrap().to_owned());
        let arguments = [
            "serve",
            "--root",
            root,
            "--data",
            data.to_str().unwrap(),
            "--keys",
            &keys,
            "--now",
            NOW,
            "--port",
        ];
        let mut command = command(arguments);
        command.arg(port.to_string()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self { child: command.spawn().unwrap(), address: format!("127.0.0.1:{port}") };
        server.shows("/", "</html>");
        server
    }

    fn get(&self, path: &str) -> Option<String> {
        let answer = Request::new("GET", path).try_send(&self.address).ok()?;
        (answer.status == 200).then_some(answer.body)
    }

    fn shows(&self, path: &str, text: &str) {
        let begin = Instant::now();
        while !self.get(path).is_some_and(|page| page.contains(text)) {
            assert!(begin.elapsed() < PATIENCE, "{path} does not show {text:?}");
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
