//! The hand-off of cases to a ticket store of another maker: what is asked for next, what a step needs, what came of it. The
//! exchange with the store is `work`'s; each step is a job with a key of its own, and one step of a case runs at a time.

mod doubt;
mod filing;
mod news;
mod outlook;
mod retry;
mod sound;
mod stuck;

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{Hotline, Lease, OpsError, Task, enqueue};
use crate::id::IncidentId;
use crate::incident::{Actor, Change, Incident, State};
use crate::store::{HandOff, Tx};
use crate::ticket::{Field, Numbers, Progress, Step, StoreEvent, Values, Wanted, next};

use doubt::resolve_doubt;

pub use doubt::{doubt_ticket, no_doubt_of_ticket};
pub(super) use filing::Desk;
pub use filing::{Filing, Part, filing};
pub use news::{
    Before, ask_store_now, begin_store_news, case_of_remote, hear_of_ticket, store_news_heard, store_news_since,
};
pub(super) use outlook::{Refusal, tell_of_store};
pub use outlook::{StoreOutlook, store_is_away, store_outlook};
pub use retry::retry_hand_offs;
pub(super) use sound::ask_for_sounds;
pub use sound::{Sound, sound_filed, sound_to_file};
pub use stuck::{StuckHandOffs, StuckStep, stuck_hand_offs};

/// How cases are handed to the store of another maker.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a capability of the store, as its connector states it")]
pub struct HandOffs {
    /// The store's name: who it is that does what people do there.
    pub store: String,
    /// Where people look at a ticket there, with `{id}` in the place of its id; `None` where no address is known.
    pub page: Option<String>,
    /// How often the store is asked what people did there; `None` = never.
    pub poll: Option<TimeDelta>,
    /// What people do there that is the first response to the reporter; nothing else of it ever is.
    pub first_response: BTreeSet<StoreEvent>,
    /// Whether the store takes comments.
    pub comments: bool,
    /// Whether the store takes files.
    pub files: bool,
    /// Whether the store is told states.
    pub states: bool,
    /// Whether the store takes changes of fields.
    pub updates: bool,
    /// The fields that have a place there.
    pub fields: Vec<Field>,
    /// What it is told of telephone numbers.
    pub numbers: Numbers,
}

/// What a step has seen in the store after it was done.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// The ticket, its fields as far as they are as they were sent, and the state where it is the one that was wanted.
    Ticket {
        /// The store's id.
        remote: String,
        /// The fields that were read back; `None` when they differ.
        values: Option<Values>,
        /// The state.
        state: Option<State>,
    },
    /// What was to be there is there.
    Done,
}

/// Sets down the next step of handing `incident` over; nothing when all of it is told, or waits for a person.
pub(super) async fn hand_on(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<(), OpsError> {
    let known = tx.hand_off(incident.id).await?;
    let hand_off = known.unwrap_or(HandOff { incident: incident.id, progress: Progress::default(), asked_at: None });
    advance(hotline, tx, incident, hand_off).await
}

/// A step was done: what was seen is kept, and the next one is set down, in one unit.
///
/// # Errors
/// [`OpsError::LeaseLost`] when somebody else has it; the store's.
pub async fn filed(hotline: &Hotline, lease: Lease, step: &Step, filing: &Filing, seen: Seen) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let incident = tx.lock_incident(filing.incident).await?.ok_or(OpsError::NotFound("incident"))?;
            lease.settle(hotline, tx).await?;
            let mut hand_off = tx.hand_off(incident.id).await?.ok_or(OpsError::NotFound("hand-off"))?;
            let progress = &mut hand_off.progress;
            match (step, seen.clone()) {
                (Step::Ticket, Seen::Ticket { remote, values, state }) => {
                    let ticketed = Change::Ticketed { ticket: remote.clone() };
                    progress.remote = Some(remote);
                    progress.values = values;
                    progress.state = state;
                    resolve_doubt(tx, incident.id).await?;
                    tx.append_entry(incident.id, hotline.now(), &Actor::System, &ticketed).await?;
                }
                (Step::Recording { recording }, _) => drop(progress.recordings.insert(recording.clone())),
                (Step::Comment { sequence }, _) => progress.commented = progress.commented.max(*sequence),
                (Step::State, _) => progress.state = Some(filing.case.state),
                (Step::Fields, _) => progress.values = Some(told(hotline, &filing.case.values)),
                (Step::Ticket, Seen::Done) => return Err(OpsError::Impossible("a ticket without an id")),
            }
            advance(hotline, tx, &incident, hand_off).await
        })
        .await
}

async fn advance(hotline: &Hotline, tx: &mut Tx, incident: &Incident, mut hand_off: HandOff) -> Result<(), OpsError> {
    let (wanted, given_up) = (wanted(hotline, tx, incident).await?, given_up(tx, incident.id).await?);
    let step = next(&hand_off.progress, &wanted, &given_up);
    hand_off.asked_at = step.as_ref().map(|_| hand_off.asked_at.unwrap_or(hotline.now()));
    tx.save_hand_off(&hand_off, hotline.now()).await?;
    let Some(step) = step else { return Ok(()) };
    enqueue(hotline, tx, Some(incident.id), hotline.now(), &Task::HandOff { incident: incident.id, step }).await
}

/// What the store should hold of `incident`.
async fn wanted(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<Wanted, OpsError> {
    let Some(policy) = &hotline.policy.hand_offs else { return Ok(Wanted::default()) };
    let desk = Desk::open(hotline, tx, incident).await?;
    let comments = if policy.comments { desk.comments() } else { Vec::new() };
    let recordings = if policy.comments || policy.files { desk.recordings() } else { Vec::new() };
    let state = policy.states.then_some(incident.state);
    let values = policy.updates.then(|| told(hotline, &desk.values()));
    Ok(Wanted { comments, recordings, state, values })
}

/// The values that have a place in the store.
fn told(hotline: &Hotline, values: &Values) -> Values {
    let fields = hotline.policy.hand_offs.as_ref().map_or(&[][..], |policy| &policy.fields);
    values.iter().filter(|(field, _)| fields.contains(field)).map(|(field, value)| (*field, value.clone())).collect()
}

/// The steps of a case that wait for a person.
async fn given_up(tx: &mut Tx, incident: IncidentId) -> Result<BTreeSet<Step>, OpsError> {
    let payloads = tx.dead_payloads(incident, Task::HAND_OFF).await?;
    let steps = payloads.into_iter().filter_map(|payload| match serde_json::from_value(payload) {
        Ok(Task::HandOff { step, .. }) => Some(step),
        _ => None,
    });
    Ok(steps.collect())
}
