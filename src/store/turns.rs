//! The turns a call took, and its timeline.

use sqlx::types::Json;
use uuid::Uuid;

use super::error::Place;
use super::time::Timestamp;
use super::tx::{Sql, Tx, on};
use super::{Result, StoreError};
use crate::call::{Entry, Happening, Turn};
use crate::clock::Instant;
use crate::id::CallId;

macro_rules! columns {
    () => {
        "call, number, token, fingerprint, answer, at"
    };
}

#[derive(sqlx::FromRow)]
struct TurnRow {
    call: Uuid,
    number: i64,
    token: Option<String>,
    fingerprint: String,
    answer: String,
    at: Timestamp,
}

impl TryFrom<TurnRow> for Turn {
    type Error = StoreError;

    fn try_from(row: TurnRow) -> Result<Self> {
        let place = Place { table: "turns", key: &row.call.simple() };
        Ok(Self {
            number: place.ok("number", u32::try_from(row.number))?,
            answer: place.ok("answer", serde_json::from_str(&row.answer))?,
            call: CallId(row.call),
            token: row.token,
            fingerprint: row.fingerprint,
            at: row.at.into(),
        })
    }
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    sequence: i64,
    at: Timestamp,
    happening: Json<Happening>,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self { sequence: row.sequence, at: row.at.into(), happening: row.happening.0 }
    }
}

// Counting in the call's row also locks it: two writers never take the same place. SQLite does not write inside a query:
// there the lines follow by themselves.
const APPEND: Sql = Sql {
    sqlite: "UPDATE calls SET last_entry = last_entry + $2 WHERE id = $1 RETURNING last_entry",
    postgres: "WITH place AS (UPDATE calls SET last_entry = last_entry + $2 WHERE id = $1 RETURNING last_entry)
         INSERT INTO call_entries (call, sequence, at, happening)
         SELECT $1, last_entry - $2 + number, $3, happening
         FROM place, jsonb_array_elements($4) WITH ORDINALITY AS list (happening, number)
         RETURNING sequence",
};

impl Tx {
    /// Keeps a turn; `false` when this document of the call was answered already.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_turn(&mut self, turn: &Turn) -> Result<bool> {
        let answer = serde_json::to_string(&turn.answer).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let rows = on!(self, c => sqlx::query(concat!("INSERT INTO turns (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (call, number) DO NOTHING"))
            .bind(turn.call.0).bind(i64::from(turn.number)).bind(turn.token.as_deref()).bind(&turn.fingerprint)
            .bind(&answer).bind(Timestamp::from(turn.at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// The turn that answered document `number` of a call.
    ///
    /// # Errors
    /// The database's.
    pub async fn turn(&mut self, call: CallId, number: u32) -> Result<Option<Turn>> {
        let row: Option<TurnRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM turns WHERE call = $1 AND number = $2"))
            .bind(call.0).bind(i64::from(number)).fetch_optional(c).await)?;
        row.map(Turn::try_from).transpose()
    }

    /// The turn that the provider's retry token belongs to.
    ///
    /// # Errors
    /// The database's.
    pub async fn turn_by_token(&mut self, call: CallId, token: &str) -> Result<Option<Turn>> {
        let row: Option<TurnRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM turns WHERE call = $1 AND token = $2 ORDER BY number LIMIT 1"))
            .bind(call.0).bind(token).fetch_optional(c).await)?;
        row.map(Turn::try_from).transpose()
    }

    /// The turns of a call, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn turns(&mut self, call: CallId) -> Result<Vec<Turn>> {
        let rows: Vec<TurnRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM turns WHERE call = $1 ORDER BY number"))
            .bind(call.0).fetch_all(c).await)?;
        rows.into_iter().map(Turn::try_from).collect()
    }

    /// Writes the next lines of a call's timeline, in order.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such call; the database's.
    pub async fn append_call_entries(&mut self, call: CallId, at: Instant, happenings: &[Happening]) -> Result<()> {
        if happenings.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(happenings.len()).unwrap_or(i64::MAX);
        let last: Vec<i64> = on!(self, c => sqlx::query_scalar(APPEND.on(c))
            .bind(call.0).bind(count).bind(Timestamp::from(at)).bind(Json(happenings)).fetch_all(c).await)?;
        let last = last.last().ok_or_else(|| StoreError::Missing { table: "calls", key: call.to_string() })?;
        if self.is_sqlite() {
            on!(self, c => sqlx::query(
                "INSERT INTO call_entries (call, sequence, at, happening)
                 SELECT $1, $2 + key + 1, $3, value FROM json_each($4)")
                .bind(call.0).bind(last.saturating_sub(count)).bind(Timestamp::from(at)).bind(Json(happenings))
                .execute(c).await.map(drop))?;
        }
        Ok(())
    }

    /// A call's timeline, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn call_entries(&mut self, call: CallId) -> Result<Vec<Entry>> {
        let rows: Vec<EntryRow> = on!(self, c => sqlx::query_as(
            "SELECT sequence, at, happening FROM call_entries WHERE call = $1 ORDER BY sequence")
            .bind(call.0).fetch_all(c).await)?;
        Ok(rows.into_iter().map(Entry::from).collect())
    }
}
