//! The caller chose "critical": the incident opens, the clock starts, and everything it causes is set down with it.

use chrono::{Datelike, TimeDelta};
use chrono_tz::Tz;

use super::{Hotline, OpsError, Task, enqueue};
use crate::call::{Call, Happening, Recording};
use crate::clock::Instant;
use crate::flow::Language;
use crate::id::IncidentId;
use crate::incident::{Actor, CaseNumber, Change, Incident, State};
use crate::paging::Plan;
use crate::sla::{Severity, marks};
use crate::store::Tx;

/// How long details of a case are gathered before the ticket store is told.
const BREATH: TimeDelta = TimeDelta::seconds(2);

/// Opens the incident of `call` in the unit of `tx`: row, case number, timeline, first page, ticket, and the marks of the
/// clock. The clock starts when the line answered. What the call learned and recorded before belongs to it.
///
/// # Errors
/// [`OpsError`]; nothing is kept then.
pub(super) async fn open_incident(
    hotline: &Hotline,
    tx: &mut Tx,
    call: &mut Call,
    severity: Severity,
    silent: bool,
) -> Result<Incident, OpsError> {
    let now = hotline.now();
    let target = hotline.policy.targets.get(severity);
    let due_at = hotline.policy.calendar.due(call.answered_at, target)?;
    let number = next_case_number(hotline, tx, call.answered_at).await?;
    let institution = call.session.institution.clone();
    let incident = Incident {
        id: IncidentId(hotline.ids.ordered(now)),
        number,
        state: State::Received,
        severity,
        call: call.id,
        cycle: 1,
        started_at: call.answered_at,
        target,
        due_at,
        acknowledged_at: None,
        acknowledged_by: None,
        responded_at: None,
        resolved_at: None,
        breached_at: None,
        institution: institution.as_ref().map(|institution| institution.code.clone()),
        institution_name: institution.as_ref().map(|institution| institution.name.clone()),
        service: None,
        impact: None,
        reporter: call.from.clone(),
        call_back: call.from.clone(),
        text_messages: false,
        language: call.session.language.code().to_owned(),
        silent,
        merged_into: None,
        version: 1,
    };
    tx.insert_incident(&incident).await?;
    tx.append_entry(incident.id, now, &Actor::Caller, &Change::Opened { severity, due_at }).await?;
    call.incident = Some(incident.id);
    tx.append_call_entries(call.id, now, &[Happening::Case { number: incident.number.to_string() }]).await?;
    if let Some(institution) = institution {
        let change = Change::Learned { what: "institution".to_owned(), value: Some(institution.name) };
        tx.append_entry(incident.id, now, &Actor::Caller, &change).await?;
    }
    if tx.attach_recordings(call.id, incident.id).await? > 0 {
        for recording in tx.incident_recordings(incident.id).await? {
            let Recording { provider_recording, holds, seconds, .. } = recording;
            let change = Change::Recorded { recording: provider_recording, holds, seconds };
            tx.append_entry(incident.id, now, &Actor::Caller, &change).await?;
        }
    }
    start_cycle(hotline, tx, &incident).await?;
    Ok(incident)
}

/// The jobs that every cycle begins with: the first page, the ticket, and the marks of the clock.
pub(super) async fn start_cycle(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    let (now, id, cycle) = (hotline.now(), incident.id, incident.cycle);
    if let Some(roster) = hotline.roster(tx).await? {
        let escalation = roster.escalation(incident.service.as_deref());
        tx.put_ladder(id, cycle, &Plan { escalation, begins: 0 }).await?;
    }
    enqueue(hotline, tx, Some(id), now, &Task::Page { incident: id, cycle, round: 0 }).await?;
    tell_ticket_store(hotline, tx, incident).await?;
    set_marks(hotline, tx, incident).await
}

/// The marks of the present cycle's clock, as jobs.
pub(super) async fn set_marks(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    let (id, cycle) = (incident.id, incident.cycle);
    for (mark, at) in marks(incident.started_at, incident.target, &hotline.policy.calendar)? {
        enqueue(hotline, tx, Some(id), at, &Task::Mark { incident: id, cycle, percent: mark.percent() }).await?;
    }
    Ok(())
}

/// The ticket store is to learn how the incident stands.
pub(super) async fn tell_ticket_store(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    enqueue(hotline, tx, Some(incident.id), hotline.now(), &Task::Ticket { incident: incident.id }).await
}

/// The same for a detail: soon, so that what a caller keys within a breath is told together.
pub(super) async fn tell_ticket_store_soon(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
) -> Result<(), OpsError> {
    enqueue(hotline, tx, Some(incident.id), hotline.now() + BREATH, &Task::Ticket { incident: incident.id }).await
}

pub(super) async fn next_case_number(hotline: &Hotline, tx: &mut Tx, at: Instant) -> Result<CaseNumber, OpsError> {
    let year = at.with_timezone::<Tz>(&hotline.policy.calendar.zone()).year();
    let sequence = tx.next_case_sequence(year).await?;
    Ok(CaseNumber::new(year, sequence)?)
}

/// The language the reporter of `incident` speaks.
pub(super) fn language_of(incident: &Incident) -> Language {
    Language::from_code(&incident.language).unwrap_or(Language::Es)
}
