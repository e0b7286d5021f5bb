//! How far the hand-off of each case to a ticket store of another maker has come.

use std::collections::BTreeSet;

use sqlx::types::Json;
use uuid::Uuid;

use super::Result;
use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, on};
use crate::clock::Instant;
use crate::id::IncidentId;
use crate::incident::State;
use crate::ticket::{Progress, Values};

/// The hand-off of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct HandOff {
    /// The case.
    pub incident: IncidentId,
    /// How far it has come.
    pub progress: Progress,
    /// Since when something waits to be told; `None` = nothing does.
    pub asked_at: Option<Instant>,
}

#[derive(sqlx::FromRow)]
struct HandOffRow {
    incident: Uuid,
    remote: Option<String>,
    commented: i64,
    state: Option<String>,
    field_values: Option<Json<Values>>,
    asked_at: Option<Timestamp>,
}

impl HandOffRow {
    fn with(self, recordings: BTreeSet<String>) -> Result<HandOff> {
        let place = Place { table: "hand_offs", key: &self.incident.simple() };
        let state = self.state.as_deref().map(|word| place.some("state", State::from_word(word))).transpose()?;
        let progress = Progress {
            remote: self.remote,
            commented: self.commented,
            recordings,
            state,
            values: self.field_values.map(|values| values.0),
        };
        Ok(HandOff { incident: IncidentId(self.incident), progress, asked_at: self.asked_at.map(Instant::from) })
    }
}

impl Tx {
    /// The hand-off of a case; `None` before anything of it was asked for.
    ///
    /// # Errors
    /// The database's.
    pub async fn hand_off(&mut self, incident: IncidentId) -> Result<Option<HandOff>> {
        let row: Option<HandOffRow> = on!(self, c => sqlx::query_as(
            "SELECT incident, remote, commented, state, field_values, asked_at FROM hand_offs WHERE incident = $1")
            .bind(incident.0).fetch_optional(c).await)?;
        let Some(row) = row else { return Ok(None) };
        let recordings: Vec<String> = on!(self, c => sqlx::query_scalar(
            "SELECT recording FROM handed_recordings WHERE incident = $1")
            .bind(incident.0).fetch_all(c).await)?;
        row.with(recordings.into_iter().collect()).map(Some)
    }

    /// Keeps a hand-off as it stands; recordings are only added.
    ///
    /// # Errors
    /// The database's: there is no such incident.
    pub async fn save_hand_off(&mut self, hand_off: &HandOff, at: Instant) -> Result<()> {
        let HandOff { incident, progress, asked_at } = hand_off;
        on!(self, c => sqlx::query(
            "INSERT INTO hand_offs (incident, remote, commented, state, field_values, asked_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (incident) DO UPDATE SET remote = excluded.remote, commented = excluded.commented,
                 state = excluded.state, field_values = excluded.field_values, asked_at = excluded.asked_at")
            .bind(incident.0).bind(&progress.remote).bind(progress.commented)
            .bind(progress.state.map(State::as_str)).bind(progress.values.as_ref().map(Json)).bind(optional(*asked_at))
            .execute(c).await.map(drop))?;
        for recording in &progress.recordings {
            on!(self, c => sqlx::query(
                "INSERT INTO handed_recordings (incident, recording, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind(incident.0).bind(recording).bind(Timestamp::from(at)).execute(c).await.map(drop))?;
        }
        Ok(())
    }

    /// How many hand-offs wait, and since when the oldest does.
    ///
    /// # Errors
    /// The database's.
    pub async fn waiting_hand_offs(&mut self) -> Result<(u64, Option<Instant>)> {
        let (count, oldest): (i64, Option<Timestamp>) = on!(self, c => sqlx::query_as(
            "SELECT COUNT(*), MIN(asked_at) FROM hand_offs WHERE asked_at IS NOT NULL").fetch_one(c).await)?;
        Ok((u64::try_from(count).unwrap_or_default(), oldest.map(Instant::from)))
    }

    /// The case whose ticket is `remote`.
    ///
    /// # Errors
    /// The database's.
    pub async fn incident_of_remote(&mut self, remote: &str) -> Result<Option<IncidentId>> {
        let id: Option<Uuid> = on!(self, c => sqlx::query_scalar("SELECT incident FROM hand_offs WHERE remote = $1")
            .bind(remote).fetch_optional(c).await)?;
        Ok(id.map(IncidentId))
    }

    /// Notes a piece of news from the store about a case that was handed over; `false` when it was heard before.
    ///
    /// # Errors
    /// The database's.
    pub async fn hear_news(&mut self, incident: IncidentId, news: &str, at: Instant) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "INSERT INTO heard_news (incident, news, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(incident.0).bind(news).bind(Timestamp::from(at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// What the dead jobs of this kind about a case were to do.
    ///
    /// # Errors
    /// The database's.
    pub async fn dead_payloads(&mut self, subject: IncidentId, kind: &str) -> Result<Vec<serde_json::Value>> {
        let payloads: Vec<Json<serde_json::Value>> = on!(self, c => sqlx::query_scalar(
            "SELECT payload FROM jobs WHERE subject = $1 AND state = 'dead' AND kind = $2 ORDER BY settled_at, id")
            .bind(subject.0).bind(kind).fetch_all(c).await)?;
        Ok(payloads.into_iter().map(|payload| payload.0).collect())
    }

    /// Takes the dead jobs of this kind for tried no more, of one case or of all, so that they can be set down anew; gives the
    /// cases they were about, each once.
    ///
    /// # Errors
    /// The database's.
    pub async fn unbury(&mut self, kind: &str, subject: Option<IncidentId>) -> Result<BTreeSet<IncidentId>> {
        let subjects: Vec<Option<Uuid>> = on!(self, c => sqlx::query_scalar(
            "UPDATE jobs SET state = 'cancelled'
             WHERE state = 'dead' AND kind = $1 AND ($2 IS NULL OR subject = $2) RETURNING subject")
            .bind(kind).bind(subject.map(|id| id.0)).fetch_all(c).await)?;
        Ok(subjects.into_iter().flatten().map(IncidentId).collect())
    }
}
