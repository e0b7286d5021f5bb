//! Windows of maintenance.

use super::Result;
use super::time::Timestamp;
use super::tx::{Tx, on};
use crate::clock::Instant;
use crate::incident::Maintenance;

macro_rules! columns {
    () => {
        "service, begins_at, ends_at, written_by, reason"
    };
}

#[derive(sqlx::FromRow)]
struct MaintenanceRow {
    service: String,
    begins_at: Timestamp,
    ends_at: Timestamp,
    written_by: String,
    reason: String,
}

impl From<MaintenanceRow> for Maintenance {
    fn from(row: MaintenanceRow) -> Self {
        Self {
            service: row.service,
            from: row.begins_at.into(),
            to: row.ends_at.into(),
            by: row.written_by,
            reason: row.reason,
        }
    }
}

impl Tx {
    /// Keeps a window of maintenance, written at `at`.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_maintenance(&mut self, window: &Maintenance, at: Instant) -> Result<()> {
        on!(self, c => sqlx::query(
            "INSERT INTO maintenance (service, begins_at, ends_at, written_by, reason, written_at)
             VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&window.service).bind(Timestamp::from(window.from)).bind(Timestamp::from(window.to))
            .bind(&window.by).bind(&window.reason).bind(Timestamp::from(at))
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// The maintenance of a service that stands at `now`: where there are several, what ends last.
    ///
    /// # Errors
    /// The database's.
    pub async fn maintenance(&mut self, service: &str, now: Instant) -> Result<Option<Maintenance>> {
        let row: Option<MaintenanceRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM maintenance
             WHERE service = $1 AND begins_at <= $2 AND $2 < ends_at AND ended_at IS NULL
             ORDER BY ends_at DESC, id DESC LIMIT 1"))
            .bind(service).bind(Timestamp::from(now)).fetch_optional(c).await)?;
        Ok(row.map(Maintenance::from))
    }

    /// Every window that is not over at `now`, also those to come, in the order in which they begin.
    ///
    /// # Errors
    /// The database's.
    pub async fn maintenances(&mut self, now: Instant) -> Result<Vec<Maintenance>> {
        let rows: Vec<MaintenanceRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM maintenance
             WHERE $1 < ends_at AND ended_at IS NULL ORDER BY begins_at, id"))
            .bind(Timestamp::from(now)).fetch_all(c).await)?;
        Ok(rows.into_iter().map(Maintenance::from).collect())
    }

    /// Ends every window of a service that is not over at `at`, also those to come, and gives them.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_maintenance(&mut self, service: &str, at: Instant) -> Result<Vec<Maintenance>> {
        let rows: Vec<MaintenanceRow> = on!(self, c => sqlx::query_as(concat!("UPDATE maintenance SET ended_at = $2
             WHERE service = $1 AND $2 < ends_at AND ended_at IS NULL RETURNING ", columns!()))
            .bind(service).bind(Timestamp::from(at)).fetch_all(c).await)?;
        let mut windows: Vec<Maintenance> = rows.into_iter().map(Maintenance::from).collect();
        windows.sort_by_key(|window| (window.from, window.to));
        Ok(windows)
    }
}
