//! Tests of the pager by itself.

use uuid::Uuid;

use super::Result;
use super::time::{Timestamp, optional};
use super::tx::{Tx, on, one};
use crate::clock::Instant;
use crate::id::IncidentId;
use crate::paging::Canary;

macro_rules! columns {
    () => {
        "incident, person, started_at, ended_at, answered"
    };
}

#[derive(sqlx::FromRow)]
struct CanaryRow {
    incident: Uuid,
    person: String,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    answered: bool,
}

impl From<CanaryRow> for Canary {
    fn from(row: CanaryRow) -> Self {
        Self {
            incident: IncidentId(row.incident),
            person: row.person,
            started_at: row.started_at.into(),
            ended_at: row.ended_at.map(Instant::from),
            answered: row.answered,
        }
    }
}

impl Tx {
    /// Keeps a test that begins.
    ///
    /// # Errors
    /// The database's: the incident is one already, or there is no such incident.
    pub async fn insert_canary(&mut self, canary: &Canary) -> Result<()> {
        on!(self, c => sqlx::query(concat!("INSERT INTO canaries (", columns!(), ") VALUES ($1, $2, $3, $4, $5)"))
            .bind(canary.incident.0).bind(&canary.person).bind(Timestamp::from(canary.started_at))
            .bind(optional(canary.ended_at)).bind(canary.answered)
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// The test that an incident is; `None` when it is a case.
    ///
    /// # Errors
    /// The database's.
    pub async fn canary(&mut self, incident: IncidentId) -> Result<Option<Canary>> {
        let row: Option<CanaryRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM canaries WHERE incident = $1"))
            .bind(incident.0).fetch_optional(c).await)?;
        Ok(row.map(Canary::from))
    }

    /// The newest tests, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn canaries(&mut self, limit: u32) -> Result<Vec<Canary>> {
        let rows: Vec<CanaryRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM canaries ORDER BY started_at DESC, incident DESC LIMIT $1"))
            .bind(i64::from(limit)).fetch_all(c).await)?;
        Ok(rows.into_iter().map(Canary::from).collect())
    }

    /// Keeps how a test ended; nothing else of it ever changes.
    ///
    /// # Errors
    /// [`super::StoreError::Missing`] when there is no such test; the database's.
    pub async fn save_canary(&mut self, canary: &Canary) -> Result<()> {
        let rows = on!(self, c => sqlx::query("UPDATE canaries SET ended_at = $2, answered = $3 WHERE incident = $1")
            .bind(canary.incident.0).bind(optional(canary.ended_at)).bind(canary.answered)
            .execute(c).await.map(|done| done.rows_affected()))?;
        one(rows, "canaries", &canary.incident)
    }
}
