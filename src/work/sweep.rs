//! Contents of attachments that nobody has: those of a request that was cut off between its content and its ticket.

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::ops::Hotline;
use crate::provider::{BlobError, Blobs};
use crate::store::{StoreError, Tx};

/// A content is attached right after it was kept. No request takes so long.
const GRACE: TimeDelta = TimeDelta::days(1);

/// What stopped a sweep.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes them, once: they come about when a process ends, so the next start is when they are looked for.
pub async fn sweep_blobs(hotline: Hotline, blobs: Blobs, stop: CancellationToken) {
    let swept = tokio::select! {
        swept = sweep(&hotline, &blobs) => swept,
        () = stop.cancelled() => return,
    };
    match swept {
        Ok(0) => {}
        Ok(gone) => tracing::info!(gone, "attachments that nobody has were removed"),
        Err(error) => tracing::warn!(%error, "attachments that nobody has stay for now"),
    }
}

async fn sweep(hotline: &Hotline, blobs: &Blobs) -> Result<u64, Stopped> {
    let before = hotline.clock.now() - GRACE;
    blobs.forget_halves(before).await?;
    let mut gone = 0_u64;
    for first in 0..=u8::MAX {
        for sha256 in blobs.older(first, before).await? {
            let is_used = hotline.store.read(async |tx: &mut Tx| tx.is_attached(&sha256).await).await?;
            if !is_used && blobs.remove(&sha256, before).await? {
                gone = gone.saturating_add(1);
            }
        }
    }
    Ok(gone)
}
