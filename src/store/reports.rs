//! What reports are made of: every promise and every call of a stretch of time.

use super::Result;
use super::error::Place;
use super::time::Timestamp;
use super::tx::{Tx, on};
use crate::clock::Instant;
use crate::id::CallId;
use crate::phone::Phone;
use crate::sla::{Promise, Severity};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct PromiseRow {
    number: String,
    severity: String,
    institution: Option<String>,
    institution_name: Option<String>,
    service: Option<String>,
    started_at: Timestamp,
    due_at: Timestamp,
    acknowledged_at: Option<Timestamp>,
    responded_at: Option<Timestamp>,
}

impl TryFrom<PromiseRow> for Promise {
    type Error = super::StoreError;

    fn try_from(row: PromiseRow) -> Result<Self> {
        let place = Place { table: "incidents", key: &row.number };
        Ok(Self {
            severity: place.some("severity", Severity::from_word(&row.severity))?,
            institution: row.institution.map(|code| (code, row.institution_name.unwrap_or_default())),
            service: row.service,
            started_at: row.started_at.into(),
            due_at: row.due_at.into(),
            acknowledged_at: row.acknowledged_at.map(Instant::from),
            responded_at: row.responded_at.map(Instant::from),
            case: row.number,
        })
    }
}

/// Somebody who rang again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatCaller {
    /// Their number.
    pub caller: Phone,
    /// How often.
    pub calls: i64,
    /// The last of those calls.
    pub last: CallId,
    /// When that was.
    pub last_at: Instant,
}

impl Tx {
    /// Up to `limit` promises whose clock began in `from..until`, the oldest first: present cycles and ended ones. Tests of the
    /// pager are none, and neither is what was cancelled or merged into another case.
    ///
    /// # Errors
    /// The database's.
    pub async fn promises(&mut self, from: Instant, until: Instant, limit: u32) -> Result<Vec<Promise>> {
        let rows: Vec<PromiseRow> = on!(self, c => sqlx::query_as(
            "SELECT number, severity, institution, institution_name, service, started_at, due_at, acknowledged_at, responded_at
             FROM incidents WHERE started_at >= $1 AND started_at < $2 AND state <> 'cancelled' AND merged_into IS NULL
                 AND NOT EXISTS (SELECT 1 FROM canaries WHERE canaries.incident = incidents.id)
             UNION ALL
             SELECT i.number, i.severity, i.institution, i.institution_name, i.service, c.started_at, c.due_at, NULL,
                 c.responded_at
             FROM cycles c JOIN incidents i ON i.id = c.incident
             WHERE c.cycle < i.cycle AND c.started_at >= $1 AND c.started_at < $2
             ORDER BY started_at, number LIMIT $3")
            .bind(Timestamp::from(from)).bind(Timestamp::from(until)).bind(i64::from(limit))
            .fetch_all(c).await)?;
        rows.into_iter().map(Promise::try_from).collect()
    }

    /// When up to `limit` calls of `from..until` were answered, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn answered_in(&mut self, from: Instant, until: Instant, limit: u32) -> Result<Vec<Instant>> {
        let rows: Vec<Timestamp> = on!(self, c => sqlx::query_scalar(
            "SELECT answered_at FROM calls WHERE direction = 'inbound' AND answered_at >= $1 AND answered_at < $2
             ORDER BY answered_at LIMIT $3")
            .bind(Timestamp::from(from)).bind(Timestamp::from(until)).bind(i64::from(limit))
            .fetch_all(c).await)?;
        Ok(rows.into_iter().map(Instant::from).collect())
    }

    /// Up to `limit` numbers that rang `often` times or more in `from..until`, those that did most first.
    ///
    /// # Errors
    /// The database's.
    pub async fn repeat_callers(
        &mut self,
        from: Instant,
        until: Instant,
        often: u32,
        limit: u32,
    ) -> Result<Vec<RepeatCaller>> {
        let rows: Vec<(String, i64, Timestamp)> = on!(self, c => sqlx::query_as(
            "SELECT caller, COUNT(*), MAX(answered_at) FROM calls
             WHERE direction = 'inbound' AND caller IS NOT NULL AND answered_at >= $1 AND answered_at < $2
             GROUP BY caller HAVING COUNT(*) >= $3 ORDER BY 2 DESC, 3 DESC, caller LIMIT $4")
            .bind(Timestamp::from(from)).bind(Timestamp::from(until)).bind(i64::from(often)).bind(i64::from(limit))
            .fetch_all(c).await)?;
        let mut callers = Vec::with_capacity(rows.len());
        for (caller, calls, last_at) in rows {
            let last: Uuid = on!(self, c => sqlx::query_scalar(
                "SELECT id FROM calls WHERE caller = $1 AND answered_at = $2 ORDER BY id DESC LIMIT 1")
                .bind(&caller).bind(last_at).fetch_one(c).await)?;
            let place = Place { table: "calls", key: &last.simple() };
            let caller = place.ok("caller", Phone::parse(&caller))?;
            callers.push(RepeatCaller { caller, calls, last: CallId(last), last_at: last_at.into() });
        }
        Ok(callers)
    }
}
