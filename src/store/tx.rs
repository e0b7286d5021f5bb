//! A unit of work on either database, and how one function body serves both.

use super::writer::Unit;
use super::{Result, StoreError};
use crate::clock::Instant;

/// A unit of work. Its functions stand in the file of the table they are about.
pub struct Tx {
    pub(super) kind: Kind,
    /// The earliest instant from which a job that this unit set down may run.
    pub(super) due: Option<Instant>,
    /// The latest roster's version, once this unit knows one.
    pub(super) roster: Option<i64>,
}

pub(super) enum Kind {
    /// The one SQLite writer.
    Writer(Unit),
    /// One of SQLite's read-only connections.
    Reader(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Tx {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, due: None, roster: None }
    }

    /// Whether this is SQLite.
    pub(super) fn is_sqlite(&self) -> bool {
        !matches!(self.kind, Kind::Postgres(_))
    }

    /// Notes that a job may run from `at` on.
    pub(super) fn note_due(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Keeps what was done.
    pub(super) async fn commit(self) -> Result<()> {
        match self.kind {
            Kind::Writer(unit) => unit.commit().await,
            Kind::Reader(transaction) => transaction.rollback().await.map_err(StoreError::from),
            Kind::Postgres(transaction) => transaction.commit().await.map_err(StoreError::from),
        }
    }
}

/// Expands one body for both drivers: `$connection` is a `&mut SqliteConnection` in one copy and a `&mut PgConnection` in
/// the other.
macro_rules! on {
    ($tx:expr, $connection:ident => $body:expr) => {
        match &mut $tx.kind {
            $crate::store::tx::Kind::Writer(unit) => {
                let $connection: &mut sqlx::SqliteConnection = unit.connection();
                $body
            }
            $crate::store::tx::Kind::Reader(transaction) => {
                let $connection: &mut sqlx::SqliteConnection = &mut *transaction;
                $body
            }
            $crate::store::tx::Kind::Postgres(transaction) => {
                let $connection: &mut sqlx::PgConnection = &mut *transaction;
                $body
            }
        }
    };
}
pub(super) use on;

/// One statement in two spellings. Most need none: they are a plain `&'static str`.
#[derive(Clone, Copy)]
pub(super) struct Sql {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

impl Sql {
    /// The spelling for this connection.
    pub(super) fn on<C: Dialect>(self, _: &C) -> &'static str {
        C::pick(self)
    }
}

/// Which spelling a connection speaks.
pub(super) trait Dialect {
    fn pick(sql: Sql) -> &'static str;
}

impl Dialect for sqlx::SqliteConnection {
    fn pick(sql: Sql) -> &'static str {
        sql.sqlite
    }
}

impl Dialect for sqlx::PgConnection {
    fn pick(sql: Sql) -> &'static str {
        sql.postgres
    }
}

/// A `SELECT` whose rows nobody else may change until this unit ends. SQLite has one writer, so it needs nothing. Rows that
/// point to such a row may be written meanwhile, for keys never change: `FOR UPDATE` would make whoever writes one wait,
/// and PostgreSQL looks a pointer up even where a unit changes any other column of a row for the second time. So a unit that
/// has an incident would wait for whoever has its call, against the order of the locks.
macro_rules! for_update {
    ($($sql:expr),+ $(,)?) => {
        $crate::store::tx::Sql { sqlite: concat!($($sql),+), postgres: concat!($($sql),+, " FOR NO KEY UPDATE") }
    };
}
pub(super) use for_update;

/// Fails unless exactly the one row with this key was changed.
pub(super) fn one(rows: u64, table: &'static str, key: &dyn std::fmt::Display) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Missing { table, key: key.to_string() }) }
}
