//! The pager tests itself: at its times an incident is made that goes the whole real way, from the ladder to the answer, but
//! to one person only. It is marked as a test, has no ticket and no clock, and ends by itself. Unanswered, supervisors are
//! told.

use chrono::TimeDelta;

use super::alert::{Alert, supervisors};
use super::open_incident::next_case_number;
use super::outbound::call_of_ours;
use super::page::close_pages;
use super::{Hotline, Lease, OpsError, Task, change, enqueue};
use crate::call::Call;
use crate::flow::Outcome;
use crate::id::{CallId, IncidentId};
use crate::incident::{Actor, Change, Event, Incident, State, step};
use crate::language::Language;
use crate::oncall::{Person, PersonId};
use crate::paging::canary::{self, Canary};
use crate::paging::{Page, Plan};
use crate::sla::Severity;
use crate::store::Tx;

/// The word stored in the place of a provider with the call that a test did not come from.
const NO_PROVIDER: &str = "canary";
/// The kinds of jobs that a test leaves behind.
const JOBS: &[&str] = &["page", "remind", "mark", "ticket"];

/// How the pager tests itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canaries {
    /// How often.
    pub every: TimeDelta,
    /// Who is paged: a person of the roster, or a telephone that answers by itself and is on the roster as one.
    pub person: PersonId,
}

/// Sets down the next test, or none where tests are switched off. At every start.
///
/// # Errors
/// The store's.
pub async fn schedule_canary(hotline: &Hotline) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let Some(canaries) = &hotline.policy.canaries else {
                tx.cancel_job(&Task::Canary.key()).await?;
                return Ok(());
            };
            let last = tx.canaries(1).await?.into_iter().next();
            let next = last.map_or(hotline.now(), |last| (last.started_at + canaries.every).max(hotline.now()));
            enqueue(hotline, tx, None, next, &Task::Canary).await
        })
        .await
}

/// A test is due: it begins, and the one after it is set down.
///
/// # Errors
/// [`OpsError`].
pub async fn begin_canary(hotline: &Hotline, lease: Lease) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            lease.settle(hotline, tx).await?;
            let Some(canaries) = &hotline.policy.canaries else { return Ok(()) };
            if let Some(open) = tx.canaries(1).await?.into_iter().next().filter(|last| last.ended_at.is_none()) {
                end_forgotten(hotline, tx, open).await?;
            }
            let roster = hotline.roster(tx).await?;
            let person = roster.as_ref().and_then(|roster| roster.person(&canaries.person));
            let wait = if let Some(person) = person {
                open(hotline, tx, person).await?;
                canaries.every
            } else {
                tracing::error!("the pager cannot be tested: the roster has no such person as canary.contact names");
                Hotline::LOOK_AGAIN.min(canaries.every)
            };
            enqueue(hotline, tx, None, hotline.now() + wait, &Task::Canary).await
        })
        .await
}

async fn open(hotline: &Hotline, tx: &mut Tx, person: &Person) -> Result<(), OpsError> {
    let (now, severity) = (hotline.now(), Severity::Critical);
    let (id, call) = (IncidentId(hotline.ids.ordered(now)), CallId(hotline.ids.opaque()));
    let target = hotline.policy.targets.get(severity);
    let due_at = hotline.policy.calendar.due(now, target)?;
    let of_nobody = call_of_ours(hotline, tx, NO_PROVIDER, call, &hotline.policy.line).await?;
    tx.insert_call(&Call { ended_at: Some(now), outcome: Some(Outcome::Informed), incident: Some(id), ..of_nobody })
        .await?;
    // It stands where the institution stands, so that a test is told in the words of every page.
    let name = match person.language {
        Language::Es => "PRUEBA DEL SISTEMA",
        Language::En => "SYSTEM TEST",
    };
    let incident = Incident {
        id,
        number: next_case_number(hotline, tx, now).await?,
        state: State::Received,
        severity,
        call,
        cycle: 1,
        started_at: now,
        target,
        due_at,
        acknowledged_at: None,
        acknowledged_by: None,
        responded_at: None,
        resolved_at: None,
        breached_at: None,
        institution: None,
        institution_name: Some(name.to_owned()),
        service: None,
        impact: None,
        reporter: None,
        call_back: None,
        text_messages: false,
        language: person.language.code().to_owned(),
        silent: false,
        merged_into: None,
        version: 1,
    };
    tx.insert_incident(&incident).await?;
    tx.append_entry(id, now, &Actor::System, &Change::Opened { severity, due_at }).await?;
    tx.append_entry(id, now, &Actor::System, &Change::Canary { person: person.id.to_string() }).await?;
    let plan = Plan { escalation: canary::escalation(person.id.clone()), begins: 0 };
    tx.put_ladder(id, incident.cycle, &plan).await?;
    let test = Canary { incident: id, person: person.id.to_string(), started_at: now, ended_at: None, answered: false };
    tx.insert_canary(&test).await?;
    enqueue(hotline, tx, Some(id), now, &Task::Page { incident: id, cycle: incident.cycle, round: 0 }).await
}

/// The step `round` of the ladder of a test is due. `true` when the test ends with it: nobody but the one person is paged
/// for a test, so every further step, and a person who is not on the roster any more, ends it.
pub(super) async fn ends(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    round: u32,
    pages: &[Page],
) -> Result<bool, OpsError> {
    let Some(test) = tx.canary(incident.id).await? else { return Ok(false) };
    let roster = hotline.roster(tx).await?;
    if round == 0 && Hotline::person(roster.as_deref(), &test.person).is_some() {
        return Ok(false);
    }
    // Passing a test on is an answer: the page arrived.
    let answered = pages.iter().any(|page| page.answered_at.is_some());
    end(hotline, tx, incident.clone(), test, answered).await?;
    Ok(true)
}

/// Somebody took `incident`: where it is a test, it is passed and over. Gives the incident as it is then.
pub(super) async fn taken(hotline: &Hotline, tx: &mut Tx, incident: Incident) -> Result<Incident, OpsError> {
    match tx.canary(incident.id).await? {
        Some(test) => end(hotline, tx, incident, test, true).await,
        None => Ok(incident),
    }
}

async fn end(
    hotline: &Hotline,
    tx: &mut Tx,
    mut incident: Incident,
    mut test: Canary,
    answered: bool,
) -> Result<Incident, OpsError> {
    let now = hotline.now();
    if test.ended_at.is_some() {
        return Ok(incident);
    }
    (test.ended_at, test.answered) = (Some(now), answered);
    tx.save_canary(&test).await?;
    if let Ok(state) = step(incident.state, Event::Cancel) {
        incident.state = state;
        tx.save_incident(&mut incident).await?;
    }
    let reason = if answered { "a test of the pager, passed" } else { "a test of the pager, not answered" };
    let change = Change::Cancelled { reason: reason.to_owned(), into: None };
    tx.append_entry(incident.id, now, &Actor::System, &change).await?;
    let writer = &hotline.policy.writer;
    close_pages(hotline, tx, &incident, "", "page_cancelled", |person| {
        writer.cancel(person.language, &incident.number, &change::reason(&incident, person.language))
    })
    .await?;
    tx.cancel_jobs(incident.id, JOBS).await?;
    if answered {
        tracing::info!(case = %incident.number, "the test of the pager was answered");
    } else {
        tracing::error!(case = %incident.number, "the test of the pager was not answered: pages may not be arriving");
        supervisors(hotline, tx, Some(&incident), Alert::CanaryMissed).await?;
    }
    Ok(incident)
}

/// A test that should have ended long ago: the job that would have ended it was given up.
async fn end_forgotten(hotline: &Hotline, tx: &mut Tx, test: Canary) -> Result<(), OpsError> {
    if hotline.now() < test.started_at + canary::PATIENCE {
        return Ok(());
    }
    let incident = tx.lock_incident(test.incident).await?.ok_or(OpsError::NotFound("incident"))?;
    end(hotline, tx, incident, test, false).await.map(drop)
}
