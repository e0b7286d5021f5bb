//! The store: a concrete [`Store`] over SQLite and PostgreSQL, and the only SQL in the project.
//!
//! Work is done in units: `store.write(async |tx| { .. })` commits if and only if the closure gives `Ok`, and answers when
//! the commit is durable. Every function of [`Tx`] is written once for both databases; where a statement must differ, it
//! differs in that one place (`tx.rs`). `tests/conformance` runs every one of them on both.
//!
//! Inside a unit wait for nothing but `tx`: on SQLite everybody else waits for this unit. An error of `tx` ends the unit:
//! never swallow one, for PostgreSQL has aborted the transaction by then. A lost answer (the peer hung up, the process
//! died) never means "not done".
//!
//! One file per table or two: calls, turns, recordings; the call log (`call_log.rs`), texts and decisions about calls, saved
//! views; incidents, timeline, cases; pages, messages, bundles; tickets and what
//! hangs on them; roster, banners, maintenance, flows, meta; dialogues, rooms; contacts, verifications, canaries; jobs and
//! how they come (enqueue), nodes; tokens, answers, hooks; accounts, audit; reports; hand-offs; what the wall shows.
//! `schema.rs` is the way from one version to the next, `writer.rs`
//! is SQLite's group commit.

mod accounts;
mod answers;
mod audit;
mod banners;
mod bundles;
mod call_log;
mod call_log_question;
mod call_texts;
mod calls;
mod canaries;
mod cases;
mod contacts;
mod dialogues;
mod enqueue;
mod error;
mod flows;
mod hand_offs;
mod held_up;
mod hooks;
mod incidents;
mod jobs;
mod journal;
mod ladders;
mod maintenance;
mod messages;
mod meta;
mod nodes;
mod notices;
mod pages;
mod postgres;
mod recordings;
mod reports;
mod rooms;
mod roster;
mod saved_views;
mod schema;
mod sqlite;
mod tickets;
mod time;
mod timeline;
mod tokens;
mod tours;
mod turns;
mod tx;
mod url;
mod verifications;
mod wall;
mod writer;

use std::fmt;
use std::sync::Arc;

pub use answers::KeptAnswer;
pub use audit::AuditFilter;
pub use cases::{CaseFilter, CasePlace};
pub use contacts::ContactState;
pub use enqueue::NewJob;
pub use error::StoreError;
pub use hand_offs::HandOff;
pub use held_up::HeldUpJob;
pub use incidents::IncidentFilter;
pub use jobs::{DeadJob, Job, JobCounts, Lane};
pub use journal::Journal;
pub use messages::ParkedReceipt;
pub use nodes::NodeBeat;
pub use postgres::Listener;
pub use reports::RepeatCaller;
pub use roster::StoredRoster;
pub use tickets::{TicketFilter, TicketOrder, TicketPlace};
pub use timeline::CycleResult;
pub use tx::Tx;
pub use url::{Url, UrlError};

use crate::clock::Instant;

/// What store functions give.
type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The store. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Store {
    database: Arc<Database>,
    bell: Option<Bell>,
    news: Option<News>,
}

/// Rung after a commit that set a job down, with the earliest instant from which one may run.
type Bell = Arc<dyn Fn(Instant) + Send + Sync>;

/// Called after every commit.
type News = Arc<dyn Fn() + Send + Sync>;

/// Tells of a commit when it is dropped, as [`Ring`] rings.
struct Told<'a>(&'a (dyn Fn() + Send + Sync));

impl Drop for Told<'_> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Rings when it is dropped: a commit whose answer nobody waits for any more, or never came, may have taken place.
struct Ring<'a> {
    bell: &'a (dyn Fn(Instant) + Send + Sync),
    due: Instant,
}

impl Drop for Ring<'_> {
    fn drop(&mut self) {
        (self.bell)(self.due);
    }
}

enum Database {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Store {
    /// Opens the database, makes what is missing and brings its schema up to date. An SQLite file belongs to one process:
    /// it is locked, and leases that the process before this one held are void.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process has the file, [`StoreError::Migration`], or that the database cannot be
    /// reached.
    pub async fn open(url: &Url) -> Result<Self> {
        let store = Self::connect(url, false).await?;
        if let Database::Sqlite(_) = store.database.as_ref() {
            store.write(async |tx: &mut Tx| tx.void_leases().await).await?;
        }
        Ok(store)
    }

    /// Opens the database beside a server that may be running on it, for one command: an SQLite file is not locked,
    /// nobody's leases are touched, and the schema is made only where there is none.
    ///
    /// # Errors
    /// [`StoreError::Schema`] when it is another version's, [`StoreError::Migration`], or that the database cannot be reached.
    pub async fn visit(url: &Url) -> Result<Self> {
        Self::connect(url, true).await
    }

    async fn connect(url: &Url, visit: bool) -> Result<Self> {
        let database = match &url.0 {
            url::Place::Sqlite(path) => Database::Sqlite(sqlite::Sqlite::open(path, visit).await?),
            url::Place::Postgres { options, connections } => {
                Database::Postgres(postgres::Postgres::open(options, *connections, visit).await?)
            }
        };
        Ok(Self { database: Arc::new(database), bell: None, news: None })
    }

    /// The same store; `bell` is called after every commit that set a job down or moved one, with the earliest instant
    /// from which it may run. Called before the unit's maker hears of the commit, and also where nobody waits for the commit
    /// any more or its answer was lost.
    #[must_use]
    pub fn ringing(self, bell: impl Fn(Instant) + Send + Sync + 'static) -> Self {
        Self { bell: Some(Arc::new(bell)), ..self }
    }

    /// The same store; `news` is called after every commit of a unit that may have changed something. Commits of other nodes
    /// are not heard here.
    #[must_use]
    pub fn telling(self, news: impl Fn() + Send + Sync + 'static) -> Self {
        Self { news: Some(Arc::new(news)), ..self }
    }

    /// One unit of work: committed if and only if `work` gives `Ok`; durable when this returns. Dropping the future before
    /// it is ready leaves either everything or nothing.
    ///
    /// Never begin a unit inside a unit: on SQLite it would wait for itself.
    ///
    /// # Errors
    /// What `work` gave, or a [`StoreError`] when the unit could not begin or not commit.
    pub async fn write<T, E: From<StoreError>>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        let mut tx = match self.database.as_ref() {
            Database::Sqlite(sqlite) => sqlite.begin().await?,
            Database::Postgres(postgres) => postgres.begin().await?,
        };
        let value = work(&mut tx).await?;
        let _ring = tx.due.zip(self.bell.as_deref()).map(|(due, bell)| Ring { bell, due });
        let _told = self.news.as_deref().map(Told);
        tx.commit().await?;
        Ok(value)
    }

    /// Reads one consistent picture; the database refuses every change.
    ///
    /// # Errors
    /// What `work` gave, or a [`StoreError`] when the database cannot be reached.
    pub async fn read<T, E: From<StoreError>>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        let mut tx = match self.database.as_ref() {
            Database::Sqlite(sqlite) => sqlite.begin_read().await?,
            Database::Postgres(postgres) => postgres.begin_read().await?,
        };
        let value = work(&mut tx).await?;
        tx.commit().await?;
        Ok(value)
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.database.as_ref() {
            Database::Sqlite(_) => "sqlite",
            Database::Postgres(_) => "postgres",
        }
    }

    /// Whether several nodes may work on this database at once.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.database.as_ref(), Database::Postgres(_))
    }

    /// Writes something and commits it: the probe behind readiness.
    ///
    /// # Errors
    /// Why nothing can be stored.
    pub async fn check(&self) -> Result<()> {
        self.write(async |tx: &mut Tx| tx.set_meta("probe", "").await).await
    }

    /// Wakes when another node enqueued a job; `None` on SQLite, where there is no other node. Jobs enqueued before this
    /// returns are not announced: look for due jobs after it.
    ///
    /// # Errors
    /// That the database cannot be reached.
    pub async fn listen(&self) -> Result<Option<Listener>> {
        match self.database.as_ref() {
            Database::Sqlite(_) => Ok(None),
            Database::Postgres(postgres) => postgres.listen().await.map(Some),
        }
    }

    /// Commits what is under way, closes every connection and lets go of the SQLite file. Later units fail with
    /// [`StoreError::Closed`] or an unavailable database.
    pub async fn close(&self) {
        match self.database.as_ref() {
            Database::Sqlite(sqlite) => sqlite.close().await,
            Database::Postgres(postgres) => postgres.close().await,
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.name())
    }
}
