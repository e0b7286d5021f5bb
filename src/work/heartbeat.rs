//! Sends the sign of life, when the pager is well.

use super::Workers;
use super::run::Failure;
use crate::ops::{self, Lease};

/// Sends it or holds it back; the next one is set down either way.
pub async fn heartbeat(workers: &Workers, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    let Some(heartbeat) = &workers.heartbeat else { return Ok(ops::nothing_to_do(hotline, lease).await?) };
    let sent = match ops::unwell(hotline).await {
        Some(why) => {
            tracing::error!(why, "no sign of life is sent: the pager is not well");
            false
        }
        None => match heartbeat.beat().await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "the sign of life did not arrive");
                false
            }
        },
    };
    Ok(ops::heartbeat_over(hotline, lease, sent).await?)
}
