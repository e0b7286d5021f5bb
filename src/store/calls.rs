//! Calls and their legs.

use uuid::Uuid;

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, for_update, on, one};
use super::{Result, StoreError};
use crate::call::{Call, Direction, Leg};
use crate::clock::Instant;
use crate::flow::Outcome;
use crate::id::{CallId, IncidentId};
use crate::phone::Phone;

macro_rules! columns {
    () => {
        "id, provider, provider_call, direction, caller, line, answered_at, ended_at, flow, session, turn, outcome, \
         incident, fallback"
    };
}
pub(super) use columns;

#[derive(sqlx::FromRow)]
pub(super) struct CallRow {
    id: Uuid,
    provider: String,
    provider_call: String,
    direction: String,
    caller: Option<String>,
    line: String,
    answered_at: Timestamp,
    ended_at: Option<Timestamp>,
    flow: String,
    session: String,
    turn: i64,
    outcome: Option<String>,
    incident: Option<Uuid>,
    fallback: bool,
}

impl TryFrom<CallRow> for Call {
    type Error = StoreError;

    fn try_from(row: CallRow) -> Result<Self> {
        let place = Place { table: "calls", key: &row.id.simple() };
        Ok(Self {
            direction: place.some("direction", Direction::from_word(&row.direction))?,
            from: row.caller.map(|from| place.ok("caller", Phone::parse(&from))).transpose()?,
            to: place.ok("line", Phone::parse(&row.line))?,
            session: place.ok("session", serde_json::from_str(&row.session))?,
            turn: place.ok("turn", u32::try_from(row.turn))?,
            outcome: row.outcome.map(|word| place.some("outcome", Outcome::from_word(&word))).transpose()?,
            id: CallId(row.id),
            provider: row.provider,
            provider_call: row.provider_call,
            answered_at: row.answered_at.into(),
            ended_at: row.ended_at.map(Instant::from),
            flow: row.flow,
            incident: row.incident.map(IncidentId),
            fallback: row.fallback,
        })
    }
}

#[derive(sqlx::FromRow)]
struct LegRow {
    provider_call: String,
    call: Uuid,
    role: String,
    status: String,
    rank: i64,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    seconds: Option<i64>,
}

impl TryFrom<LegRow> for Leg {
    type Error = StoreError;

    fn try_from(row: LegRow) -> Result<Self> {
        let place = Place { table: "legs", key: &row.provider_call };
        Ok(Self {
            rank: place.ok("rank", i32::try_from(row.rank))?,
            seconds: row.seconds.map(|seconds| place.ok("seconds", u32::try_from(seconds))).transpose()?,
            call: CallId(row.call),
            role: row.role,
            status: row.status,
            started_at: row.started_at.into(),
            ended_at: row.ended_at.map(Instant::from),
            provider_call: row.provider_call,
        })
    }
}

/// The session as it is kept: text, so that it comes back to the byte.
fn session(call: &Call) -> Result<String> {
    serde_json::to_string(&call.session).map_err(|error| StoreError::Database(sqlx::Error::Encode(error.into())))
}

impl Tx {
    /// Keeps a new call; `false` when this provider's call is known already.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_call(&mut self, call: &Call) -> Result<bool> {
        let session = session(call)?;
        let rows = on!(self, c => sqlx::query(concat!("INSERT INTO calls (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT (provider, provider_call) DO NOTHING"))
            .bind(call.id.0).bind(&call.provider).bind(&call.provider_call).bind(call.direction.as_str())
            .bind(call.from.as_ref().map(Phone::as_str)).bind(call.to.as_str())
            .bind(Timestamp::from(call.answered_at)).bind(optional(call.ended_at))
            .bind(&call.flow).bind(&session).bind(i64::from(call.turn))
            .bind(call.outcome.map(Outcome::as_str)).bind(call.incident.map(|id| id.0)).bind(call.fallback)
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// The call with this id.
    ///
    /// # Errors
    /// The database's.
    pub async fn call(&mut self, id: CallId) -> Result<Option<Call>> {
        let row: Option<CallRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM calls WHERE id = $1"))
            .bind(id.0).fetch_optional(c).await)?;
        row.map(Call::try_from).transpose()
    }

    /// The call with this id, which nobody else changes until this unit ends. First thing in a turn.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_call(&mut self, id: CallId) -> Result<Option<Call>> {
        let row: Option<CallRow> = on!(self, c => sqlx::query_as(
            for_update!("SELECT ", columns!(), " FROM calls WHERE id = $1").on(c))
            .bind(id.0).fetch_optional(c).await)?;
        row.map(Call::try_from).transpose()
    }

    /// The call with the provider's id of the caller's leg.
    ///
    /// # Errors
    /// The database's.
    pub async fn call_by_provider(&mut self, provider: &str, provider_call: &str) -> Result<Option<Call>> {
        let row: Option<CallRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM calls WHERE provider = $1 AND provider_call = $2"))
            .bind(provider).bind(provider_call).fetch_optional(c).await)?;
        row.map(Call::try_from).transpose()
    }

    /// Keeps what a call has become: the provider's id, its flow and where it stands there, turn, end, outcome and
    /// incident. Who called whom when never changes.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such call; the database's.
    pub async fn save_call(&mut self, call: &Call) -> Result<()> {
        let session = session(call)?;
        let rows = on!(self, c => sqlx::query(
            "UPDATE calls SET flow = $2, session = $3, turn = $4, ended_at = $5, outcome = $6, incident = $7,
                 provider_call = $8
             WHERE id = $1")
            .bind(call.id.0).bind(&call.flow).bind(&session).bind(i64::from(call.turn))
            .bind(optional(call.ended_at)).bind(call.outcome.map(Outcome::as_str)).bind(call.incident.map(|id| id.0))
            .bind(&call.provider_call)
            .execute(c).await.map(|done| done.rows_affected()))?;
        one(rows, "calls", &call.id)
    }

    /// Calls, the newest first; only those answered before `before`, when given.
    ///
    /// # Errors
    /// The database's.
    pub async fn calls(&mut self, limit: u32, before: Option<Instant>) -> Result<Vec<Call>> {
        let before = optional(before).unwrap_or(Timestamp::FAR);
        let rows: Vec<CallRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM calls
             WHERE answered_at < $1 ORDER BY answered_at DESC, id DESC LIMIT $2"))
            .bind(before).bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(Call::try_from).collect()
    }

    /// Calls whose callers left with nothing, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn missed_calls(&mut self, limit: u32) -> Result<Vec<Call>> {
        let rows: Vec<CallRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM calls
             WHERE outcome = 'missed' ORDER BY answered_at DESC, id DESC LIMIT $1"))
            .bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(Call::try_from).collect()
    }

    /// The one call whose id, written without hyphens, begins with `prefix`; `None` when there is none, or more than one.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_call(&mut self, prefix: &str) -> Result<Option<Call>> {
        if prefix.is_empty() || prefix.len() > 32 {
            return Ok(None);
        }
        let (Ok(low), Ok(high)) =
            (Uuid::try_parse(&format!("{prefix:0<32}")), Uuid::try_parse(&format!("{prefix:f<32}")))
        else {
            return Ok(None);
        };
        // Both databases compare ids byte by byte.
        let rows: Vec<CallRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM calls
             WHERE id BETWEEN $1 AND $2 LIMIT 2"))
            .bind(low).bind(high).fetch_all(c).await)?;
        let mut calls = rows.into_iter().map(Call::try_from).collect::<Result<Vec<_>>>()?;
        Ok(if calls.len() == 1 { calls.pop() } else { None })
    }

    /// Keeps what the provider says of a leg; `false` when something of higher rank is known already. An end or a length
    /// once known stays when the news has none.
    ///
    /// # Errors
    /// The database's.
    pub async fn upsert_leg(&mut self, leg: &Leg) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "INSERT INTO legs (provider_call, call, role, status, rank, started_at, ended_at, seconds)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (provider_call) DO UPDATE SET role = excluded.role, status = excluded.status,
                 rank = excluded.rank, ended_at = COALESCE(excluded.ended_at, legs.ended_at),
                 seconds = COALESCE(excluded.seconds, legs.seconds)
             WHERE excluded.rank >= legs.rank")
            .bind(&leg.provider_call).bind(leg.call.0).bind(&leg.role).bind(&leg.status).bind(i64::from(leg.rank))
            .bind(Timestamp::from(leg.started_at)).bind(optional(leg.ended_at)).bind(leg.seconds.map(i64::from))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// The legs of a call, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn legs(&mut self, call: CallId) -> Result<Vec<Leg>> {
        let rows: Vec<LegRow> = on!(self, c => sqlx::query_as(
            "SELECT provider_call, call, role, status, rank, started_at, ended_at, seconds FROM legs
             WHERE call = $1 ORDER BY started_at, provider_call")
            .bind(call.0).fetch_all(c).await)?;
        rows.into_iter().map(Leg::try_from).collect()
    }
}
