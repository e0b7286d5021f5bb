//! The dead man's switch: a sign of life goes out only while the pager is well. When it stays away, whoever waits for it
//! tells people by other means.

use chrono::{DateTime, TimeDelta};

use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::clock::Instant;
use crate::paging::canary::PATIENCE;
use crate::store::{Lane, Tx};

/// The fact under which the last sign of life is kept.
const LAST: &str = "heartbeat";
/// How long a job may be due before the runner counts as standing still.
pub(super) const LATE: TimeDelta = TimeDelta::seconds(60);

/// Sets down the next sign of life, or none where none is sent. At every start.
///
/// # Errors
/// The store's.
pub async fn schedule_heartbeat(hotline: &Hotline) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            if hotline.policy.heartbeat.is_none() {
                tx.cancel_job(&Task::Heartbeat.key()).await?;
                return Ok(());
            }
            enqueue(hotline, tx, None, hotline.now(), &Task::Heartbeat).await
        })
        .await
}

/// Why no sign of life may go out now; `None` when the writer takes something, no job is late, and the pager passed its last
/// test.
pub async fn unwell(hotline: &Hotline) -> Option<String> {
    if let Err(error) = hotline.store.check().await {
        return Some(error.to_string());
    }
    let looked = hotline
        .store
        .read(async |tx: &mut Tx| -> Result<(Option<Instant>, bool), OpsError> {
            Ok((tx.next_due_in(Lane::Fast).await?, passed(hotline, tx).await?))
        })
        .await;
    match looked {
        Err(error) => Some(error.to_string()),
        Ok((Some(due), _)) if due < hotline.now() - LATE => Some("jobs are late".to_owned()),
        Ok((_, false)) => Some("the pager did not pass its last test".to_owned()),
        Ok((_, true)) => None,
    }
}

/// Whether the last test of the pager was answered, and is not older than the one that should have followed it.
async fn passed(hotline: &Hotline, tx: &mut Tx) -> Result<bool, OpsError> {
    let Some(canaries) = &hotline.policy.canaries else { return Ok(true) };
    let last = tx.canaries(2).await?.into_iter().find(|test| test.ended_at.is_some());
    let fresh = |at: Instant| hotline.now() <= at + canaries.every * 2 + PATIENCE;
    Ok(last.is_none_or(|last| last.answered && fresh(last.started_at)))
}

/// The sign of life went out, or was held back: the next one is set down. Of the past ones only the last is kept.
///
/// # Errors
/// [`OpsError`].
pub async fn heartbeat_over(hotline: &Hotline, lease: Lease, sent: bool) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            lease.settle(hotline, tx).await?;
            tx.forget_job(lease.job).await?;
            let now = hotline.now();
            if sent {
                tx.set_meta(LAST, &now.to_rfc3339()).await?;
            }
            let Some(every) = hotline.policy.heartbeat else { return Ok(()) };
            enqueue(hotline, tx, None, now + every, &Task::Heartbeat).await
        })
        .await
}

/// When the last sign of life went out.
pub(super) async fn last_heartbeat(tx: &mut Tx) -> Result<Option<Instant>, OpsError> {
    let kept = tx.meta(LAST).await?;
    Ok(kept.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()).map(|at| at.to_utc()))
}
