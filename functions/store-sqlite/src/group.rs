//! Writes that wait at the same moment share one transaction, and with it one wait for the disk.
//!
//! ```text
//! write ─► waiting ─► whoever gets the connection takes all of them: BEGIN, a savepoint each, COMMIT ─► answers
//! ```
//!
//! Each write is kept or undone alone; all are answered after the commit, so nobody hears of something that is
//! not on the disk.

use std::sync::{Arc, Mutex as Shared, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use store::StoreError;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use crate::failure::store_error;

/// So that one transaction stays short, whatever a crowd sends.
const MOST_AT_ONCE: usize = 64;

/// The one writing connection, and what waits for it. Clones share both.
#[derive(Clone)]
pub(crate) struct Writer {
    pub(crate) connection: Arc<Mutex<Connection>>,
    waiting: Arc<Shared<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    jobs: Vec<Job>,
    last_number: u64,
}

struct Job {
    number: u64,
    deadline: Instant,
    work: Box<dyn Work>,
}

/// A write whose type of answer is hidden.
trait Work: Send {
    /// Does it; may be asked again after everything was undone.
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError>;
    /// Hands the answer over.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
    /// Whether somebody still waits for the answer.
    fn is_wanted(&self) -> bool;
}

struct Answering<F, T> {
    work: F,
    value: Option<T>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Work for Answering<F, T>
where
    F: FnMut(&Connection) -> Result<T, StoreError> + Send,
    T: Send,
{
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        self.value = Some((self.work)(connection)?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { value, answer, .. } = *self;
        // Whoever asked may be gone meanwhile.
        let _ = answer.send(outcome.and_then(|()| value.ok_or_else(interrupted)));
    }

    fn is_wanted(&self) -> bool {
        !self.answer.is_closed()
    }
}

impl Writer {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)), waiting: Arc::default() }
    }

    /// Does `work` in a transaction that others may share; answers when it is on the disk. Waits for its turn and
    /// for other programs no longer than `patience`. `work` may run more than once, each time on a state that
    /// holds nothing of the time before.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        patience: Duration,
        work: impl FnMut(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let deadline = Instant::now() + patience;
        let (answer, mut answered) = oneshot::channel();
        let number = self.wait_in_line(deadline, Box::new(Answering { work, value: None, answer }));
        loop {
            tokio::select! {
                biased;
                answer = &mut answered => return answer.map_err(|_| interrupted())?,
                turn = timeout_at(deadline, Arc::clone(&self.connection).lock_owned()) => match turn {
                    Ok(connection) => self.lead(connection).await,
                    Err(_) if self.leave_line(number) => return Err(too_late()),
                    // Somebody took it along and answers before long.
                    Err(_) => return answered.await.map_err(|_| interrupted())?,
                },
            }
        }
    }

    fn wait_in_line(&self, deadline: Instant, work: Box<dyn Work>) -> u64 {
        let mut waiting = self.waiting();
        waiting.last_number += 1;
        let number = waiting.last_number;
        waiting.jobs.push(Job { number, deadline, work });
        number
    }

    /// Whether it was still in line.
    fn leave_line(&self, number: u64) -> bool {
        let mut waiting = self.waiting();
        let before = waiting.jobs.len();
        waiting.jobs.retain(|job| job.number != number);
        waiting.jobs.len() < before
    }

    /// Does everything that waits, on a thread that may block.
    async fn lead(&self, mut connection: OwnedMutexGuard<Connection>) {
        let writer = self.clone();
        let done = spawn_blocking(move || {
            let jobs = {
                let mut waiting = writer.waiting();
                let end = waiting.jobs.len().min(MOST_AT_ONCE);
                waiting.jobs.drain(..end).filter(|job| job.work.is_wanted()).collect()
            };
            run(&mut connection, jobs);
        });
        // A bug in one write drops the others' senders, and each caller then hears "interrupted".
        let _ = done.await;
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does the jobs, in as few transactions as can be.
fn run(connection: &mut Connection, mut jobs: Vec<Job>) {
    while let Some(earliest) = jobs.iter().map(|job| job.deadline).min() {
        jobs = attempt(connection, jobs, earliest);
    }
}

/// One transaction; answers with the jobs that have to be done again.
fn attempt(connection: &mut Connection, jobs: Vec<Job>, earliest: Instant) -> Vec<Job> {
    let left = earliest.saturating_duration_since(Instant::now());
    // Immediate: the look-ups already hold the write lock, so nobody can get between them and the writes.
    let begun = connection
        .busy_timeout(left)
        .and_then(|()| connection.transaction_with_behavior(TransactionBehavior::Immediate));
    let transaction = match begun.map_err(store_error) {
        Ok(transaction) => transaction,
        Err(busy @ StoreError::Busy(_)) => {
            // Another program holds the file; those that came later have some patience left.
            let (late, rest) = jobs.into_iter().partition(|job| job.deadline <= earliest);
            answer_all(late, &Err(busy));
            return rest;
        }
        Err(error) => {
            answer_all(jobs, &Err(error));
            return Vec::new();
        }
    };
    let mut done = Vec::new();
    let mut jobs = jobs.into_iter();
    while let Some(mut job) = jobs.next() {
        match alone(&transaction, &mut *job.work) {
            Ok(()) => done.push(job),
            Err(error) => {
                job.work.answer(Err(error));
                // A full disk may undo the whole transaction at once: the others begin anew without this one.
                if transaction.is_autocommit() {
                    done.extend(jobs);
                    return done;
                }
            }
        }
    }
    let committed = transaction.commit().map_err(store_error);
    answer_all(done, &committed);
    Vec::new()
}

/// One write: all of it or nothing.
fn alone(connection: &Connection, work: &mut dyn Work) -> Result<(), StoreError> {
    let statement =
        |sql: &str| connection.prepare_cached(sql).and_then(|mut it| it.execute([])).map_err(store_error);
    statement("SAVEPOINT alone")?;
    let outcome = work.run(connection);
    if outcome.is_err() && !connection.is_autocommit() {
        statement("ROLLBACK TO alone")?;
    }
    if !connection.is_autocommit() {
        statement("RELEASE alone")?;
    }
    outcome
}

fn answer_all(jobs: Vec<Job>, outcome: &Result<(), StoreError>) {
    for job in jobs {
        job.work.answer(outcome.clone());
    }
}

fn interrupted() -> StoreError {
    StoreError::Failed("the work was interrupted".to_owned())
}

pub(crate) fn too_late() -> StoreError {
    StoreError::Busy("others before this one still wait for the database".to_owned())
}
