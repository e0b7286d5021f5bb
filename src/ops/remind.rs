//! A case that was taken is not forgotten: whoever holds it is reminded until the reporter was reached. One reminder
//! unanswered, and the ladder goes on beside them.

use chrono::TimeDelta;

use super::alert::{Alert, supervisors};
use super::maintenance::muted_until;
use super::open_incident::tell_ticket_store;
use super::page::{nobody, paged, send_page};
use super::wording::Wording;
use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::clock::Instant;
use crate::id::IncidentId;
use crate::incident::{Actor, Change, Incident, State};
use crate::oncall::Person;
use crate::paging::{Ladder, Next, Page, patience, remind_at};
use crate::store::Tx;

/// Somebody took `incident` or is still at it: they are reminded after a while, and sooner as the clock runs out.
pub(super) async fn remind_later(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    let at = remind_at(&hotline.plan(tx, incident).await?.escalation, hotline.now(), incident.due_at);
    remind_from(hotline, tx, incident, at).await
}

/// Somebody else gave `incident` to whoever holds it now: they are asked at once, and where they do not answer, others are.
pub(super) async fn ask_holder(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    remind_from(hotline, tx, incident, hotline.now()).await
}

async fn remind_from(hotline: &Hotline, tx: &mut Tx, incident: &Incident, at: Instant) -> Result<(), OpsError> {
    tx.cancel_jobs(incident.id, &["remind"]).await?;
    let pages = tx.pages(incident.id).await?;
    let last = pages.iter().filter(|page| page.cycle == incident.cycle).map(|page| page.round).max();
    set_reminder(hotline, tx, incident, last.map_or(0, |last| last.saturating_add(1)), at).await
}

/// Step `round` after the acknowledgement is due: whoever holds the case is reminded, or, when nobody answered the step
/// before, others are paged. Nothing happens when the reporter was reached meanwhile, or this step was taken before.
///
/// # Errors
/// [`OpsError`].
pub async fn remind_holder(
    hotline: &Hotline,
    lease: Lease,
    incident: IncidentId,
    cycle: u32,
    round: u32,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let incident = tx.lock_incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            lease.settle(hotline, tx).await?;
            if incident.state != State::Acknowledged || incident.cycle != cycle {
                return Ok(());
            }
            let pages = tx.pages(incident.id).await?;
            if pages.iter().any(|page| page.cycle == cycle && page.round >= round) {
                return Ok(());
            }
            if let Some(until) = muted_until(hotline, tx, &incident).await? {
                return set_reminder(hotline, tx, &incident, round, until).await;
            }
            let roster = hotline.roster(tx).await?;
            let name = incident.acknowledged_by.as_deref().unwrap_or_default();
            let holder = Hotline::person(roster.as_deref(), name);
            let waiting: Vec<&Page> = pages.iter().filter(|page| stands(page, &incident)).collect();
            match holder {
                Some(holder) if waiting.is_empty() => remind(hotline, tx, &incident, round, holder).await,
                _ => {
                    // Nobody else was asked yet, and the holder did not pass it on.
                    if waiting.iter().all(|page| page.person == name && page.answered_at.is_none()) {
                        let change = Change::Unanswered { person: name.to_owned() };
                        tx.append_entry(incident.id, hotline.now(), &Actor::System, &change).await?;
                        tell_ticket_store(hotline, tx, incident.id).await?;
                        supervisors(hotline, tx, Some(&incident), Alert::Unanswered).await?;
                    }
                    climb_on(hotline, tx, &incident, round, holder).await
                }
            }
        })
        .await
}

/// Whether `person` was reminded, or paged beside whoever holds `incident`, and has not answered.
pub(super) async fn waits_for(tx: &mut Tx, incident: &Incident, person: &str) -> Result<bool, OpsError> {
    Ok(tx.pages(incident.id).await?.iter().any(|page| page.person == person && stands(page, incident)))
}

/// Whoever holds `incident` answered a reminder: nobody else is needed, until the next one.
pub(super) async fn still_at_it(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    actor: &Actor,
    holder: &str,
) -> Result<(), OpsError> {
    let change = Change::Confirmed { person: holder.to_owned() };
    tx.append_entry(incident.id, hotline.now(), actor, &change).await?;
    remind_later(hotline, tx, incident).await
}

/// The step after `page` is due now: it failed, or was passed on.
pub(super) async fn hurry_reminder(hotline: &Hotline, tx: &mut Tx, page: &Page) -> Result<(), OpsError> {
    let next = Task::Remind { incident: page.incident, cycle: page.cycle, round: page.round.saturating_add(1) };
    tx.move_job(&next.key(), hotline.now()).await?;
    Ok(())
}

/// An acknowledgement closes every page: one that stands after it is a reminder, or came of one. It stands until somebody
/// says that they have the case; passing it on is an answer, but not that one.
fn stands(page: &Page, incident: &Incident) -> bool {
    page.cycle == incident.cycle && page.closed_at.is_none()
}

async fn remind(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    round: u32,
    holder: &Person,
) -> Result<(), OpsError> {
    let now = hotline.now();
    let sent = send_page(hotline, tx, incident, round, holder, Wording::Reminder).await?;
    let change = Change::Reminded { person: holder.id.to_string(), round };
    tx.append_entry(incident.id, now, &Actor::System, &change).await?;
    // Whom nothing reaches is not waited for.
    let patience = if sent { patience(&hotline.plan(tx, incident).await?.escalation) } else { TimeDelta::zero() };
    let next_at = now + patience;
    set_reminder(hotline, tx, incident, round.saturating_add(1), next_at).await
}

/// Pages whoever is next beside the `holder`. Where there is nobody else, the holder is asked again.
async fn climb_on(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    round: u32,
    holder: Option<&Person>,
) -> Result<(), OpsError> {
    let now = hotline.now();
    let roster = hotline.roster(tx).await?;
    let pages = tx.pages(incident.id).await?;
    let paged = paged(hotline, tx, incident, &pages).await?;
    let plan = hotline.plan(tx, incident).await?;
    let next = match &roster {
        Some(roster) => {
            let but = holder.map(|holder| &holder.id);
            Ladder { plan: &plan, roster, paged: &paged, but }.beside(now)
        }
        None => Next::Nobody { next_at: now + Hotline::LOOK_AGAIN },
    };
    match (next, holder) {
        (Next::Page(step), _) => {
            for (person, _) in step.people {
                page_beside(hotline, tx, incident, round, person).await?;
            }
            set_reminder(hotline, tx, incident, round.saturating_add(1), step.next_at).await
        }
        (Next::Nobody { .. }, Some(holder)) => remind(hotline, tx, incident, round, holder).await,
        (Next::Nobody { next_at }, None) => {
            nobody(hotline, tx, incident).await?;
            set_reminder(hotline, tx, incident, round.saturating_add(1), next_at).await
        }
    }
}

async fn page_beside(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    round: u32,
    person: &Person,
) -> Result<(), OpsError> {
    send_page(hotline, tx, incident, round, person, Wording::Beside).await?;
    let change = Change::Paged { person: person.id.to_string(), round };
    tx.append_entry(incident.id, hotline.now(), &Actor::System, &change).await?;
    Ok(())
}

async fn set_reminder(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    round: u32,
    at: Instant,
) -> Result<(), OpsError> {
    let task = Task::Remind { incident: incident.id, cycle: incident.cycle, round };
    enqueue(hotline, tx, Some(incident.id), at, &task).await
}
