//! A case that was taken is not forgotten: whoever holds it is reminded until the reporter was reached. One reminder
//! unanswered, and the ladder goes on beside them.

use super::acknowledge::tell_the_others;
use super::alert::{Alert, supervisors};
use super::page::{paged, send_page};
use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::clock::Instant;
use crate::id::IncidentId;
use crate::incident::{Actor, Change, Incident, State};
use crate::oncall::Person;
use crate::paging::{Next, Page};
use crate::store::Tx;

/// Somebody took `incident` or is still at it: they are reminded after a while, and sooner as the clock runs out.
pub(super) async fn remind_later(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    tx.cancel_jobs(incident.id, &["remind"]).await?;
    let pages = tx.pages(incident.id).await?;
    let last = pages.iter().filter(|page| page.cycle == incident.cycle).map(|page| page.round).max();
    let at = hotline.policy.ladder.remind_at(hotline.now(), incident.due_at);
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
                        supervisors(hotline, tx, Some(&incident), Alert::Unanswered).await?;
                    }
                    climb_on(hotline, tx, &incident, round, holder).await
                }
            }
        })
        .await?;
    hotline.wake.ring();
    Ok(())
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
    tell_the_others(hotline, tx, incident, holder).await?;
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
    let (now, writer, subject) = (hotline.now(), &hotline.policy.writer, hotline.subject(incident));
    send_page(hotline, tx, incident, round, holder, "page_remind", |code| {
        writer.page_remind(holder.language, &subject, code, now)
    })
    .await?;
    let change = Change::Reminded { person: holder.id.to_string(), round };
    tx.append_entry(incident.id, now, &Actor::System, &change).await?;
    let next_at = now.checked_add_signed(hotline.policy.ladder.step).unwrap_or(now);
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
    let other = |person: &&Person| holder.is_none_or(|holder| person.id != holder.id);
    let order = roster.as_ref().map(|roster| roster.duty(now).order).unwrap_or_default();
    let order: Vec<&Person> = order.into_iter().filter(other).collect();
    let watching: Vec<&Person> = roster.iter().flat_map(|roster| roster.supervisors()).filter(other).collect();
    let pages = tx.pages(incident.id).await?;
    let paged = paged(tx, incident.cycle, &pages).await?;
    match (hotline.policy.ladder.next(&order, &watching, &paged, now), holder) {
        (Next::Page(step), _) => {
            for (person, _) in step.people {
                page_beside(hotline, tx, incident, round, person, holder).await?;
            }
            set_reminder(hotline, tx, incident, round.saturating_add(1), step.next_at).await
        }
        (Next::Nobody { .. }, Some(holder)) => remind(hotline, tx, incident, round, holder).await,
        (Next::Nobody { next_at }, None) => {
            tracing::error!(case = %incident.number, "nobody on duty can be paged: look at the roster");
            tx.append_entry(incident.id, now, &Actor::System, &Change::NobodyOnDuty).await?;
            supervisors(hotline, tx, Some(incident), Alert::NobodyOnDuty).await?;
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
    holder: Option<&Person>,
) -> Result<(), OpsError> {
    let (now, writer, subject) = (hotline.now(), &hotline.policy.writer, hotline.subject(incident));
    let name = incident.acknowledged_by.as_deref().unwrap_or_default();
    let name = holder.map_or(name, |holder| &holder.name);
    send_page(hotline, tx, incident, round, person, "page_unanswered", |code| {
        writer.page_unanswered(person.language, &subject, code, name)
    })
    .await?;
    let change = Change::Paged { person: person.id.to_string(), round };
    tx.append_entry(incident.id, now, &Actor::System, &change).await?;
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
