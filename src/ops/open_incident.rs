//! The caller chose "critical": the incident opens, the clock starts, and everything it causes is set down with it.

use chrono::{Datelike, TimeDelta};
use chrono_tz::Tz;

use super::{Due, Hotline, OpsError, Task, enqueue, enqueue_all};
use crate::call::{Call, Recording};
use crate::clock::Instant;
use crate::flow::Language;
use crate::id::IncidentId;
use crate::incident::{Actor, CaseNumber, Change, Incident, State};
use crate::oncall::Roster;
use crate::paging::Plan;
use crate::sla::{Mark, Severity, Target, marks};
use crate::store::Tx;

/// How long details of a case are gathered before the ticket store is told.
const BREATH: TimeDelta = TimeDelta::seconds(2);

/// Opens the incident of `call` in the unit of `tx`: row, case number, timeline, first page, ticket, and the marks of the
/// clock. The clock starts when the line answered. What the call learned and recorded before belongs to it. The timeline of
/// the call is its caller's to write.
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
    let institution = call.session.institution.clone();
    let cycle =
        Cycle { incident: IncidentId(hotline.ids.ordered(now)), number: 1, started_at: call.answered_at, target };
    set_jobs(hotline, tx, &cycle).await?;
    let roster = hotline.roster(tx).await?;
    let recordings = tx.recordings(call.id).await?.into_iter().filter(|recording| recording.incident.is_none());
    let recordings: Vec<Recording> = recordings.collect();
    // As late as may be: whoever opens a case at the same moment waits for the number until this unit is committed.
    let number = next_case_number(hotline, tx, call.answered_at).await?;
    let incident = Incident {
        id: cycle.incident,
        number,
        state: State::Received,
        severity,
        call: call.id,
        cycle: cycle.number,
        started_at: cycle.started_at,
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
    if let Some(institution) = institution {
        let change = Change::Learned { what: "institution".to_owned(), value: Some(institution.name) };
        tx.append_entry(incident.id, now, &Actor::Caller, &change).await?;
    }
    if !recordings.is_empty() {
        tx.attach_recordings(call.id, incident.id).await?;
    }
    for Recording { provider_recording, holds, seconds, .. } in recordings {
        let change = Change::Recorded { recording: provider_recording, holds, seconds };
        tx.append_entry(incident.id, now, &Actor::Caller, &change).await?;
    }
    set_ladder(tx, roster.as_deref(), &incident).await?;
    Ok(incident)
}

/// One round of a case's clock: what its jobs are reckoned from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cycle {
    incident: IncidentId,
    number: u32,
    started_at: Instant,
    target: Target,
}

impl Cycle {
    /// The present one of `incident`.
    pub(super) fn of(incident: &Incident) -> Self {
        let Incident { id, cycle, started_at, target, .. } = incident;
        Self { incident: *id, number: *cycle, started_at: *started_at, target: *target }
    }
}

/// What every cycle begins with: its jobs, and who is paged in it.
pub(super) async fn start_cycle(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    set_jobs(hotline, tx, &Cycle::of(incident)).await?;
    let roster = hotline.roster(tx).await?;
    set_ladder(tx, roster.as_deref(), incident).await
}

/// The jobs that every cycle begins with: the first page, the ticket, and the marks of the clock.
async fn set_jobs(hotline: &Hotline, tx: &mut Tx, cycle: &Cycle) -> Result<(), OpsError> {
    let Cycle { incident, number, .. } = *cycle;
    let now = hotline.now();
    let page = Due::at(now, Task::Page { incident, cycle: number, round: 0 });
    let ticket = Due::at(now, Task::Ticket { incident });
    let jobs: Vec<Due> = [page, ticket].into_iter().chain(marks_of(hotline, cycle)?).collect();
    enqueue_all(hotline, tx, Some(incident), &jobs).await
}

async fn set_ladder(tx: &mut Tx, roster: Option<&Roster>, incident: &Incident) -> Result<(), OpsError> {
    let Some(roster) = roster else { return Ok(()) };
    let escalation = roster.escalation(incident.service.as_deref());
    Ok(tx.put_ladder(incident.id, incident.cycle, &Plan { escalation, begins: 0 }).await?)
}

/// The marks of a cycle's clock, as jobs.
pub(super) async fn set_marks(hotline: &Hotline, tx: &mut Tx, cycle: &Cycle) -> Result<(), OpsError> {
    enqueue_all(hotline, tx, Some(cycle.incident), &marks_of(hotline, cycle)?).await
}

fn marks_of(hotline: &Hotline, cycle: &Cycle) -> Result<Vec<Due>, OpsError> {
    let Cycle { incident, number, started_at, target } = *cycle;
    let marks = marks(started_at, target, &hotline.policy.calendar)?.into_iter();
    let due =
        |(mark, at): (Mark, Instant)| Due::at(at, Task::Mark { incident, cycle: number, percent: mark.percent() });
    Ok(marks.map(due).collect())
}

/// The ticket store is to learn how the incident stands.
pub(super) async fn tell_ticket_store(hotline: &Hotline, tx: &mut Tx, incident: IncidentId) -> Result<(), OpsError> {
    enqueue(hotline, tx, Some(incident), hotline.now(), &Task::Ticket { incident }).await
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
