//! Jobs to be: what a unit causes is set down in it.

use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::Result;
use super::tx::{Sql, Tx, on};
use crate::clock::Instant;
use crate::id::{IncidentId, JobId};

/// A job to be.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob<'a> {
    /// Its id.
    pub id: JobId,
    /// What it does: the runner's word.
    pub kind: &'a str,
    /// What it is the only one of: two pending or leased jobs never have the same key.
    pub key: &'a str,
    /// The incident it is about.
    pub subject: Option<IncidentId>,
    /// Lower goes first among the jobs that are due; 0 is usual.
    pub priority: i16,
    /// From when on.
    pub run_at: Instant,
    /// What it needs.
    pub payload: serde_json::Value,
}

/// A job on its way to the database.
#[derive(Serialize)]
struct Line<'a> {
    id: Uuid,
    kind: &'a str,
    key: &'a str,
    subject: Option<Uuid>,
    priority: i16,
    micros: i64,
    payload: &'a serde_json::Value,
}

impl<'a> Line<'a> {
    fn of(job: &'a NewJob<'a>) -> Self {
        Self {
            id: job.id.0,
            kind: job.kind,
            key: job.key,
            subject: job.subject.map(|id| id.0),
            priority: job.priority,
            micros: job.run_at.timestamp_micros(),
            payload: &job.payload,
        }
    }
}

macro_rules! insert {
    ($lines:literal) => {
        concat!(
            "INSERT INTO jobs (id, kind, key, subject, priority, run_at, payload, state, due_at) ",
            $lines,
            " ON CONFLICT (key) WHERE state IN ('pending', 'leased')
             DO UPDATE SET
                 again_at = CASE WHEN jobs.state = 'pending' OR jobs.again_at < excluded.run_at THEN jobs.again_at
                                 ELSE excluded.run_at END,
                 run_at = CASE WHEN jobs.state = 'pending' THEN excluded.run_at ELSE jobs.run_at END,
                 due_at = CASE WHEN jobs.state = 'pending' THEN excluded.run_at ELSE jobs.due_at END
             WHERE jobs.state = 'leased' OR excluded.run_at < jobs.run_at RETURNING id, key"
        )
    };
}

// Each stores ids and instants in its own way. PostgreSQL wakes every other node's runner; equal wake-ups of one transaction
// are sent once, at its commit.
const ENQUEUE: Sql = Sql {
    sqlite: insert!(
        "SELECT unhex(value ->> 'id', '-'), value ->> 'kind', value ->> 'key', unhex(value ->> 'subject', '-'),
             value ->> 'priority', value ->> 'micros', value -> 'payload', 'pending', value ->> 'micros'
         FROM json_each($1) WHERE true"
    ),
    postgres: concat!(
        "WITH new AS (",
        insert!(
            "SELECT id, kind, key, subject, priority, at, payload, 'pending', at
             FROM jsonb_to_recordset($1) AS line (id uuid, kind text, key text, subject uuid, priority bigint,
                      micros bigint, payload jsonb),
                  LATERAL (SELECT TIMESTAMPTZ 'epoch' + micros * INTERVAL '1 microsecond') AS run (at)"
        ),
        ")
         SELECT id, key, CAST(pg_notify('guardia_jobs', current_setting('guardia.node')) AS text) FROM new"
    ),
};

impl Tx {
    /// Enqueues a job in this unit. `false` when one with its key is pending, which will do (sooner, where this is), or
    /// leased, which then runs once more after it is settled. Wakes the other nodes' runners on PostgreSQL, after the commit.
    ///
    /// # Errors
    /// The database's.
    pub async fn enqueue(&mut self, job: &NewJob<'_>) -> Result<bool> {
        Ok(self.enqueue_all(std::slice::from_ref(job)).await?.contains(&job.id))
    }

    /// The same for several jobs, no two of which have the same key; gives those that are new.
    ///
    /// # Errors
    /// The database's.
    pub async fn enqueue_all(&mut self, jobs: &[NewJob<'_>]) -> Result<Vec<JobId>> {
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        let lines: Vec<Line<'_>> = jobs.iter().map(Line::of).collect();
        let kept: Vec<(Uuid, String)> =
            on!(self, c => sqlx::query_as(ENQUEUE.on(c)).bind(Json(lines)).fetch_all(c).await)?;
        for job in jobs.iter().filter(|job| kept.iter().any(|(_, key)| key == job.key)) {
            self.note_due(job.run_at);
        }
        let new = jobs.iter().filter(|job| kept.iter().any(|(id, _)| *id == job.id.0));
        Ok(new.map(|job| job.id).collect())
    }
}
