//! Maintenance of a service: its cases page nobody while it lasts, and whatever is still open is paged when it ends.

use super::alert::{Alert, supervisors};
use super::open_incident::tell_ticket_store;
use super::{Hotline, OpsError};
use crate::clock::Instant;
use crate::incident::{Actor, Change, Incident, Maintenance};
use crate::store::{IncidentFilter, Tx};

/// Open incidents looked at when maintenance ends; a house with more has other troubles.
const MOST_OPEN: u32 = 10_000;

/// Writes a window of maintenance down. Pages that are out stand.
///
/// # Errors
/// [`OpsError::Maintenance`] when it cannot be; the store's.
pub async fn begin_maintenance(hotline: &Hotline, window: &Maintenance) -> Result<(), OpsError> {
    let now = hotline.now();
    window.check(now)?;
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> { Ok(tx.insert_maintenance(window, now).await?) })
        .await
}

/// Ends the maintenance of a service now: whatever waited for its end is paged at once. Gives how many windows it ended.
///
/// # Errors
/// [`OpsError`].
pub async fn end_maintenance(hotline: &Hotline, service: &str) -> Result<usize, OpsError> {
    let ended = hotline
        .store
        .write(async |tx: &mut Tx| -> Result<usize, OpsError> {
            let now = hotline.now();
            let ended = tx.end_maintenance(service, now).await?;
            for incident in tx.incidents(IncidentFilter { open: true, limit: MOST_OPEN }).await? {
                if incident.service.as_deref() != Some(service) {
                    continue;
                }
                for job in tx.pending_jobs(incident.id).await? {
                    let waited =
                        MUTED.contains(&job.kind.as_str()) && ended.iter().any(|window| window.to == job.run_at);
                    if waited {
                        tx.move_job(&job.key, now).await?;
                    }
                }
            }
            Ok(ended.len())
        })
        .await?;
    Ok(ended)
}

/// The kinds of jobs that wait for the end of maintenance.
const MUTED: [&str; 2] = ["page", "remind"];

/// Until when nobody is paged for `incident`, because its service is under maintenance. Its timeline says so, and so do the
/// supervisors hear, once for each end that is promised.
pub(super) async fn muted_until(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
) -> Result<Option<Instant>, OpsError> {
    let Some(window) = standing(hotline, tx, incident).await? else { return Ok(None) };
    let until = window.to;
    let known = tx.last_entry_of(incident.id, &["muted", "reopened"]).await?;
    if !known.is_some_and(|entry| matches!(entry.change, Change::Muted { until: known, .. } if known == until)) {
        let change = Change::Muted { until, reason: window.reason };
        tx.append_entry(incident.id, hotline.now(), &Actor::System, &change).await?;
        tell_ticket_store(hotline, tx, incident.id).await?;
        supervisors(hotline, tx, Some(incident), Alert::Muted { until }).await?;
    }
    Ok(Some(until))
}

/// The maintenance that the service of `incident` is under.
pub(super) async fn standing(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
) -> Result<Option<Maintenance>, OpsError> {
    match &incident.service {
        Some(service) => Ok(tx.maintenance(service, hotline.now()).await?),
        None => Ok(None),
    }
}
