//! Connections: how many, how large a head, how long they may stand still; and an end that lets begun requests finish.
//!
//! ```text
//! accept (at most `connections`) ─► HTTP/1.1 (head within `head_time` and `head_bytes`) ─► ClientAddress ─► router
//!                                   body within `body_time`; an answer that nobody takes ends after `still`
//! ```

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::CONNECTION;
use axum::http::{HeaderMap, HeaderValue, Request};
use functions::ClientAddress;
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::Sleep;
use tokio_io_timeout::TimeoutStream;

use super::automatic::{self, Turn, WithHeaders};
use super::client::Proxies;

/// How much, and how long.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// At once; more wait in the system's queue until one of these ends.
    pub connections: usize,
    /// From the first byte of a request, or from the end of the one before, to the end of its head.
    pub head_time: Duration,
    /// All of a head.
    pub head_bytes: usize,
    /// Headers of a request.
    pub headers: usize,
    /// All of a body, from its first reading.
    pub body_time: Duration,
    /// A visitor who takes no byte of an answer for this long is gone.
    pub still: Duration,
}

impl Default for Limits {
    /// Far more than people, browsers and proxies need: the largest file over a slow phone line (4 MB at 14 KB/s) has
    /// its time, and no trickle goes on for ever.
    fn default() -> Self {
        Self {
            connections: 1024,
            head_time: Duration::from_secs(15),
            head_bytes: 32 * 1024,
            headers: 100,
            body_time: Duration::from_secs(300),
            still: Duration::from_secs(30),
        }
    }
}

/// After an error of accepting that is the machine's (too many open files).
const TRY_AGAIN: Duration = Duration::from_millis(200);

/// Who connects, and how strictly.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub proxies: Proxies,
    /// How long requests that were begun have when the server is asked to stop.
    pub patience: Duration,
    pub limits: Limits,
    /// What every answer bears.
    pub headers: HeaderMap,
}

/// Answers connections until `stopping` is true, then waits for what was begun.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    rules: Rules,
    mut stopping: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let headers = automatic::lines(&rules.headers);
    let places = Arc::new(Semaphore::new(rules.limits.connections));
    loop {
        let accepted = async {
            // The semaphore is never closed; without it there would be no limit, and so no connection.
            let place = Arc::clone(&places).acquire_owned().await.map_err(io::Error::other)?;
            let (stream, peer) = listener.accept().await?;
            Ok::<_, io::Error>((place, stream, peer))
        };
        let accepted = tokio::select! {
            accepted = accepted => accepted,
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        match accepted {
            Ok((place, stream, peer)) => {
                let connection = connection(stream, peer.ip(), router.clone(), &rules, Arc::clone(&headers));
                let connection = graceful.watch(connection);
                tokio::spawn(async move {
                    // A connection that breaks off is the visitor's affair.
                    let _ = connection.await;
                    drop(place);
                });
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(_) => tokio::time::sleep(TRY_AGAIN).await,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(rules.patience, graceful.shutdown()).await;
}

fn connection(
    stream: TcpStream,
    peer: IpAddr,
    router: Router,
    rules: &Rules,
    headers: Arc<[u8]>,
) -> impl GracefulConnection<Error = hyper::Error> + use<> {
    // Small answers leave at once; where the system refuses, they leave a moment later.
    let _ = stream.set_nodelay(true);
    let limits = rules.limits;
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.still));
    let turn = Turn::default();
    let stream = WithHeaders::new(TokioIo::new(Box::pin(stream)), turn.clone(), headers);
    let proxies = rules.proxies.clone();
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        turn.begin();
        if let Some(address) = proxies.client(peer, request.headers()) {
            request.extensions_mut().insert(ClientAddress(address));
        }
        let is_read = Arc::new(AtomicBool::new(request.body().is_end_stream()));
        let request = request.map(|body| Body::new(Timed::new(body, limits.body_time, Arc::clone(&is_read))));
        let answer = tower::ServiceExt::oneshot(router.clone(), request);
        let turn = turn.clone();
        async move {
            let mut answer = answer.await.unwrap_or_else(|never| match never {});
            if !is_read.load(Ordering::SeqCst) {
                // The rest of the request may be anything, and be long: nothing comes after it.
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(turn.until_over(answer))
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(limits.head_bytes)
        .max_headers(limits.headers)
        .serve_connection(stream, service)
}

/// As the system's manual says of accept: errors of a connection that is gone already.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// A body that has to be complete within some time of its first reading.
struct Timed {
    body: Incoming,
    within: Duration,
    end: Option<Pin<Box<Sleep>>>,
    /// Told when nothing of it is left.
    is_read: Arc<AtomicBool>,
}

impl Timed {
    fn new(body: Incoming, within: Duration, is_read: Arc<AtomicBool>) -> Self {
        Self { body, within, end: None, is_read }
    }
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            if frame.is_none() || self.body.is_end_stream() {
                self.is_read.store(true, Ordering::SeqCst);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let within = self.within;
        let end = self.end.get_or_insert_with(|| Box::pin(tokio::time::sleep(within)));
        if end.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}
