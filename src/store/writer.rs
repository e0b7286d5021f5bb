//! SQLite's one writer, and group commit: units that wait for each other share one COMMIT, so one fsync.
//!
//! A task owns the writing connection. It lends it to one unit at a time, each inside a savepoint of an open
//! `BEGIN IMMEDIATE`. The connection comes back when the unit drops it, whatever the reason: done, failed, or its caller
//! hung up. What is not marked as kept is rolled back to the savepoint and spoils nobody. While more units wait the
//! transaction stays open, up to [`BATCH`] of them; then it is committed, and only then each of them is answered.
//! Nobody but this task commits, so a unit whose caller is gone cannot take the others' answers with it.

use std::fs::File;
use std::sync::Arc;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc, oneshot};

use super::StoreError;

/// Units in one commit at most: bounds how long the first of them waits.
const BATCH: usize = 32;

/// Units that may wait for the connection; more are refused at once.
const QUEUE: usize = 1024;

/// Opens the transaction and the first unit.
const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT unit";

/// Keeps the unit that ended and opens the next one.
const NEXT: &str = "RELEASE unit; SAVEPOINT unit";

/// Undoes the unit that ended; its savepoint serves the next one.
const UNDO: &str = "ROLLBACK TO unit";

/// The way to the writing connection. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Request>);

enum Request {
    Unit { asker: Asker, done: Done },
    Close { closed: oneshot::Sender<()> },
}

/// Where a unit waits for the connection.
type Asker = oneshot::Sender<Result<Lent, StoreError>>;

/// Where a unit waits for the commit.
type Done = oneshot::Sender<Result<(), StoreError>>;

/// The writing connection in the hands of a unit.
type Lent = OwnedMutexGuard<Desk>;

/// What lies on the writer's desk.
struct Desk {
    connection: SqliteConnection,
    /// Whether the unit that has or had the connection wants its work kept.
    kept: bool,
}

/// A unit of work on the writing connection. Dropped, it leaves nothing behind.
pub(super) struct Unit {
    lent: Lent,
    done: oneshot::Receiver<Result<(), StoreError>>,
}

impl Writer {
    /// Takes over the connection `options` make; `lock` is held until the writer is closed.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the file cannot be opened.
    pub(super) async fn start(options: SqliteConnectOptions, lock: File) -> Result<Self, StoreError> {
        let desk = Arc::new(Mutex::new(Desk { connection: options.connect().await?, kept: false }));
        let (sender, requests) = mpsc::channel(QUEUE);
        tokio::spawn(Clerk { options, desk, requests, _lock: lock, closing: None }.run());
        Ok(Self(sender))
    }

    /// Waits for the connection and begins a unit.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Closed`], or why the database could not begin.
    pub(super) async fn begin(&self) -> Result<Unit, StoreError> {
        let (asker, lent) = oneshot::channel();
        let (answer, done) = oneshot::channel();
        self.0.try_send(Request::Unit { asker, done: answer }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })?;
        let lent = lent.await.map_err(|_| StoreError::Closed)??;
        Ok(Unit { lent, done })
    }

    /// Commits what is under way, closes the connection and lets go of the lock.
    pub(super) async fn close(&self) {
        let (closed, wait) = oneshot::channel();
        if self.0.send(Request::Close { closed }).await.is_ok() {
            // The clerk drops the sender when it is gone, which is as good an answer.
            let _ = wait.await;
        }
    }
}

impl Unit {
    /// The connection.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.lent.connection
    }

    /// Hands the work in and waits until it is on the disk.
    ///
    /// # Errors
    /// [`StoreError::NotCommitted`]: nothing of it is stored.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        let Self { mut lent, done } = self;
        lent.kept = true;
        drop(lent);
        done.await.map_err(|_| StoreError::Closed)?
    }
}

/// The task that owns the writing connection.
struct Clerk {
    options: SqliteConnectOptions,
    desk: Arc<Mutex<Desk>>,
    requests: mpsc::Receiver<Request>,
    closing: Option<oneshot::Sender<()>>,
    _lock: File,
}

impl Clerk {
    async fn run(mut self) {
        while self.closing.is_none()
            && let Some(request) = self.requests.recv().await
        {
            if let Some(unit) = self.unit_of(request) {
                self.batch(unit).await;
            }
        }
        let Self { desk, closing, _lock: lock, requests, .. } = self;
        drop(requests);
        if let Some(desk) = Arc::into_inner(desk)
            && let Err(error) = desk.into_inner().connection.close().await
        {
            tracing::warn!(%error, "the SQLite database was not closed cleanly; it recovers at the next start");
        }
        drop(lock);
        if let Some(closed) = closing {
            let _ = closed.send(());
        }
    }

    /// The unit in a request; a wish to close is noted instead.
    fn unit_of(&mut self, request: Request) -> Option<(Asker, Done)> {
        match request {
            Request::Unit { asker, done } => Some((asker, done)),
            Request::Close { closed } => {
                self.closing = Some(closed);
                None
            }
        }
    }

    /// Runs units, one after the other, until nobody waits or the batch is full, and commits them together.
    async fn batch(&mut self, first: (Asker, Done)) {
        let mut answers: Vec<Done> = Vec::new();
        let mut next = Some(first);
        let mut prepare = BEGIN;
        let mut units = 0_usize;
        while let Some((asker, done)) = next.take() {
            // Whoever gave up waiting is passed over.
            if !asker.is_closed() {
                if let Err(error) = self.execute(prepare).await {
                    let error = Arc::new(error);
                    let _ = asker.send(Err(StoreError::NotCommitted(Arc::clone(&error))));
                    return self.fail(answers, &error).await;
                }
                units = units.saturating_add(1);
                prepare = if self.lend(asker).await {
                    answers.push(done);
                    NEXT
                } else {
                    UNDO
                };
            }
            if units < BATCH
                && let Ok(request) = self.requests.try_recv()
            {
                next = self.unit_of(request);
            }
        }
        if units == 0 {
            return;
        }
        let end = if prepare == UNDO { "ROLLBACK TO unit; COMMIT" } else { "COMMIT" };
        match self.execute(end).await {
            Ok(()) => answers.into_iter().for_each(|answer| drop(answer.send(Ok(())))),
            Err(error) => self.fail(answers, &Arc::new(error)).await,
        }
    }

    /// Lends the connection to a unit and waits for its return; whether its work is to be kept.
    async fn lend(&self, asker: Asker) -> bool {
        let mut lent = Arc::clone(&self.desk).lock_owned().await;
        lent.kept = false;
        // A unit that is gone drops the connection, which is its return.
        drop(asker.send(Ok(lent)));
        self.desk.lock().await.kept
    }

    async fn execute(&self, sql: &'static str) -> sqlx::Result<()> {
        let mut desk = self.desk.lock().await;
        sqlx::query(sql).execute(&mut desk.connection).await.map(drop)
    }

    /// The transaction is lost: everybody in it hears so. What state the connection is in depends on the error (SQLite rolls
    /// back by itself on some), so it is replaced by a new one.
    async fn fail(&self, answers: Vec<Done>, error: &Arc<sqlx::Error>) {
        tracing::error!(%error, units = answers.len(), "the SQLite database did not commit");
        let mut desk = self.desk.lock().await;
        match self.options.connect().await {
            Ok(connection) => {
                let old = std::mem::replace(&mut desk.connection, connection);
                // Closed before anybody begins again: its open transaction holds the file's write lock.
                if let Err(error) = old.close().await {
                    tracing::warn!(%error, "the failed connection was not closed cleanly");
                }
            }
            Err(error) => {
                tracing::error!(%error, "the SQLite database cannot be opened again; trying to go on");
                // Fails when SQLite has rolled back already.
                let _ = sqlx::query("ROLLBACK").execute(&mut desk.connection).await;
            }
        }
        drop(desk);
        for answer in answers {
            let _ = answer.send(Err(StoreError::NotCommitted(Arc::clone(error))));
        }
    }
}

#[cfg(test)]
mod tests;
