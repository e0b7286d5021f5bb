//! The clock speaks: warnings and the breach, each once per cycle.

use super::alert::{Alert, supervisors};
use super::{Hotline, Lease, OpsError};
use crate::id::IncidentId;
use crate::incident::{Actor, Change, Incident};
use crate::sla::marks;
use crate::store::Tx;

/// The mark `percent` of the incident's `cycle` is due. When a later mark is past as well (the machine was down), this one
/// says nothing: late ones collapse to the latest. The breach always speaks.
///
/// # Errors
/// [`OpsError`].
pub async fn pass_mark(
    hotline: &Hotline,
    lease: Lease,
    incident: IncidentId,
    cycle: u32,
    percent: u8,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let mut incident = tx.lock_incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            lease.settle(hotline, tx).await?;
            if incident.cycle != cycle || !incident.state.awaits_response() || incident.breached_at.is_some() {
                return Ok(());
            }
            let now = hotline.now();
            if percent >= 100 {
                incident.breached_at = Some(now);
                tx.save_incident(&mut incident).await?;
                let reason = reclassified_past_due(tx, &incident).await?.then(|| "reclassified".to_owned());
                tx.append_entry(incident.id, now, &Actor::System, &Change::Breached { reason }).await?;
                return supervisors(hotline, tx, Some(&incident), Alert::Breach).await;
            }
            let spoke = tx.entries(incident.id).await?.into_iter().rev();
            let spoke = spoke.take_while(|entry| !matches!(entry.change, Change::Reopened { .. }));
            if spoke.filter(|entry| entry.change == Change::Warned { percent }).count() > 0 {
                // The clock was counted anew after this mark had spoken: once per cycle.
                return Ok(());
            }
            let overtaken = marks(incident.started_at, incident.target, &hotline.policy.calendar)?
                .into_iter()
                .any(|(mark, at)| mark.percent() > percent && at <= now);
            if !overtaken {
                let change = Change::Warned { percent };
                tx.append_entry(incident.id, now, &Actor::System, &change).await?;
            }
            Ok(())
        })
        .await?;
    hotline.wake.ring();
    Ok(())
}

/// Whether the present promise was past on the very instant it was made, by a change of severity.
async fn reclassified_past_due(tx: &mut Tx, incident: &Incident) -> Result<bool, OpsError> {
    let entries = tx.entries(incident.id).await?;
    let last = entries.iter().rev().find(|entry| {
        matches!(entry.change, Change::Reclassified { .. } | Change::Recounted { .. } | Change::Reopened { .. })
    });
    Ok(last.is_some_and(|entry| matches!(entry.change, Change::Reclassified { .. }) && entry.at > incident.due_at))
}
