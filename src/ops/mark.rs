//! The clock speaks: warnings and the breach, each once per cycle, and each once to a person.

use super::maintenance::standing;
use super::notice::notify;
use super::open_incident::tell_ticket_store;
use super::page::paged;
use super::{Hotline, Lease, OpsError};
use crate::id::IncidentId;
use crate::incident::{Actor, Change, Incident, State};
use crate::oncall::{Person, Roster};
use crate::paging::{Ladder, Next};
use crate::sla::{Mark, marks};
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
                tell_ticket_store(hotline, tx, incident.id).await?;
                return say_breached(hotline, tx, &incident).await;
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
                warn(hotline, tx, &incident, percent).await?;
            }
            Ok(())
        })
        .await
}

/// Whoever can still keep the promise learns how much time is left; from nine tenths on the supervisors do as well, so that
/// a breach never comes without a word before.
async fn warn(hotline: &Hotline, tx: &mut Tx, incident: &Incident, percent: u8) -> Result<(), OpsError> {
    let Some(roster) = hotline.roster(tx).await? else { return Ok(()) };
    let mut people = concerned(hotline, tx, incident, &roster).await?;
    if percent >= Mark::NinetyPercent.percent() {
        people.extend(roster.supervisors());
    }
    for person in once_each(people) {
        notify(hotline, tx, &roster, incident, percent, person).await?;
    }
    Ok(())
}

/// The supervisors and whoever holds the case learn that the promise is broken.
async fn say_breached(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    let Some(roster) = hotline.roster(tx).await? else { return Ok(()) };
    let holder = incident.acknowledged_by.as_deref().and_then(|holder| Hotline::person(Some(&roster), holder));
    for person in once_each(roster.supervisors().chain(holder).collect()) {
        notify(hotline, tx, &roster, incident, Mark::Breach.percent(), person).await?;
    }
    Ok(())
}

/// Who can keep the promise: whoever holds the case; while nobody does, or the roster no longer has them, whoever was paged
/// last and whoever is paged next.
async fn concerned<'r>(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    roster: &'r Roster,
) -> Result<Vec<&'r Person>, OpsError> {
    let holder = incident.acknowledged_by.as_deref().and_then(|holder| Hotline::person(Some(roster), holder));
    if let (State::Acknowledged, Some(holder)) = (incident.state, holder) {
        return Ok(vec![holder]);
    }
    if standing(hotline, tx, incident).await?.is_some() {
        // Whoever would be paged is not, until the maintenance is over; the supervisors hear in time.
        return Ok(Vec::new());
    }
    let pages = tx.pages(incident.id).await?;
    let last = pages.iter().filter(|page| page.cycle == incident.cycle).map(|page| page.round).max();
    let told = pages.iter().filter(|page| page.cycle == incident.cycle && Some(page.round) == last);
    let mut people: Vec<&Person> = told.filter_map(|page| Hotline::person(Some(roster), &page.person)).collect();
    let (plan, paged) = (hotline.plan(tx, incident).await?, paged(hotline, tx, incident, &pages).await?);
    let ladder = Ladder { plan: &plan, roster, paged: &paged, but: None };
    let round = last.map_or(0, |last| last.saturating_add(1));
    if let Next::Page(step) = ladder.next(round, hotline.now()) {
        people.extend(step.people.iter().filter_map(|(person, _)| roster.person(&person.id)));
    }
    Ok(people)
}

/// Everyone of `people` once, in the order of their ids: what gathers for them is locked in this one, whichever the case.
fn once_each(mut people: Vec<&Person>) -> Vec<&Person> {
    people.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
    people.dedup_by(|one, other| one.id == other.id);
    people
}

/// Whether the present promise was past on the very instant it was made, by a change of severity.
async fn reclassified_past_due(tx: &mut Tx, incident: &Incident) -> Result<bool, OpsError> {
    let entries = tx.entries(incident.id).await?;
    let last = entries.iter().rev().find(|entry| {
        matches!(entry.change, Change::Reclassified { .. } | Change::Recounted { .. } | Change::Reopened { .. })
    });
    Ok(last.is_some_and(|entry| matches!(entry.change, Change::Reclassified { .. }) && entry.at > incident.due_at))
}
