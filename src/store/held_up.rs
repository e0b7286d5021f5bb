//! Jobs of one kind that somebody should see to: those that failed for good, and those that failed and wait for their next try.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::jobs::{DeadJob, DeadRow, Job, JobRow, columns};
use super::time::Timestamp;
use super::tx::{Tx, on};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::id::IncidentId;

/// A job that failed and waits for its next try, which is its `run_at`.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldUpJob {
    /// The job.
    pub job: Job,
    /// What it failed with last.
    pub error: String,
}

#[derive(sqlx::FromRow)]
struct HeldUpRow {
    #[sqlx(flatten)]
    job: JobRow,
    last_error: String,
}

impl TryFrom<HeldUpRow> for HeldUpJob {
    type Error = StoreError;

    fn try_from(row: HeldUpRow) -> Result<Self> {
        Ok(Self { job: row.job.try_into()?, error: row.last_error })
    }
}

impl Tx {
    /// At most `limit` jobs of this kind that failed for good, the latest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn dead_jobs_of(&mut self, kind: &str, limit: u32) -> Result<Vec<DeadJob>> {
        let rows: Vec<DeadRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), ", last_error, settled_at
             FROM jobs WHERE state = 'dead' AND kind = $1 ORDER BY settled_at DESC, id DESC LIMIT $2"))
            .bind(kind).bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(DeadJob::try_from).collect()
    }

    /// At most `limit` jobs of this kind that failed and wait, the one that is tried next first.
    ///
    /// # Errors
    /// The database's.
    pub async fn held_up_jobs(&mut self, kind: &str, limit: u32) -> Result<Vec<HeldUpJob>> {
        let rows: Vec<HeldUpRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), ", last_error FROM jobs
             WHERE state IN ('pending', 'leased') AND state = 'pending' AND kind = $1 AND last_error IS NOT NULL
             ORDER BY run_at, id LIMIT $2"))
            .bind(kind).bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(HeldUpJob::try_from).collect()
    }

    /// The incidents that have a job of this kind which failed, for good or not.
    ///
    /// # Errors
    /// The database's.
    pub async fn subjects_of_failed(&mut self, kind: &str) -> Result<BTreeSet<IncidentId>> {
        let subjects: Vec<Uuid> = on!(self, c => sqlx::query_scalar(
            "SELECT subject FROM jobs WHERE state = 'dead' AND kind = $1 AND subject IS NOT NULL
             UNION SELECT subject FROM jobs
             WHERE state IN ('pending', 'leased') AND state = 'pending' AND kind = $1 AND last_error IS NOT NULL
                 AND subject IS NOT NULL")
            .bind(kind).fetch_all(c).await)?;
        Ok(subjects.into_iter().map(IncidentId).collect())
    }

    /// Makes the jobs of this kind about an incident that failed and wait due at `at`, unless they are sooner; how many. Wakes
    /// the other nodes' runners on PostgreSQL, after the commit.
    ///
    /// # Errors
    /// The database's.
    pub async fn hurry_jobs(&mut self, kind: &str, subject: IncidentId, at: Instant) -> Result<u64> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE jobs SET run_at = $3, due_at = $3
             WHERE subject = $2 AND state IN ('pending', 'leased') AND state = 'pending' AND kind = $1
                 AND last_error IS NOT NULL AND run_at > $3")
            .bind(kind).bind(subject.0).bind(Timestamp::from(at)).execute(c).await.map(|done| done.rows_affected()))?;
        if rows > 0 {
            self.note_due(at);
            self.wake().await?;
        }
        Ok(rows)
    }
}
