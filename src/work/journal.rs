//! Folds the fallback journal into the store as soon as the store is there again.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::clock::Busy;
use crate::ops::{Hotline, Journalled, OpsError, Wake, fold};
use crate::store::Journal;

/// How long a journal that the store did not take waits.
const AGAIN: TimeDelta = TimeDelta::seconds(5);

/// Folds until `stop`: what is there at the start, then whenever `bell` rings. What cannot be folded stays and is tried
/// again.
pub fn fold_journal(
    hotline: Hotline,
    journal: Journal,
    bell: Wake,
    stop: CancellationToken,
) -> impl Future<Output = ()> + Send {
    // Simulated time stands still from now on, not from the first poll.
    let busy = hotline.clock.busy();
    keep_folding(hotline, journal, bell, stop, busy)
}

async fn keep_folding(hotline: Hotline, journal: Journal, bell: Wake, stop: CancellationToken, mut busy: Busy) {
    while !stop.is_cancelled() {
        let again = match fold_all(&hotline, &journal).await {
            Ok(count) => {
                if count > 0 {
                    tracing::info!(count, "records of the fallback journal are in the store");
                }
                None
            }
            Err(error) => {
                tracing::warn!(error, "the fallback journal waits");
                Some(hotline.clock.sleep_until(hotline.clock.now() + AGAIN))
            }
        };
        drop(busy);
        busy = tokio::select! {
            () = stop.cancelled() => return,
            ring = bell.rung() => ring.busy,
            busy = async { match again { Some(again) => again.await, None => std::future::pending().await } } => busy,
        };
    }
}

/// Folds what is there now; gives how many records it was. One that can never be folded stays, loudly, and holds up no other.
async fn fold_all(hotline: &Hotline, journal: &Journal) -> Result<usize, String> {
    if journal.is_empty().map_err(|error| error.to_string())? {
        return Ok(0);
    }
    let mut folded = BTreeSet::new();
    let mut waits = None;
    for (place, record) in journal.records::<Journalled>().map_err(|error| error.to_string())?.into_iter().enumerate() {
        let result = match record {
            Ok(record) => fold(hotline, record).await,
            Err(_) => Err(OpsError::Impossible("a record of the fallback journal that cannot be read")),
        };
        match result {
            Ok(()) => drop(folded.insert(place)),
            Err(OpsError::Store(error)) => {
                waits = Some(error.to_string());
                break;
            }
            Err(error) => tracing::error!(%error, place, "a record of the fallback journal stays: look at it"),
        }
    }
    journal.forget(|place| folded.contains(&place)).map_err(|error| error.to_string())?;
    waits.map_or(Ok(folded.len()), Err)
}
