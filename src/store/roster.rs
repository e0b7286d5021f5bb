//! Versions of the roster: who is on duty, as it was imported.

use super::Result;
use super::time::Timestamp;
use super::tx::{Sql, Tx, on};
use crate::clock::Instant;

/// A version of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRoster {
    /// Grows with each import; may have gaps.
    pub version: i64,
    /// The document, to the byte.
    pub text: String,
    /// When it was imported.
    pub imported_at: Instant,
    /// Who imported it.
    pub by: String,
}

#[derive(sqlx::FromRow)]
struct RosterRow {
    version: i64,
    document: String,
    imported_at: Timestamp,
    imported_by: String,
}

/// One unit after the other changes the roster.
const ALONE: Sql = Sql { sqlite: "SELECT 1", postgres: "LOCK TABLE rosters IN SHARE ROW EXCLUSIVE MODE" };

impl Tx {
    /// Keeps a new version of the roster and gives its number.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_roster(&mut self, text: &str, hash: &str, by: &str, at: Instant) -> Result<i64> {
        let version = on!(self, c => sqlx::query_scalar(
            "INSERT INTO rosters (document, hash, imported_by, imported_at) VALUES ($1, $2, $3, $4) RETURNING version")
            .bind(text).bind(hash).bind(by).bind(Timestamp::from(at)).fetch_one(c).await)?;
        self.roster = Some(version);
        Ok(version)
    }

    /// The roster that holds now.
    ///
    /// # Errors
    /// The database's.
    pub async fn latest_roster(&mut self) -> Result<Option<StoredRoster>> {
        let row: Option<RosterRow> = on!(self, c => sqlx::query_as(
            "SELECT version, document, imported_at, imported_by FROM rosters ORDER BY version DESC LIMIT 1")
            .fetch_optional(c).await)?;
        Ok(row.map(|row| StoredRoster {
            version: row.version,
            text: row.document,
            imported_at: row.imported_at.into(),
            by: row.imported_by,
        }))
    }

    /// The same, and nobody else changes the roster until this unit ends.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_roster(&mut self) -> Result<Option<i64>> {
        // Of rows there is none to lock: the latest is not the same for everybody who waits for it.
        on!(self, c => sqlx::query(ALONE.on(c)).execute(c).await.map(drop))?;
        // Whoever had the lock before may have left a later one.
        self.roster = None;
        self.roster_version().await
    }

    /// The version of the roster imported last; `None` before the first import. The same throughout a unit, so that all of
    /// it goes by one roster.
    ///
    /// # Errors
    /// The database's.
    pub async fn roster_version(&mut self) -> Result<Option<i64>> {
        if self.roster.is_none() {
            self.roster = on!(self, c => sqlx::query_scalar("SELECT MAX(version) FROM rosters").fetch_one(c).await)?;
        }
        Ok(self.roster)
    }
}
