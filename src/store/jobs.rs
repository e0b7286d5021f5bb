//! Durable jobs and timers: enqueued in the unit that causes them (`enqueue.rs`), leased with a fencing token, settled once.
//!
//! `due_at` is the instant from which a job may be claimed: its `run_at` while it is pending, the end of its lease while it
//! is leased. So one statement takes due jobs and lost leases alike, over one index.
//!
//! A job that is asked for while it is leased may have read the state before the change that asks: it runs once more.

use std::cmp::Ordering;

use sqlx::types::Json;
use uuid::Uuid;

use super::error::Place;
use super::time::Timestamp;
use super::tx::{Sql, Tx, on};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::id::{IncidentId, JobId};

/// A job in the hands of a runner.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// What it is the only one of.
    pub key: String,
    /// The incident it is about.
    pub subject: Option<IncidentId>,
    /// Lower goes first.
    pub priority: i16,
    /// From when on it was to run.
    pub run_at: Instant,
    /// How often it was claimed, this time included: the fencing token. 0 while it never was.
    pub attempt: i32,
    /// What it needs.
    pub payload: serde_json::Value,
}

/// Who runs a job. Jobs that wait for slow strangers have runners of their own, so that a page never waits for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Everything that people wait for.
    Fast,
    /// What a ticket store may take its time for.
    Slow,
}

impl Lane {
    /// Jobs from this priority on are in [`Lane::Slow`].
    pub const SLOW: i16 = 8;

    /// What the runner of this lane at the node `node` holds its leases under: each gives back its own when it stops.
    #[must_use]
    pub fn owner(self, node: &str) -> String {
        match self {
            Self::Fast => node.to_owned(),
            Self::Slow => format!("{node}/slow"),
        }
    }

    /// The least and the greatest priority of its jobs.
    fn priorities(self) -> (i64, i64) {
        match self {
            Self::Fast => (i64::from(i16::MIN), i64::from(Self::SLOW) - 1),
            Self::Slow => (i64::from(Self::SLOW), i64::from(i16::MAX)),
        }
    }
}

/// A job that failed for good.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadJob {
    /// The job.
    pub job: Job,
    /// What it failed with last.
    pub error: Option<String>,
    /// When it was given up.
    pub died_at: Instant,
}

/// How many jobs there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Waiting for their time or for a runner.
    pub pending: i64,
    /// In the hands of a runner.
    pub leased: i64,
    /// Failed for good.
    pub dead: i64,
}

macro_rules! columns {
    () => {
        "id, kind, key, subject, priority, run_at, attempt, payload"
    };
}
pub(super) use columns;

#[derive(sqlx::FromRow)]
pub(super) struct JobRow {
    id: Uuid,
    kind: String,
    key: String,
    subject: Option<Uuid>,
    priority: i64,
    run_at: Timestamp,
    attempt: i64,
    payload: Json<serde_json::Value>,
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self> {
        let place = Place { table: "jobs", key: &row.id.simple() };
        Ok(Self {
            priority: place.ok("priority", i16::try_from(row.priority))?,
            attempt: place.ok("attempt", i32::try_from(row.attempt))?,
            id: JobId(row.id),
            kind: row.kind,
            key: row.key,
            subject: row.subject.map(IncidentId),
            run_at: row.run_at.into(),
            payload: row.payload.0,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct DeadRow {
    #[sqlx(flatten)]
    job: JobRow,
    last_error: Option<String>,
    settled_at: Option<Timestamp>,
}

impl TryFrom<DeadRow> for DeadJob {
    type Error = StoreError;

    fn try_from(row: DeadRow) -> Result<Self> {
        let job = Job::try_from(row.job)?;
        let died_at = Place { table: "jobs", key: &job.id }.some("settled_at", row.settled_at)?;
        Ok(Self { job, error: row.last_error, died_at: died_at.into() })
    }
}

/// An error's first 500 characters: what a stack of causes says first is what helps.
fn shortened(error: &str) -> String {
    error.chars().take(500).collect()
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH due AS (
                 SELECT id FROM jobs WHERE state IN ('pending', 'leased') AND due_at <= $2
                     AND priority BETWEEN $5 AND $6
                 ORDER BY priority, run_at, id LIMIT $4",
            $lock,
            ")
             UPDATE jobs SET state = 'leased', owner = $1, due_at = $3, again_at = NULL, attempt = attempt + 1
             WHERE id IN (SELECT id FROM due) RETURNING ",
            columns!()
        )
    };
}
const CLAIM: Sql = Sql { sqlite: claim!(""), postgres: claim!(" FOR UPDATE SKIP LOCKED") };

const CANCEL: Sql = Sql {
    sqlite: "UPDATE jobs SET state = 'cancelled'
         WHERE subject = $1 AND state IN ('pending', 'leased') AND state = 'pending'
           AND kind IN (SELECT value FROM json_each($2))",
    postgres: "UPDATE jobs SET state = 'cancelled'
         WHERE subject = $1 AND state = 'pending' AND kind IN (SELECT jsonb_array_elements_text($2))",
};

impl Tx {
    /// Leases at most `limit` jobs of `lane` that are due at `now`, or whose lease ended by then, to `owner` until `until`; the most
    /// urgent first. Two claimers never get the same job.
    ///
    /// # Errors
    /// The database's.
    pub async fn claim(
        &mut self,
        lane: Lane,
        owner: &str,
        (now, until): (Instant, Instant),
        limit: u32,
    ) -> Result<Vec<Job>> {
        let (least, most) = lane.priorities();
        let rows: Vec<JobRow> = on!(self, c => sqlx::query_as(CLAIM.on(c))
            .bind(owner).bind(Timestamp::from(now)).bind(Timestamp::from(until)).bind(i64::from(limit))
            .bind(least).bind(most).fetch_all(c).await)?;
        let mut jobs = rows.into_iter().map(Job::try_from).collect::<Result<Vec<_>>>()?;
        jobs.sort_by(by_urgency);
        Ok(jobs)
    }

    /// Settles a job, which runs again when it was asked for meanwhile; `false` when attempt `attempt` no longer holds its
    /// lease: drop what came of it.
    ///
    /// # Errors
    /// The database's.
    pub async fn finish(&mut self, id: JobId, attempt: i32, at: Instant) -> Result<bool> {
        let again: Option<(Option<Timestamp>,)> = on!(self, c => sqlx::query_as(
            "UPDATE jobs SET state = CASE WHEN again_at IS NULL THEN 'done' ELSE 'pending' END, owner = NULL,
                 settled_at = CASE WHEN again_at IS NULL THEN $3 END, run_at = COALESCE(again_at, run_at),
                 due_at = COALESCE(again_at, due_at), again_at = NULL
             WHERE id = $1 AND attempt = $2 AND state = 'leased' RETURNING CASE WHEN state = 'pending' THEN run_at END")
            .bind(id.0).bind(i64::from(attempt)).bind(Timestamp::from(at)).fetch_optional(c).await)?;
        Ok(self.is_settled(again))
    }

    /// Puts a job back until `run_at`; `false` when attempt `attempt` no longer holds its lease.
    ///
    /// # Errors
    /// The database's.
    pub async fn retry(&mut self, id: JobId, attempt: i32, run_at: Instant, error: &str) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE jobs SET state = 'pending', owner = NULL, run_at = $3, due_at = $3, again_at = NULL, last_error = $4
             WHERE id = $1 AND attempt = $2 AND state = 'leased'")
            .bind(id.0).bind(i64::from(attempt)).bind(Timestamp::from(run_at)).bind(shortened(error))
            .execute(c).await.map(|done| done.rows_affected()))?;
        if rows == 1 {
            self.note_due(run_at);
        }
        Ok(rows == 1)
    }

    /// Gives a job up, unless it was asked for meanwhile; `false` when attempt `attempt` no longer holds its lease. Tell a
    /// person, in the same unit.
    ///
    /// # Errors
    /// The database's.
    pub async fn bury(&mut self, id: JobId, attempt: i32, at: Instant, error: &str) -> Result<bool> {
        let again: Option<(Option<Timestamp>,)> = on!(self, c => sqlx::query_as(
            "UPDATE jobs SET state = CASE WHEN again_at IS NULL THEN 'dead' ELSE 'pending' END, owner = NULL,
                 settled_at = CASE WHEN again_at IS NULL THEN $3 END, run_at = COALESCE(again_at, run_at),
                 due_at = COALESCE(again_at, due_at), again_at = NULL, last_error = $4
             WHERE id = $1 AND attempt = $2 AND state = 'leased' RETURNING CASE WHEN state = 'pending' THEN run_at END")
            .bind(id.0).bind(i64::from(attempt)).bind(Timestamp::from(at)).bind(shortened(error))
            .fetch_optional(c).await)?;
        Ok(self.is_settled(again))
    }

    /// Lengthens a lease; `false` when attempt `attempt` no longer holds it: stop working.
    ///
    /// # Errors
    /// The database's.
    pub async fn extend(&mut self, id: JobId, attempt: i32, until: Instant) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE jobs SET due_at = $3 WHERE id = $1 AND attempt = $2 AND state = 'leased'")
            .bind(id.0).bind(i64::from(attempt)).bind(Timestamp::from(until))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// Gives back everything `owner` holds, for a soft stop; how many. Their attempts stay counted, so what the owner still
    /// has under way is fenced off once somebody else claims it.
    ///
    /// # Errors
    /// The database's.
    pub async fn release(&mut self, owner: &str) -> Result<u64> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE jobs SET state = 'pending', owner = NULL, due_at = run_at, again_at = NULL
             WHERE state IN ('pending', 'leased') AND state = 'leased' AND owner = $1")
            .bind(owner).execute(c).await.map(|done| done.rows_affected()))?;
        if rows > 0 {
            self.wake().await?;
        }
        Ok(rows)
    }

    /// Makes every lease void; how many. Right only where no other runner can live: on SQLite at the start.
    ///
    /// # Errors
    /// The database's.
    pub async fn void_leases(&mut self) -> Result<u64> {
        Ok(on!(self, c => sqlx::query(
            "UPDATE jobs SET state = 'pending', owner = NULL, due_at = run_at, again_at = NULL
             WHERE state IN ('pending', 'leased') AND state = 'leased'")
            .execute(c).await.map(|done| done.rows_affected()))?)
    }

    /// When the next job may be claimed, be it a timer or a lost lease.
    ///
    /// # Errors
    /// The database's.
    pub async fn next_due(&mut self) -> Result<Option<Instant>> {
        let due: Option<Timestamp> = on!(self, c => sqlx::query_scalar(
            "SELECT MIN(due_at) FROM jobs WHERE state IN ('pending', 'leased')").fetch_one(c).await)?;
        Ok(due.map(Instant::from))
    }

    /// The same of one lane.
    ///
    /// # Errors
    /// The database's.
    pub async fn next_due_in(&mut self, lane: Lane) -> Result<Option<Instant>> {
        let (least, most) = lane.priorities();
        let due: Option<Timestamp> = on!(self, c => sqlx::query_scalar(
            "SELECT MIN(due_at) FROM jobs WHERE state IN ('pending', 'leased') AND priority BETWEEN $1 AND $2")
            .bind(least).bind(most).fetch_one(c).await)?;
        Ok(due.map(Instant::from))
    }

    /// Cancels the pending jobs of these kinds about an incident; how many. What is leased runs on and finds nothing to do.
    ///
    /// # Errors
    /// The database's.
    pub async fn cancel_jobs(&mut self, subject: IncidentId, kinds: &[&str]) -> Result<u64> {
        Ok(on!(self, c => sqlx::query(CANCEL.on(c)).bind(subject.0).bind(Json(kinds))
            .execute(c).await.map(|done| done.rows_affected()))?)
    }

    /// Cancels the pending job with this key; `false` when there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn cancel_job(&mut self, key: &str) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE jobs SET state = 'cancelled'
             WHERE key = $1 AND state IN ('pending', 'leased') AND state = 'pending'")
            .bind(key).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// Moves the pending job with this key; `false` when there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn move_job(&mut self, key: &str, run_at: Instant) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE jobs SET run_at = $2, due_at = $2
             WHERE key = $1 AND state IN ('pending', 'leased') AND state = 'pending'")
            .bind(key).bind(Timestamp::from(run_at)).execute(c).await.map(|done| done.rows_affected()))?;
        if rows > 0 {
            self.note_due(run_at);
            self.wake().await?;
        }
        Ok(rows == 1)
    }

    /// Leaves no trace of a job that is done: for those that come again every minute.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_job(&mut self, id: JobId) -> Result<bool> {
        let rows = on!(self, c => sqlx::query("DELETE FROM jobs WHERE id = $1 AND state = 'done'")
            .bind(id.0).execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// How many jobs there are.
    ///
    /// # Errors
    /// The database's.
    pub async fn job_counts(&mut self) -> Result<JobCounts> {
        let (pending, leased, dead): (i64, i64, i64) = on!(self, c => sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM jobs WHERE state IN ('pending', 'leased') AND state = 'pending'),
                    (SELECT COUNT(*) FROM jobs WHERE state IN ('pending', 'leased') AND state = 'leased'),
                    (SELECT COUNT(*) FROM jobs WHERE state = 'dead')")
            .fetch_one(c).await)?;
        Ok(JobCounts { pending, leased, dead })
    }

    /// The pending jobs about an incident, the earliest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn pending_jobs(&mut self, subject: IncidentId) -> Result<Vec<Job>> {
        let rows: Vec<JobRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM jobs
             WHERE subject = $1 AND state IN ('pending', 'leased') AND state = 'pending' ORDER BY run_at, id"))
            .bind(subject.0).fetch_all(c).await)?;
        rows.into_iter().map(Job::try_from).collect()
    }

    /// Jobs that failed for good, the latest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn dead_jobs(&mut self, limit: u32) -> Result<Vec<DeadJob>> {
        let rows: Vec<DeadRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), ", last_error, settled_at
             FROM jobs WHERE state = 'dead' ORDER BY settled_at DESC, id DESC LIMIT $1"))
            .bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(DeadJob::try_from).collect()
    }

    /// Whether a lease was held and is settled; a job that was asked for meanwhile is due `again`.
    fn is_settled(&mut self, again: Option<(Option<Timestamp>,)>) -> bool {
        if let Some((Some(at),)) = again {
            self.note_due(at.into());
        }
        again.is_some()
    }

    /// Wakes the other nodes' runners after the commit. On SQLite there is one node, and it knows.
    pub(super) async fn wake(&mut self) -> Result<()> {
        const WAKE: Sql = Sql {
            sqlite: "SELECT ''",
            postgres: "SELECT CAST(pg_notify('guardia_jobs', current_setting('guardia.node')) AS text)",
        };
        on!(self, c => sqlx::query(WAKE.on(c)).execute(c).await.map(drop))?;
        Ok(())
    }
}

fn by_urgency(one: &Job, other: &Job) -> Ordering {
    (one.priority, one.run_at, one.id).cmp(&(other.priority, other.run_at, other.id))
}
