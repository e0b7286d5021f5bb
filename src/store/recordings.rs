//! What callers left as sound.

use uuid::Uuid;

use super::error::Place;
use super::time::Timestamp;
use super::tx::{Tx, on};
use super::{Result, StoreError};
use crate::call::Recording;
use crate::id::{CallId, IncidentId};

macro_rules! columns {
    () => {
        "provider_recording, call, incident, url, seconds, holds, status, at"
    };
}

#[derive(sqlx::FromRow)]
struct RecordingRow {
    provider_recording: String,
    call: Uuid,
    incident: Option<Uuid>,
    url: String,
    seconds: i64,
    holds: String,
    status: String,
    at: Timestamp,
}

impl TryFrom<RecordingRow> for Recording {
    type Error = StoreError;

    fn try_from(row: RecordingRow) -> Result<Self> {
        let place = Place { table: "recordings", key: &row.provider_recording };
        Ok(Self {
            seconds: place.ok("seconds", u32::try_from(row.seconds))?,
            call: CallId(row.call),
            incident: row.incident.map(IncidentId),
            url: row.url,
            holds: row.holds,
            status: row.status,
            at: row.at.into(),
            provider_recording: row.provider_recording,
        })
    }
}

impl Tx {
    /// Keeps a recording; `false` when it is known already.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_recording(&mut self, recording: &Recording) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(concat!("INSERT INTO recordings (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (provider_recording) DO NOTHING"))
            .bind(&recording.provider_recording).bind(recording.call.0).bind(recording.incident.map(|id| id.0))
            .bind(&recording.url).bind(i64::from(recording.seconds)).bind(&recording.holds).bind(&recording.status)
            .bind(Timestamp::from(recording.at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// What a recording holds is known now, and which incident it is about; `false` unless it was kept as `holds_before`.
    ///
    /// # Errors
    /// The database's.
    pub async fn name_recording(&mut self, recording: &Recording, holds_before: &str) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE recordings SET holds = $3, incident = COALESCE($4, incident)
             WHERE provider_recording = $1 AND call = $2 AND holds = $5")
            .bind(&recording.provider_recording).bind(recording.call.0).bind(&recording.holds)
            .bind(recording.incident.map(|id| id.0)).bind(holds_before)
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// The recording with this id of the provider's.
    ///
    /// # Errors
    /// The database's.
    pub async fn recording(&mut self, provider_recording: &str) -> Result<Option<Recording>> {
        let row: Option<RecordingRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM recordings WHERE provider_recording = $1"))
            .bind(provider_recording).fetch_optional(c).await)?;
        row.map(Recording::try_from).transpose()
    }

    /// The recordings of a call, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn recordings(&mut self, call: CallId) -> Result<Vec<Recording>> {
        let rows: Vec<RecordingRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM recordings WHERE call = $1 ORDER BY at, provider_recording"))
            .bind(call.0).fetch_all(c).await)?;
        rows.into_iter().map(Recording::try_from).collect()
    }

    /// The recordings that belong to an incident, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn incident_recordings(&mut self, incident: IncidentId) -> Result<Vec<Recording>> {
        let rows: Vec<RecordingRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM recordings WHERE incident = $1 ORDER BY at, provider_recording"))
            .bind(incident.0).fetch_all(c).await)?;
        rows.into_iter().map(Recording::try_from).collect()
    }

    /// Gives the recordings of a call that belong to no incident to this one; how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn attach_recordings(&mut self, call: CallId, incident: IncidentId) -> Result<u64> {
        Ok(on!(self, c => sqlx::query("UPDATE recordings SET incident = $2 WHERE call = $1 AND incident IS NULL")
            .bind(call.0).bind(incident.0).execute(c).await.map(|done| done.rows_affected()))?)
    }

    /// Keeps the provider's last word on a recording; its length and address only where the news has them. `false` when
    /// there is no such recording.
    ///
    /// # Errors
    /// The database's.
    pub async fn recording_status(
        &mut self,
        provider_recording: &str,
        status: &str,
        seconds: Option<u32>,
        url: Option<&str>,
    ) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE recordings SET status = $2, seconds = COALESCE($3, seconds), url = COALESCE($4, url)
             WHERE provider_recording = $1")
            .bind(provider_recording).bind(status).bind(seconds.map(i64::from)).bind(url)
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }
}
