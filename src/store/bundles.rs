//! Pages that are told together: one bundle for each moment and person, and the messages that carry it.

use uuid::Uuid;

use super::Result;
use super::time::{Timestamp, optional};
use super::tx::{Tx, for_update, on, one};
use crate::clock::Instant;
use crate::id::{BundleId, MessageId};
use crate::paging::Bundle;

macro_rules! columns {
    () => {
        "id, person, code_hash, opened_at, sent_at"
    };
}

#[derive(sqlx::FromRow)]
struct BundleRow {
    id: Uuid,
    person: String,
    code_hash: Option<String>,
    opened_at: Timestamp,
    sent_at: Option<Timestamp>,
}

impl From<BundleRow> for Bundle {
    fn from(row: BundleRow) -> Self {
        Self {
            id: BundleId(row.id),
            person: row.person,
            code_hash: row.code_hash,
            opened_at: row.opened_at.into(),
            sent_at: row.sent_at.map(Instant::from),
        }
    }
}

impl Tx {
    /// The bundle that gathers pages for a person, which is not sent until this unit ends; `id` is opened at `at` where there
    /// is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn gather(&mut self, person: &str, id: BundleId, at: Instant) -> Result<Bundle> {
        // Another unit that opens one at the same moment is waited for, and its bundle is taken.
        on!(self, c => sqlx::query("INSERT INTO bundles (id, person, opened_at) VALUES ($1, $2, $3)
             ON CONFLICT (person) WHERE sent_at IS NULL DO NOTHING")
            .bind(id.0).bind(person).bind(Timestamp::from(at)).execute(c).await.map(drop))?;
        let row: BundleRow = on!(self, c => sqlx::query_as(
            for_update!("SELECT ", columns!(), " FROM bundles WHERE person = $1 AND sent_at IS NULL").on(c))
            .bind(person).fetch_one(c).await)?;
        Ok(row.into())
    }

    /// The bundle with this id, which nobody else changes until this unit ends.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_bundle(&mut self, id: BundleId) -> Result<Option<Bundle>> {
        let row: Option<BundleRow> = on!(self, c => sqlx::query_as(
            for_update!("SELECT ", columns!(), " FROM bundles WHERE id = $1").on(c))
            .bind(id.0).fetch_optional(c).await)?;
        Ok(row.map(Bundle::from))
    }

    /// Keeps that a bundle was sent, and under which code.
    ///
    /// # Errors
    /// [`super::StoreError::Missing`] when there is no such bundle; the database's.
    pub async fn save_bundle(&mut self, bundle: &Bundle) -> Result<()> {
        let rows = on!(self, c => sqlx::query("UPDATE bundles SET code_hash = $2, sent_at = $3 WHERE id = $1")
            .bind(bundle.id.0).bind(bundle.code_hash.as_deref()).bind(optional(bundle.sent_at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        one(rows, "bundles", &bundle.id)
    }

    /// The bundles a person was sent at `since` or later, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn bundles_of(&mut self, person: &str, since: Instant) -> Result<Vec<Bundle>> {
        let rows: Vec<BundleRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM bundles
             WHERE person = $1 AND sent_at >= $2 ORDER BY sent_at DESC, id DESC"))
            .bind(person).bind(Timestamp::from(since)).fetch_all(c).await)?;
        Ok(rows.into_iter().map(Bundle::from).collect())
    }

    /// Notes that a message carries a bundle.
    ///
    /// # Errors
    /// The database's: it carries one already, or there is no such bundle.
    pub async fn insert_bundle_message(&mut self, message: MessageId, bundle: BundleId) -> Result<()> {
        on!(self, c => sqlx::query("INSERT INTO bundle_messages (message, bundle) VALUES ($1, $2)")
            .bind(message.0).bind(bundle.0).execute(c).await.map(drop))?;
        Ok(())
    }

    /// The bundle that a message carries.
    ///
    /// # Errors
    /// The database's.
    pub async fn bundle_of_message(&mut self, message: MessageId) -> Result<Option<BundleId>> {
        let id: Option<Uuid> = on!(self, c => sqlx::query_scalar("SELECT bundle FROM bundle_messages WHERE message = $1")
            .bind(message.0).fetch_optional(c).await)?;
        Ok(id.map(BundleId))
    }
}
