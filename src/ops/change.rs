//! The later steps of a case's life: first response, resolution, closing, cancelling, reopening.

use super::acknowledge::{Acknowledged, acknowledge};
use super::estimate::await_estimate;
use super::open_incident::{start_cycle, tell_ticket_store};
use super::page::close_pages;
use super::{Hotline, OpsError};
use crate::clock::Instant;
use crate::incident::{Actor, CaseNumber, Change, Event, Incident, Refused, State, step};
use crate::language::Language;
use crate::store::{CycleResult, Tx};

/// Carries out `event` on the case with this number, by `actor`, with a note where there is one.
///
/// # Errors
/// [`OpsError::Refused`] where the state does not allow it, [`OpsError::NotFound`] without such a case.
pub async fn change_case(
    hotline: &Hotline,
    number: &CaseNumber,
    event: Event,
    actor: &Actor,
    note: Option<&str>,
) -> Result<Incident, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Incident, OpsError> {
            let incident = tx.lock_incident_by_number(number).await?.ok_or(OpsError::NotFound("case"))?;
            carry_out(hotline, tx, incident, event, actor, note).await
        })
        .await
}

/// The same in the unit of `tx`, for a case that is locked.
pub(super) async fn carry_out(
    hotline: &Hotline,
    tx: &mut Tx,
    mut incident: Incident,
    event: Event,
    actor: &Actor,
    note: Option<&str>,
) -> Result<Incident, OpsError> {
    let id = incident.id;
    match event {
        Event::Respond => {
            respond(hotline, tx, incident, actor, hotline.now(), "manual", note.map(str::to_owned)).await?;
        }
        Event::Reopen => reopen(hotline, tx, incident, actor, note).await?,
        Event::Acknowledge => {
            let by = match actor {
                Actor::Person(name) | Actor::Operator(name) => name.as_str(),
                Actor::Caller | Actor::System => "guardia",
            };
            match acknowledge(hotline, tx, incident, actor, by, "operator").await? {
                Acknowledged::Taken(_) => {}
                Acknowledged::Already(incident) => return Err(Refused { state: incident.state, event }.into()),
            }
        }
        Event::Resolve => {
            incident.resolved_at = Some(hotline.now());
            let change = Change::Resolved { note: note.map(str::to_owned) };
            apply(hotline, tx, incident, event, actor, change).await?;
        }
        Event::Close => {
            apply(hotline, tx, incident, event, actor, Change::Closed).await?;
        }
        Event::Cancel => {
            let reason = note.unwrap_or("cancelled").to_owned();
            apply(hotline, tx, incident, event, actor, Change::Cancelled { reason, into: None }).await?;
        }
    }
    tx.incident(id).await?.ok_or(OpsError::NotFound("case"))
}

/// The first response reached the reporter, `at` an instant that is not in the future: the clock stops, and whether it was in
/// time stands for good.
pub(super) async fn respond(
    hotline: &Hotline,
    tx: &mut Tx,
    mut incident: Incident,
    actor: &Actor,
    at: Instant,
    method: &str,
    note: Option<String>,
) -> Result<Incident, OpsError> {
    // Asked first, so that a refusal leaves the answer's time alone.
    step(incident.state, Event::Respond)?;
    incident.responded_at = Some(at);
    await_estimate(hotline, tx, &incident).await?;
    let change = Change::Responded { method: method.to_owned(), note, met: at <= incident.due_at };
    apply(hotline, tx, incident, Event::Respond, actor, change).await
}

/// Moves `incident` along the table, stops what its new state no longer needs, and writes it all down.
pub(super) async fn apply(
    hotline: &Hotline,
    tx: &mut Tx,
    mut incident: Incident,
    event: Event,
    actor: &Actor,
    change: Change,
) -> Result<Incident, OpsError> {
    let now = hotline.now();
    incident.state = step(incident.state, event)?;
    tx.save_incident(&mut incident).await?;
    tx.append_entry(incident.id, now, actor, &change).await?;
    // Who was paged and has not answered would else look for somebody who needs nobody any more.
    let by = match actor {
        Actor::Person(id) => id.as_str(),
        Actor::Caller | Actor::Operator(_) | Actor::System => "",
    };
    let writer = &hotline.policy.writer;
    close_pages(hotline, tx, &incident, by, "page_cancelled", |person| {
        writer.cancel(person.language, &incident.number, &reason(&incident, person.language))
    })
    .await?;
    let moot: &[&str] = match incident.state {
        _ if incident.state.awaits_response() => &["page"],
        _ if incident.state.is_open() => &["page", "mark", "remind", "call_back"],
        _ => &["page", "mark", "remind", "call_back", "estimate"],
    };
    tx.cancel_jobs(incident.id, moot).await?;
    if event == Event::Respond {
        let met = incident.responded_at.map(|responded| responded <= incident.due_at);
        keep_cycle(tx, &incident, met).await?;
    }
    tell_ticket_store(hotline, tx, incident.id).await?;
    Ok(incident)
}

/// Why `incident` needs nobody who was paged for it, in a word or two.
pub(super) fn reason(incident: &Incident, language: Language) -> String {
    let (es, en) = match (&incident.merged_into, incident.state) {
        (Some(number), _) => return choose(language, format!("unido al {number}"), format!("merged into {number}")),
        (None, State::Received | State::Acknowledged) => ("atendido", "taken care of"),
        (None, State::Responded) => ("respondido", "responded"),
        (None, State::Resolved) => ("resuelto", "solved"),
        (None, State::Closed) => ("cerrado", "closed"),
        (None, State::Cancelled) => ("anulado", "called off"),
    };
    choose(language, es.to_owned(), en.to_owned())
}

fn choose(language: Language, es: String, en: String) -> String {
    match language {
        Language::Es => es,
        Language::En => en,
    }
}

/// A new cycle with a new clock; the result of the one before stays as it is.
pub(super) async fn reopen(
    hotline: &Hotline,
    tx: &mut Tx,
    mut incident: Incident,
    actor: &Actor,
    reason: Option<&str>,
) -> Result<(), OpsError> {
    let now = hotline.now();
    let state = step(incident.state, Event::Reopen)?;
    if incident.responded_at.is_none() {
        keep_cycle(tx, &incident, None).await?;
    }
    incident.state = state;
    incident.cycle = incident.cycle.saturating_add(1);
    incident.started_at = now;
    incident.target = hotline.policy.targets.get(incident.severity);
    incident.due_at = hotline.policy.calendar.due(now, incident.target)?;
    incident.acknowledged_at = None;
    incident.acknowledged_by = None;
    incident.responded_at = None;
    incident.resolved_at = None;
    incident.breached_at = None;
    incident.merged_into = None;
    tx.save_incident(&mut incident).await?;
    let reason = reason.map(str::to_owned);
    let change = Change::Reopened { cycle: incident.cycle, due_at: incident.due_at, reason };
    tx.append_entry(incident.id, now, actor, &change).await?;
    start_cycle(hotline, tx, &incident).await
}

async fn keep_cycle(tx: &mut Tx, incident: &Incident, met: Option<bool>) -> Result<(), OpsError> {
    let result = CycleResult {
        cycle: incident.cycle,
        started_at: incident.started_at,
        due_at: incident.due_at,
        target: incident.target,
        responded_at: incident.responded_at,
        met,
    };
    Ok(tx.insert_cycle_result(incident.id, &result).await?)
}
