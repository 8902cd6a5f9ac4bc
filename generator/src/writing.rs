//! Outputs on their way to a sink: whoever makes pages never waits for a disk.
//!
//! ```text
//! who renders ─► give ─► queue (so many bytes at most) ─► work: as many threads as the sink wants ─► sink
//!                  └───────────── no threads are wanted ────────────────────────────────────────► sink
//! ```
//!
//! A file system may hold everybody up who makes a file, for as long as it reads where the next one can lie.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::EnvironmentError;
use crate::publish::Entry;
use crate::sink::Sink;
use crate::source::AssetFile;

/// What may wait in the queue: what two processors make in a tenth of a second.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// An output that the sink has not taken yet.
pub(crate) struct Piece {
    pub(crate) path: Arc<str>,
    pub(crate) content: Content,
    pub(crate) entry: Entry,
}

/// What is written.
pub(crate) enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What is in this file.
    File(Arc<AssetFile>),
}

/// The queue before a sink.
pub(crate) struct Writing<'a> {
    sink: &'a dyn Sink,
    state: Mutex<State>,
    /// Something came, or nothing will come any more.
    came: Condvar,
    /// Something was taken.
    taken: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Vec<Piece>>,
    /// In memory, of what waits.
    bytes: usize,
    is_over: bool,
    /// The first that went wrong. What comes after it is let go.
    failed: Option<EnvironmentError>,
}

impl<'a> Writing<'a> {
    pub(crate) fn to(sink: &'a dyn Sink) -> Self {
        Self { sink, state: Mutex::default(), came: Condvar::new(), taken: Condvar::new() }
    }

    /// Passes pieces on; waits only while too much is waiting.
    pub(crate) fn give(&self, pieces: Vec<Piece>) -> Result<(), EnvironmentError> {
        if self.sink.writers() == 0 {
            return pieces.into_iter().try_for_each(|piece| self.write(piece));
        }
        if pieces.is_empty() {
            return Ok(());
        }
        let mut state = self.state();
        while state.bytes > MOST_BYTES && state.failed.is_none() && !state.is_over {
            state = self.taken.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.failed.is_none() {
            state.bytes += bytes_of(&pieces);
            state.waiting.push_back(pieces);
            drop(state);
            self.came.notify_one();
        }
        Ok(())
    }

    /// Writes until nothing will come any more: the work of one of the threads.
    pub(crate) fn work(&self) {
        // Should a sink panic, nobody waits for it.
        let _end = self.ends();
        while let Some(pieces) = self.next() {
            if let Err(error) = pieces.into_iter().try_for_each(|piece| self.write(piece)) {
                let mut state = self.state();
                state.failed.get_or_insert(error);
                state.waiting.clear();
                self.taken.notify_all();
            }
        }
    }

    /// Nothing will come any more once what this answers is dropped.
    pub(crate) fn ends(&self) -> End<'_, 'a> {
        End(self)
    }

    /// Whether nothing will come any more.
    pub(crate) fn is_over(&self) -> bool {
        self.state().is_over
    }

    /// Whether everything was written.
    pub(crate) fn result(self) -> Result<(), EnvironmentError> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.failed.map_or(Ok(()), Err)
    }

    fn next(&self) -> Option<Vec<Piece>> {
        let mut state = self.state();
        loop {
            if let Some(pieces) = state.waiting.pop_front() {
                state.bytes -= bytes_of(&pieces);
                drop(state);
                self.taken.notify_one();
                return Some(pieces);
            }
            if state.is_over {
                return None;
            }
            state = self.came.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn write(&self, Piece { path, content, entry }: Piece) -> Result<(), EnvironmentError> {
        match content {
            Content::Bytes(bytes) => self.sink.take(&path, bytes, &entry),
            Content::File(file) => self.sink.copy(&path, &file, &entry),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a [`Writing`] when it is dropped.
pub(crate) struct End<'w, 'a>(&'w Writing<'a>);

impl Drop for End<'_, '_> {
    fn drop(&mut self) {
        self.0.state().is_over = true;
        self.0.came.notify_all();
        self.0.taken.notify_all();
    }
}

fn bytes_of(pieces: &[Piece]) -> usize {
    let bytes = |piece: &Piece| match &piece.content {
        Content::Bytes(bytes) => bytes.len(),
        Content::File(_) => 0,
    };
    pieces.iter().map(bytes).sum()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// Takes outputs, more slowly than they come; refuses one of them.
    #[derive(Default)]
    struct Slow {
        taken: Mutex<Vec<Arc<str>>>,
        refuses: Option<&'static str>,
    }

    impl Sink for Slow {
        fn has(&self, _: &str, _: &Entry) -> bool {
            false
        }

        fn take(&self, path: &Arc<str>, _: Vec<u8>, _: &Entry) -> Result<(), EnvironmentError> {
            thread::sleep(std::time::Duration::from_micros(300));
            if self.refuses == Some(&**path) {
                return Err(EnvironmentError::Other(path.to_string()));
            }
            self.taken.lock().unwrap().push(Arc::clone(path));
            Ok(())
        }

        fn writers(&self) -> usize {
            2
        }
    }

    fn piece(number: usize) -> Piece {
        let bytes = vec![0; MOST_BYTES / 10];
        Piece { path: number.to_string().into(), entry: Entry::of(&[]), content: Content::Bytes(bytes) }
    }

    /// How many bytes waited at most, and what came of it.
    fn given(sink: &Slow) -> (usize, Result<(), EnvironmentError>) {
        let writing = Writing::to(sink);
        let most = Mutex::new(0);
        thread::scope(|scope| {
            for _ in 0..sink.writers() {
                scope.spawn(|| writing.work());
            }
            let _end = writing.ends();
            thread::scope(|scope| {
                for giver in 0..3 {
                    let (writing, most) = (&writing, &most);
                    scope.spawn(move || {
                        for number in 0..50 {
                            writing
                                .give(vec![
                                    piece(2 * (50 * giver + number)),
                                    piece(2 * (50 * giver + number) + 1),
                                ])
                                .unwrap();
                            let waits = writing.state().bytes;
                            let mut most = most.lock().unwrap();
                            *most = waits.max(*most);
                        }
                    });
                }
            });
        });
        (most.into_inner().unwrap(), writing.result())
    }

    #[test]
    fn everything_is_taken_and_little_waits() {
        let sink = Slow::default();
        let (most, result) = given(&sink);
        result.unwrap();
        // Each of those who give may add its own to a queue that is just not full.
        assert!(most > MOST_BYTES / 2 && most <= MOST_BYTES + 3 * 2 * MOST_BYTES / 10, "{most} bytes waited");
        let mut taken: Vec<usize> =
            sink.taken.into_inner().unwrap().iter().map(|it| it.parse().unwrap()).collect();
        taken.sort_unstable();
        assert_eq!(taken, (0..300).collect::<Vec<_>>());
    }

    #[test]
    fn after_the_first_that_is_refused_nobody_waits() {
        let sink = Slow { refuses: Some("7"), ..Slow::default() };
        let (_, result) = given(&sink);
        assert_eq!(result.unwrap_err().to_string(), "7");
        assert!(sink.taken.into_inner().unwrap().len() < 300, "what came after it was let go");
    }
}
