//! What can go wrong between a use case and the database.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use sqlx::error::DatabaseError;

/// What can go wrong between a use case and the database. Carries no personal data: keys are ids.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused a statement or could not be reached.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The unit ran, but its commit failed: nothing of it is stored. Shared by every unit of the same commit.
    #[error("nothing was stored, the commit failed: {0}")]
    NotCommitted(Arc<sqlx::Error>),
    /// A stored value that no version of this program writes.
    #[error("table {table}, row {key}: the value of '{column}' cannot be read; restore the row from a backup")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        key: String,
    },
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The schema is not this program's.
    #[error(
        "the database belongs to {} version of guardia: {}",
        if *newer { "a newer" } else { "an older" },
        if *newer { "use that one" } else { "stop that one and start `guardia serve` of this version first" }
    )]
    Schema {
        /// Whether a newer program made it.
        newer: bool,
    },
    /// Another process owns the SQLite file.
    #[error("{} is held by another process: is guardia running already? Only one may use an SQLite database", .lock.display())]
    Locked {
        /// The lock file.
        lock: PathBuf,
    },
    /// The SQLite file's folder or lock file could not be made.
    #[error("cannot write {}: {source}; check that the folder exists and belongs to this user", .path.display())]
    File {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database URL cannot be used.
    #[error(transparent)]
    Url(#[from] super::UrlError),
    /// Too many units wait for the writer.
    #[error("too many units of work wait for the database")]
    Busy,
    /// The store is being closed.
    #[error("the store is closed")]
    Closed,
    /// Somebody else changed the row since it was read: read it again.
    #[error("table {table}: the row was changed by somebody else since it was read")]
    Conflict {
        /// The table.
        table: &'static str,
    },
    /// A row that had to be there is not.
    #[error("table {table}: there is no row {key}")]
    Missing {
        /// The table.
        table: &'static str,
        /// The row's key.
        key: String,
    },
}

impl StoreError {
    /// Whether a row that had to be the only one of its kind is not: somebody else has its key.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// Whether the database could not do its work now (unreachable, full, overloaded, a lost race): the same unit may
    /// succeed later. Everything else fails again the same way.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Database(error) => is_unavailable(error),
            Self::NotCommitted(error) => is_unavailable(error),
            Self::Busy | Self::Closed | Self::Locked { .. } => true,
            Self::Corrupt { .. }
            | Self::Migration(_)
            | Self::Schema { .. }
            | Self::File { .. }
            | Self::Url(_)
            | Self::Conflict { .. }
            | Self::Missing { .. } => false,
        }
    }
}

fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(error) => is_transient(error.as_ref()),
        _ => false,
    }
}

/// By the databases' own codes: SQLSTATE for PostgreSQL (its appendix A), result codes for SQLite (sqlite.org/rescode.html).
fn is_transient(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        // Connection, transaction rollback, resources, operator intervention, a lock not had in time, system error.
        return ["08", "40", "53", "57", "55P03", "58"].iter().any(|class| code.starts_with(class));
    }
    // BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN: the low byte of the extended code.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5..=10 | 13 | 14))
}

/// The row a value stands in, for saying which one is impossible.
pub(super) struct Place<'a> {
    pub(super) table: &'static str,
    pub(super) key: &'a dyn Display,
}

impl Place<'_> {
    /// The value, unless the store holds something else.
    pub(super) fn some<T>(&self, column: &'static str, value: Option<T>) -> Result<T, StoreError> {
        value.ok_or_else(|| StoreError::Corrupt { table: self.table, column, key: self.key.to_string() })
    }

    /// The value, unless the store holds something else. The error is not kept: it may repeat the value.
    pub(super) fn ok<T, E>(&self, column: &'static str, value: Result<T, E>) -> Result<T, StoreError> {
        self.some(column, value.ok())
    }
}
