//! The finished site from memory, with working forms: for an editor's desk and for a town's one machine.
//!
//! ```text
//! watch ─► build ─► ServedSite (outputs by path) ─┐
//!                └► Bundle ─► functions::router ──┤─► one HTTP server on loopback
//!                                 data/, keys/ ───┘      └► outbox ─► data/mail/*.eml
//! ```

mod answer;
mod automatic;
mod change;
mod client;
mod connections;
mod files;
mod gathering;
mod negotiate;
mod post;
mod rebuild;
mod reload;
mod transport;
mod upkeep;
mod watch;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use functions::abuse::{Guard, Load, Meter, Rate};
use functions::{Bundle, Service};
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::watch as channel;

pub use crate::records::Variable;
pub use answer::safety;
pub use change::Change;
pub use client::Proxies;
pub use connections::Limits;
pub use files::{File, ServedSite};
pub use rebuild::BuildReport;

use crate::build;
use crate::diagnostic::Diagnostic;
use crate::error::EnvironmentError;
use crate::records::Engine;

/// What the server is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// What is built.
    pub build: build::Options,
    /// Keep the moment of the build at `build.now` instead of the time of each build.
    pub fixed_now: bool,
    /// Port on loopback; 0 takes a free one.
    pub port: u16,
    /// Where the submissions lie.
    pub store: Engine,
    /// Folder of the submissions and mails.
    pub data: PathBuf,
    /// Folder of the keys.
    pub keys: PathBuf,
    /// Publish into this folder as well.
    pub out: Option<PathBuf>,
    /// For the public: nothing is watched, no editor's help is added, and every answer asks for HTTPS.
    pub production: bool,
    /// Whose `X-Forwarded-For` counts.
    pub proxies: Proxies,
    /// When browsers have to calculate before they send.
    pub work: Work,
    /// Of connections.
    pub limits: Limits,
    /// The environment, for the mail server's password and for a table.
    pub variable: Variable,
}

/// When browsers have to calculate before they send a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Never.
    Never,
    /// While more check pages are asked for than people ask for.
    UnderLoad,
    /// Always.
    Always,
}

/// Far more than a town's people fill in, and far less than a program sends.
const MOST_CHECK_PAGES_PER_MINUTE: u32 = 120;

impl Work {
    fn guard(self) -> Guard {
        let load = match self {
            Self::Never => Load::Never,
            Self::UnderLoad => Load::Measured(Meter::new(MOST_CHECK_PAGES_PER_MINUTE)),
            Self::Always => Load::Always,
        };
        Guard::new(Rate::default(), load)
    }
}

/// What the server tells the person who started it.
pub enum Notice<'a> {
    /// A build ended well.
    Built(&'a BuildReport),
    /// A build found errors; what was served before is still served.
    Failed(&'a [Diagnostic]),
    /// The machine did not let a build end.
    Environment(&'a EnvironmentError),
    /// The address, once it answers.
    Listening(SocketAddr),
    /// The keys were made by this start.
    KeysMade,
    /// The desk's private key still lies on this machine.
    DeskKeyHere,
    /// What the form handlers and the outbox report; holds nothing that a person wrote.
    Log(&'a str),
}

/// Where notices go, from any thread.
pub type Tell = Arc<dyn Fn(Notice<'_>) + Send + Sync>;

/// How long a server that is asked to stop waits for requests that were begun, and for the letter in hand.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same for the public's: somebody may be in the middle of a file on a slow line.
const PATIENCE_IN_PRODUCTION: Duration = Duration::from_secs(30);

/// What requests are answered from.
struct App {
    /// The newest good site; none before the first good build.
    site: RwLock<Option<Arc<ServedSite>>>,
    /// The findings of the newest build, if it failed.
    failure: RwLock<Vec<Diagnostic>>,
    /// The form handlers; none before the first good build.
    forms: RwLock<Option<axum::Router>>,
    bundle: channel::Sender<Option<Arc<Bundle>>>,
    /// Counts good builds that changed pages, for live reload.
    version: channel::Sender<u64>,
    /// Good builds that changed nothing but style sheets.
    style: channel::Sender<reload::Styles>,
    /// The errors of the newest build, as a JSON list for the editor's browser.
    problems: channel::Sender<Arc<str>>,
    /// Becomes true when the server is asked to stop.
    stopping: channel::Sender<bool>,
    /// Whether this is the public's server.
    production: bool,
}

/// Serves until Ctrl+C or SIGTERM.
pub fn run(options: Options, tell: Tell) -> Result<(), EnvironmentError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| EnvironmentError::Other(error.to_string()))?;
    let done = runtime.block_on(serve(options, tell));
    // Writes that were begun end; nothing waits for a browser that keeps its connection.
    runtime.shutdown_timeout(PATIENCE);
    done
}

async fn serve(options: Options, tell: Tell) -> Result<(), EnvironmentError> {
    // In a folder that is no site, nothing is made.
    crate::source::read_config(&options.build.root)?;
    if let Some(out) = &options.out {
        build::refuse_among_sources(&options.build.root, out)?;
    }
    let listener = bind(options.port).await?;
    let address = listener.local_addr().map_err(|error| EnvironmentError::Other(error.to_string()))?;
    let (engine, variable) = (options.store, options.variable);
    if !options.keys.join("service").exists() && engine.holds_records(&options.data, variable).await? {
        let place = engine.place(&options.data, variable);
        return Err(EnvironmentError::KeysMissing { place, keys: options.keys });
    }
    let keys = sealing::Keys::open_or_create(&options.keys)?;
    let audit = keys.hashing.derive("audit");
    let store = engine.open_or_make(&options.data, audit, variable).await?;
    if keys.created {
        tell(Notice::KeysMade);
    }
    if keys.desk_key == sealing::DeskKey::StillHere {
        tell(Notice::DeskKeyHere);
    }

    let app = Arc::new(App {
        site: RwLock::default(),
        failure: RwLock::default(),
        forms: RwLock::default(),
        bundle: channel::Sender::new(None),
        version: channel::Sender::new(0),
        style: channel::Sender::new(reload::Styles::default()),
        problems: channel::Sender::new(Arc::from("[]")),
        stopping: channel::Sender::new(false),
        production: options.production,
    });
    let log = Arc::clone(&tell);
    let log: functions::Log = Arc::new(move |event| log(Notice::Log(&event.to_string())));
    let wake = Arc::new(tokio::sync::Notify::new());
    let hashing = Arc::new(keys.hashing);
    let upkeep = upkeep::Upkeep {
        store: Arc::clone(&store),
        sealer: keys.sealer.clone(),
        hashing: Arc::clone(&hashing),
        identity: keys.service_identity.clone(),
        tell: Arc::clone(&tell),
        wake: Arc::clone(&wake),
    };
    let forms = Forms {
        store: Arc::clone(&store),
        sealer: keys.sealer,
        identity: keys.service_identity.clone(),
        hashing,
        receipt: keys.receipt,
        guard: options.work.guard(),
        log: post::waking(log, &wake),
    };
    let builder = rebuild::Builder::new(options.clone(), Arc::clone(&app), Arc::clone(&tell), forms);
    rebuild::start(builder).await?;
    if options.production && app.site().is_none() {
        return Err(EnvironmentError::NothingToServe);
    }
    let outbox = tokio::spawn(post::deliver(
        options.clone(),
        store,
        keys.service_identity,
        app.bundle.subscribe(),
        Arc::clone(&tell),
        wake,
        app.stopping.subscribe(),
    ));
    let upkeep = tokio::spawn(upkeep.run(options.clone(), app.bundle.subscribe(), app.stopping.subscribe()));

    tell(Notice::Listening(address));
    let stopping = app.stopping.clone();
    let patience = if options.production { PATIENCE_IN_PRODUCTION } else { PATIENCE };
    let rules = connections::Rules {
        proxies: options.proxies,
        patience,
        limits: options.limits,
        headers: safety(options.production),
    };
    let served =
        connections::serve(listener, answer::router(Arc::clone(&app)), rules, app.stopping.subscribe());
    let stop = async {
        stop_signal().await;
        stopping.send_replace(true);
        // Asked twice, the server waits for nobody.
        stop_signal().await;
    };
    let mut stopped = app.stopping.subscribe();
    // A letter that a mail server took and nobody noted would be sent again.
    let workers = async {
        let _ = stopped.wait_for(|stopped| *stopped).await;
        let _ = tokio::time::timeout(patience, async { tokio::join!(outbox, upkeep) }).await;
    };
    tokio::select! { _ = async { tokio::join!(served, workers) } => {}, () = stop => {} }
    Ok(())
}

/// What the form handlers are made of, once there is a bundle.
struct Forms {
    store: Arc<dyn Store>,
    sealer: sealing::Sealer,
    identity: sealing::Identity,
    hashing: Arc<sealing::HashKeys>,
    receipt: sealing::ReceiptKeys,
    guard: Guard,
    log: functions::Log,
}

impl Forms {
    fn router(self, bundle: channel::Receiver<Arc<Bundle>>) -> axum::Router {
        let service = Service {
            identity: Some(Arc::new(self.identity)),
            receipt_keys: Some(Arc::new(self.receipt)),
            guard: Arc::new(self.guard),
            ..Service::new(bundle, self.store, self.sealer, self.hashing, self.log)
        };
        functions::router(service)
    }
}

impl App {
    fn site(&self) -> Option<Arc<ServedSite>> {
        self.site.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn bind(port: u16) -> Result<TcpListener, EnvironmentError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => EnvironmentError::PortInUse { port },
        _ => EnvironmentError::Other(format!("127.0.0.1:{port}: {error}")),
    })
}

async fn stop_signal() {
    let interrupt = async {
        // Without a handler there is no signal to wait for; the process then ends by the system's default.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
