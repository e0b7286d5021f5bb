//! Requests that may be sent again: what each was, and what it was answered.

use super::Result;
use super::error::Place;
use super::time::Timestamp;
use super::tx::{Tx, on};
use crate::access::{Answer, Idempotency};
use crate::clock::Instant;

/// What was kept of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// What the request was.
    pub fingerprint: String,
    /// What it was answered.
    pub answer: Answer,
}

#[derive(sqlx::FromRow)]
struct AnswerRow {
    fingerprint: String,
    status: i64,
    location: Option<String>,
    etag: Option<String>,
    body: String,
}

impl Tx {
    /// Keeps what a request was answered, in the unit of what it did; `false` when something is kept under its key that is
    /// not older than `since`. Whoever is told so undoes the unit: the other request did it.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_answer(
        &mut self,
        request: &Idempotency,
        answer: &Answer,
        at: Instant,
        since: Instant,
    ) -> Result<bool> {
        // On PostgreSQL this waits for another unit that writes the same key.
        let rows = on!(self, c => sqlx::query(
            "INSERT INTO idempotency_keys (token, key, fingerprint, status, location, etag, body, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (token, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
                 location = excluded.location, etag = excluded.etag, body = excluded.body, at = excluded.at
             WHERE idempotency_keys.at < $9")
            .bind(&request.token).bind(&request.key).bind(&request.fingerprint).bind(i64::from(answer.status))
            .bind(answer.location.as_deref()).bind(answer.etag.as_deref()).bind(&answer.body)
            .bind(Timestamp::from(at)).bind(Timestamp::from(since))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// What is kept under a token's key, unless it is older than `since`.
    ///
    /// # Errors
    /// The database's.
    pub async fn kept_answer(&mut self, token: &str, key: &str, since: Instant) -> Result<Option<KeptAnswer>> {
        let row: Option<AnswerRow> = on!(self, c => sqlx::query_as(
            "SELECT fingerprint, status, location, etag, body FROM idempotency_keys
             WHERE token = $1 AND key = $2 AND at >= $3")
            .bind(token).bind(key).bind(Timestamp::from(since)).fetch_optional(c).await)?;
        let Some(row) = row else { return Ok(None) };
        let status = Place { table: "idempotency_keys", key: &token }.ok("status", u16::try_from(row.status))?;
        let answer = Answer { status, location: row.location, etag: row.etag, body: row.body };
        Ok(Some(KeptAnswer { fingerprint: row.fingerprint, answer }))
    }

    /// Forgets what is older than `since`; gives the instant of the oldest that is left.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_answers(&mut self, since: Instant) -> Result<Option<Instant>> {
        on!(self, c => sqlx::query("DELETE FROM idempotency_keys WHERE at < $1")
            .bind(Timestamp::from(since)).execute(c).await.map(drop))?;
        let oldest: Option<Timestamp> = on!(self, c => sqlx::query_scalar(
            "SELECT at FROM idempotency_keys ORDER BY at LIMIT 1").fetch_optional(c).await)?;
        Ok(oldest.map(Instant::from))
    }
}
