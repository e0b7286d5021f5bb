//! What people did in the ticket store of another maker comes back: comments, states, estimates. The first response does not:
//! whether a person reached the reporter is not for a store to say, unless a supervisor named what counts as that.

use chrono::TimeDelta;

use super::filing::Desk;
use crate::clock::Instant;
use crate::id::IncidentId;
use crate::incident::{Actor, CaseNumber, Change, Event, Incident, State, step};
use crate::ops::change::respond;
use crate::ops::estimate::{Estimate, estimate};
use crate::ops::{Hotline, Lease, OpsError, Task, change_case, enqueue};
use crate::store::Tx;
use crate::ticket::{Field, Progress, Remote, RemoteComment, StoreEvent, instant_text};

/// The fact under which it is kept up to when the store's changes are known.
const SINCE: &str = "store_news_since";
/// Changes are asked for again from so long before: a store's list may be behind its tickets.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);
/// The longest text of a comment that is kept, in characters.
const LONGEST: usize = 2_000;

/// Sets the first look down, at a start, where the store is looked at.
///
/// # Errors
/// The store's.
pub async fn begin_store_news(hotline: &Hotline) -> Result<(), OpsError> {
    let at = hotline.now();
    let looks = hotline.policy.hand_offs.as_ref().is_some_and(|policy| policy.poll.is_some());
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            if !looks {
                tx.cancel_job(&Task::StoreNews.key()).await?;
                return Ok(());
            }
            enqueue(hotline, tx, None, at, &Task::StoreNews).await
        })
        .await
}

/// The store says that something changed there: it is asked at once, however often it is asked else.
///
/// # Errors
/// The store's.
pub async fn ask_store_now(hotline: &Hotline) -> Result<(), OpsError> {
    let at = hotline.now();
    hotline.store.write(async |tx: &mut Tx| enqueue(hotline, tx, None, at, &Task::StoreNews).await).await
}

/// From when on the store is asked for changes.
///
/// # Errors
/// The store's.
pub async fn store_news_since(hotline: &Hotline) -> Result<Instant, OpsError> {
    let known = hotline.store.read(async |tx: &mut Tx| tx.meta(SINCE).await).await?;
    let known = known.and_then(|text| text.parse::<Instant>().ok());
    Ok(known.unwrap_or(hotline.now()) - OVERLAP)
}

/// A case as it stood before its ticket was read: what was done since may not be in what was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Before {
    incident: IncidentId,
    state: State,
    cycle: u32,
    progress: Progress,
}

/// The case whose ticket this is; `None` of a stranger's.
///
/// # Errors
/// The store's.
pub async fn case_of_remote(hotline: &Hotline, remote: &str) -> Result<Option<Before>, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Option<Before>, OpsError> {
            let Some(incident) = tx.incident_of_remote(remote).await? else { return Ok(None) };
            let (incident, hand_off) = (tx.incident(incident).await?, tx.hand_off(incident).await?);
            let both = incident.zip(hand_off);
            Ok(both.map(|(incident, hand_off)| Before::of(&incident, hand_off.progress)))
        })
        .await
}

/// Takes in what a ticket, last changed at `changed_at`, says. What we wrote ourselves is no news, and neither is what we have
/// yet to write, nor a state or a value that was read before we wrote another: our own writing brings the ticket into the next
/// look.
///
/// # Errors
/// [`OpsError`].
pub async fn hear_of_ticket(
    hotline: &Hotline,
    before: &Before,
    remote: &Remote,
    comments: &[RemoteComment],
    changed_at: Instant,
    word: impl Fn(State) -> Option<String>,
) -> Result<(), OpsError> {
    let Some(policy) = &hotline.policy.hand_offs else { return Ok(()) };
    let actor = Actor::Operator(policy.store.clone());
    let heard = hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Heard, OpsError> {
            let mut incident = tx.lock_incident(before.incident).await?.ok_or(OpsError::NotFound("incident"))?;
            let Some(mut hand_off) = tx.hand_off(incident.id).await? else { return Ok(Heard::nothing(&incident)) };
            let is_fresh = Before::of(&incident, hand_off.progress.clone()) == *before;
            // Until the store was seen to have our state, it is ours that is on its way.
            let differs = word(incident.state).is_some_and(|ours| ours != remote.state);
            let moved = is_fresh && differs && hand_off.progress.state == Some(incident.state);
            let answers = moved && policy.first_response.contains(&StoreEvent::State(remote.state.clone()));
            if answers && may_answer(&incident, changed_at) {
                // It stays where people put it.
                hand_off.progress.state = Some(State::Responded);
                tx.save_hand_off(&hand_off, hotline.now()).await?;
                incident = answer(hotline, tx, incident, &actor, changed_at).await?;
            }
            for comment in comments {
                if !is_ours(&incident.number, comment)
                    && tx.hear_news(incident.id, &format!("comment:{}", comment.id), hotline.now()).await?
                {
                    // What is not for the requester stays in the store.
                    let text = comment.public.then(|| comment.text.chars().take(LONGEST).collect());
                    let change = Change::StoreCommented { public: comment.public, text };
                    tx.append_entry(incident.id, hotline.now(), &actor, &change).await?;
                    let answers = comment.public && policy.first_response.contains(&StoreEvent::PublicComment);
                    let at = comment.at.unwrap_or(changed_at);
                    if answers && may_answer(&incident, at) {
                        incident = answer(hotline, tx, incident, &actor, at).await?;
                    }
                }
            }
            let mut heard = Heard::nothing(&incident);
            if moved && !answers {
                heard.event = event(&incident, &remote.state, &word);
                let news = format!("state:{}:{}", incident.cycle, remote.state);
                if heard.event.is_none() && tx.hear_news(incident.id, &news, hotline.now()).await? {
                    let change = Change::StoreMoved { state: remote.state.clone() };
                    tx.append_entry(incident.id, hotline.now(), &actor, &change).await?;
                }
            }
            let ours = Desk::open(hotline, tx, &incident).await?.values();
            let told = hand_off.progress.values.unwrap_or_default();
            let newer = |field: Field| -> Option<Instant> {
                let (theirs, ours, told) = (remote.values.get(&field)?, ours.get(&field), told.get(&field));
                // One that we have changed and not told yet is ours that is on its way.
                (Some(theirs) != ours && ours == told).then(|| theirs.parse().ok()).flatten()
            };
            if is_fresh && incident.state.is_open() && heard.event.is_none() {
                heard.told = Estimate { eta: newer(Field::Eta), next_update: newer(Field::NextUpdate) };
            }
            Ok(heard)
        })
        .await?;
    let Heard { number, event, told } = heard;
    let mut done = Ok(());
    if let Some(event) = event {
        done = change_case(hotline, &number, event, &actor, None).await.map(drop);
    } else if told.eta.is_some() || told.next_update.is_some() {
        done = estimate(hotline, &number, told, &actor, None).await.map(drop);
    }
    match done {
        // Somebody was first here: the next look sees what is left of it.
        Err(OpsError::Refused(_) | OpsError::Settled(_)) => Ok(()),
        done => done,
    }
}

/// Whether what happened there at this instant, by the store's clock, can be the first response of this cycle.
fn may_answer(incident: &Incident, at: Instant) -> bool {
    incident.state.awaits_response() && at >= incident.started_at
}

/// What a supervisor counts as the first response happened there.
async fn answer(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Incident,
    actor: &Actor,
    at: Instant,
) -> Result<Incident, OpsError> {
    // Its clock may be ahead of ours.
    respond(hotline, tx, incident, actor, at.min(hotline.now()), "ticket_store", None).await
}

/// A look is over: the next one is set down.
///
/// # Errors
/// [`OpsError`].
pub async fn store_news_heard(hotline: &Hotline, lease: Lease, up_to: Option<Instant>) -> Result<(), OpsError> {
    let every = hotline.policy.hand_offs.as_ref().and_then(|policy| policy.poll);
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            lease.settle(hotline, tx).await?;
            tx.forget_job(lease.job).await?;
            let up_to = match up_to {
                Some(at) => Some(at),
                // A first look knows nothing before it; one that failed changes nothing.
                None => tx.meta(SINCE).await?.is_none().then(|| hotline.now()),
            };
            if let Some(at) = up_to {
                tx.set_meta(SINCE, &instant_text(at)).await?;
            }
            let Some(every) = every else { return Ok(()) };
            enqueue(hotline, tx, None, hotline.now() + every, &Task::StoreNews).await
        })
        .await
}

impl Before {
    fn of(incident: &Incident, progress: Progress) -> Self {
        Self { incident: incident.id, state: incident.state, cycle: incident.cycle, progress }
    }
}

/// What of the news is done by use cases of their own.
struct Heard {
    number: CaseNumber,
    event: Option<Event>,
    told: Estimate,
}

impl Heard {
    fn nothing(incident: &Incident) -> Self {
        Self { number: incident.number.clone(), event: None, told: Estimate { eta: None, next_update: None } }
    }
}

/// Whether we wrote it: by our account, or with a mark of this case in it.
fn is_ours(number: &CaseNumber, comment: &RemoteComment) -> bool {
    comment.ours || comment.text.contains(&format!("[{number}/"))
}

/// What the store's word makes of the case, where the table of its states allows that.
fn event(incident: &Incident, theirs: &str, word: &impl Fn(State) -> Option<String>) -> Option<Event> {
    let is = |state: State| word(state).as_deref() == Some(theirs);
    let event = if is(State::Resolved) {
        Event::Resolve
    } else if is(State::Closed) {
        Event::Close
    } else if !incident.state.is_open() && (is(State::Received) || is(State::Acknowledged)) {
        Event::Reopen
    } else {
        return None;
    };
    step(incident.state, event).is_ok().then_some(event)
}
