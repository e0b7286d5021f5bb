//! How everything stands at one moment: what the wall of the console shows.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;

use super::page::paged;
use super::{Hotline, OpsError, StoreOutlook, Task};
use crate::access::Session;
use crate::call::{Call, Direction};
use crate::clock::Instant;
use crate::id::{CallId, IncidentId};
use crate::incident::{CaseNumber, Incident, State};
use crate::oncall::{Person, PersonId, Roster};
use crate::paging::{Ladder, Next as Step, Page};
use crate::sla::{Mark, late, marks};
use crate::store::{CaseFilter, Tx};

/// Cases that are looked at: more are counted only.
const CASES: u32 = 500;
/// Pages that are looked at.
const PAGES: u32 = 200;
/// Cases of which it is worked out who is told next.
const LADDERS: usize = 12;
/// Calls that are shown.
const CALLS: u32 = 30;
/// No call lasts longer; one that has not ended since is one whose end never reached us.
const LONGEST_CALL: TimeDelta = TimeDelta::hours(6);

/// How everything stands at one moment.
#[derive(Clone, Debug)]
pub struct Wall {
    /// When.
    pub at: Instant,
    /// How many cases are open.
    pub open: u64,
    /// Open cases: those whose clock runs by their due instants, then the answered ones.
    pub cases: Vec<WallCase>,
    /// Pages that nobody answered, by case; the one that waits longest first.
    pub pages: Vec<WallPages>,
    /// Who is on duty; `None` = there is no roster.
    pub duty: Option<Arc<Duty>>,
    /// Calls that have not ended, the oldest first.
    pub calls: Vec<WallCall>,
    /// Jobs that failed for good.
    pub dead_jobs: u64,
    /// Open cases that no job will ever look at again.
    pub forgotten: usize,
    /// What the ticket store of another maker does not have yet; `None` = there is none.
    pub tickets: Option<StoreOutlook>,
    /// The hashes of the sessions of the console that count.
    pub sessions: Vec<String>,
}

/// An open case.
#[derive(Clone, Debug)]
pub struct WallCase {
    /// Its number.
    pub number: CaseNumber,
    /// Where it stands.
    pub state: State,
    /// The reporting institution's name.
    pub institution: Option<String>,
    /// The affected service's id.
    pub service: Option<String>,
    /// The clock's start.
    pub started_at: Instant,
    /// The promise.
    pub due_at: Instant,
    /// The latest mark of its clock that is passed.
    pub mark: Option<Mark>,
    /// Whether the promise is broken.
    pub broken: bool,
    /// When a person reached the reporter.
    pub responded_at: Option<Instant>,
    /// Who has it.
    pub holder: Option<String>,
}

/// Pages of one case that nobody answered.
#[derive(Clone, Debug)]
pub struct WallPages {
    /// The case's number.
    pub number: CaseNumber,
    /// Who was told, and when first.
    pub people: Vec<(String, Instant)>,
    /// What comes next; `None` = it is at work just now, or nothing does.
    pub next: Option<Next>,
}

/// The next step of a ladder.
#[derive(Clone, Debug)]
pub struct Next {
    /// When.
    pub at: Instant,
    /// Who is told, unless somebody answers before; nobody where nobody can be, or where it was not worked out.
    pub people: Vec<String>,
    /// Whether it is a reminder to whoever has the case.
    pub reminder: bool,
}

/// Who is on duty.
#[derive(Clone, Debug)]
pub struct Duty {
    version: i64,
    /// By each schedule.
    pub schedules: Vec<OnDuty>,
    until: Option<Instant>,
}

/// Who is on duty by one schedule.
#[derive(Clone, Debug)]
pub struct OnDuty {
    /// Its id.
    pub schedule: String,
    /// Who is.
    pub now: Vec<String>,
    /// Until when; `None` = as far as the roster tells.
    pub until: Option<Instant>,
    /// Who is then.
    pub next: Vec<String>,
}

/// A call that has not ended.
#[derive(Clone, Debug)]
pub struct WallCall {
    /// Its id.
    pub id: CallId,
    /// Which way it goes.
    pub direction: Direction,
    /// When the line answered.
    pub since: Instant,
    /// The name of the node it is in.
    pub node: String,
    /// The verb of that node.
    pub verb: Option<&'static str>,
    /// The name of the institution, once it is known.
    pub institution: Option<String>,
    /// Since when the caller waits for a person.
    pub waiting_since: Option<Instant>,
}

/// Looks at everything. What takes long and seldom changes is taken from the look `before`.
///
/// # Errors
/// The store's.
pub async fn wall(hotline: &Hotline, before: Option<&Wall>) -> Result<Wall, OpsError> {
    let now = hotline.now();
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Wall, OpsError> {
            let roster = hotline.roster(tx).await?;
            let incidents = tx.open_cases(&CaseFilter::default(), None, CASES).await?;
            let (waiting, since) = tx.waiting_hand_offs().await?;
            Ok(Wall {
                at: now,
                open: u64::try_from(tx.count_open_cases().await?).unwrap_or_default(),
                pages: pages(hotline, tx, roster.as_deref(), &incidents, now).await?,
                cases: incidents
                    .iter()
                    .map(|incident| case(hotline, roster.as_deref(), incident, now))
                    .collect::<Result<_, _>>()?,
                duty: duty(tx, roster.as_deref(), before, now).await?,
                calls: calls(hotline, tx, now).await?,
                dead_jobs: u64::try_from(tx.job_counts().await?.dead).unwrap_or_default(),
                forgotten: tx.open_incidents_without_job().await?.len(),
                tickets: hotline.policy.hand_offs.as_ref().map(|_| StoreOutlook { waiting, since }),
                sessions: tx.live_sessions(now - Session::IDLE, now - Session::LONGEST).await?,
            })
        })
        .await
}

fn case(hotline: &Hotline, roster: Option<&Roster>, incident: &Incident, now: Instant) -> Result<WallCase, OpsError> {
    let marks = marks(incident.started_at, incident.target, &hotline.policy.calendar)?;
    let known = incident.institution.as_deref().and_then(|code| hotline.policy.directory.institution(code));
    Ok(WallCase {
        number: incident.number.clone(),
        state: incident.state,
        institution: known.map(|known| known.name.clone()).or_else(|| incident.institution_name.clone()),
        service: incident.service.clone(),
        started_at: incident.started_at,
        due_at: incident.due_at,
        mark: late(&marks, now).filter(|_| incident.state.awaits_response()),
        broken: incident.is_breached(now),
        responded_at: incident.responded_at,
        holder: incident.acknowledged_by.as_deref().map(|holder| called(roster, holder)),
    })
}

/// What a person is called; operators have a name and no place on the roster.
fn called(roster: Option<&Roster>, id: &str) -> String {
    Hotline::person(roster, id).map_or_else(|| id.to_owned(), |person| person.name.clone())
}

fn names<'a>(people: impl IntoIterator<Item = &'a Person>) -> Vec<String> {
    people.into_iter().map(|person| person.name.clone()).collect()
}

async fn pages(
    hotline: &Hotline,
    tx: &mut Tx,
    roster: Option<&Roster>,
    incidents: &[Incident],
    now: Instant,
) -> Result<Vec<WallPages>, OpsError> {
    let mut cases: Vec<(&Incident, Vec<(String, Instant)>)> = Vec::new();
    let mut places: HashMap<IncidentId, usize> = HashMap::new();
    for Page { incident, person, created_at, .. } in tx.standing_pages(PAGES).await? {
        let place = places.get(&incident).copied();
        let Some((_, people)) = (match place {
            Some(place) => cases.get_mut(place),
            None => incidents.iter().find(|known| known.id == incident).and_then(|known| {
                places.insert(incident, cases.len());
                cases.push((known, Vec::new()));
                cases.last_mut()
            }),
        }) else {
            continue;
        };
        let name = called(roster, &person);
        if !people.iter().any(|(other, _)| *other == name) {
            people.push((name, created_at));
        }
    }
    let mut shown = Vec::with_capacity(cases.len());
    for (place, (incident, people)) in cases.into_iter().enumerate() {
        let next = if place < LADDERS { next(hotline, tx, roster, incident, now).await? } else { None };
        shown.push(WallPages { number: incident.number.clone(), people, next });
    }
    Ok(shown)
}

/// What the pager does next about a case.
async fn next(
    hotline: &Hotline,
    tx: &mut Tx,
    roster: Option<&Roster>,
    incident: &Incident,
    now: Instant,
) -> Result<Option<Next>, OpsError> {
    for job in tx.pending_jobs(incident.id).await? {
        let at = job.run_at.max(now);
        match serde_json::from_value::<Task>(job.payload) {
            Ok(Task::Remind { .. }) if incident.state == State::Acknowledged => {
                let people = incident.acknowledged_by.iter().map(|holder| called(roster, holder)).collect();
                return Ok(Some(Next { at, people, reminder: true }));
            }
            Ok(Task::Page { cycle, round, .. }) if cycle == incident.cycle => {
                let Some(roster) = roster else { return Ok(Some(Next { at, people: Vec::new(), reminder: false })) };
                let so_far = tx.pages(incident.id).await?;
                let (plan, paged) = (hotline.plan(tx, incident).await?, paged(hotline, tx, incident, &so_far).await?);
                let holder = incident.acknowledged_by.as_deref().and_then(|holder| PersonId::parse(holder).ok());
                let ladder = Ladder { plan: &plan, roster, paged: &paged, but: holder.as_ref() };
                let people = match ladder.next(round, at) {
                    Step::Page(step) => names(step.people.into_iter().map(|(person, _)| person)),
                    Step::Nobody { .. } => Vec::new(),
                };
                return Ok(Some(Next { at, people, reminder: false }));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// Who is on duty, and who is next. To find out until when may mean a walk through years of turns, so it is done again only
/// when it ends or the roster changed.
async fn duty(
    tx: &mut Tx,
    roster: Option<&Roster>,
    before: Option<&Wall>,
    now: Instant,
) -> Result<Option<Arc<Duty>>, OpsError> {
    let (Some(roster), Some(version)) = (roster, tx.roster_version().await?) else { return Ok(None) };
    let holds = |duty: &&Arc<Duty>| duty.version == version && duty.until.is_none_or(|until| now < until);
    if let Some(before) = before.filter(|before| before.at <= now).and_then(|before| before.duty.as_ref()).filter(holds)
    {
        return Ok(Some(Arc::clone(before)));
    }
    let schedules: Vec<OnDuty> = roster
        .schedules()
        .iter()
        .map(|schedule| {
            let duty = roster.on_duty(&schedule.id, now);
            let next =
                duty.until.map(|until| roster.resolve(&crate::oncall::Target::Schedule(schedule.id.clone()), until));
            OnDuty {
                schedule: schedule.id.to_string(),
                now: names(duty.people),
                until: duty.until,
                next: names(next.unwrap_or_default()),
            }
        })
        .collect();
    let until = schedules.iter().filter_map(|duty| duty.until).min();
    Ok(Some(Arc::new(Duty { version, schedules, until })))
}

async fn calls(hotline: &Hotline, tx: &mut Tx, now: Instant) -> Result<Vec<WallCall>, OpsError> {
    let mut shown = Vec::new();
    for Call { id, direction, answered_at, flow, session, .. } in
        tx.calls_in_progress(now - LONGEST_CALL, CALLS).await?
    {
        let verb = match hotline.flow(tx, &flow).await {
            Ok(flow) => flow.node(&session.node).map(|node| node.kind.verb()),
            // The wall has more to show than one call on a flow that is lost.
            Err(OpsError::Impossible(_)) => None,
            Err(error) => return Err(error),
        };
        shown.push(WallCall {
            id,
            direction,
            since: answered_at,
            verb,
            institution: session.institution.map(|institution| institution.name),
            waiting_since: session.waiting_since,
            node: session.node,
        });
    }
    Ok(shown)
}
