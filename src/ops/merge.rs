//! Two cases turn out to be the same: one stays, the other is one with it. The earlier start of both counts.

use super::change::{apply, reason as reason_of};
use super::message::tell;
use super::open_incident::tell_ticket_store;
use super::retime::start_earlier;
use super::{Hotline, OpsError};
use crate::call::{Call, Happening};
use crate::incident::{Actor, CaseNumber, Change, Event, Incident, NoMerge, mergeable};
use crate::store::Tx;

/// `joining` is one with `staying` from now on, because `actor` says so for this `reason`. Nobody is paged or reminded for it
/// any more, its clock ends with it, and its calls are about `staying`, whose clock begins no later than its own did. Only a
/// reopening undoes it. Both are locked, and so are `calls`: those about `joining`.
pub(super) async fn merge(
    hotline: &Hotline,
    tx: &mut Tx,
    (mut joining, mut staying): (Incident, Incident),
    calls: Vec<Call>,
    (actor, reason): (&Actor, &str),
) -> Result<Result<Incident, NoMerge>, OpsError> {
    if let Err(refused) = mergeable(&joining, &staying) {
        return Ok(Err(refused));
    }
    let now = hotline.now();
    let (call, number, start) = (joining.call, joining.number.clone(), joining.started_at);
    let asked = tx.pages(joining.id).await?.into_iter().filter(|page| page.closed_at.is_none());
    let asked: Vec<String> = asked.map(|page| page.person).collect();
    joining.merged_into = Some(staying.number.clone());
    let change = Change::Cancelled { reason: reason.to_owned(), into: Some(staying.number.clone()) };
    let joining = apply(hotline, tx, joining, Event::Cancel, actor, change).await?;
    tell_holder(hotline, tx, &joining, &staying, &asked).await?;
    for mut call in calls {
        call.incident = Some(staying.id);
        tx.save_call(&call).await?;
        let happening = Happening::Case { number: staying.number.to_string() };
        tx.append_call_entries(call.id, now, &[happening]).await?;
    }
    start_earlier(hotline, tx, &mut staying, start).await?;
    tx.append_entry(staying.id, now, actor, &Change::Joined { call, case: Some(number) }).await?;
    tell_ticket_store(hotline, tx, staying.id).await?;
    Ok(Ok(joining))
}

/// Whoever had the case that is no more, and has no page of it that would say so.
async fn tell_holder(
    hotline: &Hotline,
    tx: &mut Tx,
    joining: &Incident,
    staying: &Incident,
    asked: &[String],
) -> Result<(), OpsError> {
    let holder = joining.acknowledged_by.as_deref();
    let Some(holder) = holder.filter(|holder| !asked.iter().any(|person| person == holder)) else { return Ok(()) };
    if staying.acknowledged_by.as_deref() == Some(holder) {
        return Ok(());
    }
    let roster = hotline.roster(tx).await?;
    let Some(person) = Hotline::person(roster.as_deref(), holder) else { return Ok(()) };
    let body = hotline.policy.writer.cancel(person.language, &joining.number, &reason_of(joining, person.language));
    tell(hotline, tx, Some(joining.id), "page_cancelled", person, body).await
}

/// The caller said the call is about `case`: it joins that case, and the incident the call had opened is one with it. The
/// earliest start counts, so the clock of `case` does not move.
pub(super) async fn join(hotline: &Hotline, tx: &mut Tx, call: &mut Call, case: &CaseNumber) -> Result<(), OpsError> {
    let now = hotline.now();
    let Some(mut staying) = tx.lock_incident_by_number(case).await? else { return Ok(()) };
    let own = match call.incident {
        Some(id) if id != staying.id => tx.lock_incident(id).await?,
        _ => None,
    };
    let own_number = own.as_ref().map(|own| own.number.clone());
    let start = own.as_ref().map(|own| own.started_at);
    if let Some(mut own) = own.filter(|own| own.state.is_open()) {
        own.merged_into = Some(staying.number.clone());
        let reason = format!("same as {}", staying.number);
        apply(hotline, tx, own, Event::Cancel, &Actor::Caller, Change::Cancelled { reason, into: None }).await?;
    }
    if let Some(earlier) = start {
        start_earlier(hotline, tx, &mut staying, earlier).await?;
    }
    call.incident = Some(staying.id);
    tx.append_call_entries(call.id, now, &[Happening::Case { number: staying.number.to_string() }]).await?;
    let joined = Change::Joined { call: call.id, case: own_number };
    tx.append_entry(staying.id, now, &Actor::Caller, &joined).await?;
    tell_ticket_store(hotline, tx, staying.id).await
}
