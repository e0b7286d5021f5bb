//! The same clock, counted anew: the severity changed, an earlier case was merged in, or the calendar was edited. Only open
//! cycles are touched; what was judged stays judged.

use super::open_incident::{Cycle, set_marks, tell_ticket_store};
use super::{Hotline, OpsError};
use crate::clock::Instant;
use crate::incident::{Actor, CaseNumber, Change, Incident};
use crate::sla::Severity;
use crate::store::{IncidentFilter, Tx};

/// Open incidents looked at after a start; a house with more has other troubles.
const MOST_OPEN: u32 = 10_000;

/// Changes how bad the case is: same start, new target. A promise that is past by then is broken at once, as
/// `reclassified`; one that was answered already stays answered.
///
/// # Errors
/// [`OpsError::NotFound`] without such a case, [`OpsError::Settled`] when it awaits no response any more.
pub async fn reclassify(
    hotline: &Hotline,
    number: &CaseNumber,
    severity: Severity,
    actor: &Actor,
) -> Result<Incident, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Incident, OpsError> {
            let incident = tx.lock_incident_by_number(number).await?.ok_or(OpsError::NotFound("case"))?;
            judge_anew(hotline, tx, incident, severity, actor, None).await
        })
        .await
}

/// The same in the unit of `tx`, for a case that is locked.
pub(super) async fn judge_anew(
    hotline: &Hotline,
    tx: &mut Tx,
    mut incident: Incident,
    severity: Severity,
    actor: &Actor,
    reason: Option<&str>,
) -> Result<Incident, OpsError> {
    if !incident.state.awaits_response() {
        return Err(OpsError::Settled(incident.state));
    }
    if incident.severity == severity {
        return Ok(incident);
    }
    let from = incident.severity;
    incident.severity = severity;
    incident.target = hotline.policy.targets.get(severity);
    incident.due_at = hotline.policy.calendar.due(incident.started_at, incident.target)?;
    tx.save_incident(&mut incident).await?;
    let reason = reason.map(str::to_owned);
    let change = Change::Reclassified { from, to: severity, due_at: incident.due_at, reason };
    tx.append_entry(incident.id, hotline.now(), actor, &change).await?;
    remark(hotline, tx, &incident).await?;
    Ok(incident)
}

/// The clock of `incident` starts at `start`, because a case that began then is one with it. A later start changes nothing.
pub(super) async fn start_earlier(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &mut Incident,
    start: Instant,
) -> Result<(), OpsError> {
    if start >= incident.started_at || !incident.state.awaits_response() {
        return Ok(());
    }
    incident.started_at = start;
    recount(hotline, tx, incident).await
}

/// Counts every open clock with the calendar of today; those whose due instant moved say so in their timeline. Gives how
/// many did.
///
/// # Errors
/// [`OpsError`].
pub async fn recount_open(hotline: &Hotline) -> Result<usize, OpsError> {
    let moved = hotline
        .store
        .write(async |tx: &mut Tx| -> Result<usize, OpsError> {
            let mut moved = 0_usize;
            for found in tx.incidents(IncidentFilter { open: true, limit: MOST_OPEN }).await? {
                let Some(mut incident) = tx.lock_incident(found.id).await? else { continue };
                let due_at = hotline.policy.calendar.due(incident.started_at, incident.target)?;
                if incident.state.awaits_response() && due_at != incident.due_at {
                    recount(hotline, tx, &mut incident).await?;
                    moved = moved.saturating_add(1);
                }
            }
            Ok(moved)
        })
        .await?;
    Ok(moved)
}

async fn recount(hotline: &Hotline, tx: &mut Tx, incident: &mut Incident) -> Result<(), OpsError> {
    let before = incident.due_at;
    incident.due_at = hotline.policy.calendar.due(incident.started_at, incident.target)?;
    tx.save_incident(incident).await?;
    let change = Change::Recounted { before, due_at: incident.due_at };
    tx.append_entry(incident.id, hotline.now(), &Actor::System, &change).await?;
    remark(hotline, tx, incident).await
}

/// The marks of the clock at their new instants; those that spoke already are passed over when they come.
async fn remark(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    tx.cancel_jobs(incident.id, &["mark"]).await?;
    set_marks(hotline, tx, &Cycle::of(incident)).await?;
    tell_ticket_store(hotline, tx, incident.id).await
}
