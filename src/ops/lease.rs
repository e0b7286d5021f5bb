//! A job in the hands of a runner. Its use case settles it in the unit of the work it did: both are kept, or neither.

use super::{Hotline, OpsError};
use crate::id::JobId;
use crate::store::Tx;

/// A job in the hands of a runner, by the attempt that is its fencing token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// Which attempt at it.
    pub attempt: i32,
}

impl Lease {
    /// Settles the job in the unit of `tx`, whose work is undone when the lease was lost: somebody else does it then. After
    /// the incident was locked: whoever changes a case locks it, and then asks for its jobs.
    pub(super) async fn settle(self, hotline: &Hotline, tx: &mut Tx) -> Result<(), OpsError> {
        if tx.finish(self.job, self.attempt, hotline.now()).await? { Ok(()) } else { Err(OpsError::LeaseLost) }
    }
}

/// Settles a job that found nothing to do.
///
/// # Errors
/// [`OpsError::LeaseLost`] when somebody else has it; the store's.
pub async fn nothing_to_do(hotline: &Hotline, lease: Lease) -> Result<(), OpsError> {
    hotline.store.write(async |tx: &mut Tx| lease.settle(hotline, tx).await).await
}
