//! Addresses that hear of changes to tickets: a job for each delivery, set down in the unit of the change.
//!
//! What is told is which ticket changed, how, when, and to which version: nothing about people. Deliveries may overtake each
//! other and may come twice, so whoever hears of one reads the ticket, and drops what is older than what they know.

use super::{Due, Hotline, Lease, OpsError, Task, enqueue, enqueue_all};
use crate::access::{Hook, HookDelivery, HookEvent};
use crate::clock::Instant;
use crate::id::HookId;
use crate::store::Tx;

/// A ticket changed: what hooks are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookNews {
    /// Its id, as its address in the API has it.
    pub ticket: String,
    /// Its version after the change.
    pub version: i64,
    /// What happened.
    pub event: HookEvent,
    /// When.
    pub at: Instant,
}

/// Sets down a delivery to every active hook that hears of it, in the unit of the change.
///
/// # Errors
/// The store's.
pub async fn tell_hooks(hotline: &Hotline, tx: &mut Tx, event: &HookNews) -> Result<(), OpsError> {
    let HookNews { ticket, version, event, at } = event;
    let hooks = tx.hooks().await?.into_iter().filter(|hook| hook.active && hook.events.have(*event));
    let jobs: Vec<Due> = hooks
        .map(|hook| {
            let delivery = HookDelivery {
                id: hotline.ids.ordered(*at),
                hook: hook.id,
                ticket: ticket.clone(),
                version: *version,
                event: *event,
                at: *at,
                failures: 0,
            };
            Due::at(hotline.now(), Task::Hook { delivery })
        })
        .collect();
    enqueue_all(hotline, tx, None, &jobs).await
}

/// The hook of a delivery; `None` when it was removed or switched off meanwhile: then there is nobody to tell.
///
/// # Errors
/// The store's.
pub async fn hook_to_tell(hotline: &Hotline, id: HookId) -> Result<Option<Hook>, OpsError> {
    let hook = hotline.store.read(async |tx: &mut Tx| tx.hook(id).await).await?;
    Ok(hook.filter(|hook| hook.active))
}

/// The delivery has arrived: its job is settled, and not kept.
///
/// # Errors
/// [`OpsError`].
pub async fn hook_told(hotline: &Hotline, lease: Lease) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            lease.settle(hotline, tx).await?;
            tx.forget_job(lease.job).await?;
            Ok(())
        })
        .await
}

/// The delivery waits until `run_at`, as a new job: the runner's own tries are for what goes wrong here.
///
/// # Errors
/// [`OpsError`].
pub async fn tell_hook_later(
    hotline: &Hotline,
    lease: Lease,
    delivery: HookDelivery,
    run_at: Instant,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            lease.settle(hotline, tx).await?;
            tx.forget_job(lease.job).await?;
            enqueue(hotline, tx, None, run_at, &Task::Hook { delivery }).await
        })
        .await
}
