//! The answers that hyper gives by itself, before any handler is asked: to a head that is none, or is too large. They
//! bear the same headers as every other answer.
//!
//! ```text
//! head is read ─► a handler is asked: `begin` ─► its answer is dropped: over ─► all of it is written: `poll_flush`
//!      └► it is no head: hyper writes although nobody was asked ─► our headers before the empty line
//! ```
//!
//! hyper reads the next head only after all bytes of the answer before were flushed, so what it writes then is one
//! automatic head and nothing else. The one exception, an answer that began before its request was read to the end,
//! is closed after it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderMap;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};

/// Nobody was asked since the last answer was written.
const IDLE: u8 = 0;
/// A handler was asked, or its answer is on its way.
const ANSWERING: u8 = 1;
/// hyper holds all of the answer.
const OVER: u8 = 2;
/// What a head ends with.
const END: &[u8] = b"\r\n\r\n";

/// What one connection is about.
#[derive(Clone, Default)]
pub(super) struct Turn(Arc<AtomicU8>);

impl Turn {
    /// A handler is asked.
    pub(super) fn begin(&self) {
        self.0.store(ANSWERING, Ordering::SeqCst);
    }

    /// The handler's answer, which says when it is over.
    pub(super) fn until_over(&self, answer: Response) -> Response {
        let over = Over(self.clone());
        answer.map(|body| Body::new(Watched { body, _over: over }))
    }

    fn is_idle(&self) -> bool {
        self.0.load(Ordering::SeqCst) == IDLE
    }

    fn flushed(&self) {
        // Whether it was over or not, the result says the same: only what is over becomes idle.
        let _ = self.0.compare_exchange(OVER, IDLE, Ordering::SeqCst, Ordering::SeqCst);
    }
}

struct Over(Turn);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.0.store(OVER, Ordering::SeqCst);
    }
}

struct Watched {
    body: Body,
    _over: Over,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection whose automatic answers bear our headers.
pub(super) struct WithHeaders<S> {
    stream: S,
    turn: Turn,
    /// The lines that are added.
    headers: Arc<[u8]>,
    /// What is written instead of hyper's bytes, and how much of it was.
    instead: Vec<u8>,
    written: usize,
}

impl<S> WithHeaders<S> {
    pub(super) fn new(stream: S, turn: Turn, headers: Arc<[u8]>) -> Self {
        Self { stream, turn, headers, instead: Vec::new(), written: 0 }
    }
}

/// Headers as the lines of a head.
pub(super) fn lines(headers: &HeaderMap) -> Arc<[u8]> {
    let mut lines = Vec::new();
    for (name, value) in headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            lines.extend_from_slice(part);
        }
    }
    lines.into()
}

impl<S: Read + Unpin> Read for WithHeaders<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: Write + Unpin> Write for WithHeaders<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if !this.turn.is_idle() {
            return Pin::new(&mut this.stream).poll_write(context, bytes);
        }
        if this.instead.is_empty() {
            // Without its end no line can be added, and without our lines nothing may leave.
            let Some(head) = bytes.strip_suffix(END) else {
                return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
            };
            this.instead = [head, b"\r\n", &this.headers, b"\r\n"].concat();
        }
        while let Some(rest @ [_, ..]) = this.instead.get(this.written..) {
            match ready!(Pin::new(&mut this.stream).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => this.written += count,
            }
        }
        Poll::Ready(Ok(bytes.len()))
    }

    // Not vectored: hyper then keeps all that is to be written in one piece.

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // hyper flushes when it has nothing left to write.
        self.turn.flushed();
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use std::task::Waker;

    const HEAD: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";

    /// Takes one byte each second time it is asked.
    #[derive(Default)]
    struct Narrow {
        taken: Vec<u8>,
        is_ready: bool,
    }

    impl Write for Narrow {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.is_ready = !self.is_ready;
            if !self.is_ready {
                return Poll::Pending;
            }
            self.taken.extend(bytes.first());
            Poll::Ready(Ok(bytes.len().min(1)))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    fn connection() -> (WithHeaders<Narrow>, Turn) {
        let turn = Turn::default();
        let headers = HeaderMap::from_iter([(
            axum::http::header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        )]);
        (WithHeaders::new(Narrow::default(), turn.clone(), lines(&headers)), turn)
    }

    /// As hyper does it: what was not taken is offered again.
    fn write(connection: &mut WithHeaders<Narrow>, mut bytes: &[u8]) -> io::Result<()> {
        let mut context = Context::from_waker(Waker::noop());
        while !bytes.is_empty() {
            if let Poll::Ready(count) = Pin::new(&mut *connection).poll_write(&mut context, bytes) {
                bytes = &bytes[count?..];
            }
        }
        assert!(Pin::new(connection).poll_flush(&mut context).is_ready());
        Ok(())
    }

    fn text(connection: &WithHeaders<Narrow>) -> &str {
        std::str::from_utf8(&connection.stream.taken).unwrap()
    }

    #[test]
    fn what_nobody_was_asked_for_gets_our_headers_byte_by_byte() {
        let (mut connection, _) = connection();
        write(&mut connection, HEAD).unwrap();
        assert_eq!(
            text(&connection),
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nx-content-type-options: nosniff\r\n\r\n"
        );
    }

    #[test]
    fn an_answer_stays_as_it_is_even_where_it_looks_like_an_automatic_one() {
        let (mut connection, turn) = connection();
        turn.begin();
        let answer = turn.until_over(Response::new(Body::from("x")));
        write(&mut connection, HEAD).unwrap();
        assert_eq!(text(&connection).as_bytes(), HEAD, "flushed in the middle of an answer");
        write(&mut connection, HEAD).unwrap();
        drop(answer);
        write(&mut connection, HEAD).unwrap();
        assert_eq!(text(&connection).as_bytes(), HEAD.repeat(3), "its last bytes");
        write(&mut connection, HEAD).unwrap();
        assert!(text(&connection).ends_with("nosniff\r\n\r\n"), "and then hyper's own");
    }

    #[test]
    fn what_cannot_bear_headers_does_not_leave() {
        let (mut connection, _) = connection();
        assert_eq!(write(&mut connection, b"HTTP/1.1 400").unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(text(&connection), "");
    }
}
