//! Connections: how many, how large a head, how long they may stand still; and an end that lets begun requests finish.
//!
//! ```text
//! accept (at most MOST_CONNECTIONS) ─► HTTP/1.1 (head within HEAD_TIME and HEAD_BYTES) ─► ClientAddress ─► router
//!                                      body within BODY_TIME; an answer that nobody takes ends after STILL
//! ```

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::Request;
use functions::ClientAddress;
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::Sleep;
use tokio_io_timeout::TimeoutStream;

use super::client::Proxies;

/// More wait in the system's queue until one of these ends.
const MOST_CONNECTIONS: usize = 1024;
/// From the first byte of a request, or from the end of the one before, to the end of its head.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// All of a head: far more than browsers and proxies send.
const HEAD_BYTES: usize = 32 * 1024;
/// Headers of a request.
const MOST_HEADERS: usize = 100;
/// All of a body: the largest file over a slow phone line (4 MB at 14 KB/s), and no trickle for ever.
const BODY_TIME: Duration = Duration::from_secs(300);
/// A visitor who takes no byte of an answer for this long is gone.
const STILL: Duration = Duration::from_secs(30);
/// After an error of accepting that is the machine's (too many open files).
const TRY_AGAIN: Duration = Duration::from_millis(200);

/// Who connects, and how strictly.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub proxies: Proxies,
    /// How long requests that were begun have when the server is asked to stop.
    pub patience: Duration,
}

/// Answers connections until `stopping` is true, then waits for what was begun.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    rules: Rules,
    mut stopping: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
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
                let connection = graceful.watch(connection(stream, peer.ip(), router.clone(), &rules));
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
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + use<> {
    // Small answers leave at once; where the system refuses, they leave a moment later.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STILL));
    let proxies = rules.proxies.clone();
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        if let Some(address) = proxies.client(peer, request.headers()) {
            request.extensions_mut().insert(ClientAddress(address));
        }
        let request = request.map(|body| Body::new(Timed::new(body)));
        let answer = tower::ServiceExt::oneshot(router.clone(), request);
        async { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
}

/// As the system's manual says of accept: errors of a connection that is gone already.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// A body that has to be complete within [`BODY_TIME`] of its first reading.
struct Timed {
    body: Incoming,
    end: Option<Pin<Box<Sleep>>>,
}

impl Timed {
    fn new(body: Incoming) -> Self {
        Self { body, end: None }
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
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let end = self.end.get_or_insert_with(|| Box::pin(tokio::time::sleep(BODY_TIME)));
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
