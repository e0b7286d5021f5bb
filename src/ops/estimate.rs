//! When it will be solved, or when the next news comes: told to the reporter, appended, never overwritten. After the first
//! response one must stand within an hour, and nobody may let one lapse unnoticed.

use chrono::TimeDelta;

use super::alert::{Alert, supervisors};
use super::message::{intend, tell};
use super::open_incident::{language_of, tell_ticket_store};
use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::clock::Instant;
use crate::id::IncidentId;
use crate::incident::{Actor, CaseNumber, Change, Incident};
use crate::phone::Phone;
use crate::store::Tx;

/// After the first response the reporter must be told an estimate or the time of the next news within this.
const FIRST_WITHIN: TimeDelta = TimeDelta::minutes(60);
/// Somebody is reminded this long before a promise of news lapses.
const REMIND_BEFORE: TimeDelta = TimeDelta::minutes(15);
/// While nothing is told, they are reminded this often.
const REMIND_EVERY: TimeDelta = TimeDelta::minutes(60);

/// What the reporter is told; at least one of the two.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// When it will be solved.
    pub eta: Option<Instant>,
    /// When the next news comes.
    pub next_update: Option<Instant>,
}

/// Appends an estimate to the case, tells the reporter where they wanted texts, and sets down the reminder.
///
/// # Errors
/// [`OpsError::NotFound`] without such a case, [`OpsError::Settled`] when nobody works on it any more.
pub async fn estimate(
    hotline: &Hotline,
    number: &CaseNumber,
    told: Estimate,
    actor: &Actor,
    reason: Option<&str>,
) -> Result<Incident, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Incident, OpsError> {
            let incident = tx.lock_incident_by_number(number).await?.ok_or(OpsError::NotFound("case"))?;
            tell_estimate(hotline, tx, incident, told, actor, reason).await
        })
        .await
}

/// The same in the unit of `tx`, for a case that is locked. It counts as a change: whoever has not seen this estimate does
/// not know how the case stands.
pub(super) async fn tell_estimate(
    hotline: &Hotline,
    tx: &mut Tx,
    mut incident: Incident,
    told: Estimate,
    actor: &Actor,
    reason: Option<&str>,
) -> Result<Incident, OpsError> {
    if !incident.state.is_open() {
        return Err(OpsError::Settled(incident.state));
    }
    let before = standing(tx, incident.id).await?;
    tx.save_incident(&mut incident).await?;
    let change = Change::Estimated { eta: told.eta, next_update: told.next_update, reason: reason.map(str::to_owned) };
    let sequence = tx.append_entry(incident.id, hotline.now(), actor, &change).await?;
    if let Some((to, template, body)) = words_to_reporter(hotline, &incident, told, before, reason) {
        intend(hotline, tx, Some(incident.id), template, to, body).await?;
    }
    if let Some(lapses) = earliest(told) {
        remind(hotline, tx, &incident, sequence, lapses).await?;
    }
    tell_ticket_store(hotline, tx, incident.id).await?;
    Ok(incident)
}

/// The first response came: from now on the reporter waits for an estimate.
pub(super) async fn await_estimate(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    remind(hotline, tx, incident, 0, hotline.now() + FIRST_WITHIN).await
}

/// Reminder number `round` of the estimate at `sequence` of the timeline is due (0 = none stood yet). It speaks when no newer
/// one stands, and sets down the next: as long as the case is open, somebody is kept to it.
///
/// # Errors
/// [`OpsError`].
pub async fn remind_estimate(
    hotline: &Hotline,
    lease: Lease,
    incident: IncidentId,
    cycle: u32,
    sequence: i64,
    round: u32,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let incident = tx.lock_incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            lease.settle(hotline, tx).await?;
            let last = last(tx, incident.id).await?;
            let newer = last.as_ref().is_some_and(|(place, _)| *place > sequence);
            if incident.cycle != cycle || !incident.state.is_open() || newer {
                return Ok(());
            }
            let now = hotline.now();
            let first = incident.responded_at.map_or(now + REMIND_BEFORE, |responded| responded + FIRST_WITHIN);
            let lapses = last.and_then(|(_, told)| earliest(told)).unwrap_or(first);
            tx.append_entry(incident.id, now, &Actor::System, &Change::EstimateDue { lapses }).await?;
            set_reminder(hotline, tx, &incident, sequence, round.saturating_add(1), now + REMIND_EVERY).await?;
            let roster = hotline.roster(tx).await?;
            let holder = incident.acknowledged_by.as_deref();
            if let Some(holder) = holder.and_then(|holder| Hotline::person(roster.as_deref(), holder)) {
                let body = hotline.policy.writer.estimate_due(holder.language, &incident.number, lapses, now);
                tell(hotline, tx, Some(incident.id), "estimate_due", holder, body).await?;
            }
            supervisors(hotline, tx, Some(&incident), Alert::EstimateDue { lapses }).await
        })
        .await
}

/// What stands of the present cycle's estimates: the last one.
pub(super) async fn standing(tx: &mut Tx, incident: IncidentId) -> Result<Option<Estimate>, OpsError> {
    Ok(last(tx, incident).await?.map(|(_, told)| told))
}

/// The last estimate of the present cycle, with its place in the timeline.
async fn last(tx: &mut Tx, incident: IncidentId) -> Result<Option<(i64, Estimate)>, OpsError> {
    let entry = tx.last_entry_of(incident, &["estimated", "reopened"]).await?;
    Ok(entry.and_then(|entry| match entry.change {
        Change::Estimated { eta, next_update, .. } => Some((entry.sequence, Estimate { eta, next_update })),
        _ => None,
    }))
}

fn earliest(told: Estimate) -> Option<Instant> {
    told.eta.into_iter().chain(told.next_update).min()
}

async fn remind(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    sequence: i64,
    lapses: Instant,
) -> Result<(), OpsError> {
    let at = (lapses - REMIND_BEFORE).max(hotline.now());
    set_reminder(hotline, tx, incident, sequence, 0, at).await
}

async fn set_reminder(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    sequence: i64,
    round: u32,
    at: Instant,
) -> Result<(), OpsError> {
    let task = Task::Estimate { incident: incident.id, cycle: incident.cycle, sequence, round };
    enqueue(hotline, tx, Some(incident.id), at, &task).await
}

/// What the reporter is told of it, where they want texts: where to, under which template, and the words.
pub(super) fn words_to_reporter(
    hotline: &Hotline,
    incident: &Incident,
    told: Estimate,
    before: Option<Estimate>,
    reason: Option<&str>,
) -> Option<(Phone, &'static str, String)> {
    let to = incident.call_back.clone().filter(|_| incident.text_messages)?;
    let (writer, language) = (&hotline.policy.writer, language_of(incident));
    let (template, body) = match (told.eta, before.and_then(|before| before.eta)) {
        (Some(eta), Some(before)) if eta != before => {
            let why = reason.unwrap_or_default();
            ("caller_eta_revised", writer.caller_eta_revised(language, &incident.number, eta, before, why))
        }
        _ => ("caller_eta", writer.caller_eta(language, &incident.number, told.eta, told.next_update)),
    };
    Some((to, template, body))
}
