//! What incidents went through: their timelines, the results of their ended cycles, and who else is affected.

use sqlx::types::Json;

use super::error::Place;
use super::incidents::target;
use super::time::{Timestamp, optional};
use super::tx::{Sql, Tx, on};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::id::{CallId, IncidentId};
use crate::incident::{Actor, Change, Entry};
use crate::phone::Phone;
use crate::sla::Target;

/// How an ended cycle went. Written once, never changed.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleResult {
    /// The cycle, from 1.
    pub cycle: u32,
    /// When its clock began.
    pub started_at: Instant,
    /// The instant it promised.
    pub due_at: Instant,
    /// The promise.
    pub target: Target,
    /// When a person reached the reporter.
    pub responded_at: Option<Instant>,
    /// Whether the promise was kept; `None` when the cycle ended before it came to that.
    pub met: Option<bool>,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    sequence: i64,
    at: Timestamp,
    actor: Json<Actor>,
    change: Json<Change>,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self { sequence: row.sequence, at: row.at.into(), actor: row.actor.0, change: row.change.0 }
    }
}

#[derive(sqlx::FromRow)]
struct CycleRow {
    cycle: i64,
    started_at: Timestamp,
    due_at: Timestamp,
    target_seconds: i64,
    target_mode: String,
    responded_at: Option<Timestamp>,
    met: Option<bool>,
}

const LAST_OF: Sql = Sql {
    sqlite: "SELECT sequence, at, actor, change FROM incident_entries
         WHERE incident = $1 AND change ->> 'kind' IN (SELECT value FROM json_each($2))
         ORDER BY sequence DESC LIMIT 1",
    postgres: "SELECT sequence, at, actor, change FROM incident_entries
         WHERE incident = $1 AND change ->> 'kind' IN (SELECT jsonb_array_elements_text($2))
         ORDER BY sequence DESC LIMIT 1",
};

// Counting in the incident's row also locks it: two writers never take the same place. SQLite does not write inside a
// query: there the line follows by itself.
const APPEND: Sql = Sql {
    sqlite: "UPDATE incidents SET last_entry = last_entry + 1 WHERE id = $1 RETURNING last_entry",
    postgres: "WITH place AS (UPDATE incidents SET last_entry = last_entry + 1 WHERE id = $1 RETURNING last_entry)
         INSERT INTO incident_entries (incident, sequence, at, actor, change)
         SELECT $1, last_entry, $2, $3, $4 FROM place RETURNING sequence",
};

impl Tx {
    /// Writes the next line of an incident's timeline and gives its place, from 1 without gaps.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such incident; the database's.
    pub async fn append_entry(
        &mut self,
        incident: IncidentId,
        at: Instant,
        actor: &Actor,
        change: &Change,
    ) -> Result<i64> {
        let sequence: Option<i64> = on!(self, c => sqlx::query_scalar(APPEND.on(c))
            .bind(incident.0).bind(Timestamp::from(at)).bind(Json(actor)).bind(Json(change))
            .fetch_optional(c).await)?;
        let sequence = sequence.ok_or_else(|| StoreError::Missing { table: "incidents", key: incident.to_string() })?;
        if self.is_sqlite() {
            on!(self, c => sqlx::query(
                "INSERT INTO incident_entries (incident, sequence, at, actor, change) VALUES ($1, $2, $3, $4, $5)")
                .bind(incident.0).bind(sequence).bind(Timestamp::from(at)).bind(Json(actor)).bind(Json(change))
                .execute(c).await.map(drop))?;
        }
        Ok(sequence)
    }

    /// An incident's timeline, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn entries(&mut self, incident: IncidentId) -> Result<Vec<Entry>> {
        let rows: Vec<EntryRow> = on!(self, c => sqlx::query_as(
            "SELECT sequence, at, actor, change FROM incident_entries WHERE incident = $1 ORDER BY sequence")
            .bind(incident.0).fetch_all(c).await)?;
        Ok(rows.into_iter().map(Entry::from).collect())
    }

    /// The last line of an incident's timeline that is of one of these kinds.
    ///
    /// # Errors
    /// The database's.
    pub async fn last_entry_of(&mut self, incident: IncidentId, kinds: &[&str]) -> Result<Option<Entry>> {
        let row: Option<EntryRow> = on!(self, c => sqlx::query_as(LAST_OF.on(c))
            .bind(incident.0).bind(Json(kinds)).fetch_optional(c).await)?;
        Ok(row.map(Entry::from))
    }

    /// Keeps how a cycle went, for good.
    ///
    /// # Errors
    /// The database's: this cycle has a result, or there is no such incident.
    pub async fn insert_cycle_result(&mut self, incident: IncidentId, result: &CycleResult) -> Result<()> {
        on!(self, c => sqlx::query(
            "INSERT INTO cycles
                 (incident, cycle, started_at, due_at, target_seconds, target_mode, responded_at, met)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(incident.0).bind(i64::from(result.cycle)).bind(Timestamp::from(result.started_at))
            .bind(Timestamp::from(result.due_at)).bind(result.target.span.num_seconds())
            .bind(result.target.mode.as_str()).bind(optional(result.responded_at)).bind(result.met)
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// How an incident's ended cycles went, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn cycles(&mut self, incident: IncidentId) -> Result<Vec<CycleResult>> {
        let rows: Vec<CycleRow> = on!(self, c => sqlx::query_as(
            "SELECT cycle, started_at, due_at, target_seconds, target_mode, responded_at, met FROM cycles
             WHERE incident = $1 ORDER BY cycle")
            .bind(incident.0).fetch_all(c).await)?;
        let place = Place { table: "cycles", key: &incident };
        rows.into_iter()
            .map(|row| {
                Ok(CycleResult {
                    cycle: place.ok("cycle", u32::try_from(row.cycle))?,
                    started_at: row.started_at.into(),
                    due_at: row.due_at.into(),
                    target: target(&place, row.target_seconds, &row.target_mode)?,
                    responded_at: row.responded_at.map(Instant::from),
                    met: row.met,
                })
            })
            .collect()
    }

    /// Counts a caller as affected by `key` (an incident, an outage); `false` when this call or this number is counted
    /// already.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_affected(&mut self, key: &str, call: CallId, caller: Option<&Phone>) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "INSERT INTO affected (key, call, caller) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(key).bind(call.0).bind(caller.map(Phone::as_str))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// How many callers are affected by `key`.
    ///
    /// # Errors
    /// The database's.
    pub async fn affected(&mut self, key: &str) -> Result<i64> {
        Ok(on!(self, c => sqlx::query_scalar("SELECT COUNT(*) FROM affected WHERE key = $1")
            .bind(key).fetch_one(c).await)?)
    }
}
