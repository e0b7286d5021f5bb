//! The provider's own list of calls is held against ours: a call that never reached us, or only the fallback document while
//! the journal was lost too, becomes a call here, and its caller goes to the work-list of missed calls.

use chrono::TimeDelta;

use super::{Hotline, Journalled, Lease, OpsError, Task, enqueue, fold};
use crate::clock::Instant;
use crate::store::Tx;

/// Sets the first reconciliation down, at a start: `every` is how often it is done from then on. One that waits already
/// will do.
///
/// # Errors
/// [`OpsError`].
pub async fn begin_reconciling(hotline: &Hotline) -> Result<(), OpsError> {
    let at = hotline.now();
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> { enqueue(hotline, tx, None, at, &Task::Reconcile).await })
        .await
}

/// Which of these calls are not known here, by the provider's ids.
///
/// # Errors
/// [`OpsError`].
pub async fn unknown_calls(hotline: &Hotline, provider: &str, ids: &[String]) -> Result<Vec<String>, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Vec<String>, OpsError> {
            let mut unknown = Vec::new();
            for id in ids {
                if tx.call_by_provider(provider, id).await?.is_none() {
                    unknown.push(id.clone());
                }
            }
            Ok(unknown)
        })
        .await
}

/// Takes in the calls that were not known, and settles the job; it is done again after `every`.
///
/// # Errors
/// [`OpsError`]; what was taken in stays, and is found known the next time.
pub async fn reconciled(
    hotline: &Hotline,
    lease: Lease,
    found: Vec<Journalled>,
    every: TimeDelta,
) -> Result<(), OpsError> {
    for entry in found {
        tracing::warn!("the provider's list has a call that never reached us: it is on the work-list now");
        fold(hotline, entry).await?;
    }
    let next: Instant = hotline.now() + every;
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            // It is leased by whoever runs this: asked for again, it waits for its time once it is settled.
            enqueue(hotline, tx, None, next, &Task::Reconcile).await?;
            lease.settle(hotline, tx).await
        })
        .await
}
