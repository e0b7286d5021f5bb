//! How the ticket store fares, and telling the supervisors when it does not: once, and again while it lasts.

use chrono::TimeDelta;

use super::super::alert::{Alert, supervisors};
use super::super::{Hotline, OpsError};
use crate::clock::Instant;
use crate::incident::Incident;
use crate::store::Tx;

/// A store may be away for this long before anybody is told: nothing that a caller was promised hangs on it.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);
/// While it stays so, the supervisors are told again this often.
const AGAIN: TimeDelta = TimeDelta::hours(4);
/// The facts under which it is kept when the supervisors were told of either trouble.
const TOLD_AWAY: &str = "ticket_store_away_told";
pub(super) const TOLD_REFUSED: &str = "ticket_store_refused_told";

/// What of the cases the ticket store does not have yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreOutlook {
    /// Cases with something that waits to be told.
    pub waiting: u64,
    /// Since when the oldest of them does.
    pub since: Option<Instant>,
}

/// Why the supervisors are told about the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is away.
    Away,
    /// It refused something, which waits for a person.
    Refused,
}

/// How the store fares.
///
/// # Errors
/// The store's.
pub async fn store_outlook(hotline: &Hotline) -> Result<StoreOutlook, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<StoreOutlook, OpsError> {
            let (waiting, since) = tx.waiting_hand_offs().await?;
            Ok(StoreOutlook { waiting, since })
        })
        .await
}

/// The store did not answer: once that lasts, the supervisors are told.
///
/// # Errors
/// The store's.
pub async fn store_is_away(hotline: &Hotline) -> Result<(), OpsError> {
    let now = hotline.now();
    let long = |outlook: StoreOutlook| outlook.since.is_some_and(|since| now - since >= PATIENCE);
    let StoreOutlook { waiting, since } = store_outlook(hotline).await?;
    if !long(StoreOutlook { waiting, since }) {
        return Ok(());
    }
    let told = hotline.store.read(async |tx: &mut Tx| told_lately(tx, TOLD_AWAY, now).await).await?;
    if told {
        return Ok(());
    }
    hotline.store.write(async |tx: &mut Tx| tell_of_store(hotline, tx, None, Refusal::Away).await).await
}

/// Tells the supervisors, unless they were told of the same trouble lately.
pub(in crate::ops) async fn tell_of_store(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Option<&Incident>,
    refusal: Refusal,
) -> Result<(), OpsError> {
    let now = hotline.now();
    let key = match refusal {
        Refusal::Away => TOLD_AWAY,
        Refusal::Refused => TOLD_REFUSED,
    };
    if told_lately(tx, key, now).await? {
        return Ok(());
    }
    tx.set_meta(key, &now.timestamp().to_string()).await?;
    let (waiting, since) = tx.waiting_hand_offs().await?;
    let alert = Alert::TicketStore { refusal, waiting, since: since.unwrap_or(now) };
    supervisors(hotline, tx, incident, alert).await
}

async fn told_lately(tx: &mut Tx, key: &str, now: Instant) -> Result<bool, OpsError> {
    let told = tx.meta(key).await?.and_then(|seconds| seconds.parse::<i64>().ok());
    Ok(told.is_some_and(|told| now.timestamp().saturating_sub(told) < AGAIN.num_seconds()))
}
