//! What of the hand-offs somebody should see to: steps that were given up, and steps that failed and are tried again.

use super::super::{OpsError, Task};
use crate::clock::Instant;
use crate::incident::CaseNumber;
use crate::store::{Job, Store, Tx};
use crate::ticket::Step;

/// The kinds of job that belong to a hand-off.
pub(super) const KINDS: [&str; 2] = [Task::HAND_OFF, Task::TICKET];

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckStep {
    /// Of which case; `None` = its incident is not there any more.
    pub case: Option<CaseNumber>,
    /// Which one; `None` = finding out what the store is to be told.
    pub step: Option<Step>,
    /// When it was given up, or is tried again.
    pub at: Instant,
    /// What it failed with last, without personal data.
    pub error: String,
}

/// Steps that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StuckHandOffs {
    /// Those that wait for a person, the latest first.
    pub given_up: Vec<StuckStep>,
    /// Those that are tried again, the next one first.
    pub held_up: Vec<StuckStep>,
}

/// At most `limit` steps of each sort.
///
/// # Errors
/// The store's.
pub async fn stuck_hand_offs(store: &Store, limit: u32) -> Result<StuckHandOffs, OpsError> {
    store
        .read(async |tx: &mut Tx| -> Result<StuckHandOffs, OpsError> {
            let mut stuck = StuckHandOffs::default();
            for kind in KINDS {
                for dead in tx.dead_jobs_of(kind, limit).await? {
                    let at = dead.died_at;
                    stuck.given_up.push(stuck_step(tx, dead.job, at, dead.error.unwrap_or_default()).await?);
                }
                for waiting in tx.held_up_jobs(kind, limit).await? {
                    let at = waiting.job.run_at;
                    stuck.held_up.push(stuck_step(tx, waiting.job, at, waiting.error).await?);
                }
            }
            Ok(stuck)
        })
        .await
}

async fn stuck_step(tx: &mut Tx, job: Job, at: Instant, error: String) -> Result<StuckStep, OpsError> {
    let incident = match job.subject {
        Some(id) => tx.incident(id).await?,
        None => None,
    };
    let step = match serde_json::from_value(job.payload) {
        Ok(Task::HandOff { step, .. }) => Some(step),
        _ => None,
    };
    Ok(StuckStep { case: incident.map(|incident| incident.number), step, at, error })
}
