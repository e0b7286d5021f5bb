//! A conversation of three and more: somebody comes into one of two, and all of them are brought into a room.
//!
//! Only the reporter's leg is moved, by a job, and only while they talk. Whoever talks with them hears that the far end is
//! gone, as if the reporter had hung up, and asks for the next document: while a room is alive, that is a short wait and
//! then the room. So nobody but the reporter has to be fetched, a move that fails changes nothing, and whichever of the
//! provider's requests comes first, each gets the same answer. The reporter alone begins and ends a room.
//!
//! Whoever changes a room has locked its incident.

use chrono::{SubsecRound, TimeDelta};

use super::change::respond;
use super::converse::{consents, waits};
use super::part::{LEAST_SECONDS, missed};
use super::spoken::{LONGEST, RING, in_language};
use super::task::Aim;
use super::{Hotline, OpsError, Task, enqueue};
use crate::call::{Call, Leg};
use crate::clock::Instant;
use crate::flow::{Bridge, Conference, Far, Input, Utterance, Verb, Waited};
use crate::id::{CallId, RoomId};
use crate::incident::{Actor, Change, Incident};
use crate::paging::dialogue::Talk;
use crate::paging::{Dialogue, Place, Room, RoomState, Seat};
use crate::store::Tx;

/// What the timeline calls the reporter.
pub(super) const REPORTER: &str = "reporter";
/// Whoever is still in a room so long after its end is fetched out of it.
const LEAVES_WITHIN: TimeDelta = TimeDelta::seconds(10);

/// A conversation with the reporter that is under way.
pub(super) struct Conversation {
    /// The room it takes place in.
    room: Option<Room>,
    /// Whoever talks with the reporter alone.
    host: Option<Dialogue>,
    /// Who is in it, for whoever may come in.
    pub(super) talk: Talk,
}

/// The conversation about `incident` that is under way without whoever is called in `but`.
pub(super) async fn conversation(
    tx: &mut Tx,
    incident: &Incident,
    but: Option<CallId>,
) -> Result<Option<Conversation>, OpsError> {
    let holder = incident.acknowledged_by.as_deref();
    if let Some(room) = tx.newest_room(incident.id).await?.filter(|room| room.state.is_live()) {
        let seats = tx.seats(room.id).await?;
        let there = |seat: &&Seat| seat.left_at.is_none() && Some(seat.call) != but;
        if seats.iter().any(|seat| there(&seat)) {
            let held = seats.iter().filter(there).any(|seat| Some(seat.person.as_str()) == holder);
            let talk = if held { Talk::Holder } else { Talk::Others };
            return Ok(Some(Conversation { room: Some(room), host: None, talk }));
        }
    }
    for dialogue in tx.dialogues(incident.id).await? {
        if dialogue.place != Place::Talking || Some(dialogue.call) == but {
            continue;
        }
        if tx.call(dialogue.call).await?.is_some_and(|call| call.ended_at.is_none()) {
            let talk = if Some(dialogue.person.as_str()) == holder { Talk::Holder } else { Talk::Others };
            return Ok(Some(Conversation { room: None, host: Some(dialogue), talk }));
        }
    }
    Ok(None)
}

/// Whether `person` is in `conversation` already.
pub(super) async fn takes_part(tx: &mut Tx, conversation: &Conversation, person: &str) -> Result<bool, OpsError> {
    if let Some(room) = &conversation.room {
        return Ok(tx.seats(room.id).await?.iter().any(|seat| seat.person == person && seat.left_at.is_none()));
    }
    Ok(conversation.host.as_ref().is_some_and(|host| host.person == person))
}

/// How far the room has come into which whoever is called in `call` is brought.
pub(super) async fn room_of(tx: &mut Tx, call: CallId) -> Result<Option<Room>, OpsError> {
    let Some(seat) = tx.seat_of_call(call).await? else { return Ok(None) };
    Ok(tx.room(seat.room).await?)
}

/// Whoever is called in `call` comes into the conversation about `incident`: into the room there is, or into one that is made
/// for the three. How far it has come; `None` when there is no conversation any more.
pub(super) async fn enter(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    call: &Call,
    person: &str,
) -> Result<Option<RoomState>, OpsError> {
    let room = match conversation(tx, incident, Some(call.id)).await? {
        Some(Conversation { room: Some(room), .. }) => room,
        Some(Conversation { host: Some(host), .. }) => match make(hotline, tx, incident, &host).await? {
            Some(room) => room,
            None => return Ok(None),
        },
        Some(_) | None => return Ok(None),
    };
    sit(tx, room.id, call.id, person).await?;
    Ok(Some(room.state))
}

async fn sit(tx: &mut Tx, room: RoomId, call: CallId, person: &str) -> Result<(), OpsError> {
    let person = person.to_owned();
    tx.insert_seat(&Seat { room, call, person, talked: None, entered_at: None, left_at: None, told: false }).await?;
    Ok(())
}

/// Makes a room for the conversation between `host` and the reporter; `None` when nothing is known of the reporter's leg.
async fn make(hotline: &Hotline, tx: &mut Tx, incident: &Incident, host: &Dialogue) -> Result<Option<Room>, OpsError> {
    let now = hotline.now();
    let called = |leg: &Leg| leg.role == REPORTER && leg.ended_at.is_none();
    let (reporter, leg) = match tx.legs(host.call).await?.into_iter().rfind(called) {
        Some(leg) => (None, leg.provider_call),
        None => match waits(tx, incident).await? {
            Some(id) => (Some(id), tx.call(id).await?.ok_or(OpsError::NotFound("call"))?.provider_call),
            None => return Ok(None),
        },
    };
    let room = Room {
        id: RoomId(hotline.ids.opaque()),
        incident: incident.id,
        host: host.call,
        reporter,
        leg,
        state: RoomState::Opening,
        record: consents(tx, incident).await?,
        made_at: now,
        entered_at: None,
        left_at: None,
    };
    tx.insert_room(&room).await?;
    sit(tx, room.id, host.call, &host.person).await?;
    set_down(hotline, tx, &room, Aim::Open, now).await?;
    Ok(Some(room))
}

async fn set_down(hotline: &Hotline, tx: &mut Tx, room: &Room, aim: Aim, at: Instant) -> Result<(), OpsError> {
    enqueue(hotline, tx, Some(room.incident), at, &Task::Room { room: room.id, aim }).await
}

/// Joins somebody to `room`.
pub(super) fn bridge(room: &Room, who: Who) -> Verb {
    let reporter = who == Who::Reporter;
    let conference = Conference { name: room.id.to_string(), starts: reporter, ends: reporter, beep: true };
    Verb::Bridge(Bridge { to: Far::Conference(conference), ring: RING, limit: LONGEST, record: room.record })
}

/// Who comes into a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Without whom it does not begin, and with whom it ends.
    Reporter,
    /// A person of the roster.
    Staff,
}

/// What a reporter who rang the line hears next, where that is a matter of a room: they are brought into it. Once they leave
/// it, and where there is none, the flow goes on.
pub(super) async fn reporter_turn(
    hotline: &Hotline,
    tx: &mut Tx,
    call: &Call,
    input: &Input,
) -> Result<Option<Vec<Verb>>, OpsError> {
    if !matches!(input, Input::Waited(_) | Input::Moved | Input::Parted(_)) {
        return Ok(None);
    }
    let Some(room) = tx.room_of_reporter(call.id).await? else { return Ok(None) };
    let incident = tx.lock_incident(room.incident).await?.ok_or(OpsError::NotFound("incident"))?;
    let mut room = tx.room(room.id).await?.ok_or(OpsError::NotFound("room"))?;
    match (room.state, input) {
        (RoomState::Opening, Input::Waited(_)) | (RoomState::Opening | RoomState::Failed, Input::Moved) => {
            open(hotline, tx, &incident, &mut room).await
        }
        (RoomState::Open, _) => {
            reporter_left(hotline, tx, incident, room, hotline.now()).await?;
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// What the flow takes the end of a room for: the reporter and a person have parted.
pub(super) fn as_parted(input: Input) -> Input {
    match input {
        Input::Moved | Input::Parted(_) => Input::Waited(Waited::Joined),
        other => other,
    }
}

/// The reporter has been moved: they come into the room, unless everybody else is gone. A move that was given up may be
/// obeyed after all.
async fn open(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: &Incident,
    room: &mut Room,
) -> Result<Option<Vec<Verb>>, OpsError> {
    if tx.seats(room.id).await?.iter().all(|seat| seat.left_at.is_some()) {
        return Ok(None);
    }
    room.state = RoomState::Open;
    tx.save_room(room).await?;
    let words = in_language(hotline, tx, incident, "room_moving").await?;
    Ok(Some(vec![Verb::Say(words), bridge(room, Who::Reporter)]))
}

/// What a reporter whom the line called hears once they are moved.
///
/// # Errors
/// [`OpsError`].
pub async fn reporter_moved(hotline: &Hotline, id: RoomId, leg: &str) -> Result<Vec<Verb>, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Vec<Verb>, OpsError> {
            let (incident, mut room) = lock(tx, id).await?;
            if room.leg != leg {
                return Err(OpsError::NotFound("leg"));
            }
            let opens = room.state.is_live() || room.state == RoomState::Failed;
            if opens && let Some(verbs) = open(hotline, tx, &incident, &mut room).await? {
                return Ok(verbs);
            }
            farewell(hotline, tx, &incident).await
        })
        .await
}

/// What they hear when it is over.
///
/// # Errors
/// [`OpsError`].
pub async fn reporter_out(hotline: &Hotline, id: RoomId, leg: &str) -> Result<Vec<Verb>, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Vec<Verb>, OpsError> {
            let (incident, room) = lock(tx, id).await?;
            if room.leg != leg {
                return Err(OpsError::NotFound("leg"));
            }
            let verbs = farewell(hotline, tx, &incident).await?;
            reporter_left(hotline, tx, incident, room, hotline.now()).await?;
            Ok(verbs)
        })
        .await
}

async fn farewell(hotline: &Hotline, tx: &mut Tx, incident: &Incident) -> Result<Vec<Verb>, OpsError> {
    Ok(vec![Verb::Say(in_language(hotline, tx, incident, "page_parted").await?), Verb::Hangup])
}

/// What is heard in a room while nobody else is there.
///
/// # Errors
/// [`OpsError`].
pub async fn room_wait(hotline: &Hotline, id: RoomId) -> Result<Utterance, OpsError> {
    hotline
        .store
        .read(async |tx: &mut Tx| -> Result<Utterance, OpsError> {
            let room = tx.room(id).await?.ok_or(OpsError::NotFound("room"))?;
            let incident = tx.incident(room.incident).await?.ok_or(OpsError::NotFound("incident"))?;
            in_language(hotline, tx, &incident, "room_wait").await
        })
        .await
}

pub(super) async fn lock(tx: &mut Tx, id: RoomId) -> Result<(Incident, Room), OpsError> {
    let room = tx.room(id).await?.ok_or(OpsError::NotFound("room"))?;
    let incident = tx.lock_incident(room.incident).await?.ok_or(OpsError::NotFound("incident"))?;
    let room = tx.room(id).await?.ok_or(OpsError::NotFound("room"))?;
    Ok((incident, room))
}

/// What the provider tells of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomNews {
    /// The room.
    pub room: RoomId,
    /// The provider's path prefix.
    pub provider: &'static str,
    /// What happened.
    pub step: RoomStep,
    /// When, by the provider's clock.
    pub at: Option<Instant>,
}

/// What happens in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomStep {
    /// A leg came in, by the provider's id.
    Entered(String),
    /// A leg is out of it.
    Left(String),
    /// It is over.
    Ended,
}

/// Takes in what the provider tells of a room. Told twice, late or out of order it is the same.
///
/// # Errors
/// [`OpsError`]; nothing is kept then.
pub async fn room_news(hotline: &Hotline, news: RoomNews) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let Some(room) = tx.room(news.room).await? else { return Ok(()) };
            let now = hotline.now();
            // The provider's clock may be ahead of ours; what it says was is not later than now.
            let at = news.at.map_or(now, |at| at.min(now));
            let call = match &news.step {
                RoomStep::Entered(leg) | RoomStep::Left(leg) if *leg != room.leg => {
                    tx.call_by_provider(news.provider, leg).await?
                }
                _ => None,
            };
            let (incident, mut room) = lock(tx, room.id).await?;
            match (&news.step, call) {
                (RoomStep::Entered(leg), _) if *leg == room.leg => {
                    if room.entered_at.is_none() {
                        room.entered_at = Some(at);
                        tx.save_room(&room).await?;
                        let change = Change::Entered { person: REPORTER.to_owned() };
                        tx.append_entry(incident.id, at, &Actor::System, &change).await?;
                        tell_reporter_left(tx, &incident, &room).await?;
                        settle(hotline, tx, incident, &mut room).await?;
                    }
                    Ok(())
                }
                (RoomStep::Left(leg), _) if *leg == room.leg => reporter_left(hotline, tx, incident, room, at).await,
                (RoomStep::Ended, _) => reporter_left(hotline, tx, incident, room, at).await,
                (RoomStep::Entered(_), Some(call)) => entered(hotline, tx, incident, &mut room, call.id, at).await,
                (RoomStep::Left(_), Some(call)) => left(hotline, tx, incident, &mut room, call.id, at).await,
                (RoomStep::Entered(_) | RoomStep::Left(_), None) => Ok(()),
            }
        })
        .await
}

async fn entered(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Incident,
    room: &mut Room,
    call: CallId,
    at: Instant,
) -> Result<(), OpsError> {
    let seats = tx.seats(room.id).await?;
    let Some(mut seat) = seats.into_iter().find(|seat| seat.call == call && seat.entered_at.is_none()) else {
        return Ok(());
    };
    seat.entered_at = Some(at);
    tx.save_seat(&seat).await?;
    let actor = Actor::Person(seat.person.clone());
    tx.append_entry(incident.id, at, &actor, &Change::Entered { person: seat.person.clone() }).await?;
    if !room.state.is_live() {
        // The reporter was gone before they came in: nothing would ever let them out.
        set_down(hotline, tx, room, Aim::Clear, hotline.now() + LEAVES_WITHIN).await?;
    }
    settle(hotline, tx, incident, room).await
}

/// Whoever was called in `call` is out of the conversation: their call is over, or they did not come in.
pub(super) async fn gone(hotline: &Hotline, tx: &mut Tx, call: CallId) -> Result<(), OpsError> {
    let Some(seat) = tx.seat_of_call(call).await?.filter(|seat| seat.left_at.is_none()) else { return Ok(()) };
    let (incident, mut room) = lock(tx, seat.room).await?;
    left(hotline, tx, incident, &mut room, call, hotline.now().trunc_subsecs(0)).await
}

async fn left(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Incident,
    room: &mut Room,
    call: CallId,
    at: Instant,
) -> Result<(), OpsError> {
    let mut seats = tx.seats(room.id).await?;
    let Some(seat) = seats.iter_mut().find(|seat| seat.call == call && seat.left_at.is_none()) else {
        return Ok(());
    };
    seat.left_at = Some(at);
    tx.save_seat(seat).await?;
    let mut there = seats.iter().filter(|seat| seat.left_at.is_none());
    match room.state {
        // Whoever wanted to come in does not: the reporter stays with whoever they talk with.
        RoomState::Opening if there.all(|seat| seat.call == room.host) => {
            room.state = RoomState::Failed;
            tx.save_room(room).await?;
        }
        RoomState::Open if there.next().is_none() => set_down(hotline, tx, room, Aim::Clear, hotline.now()).await?,
        _ => {}
    }
    settle(hotline, tx, incident, room).await
}

/// The reporter is out of the room, or on the way.
pub(super) async fn reporter_left(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Incident,
    mut room: Room,
    at: Instant,
) -> Result<(), OpsError> {
    let at = at.trunc_subsecs(0);
    if room.left_at.is_some() {
        return Ok(());
    }
    room.left_at = Some(at);
    tell_reporter_left(tx, &incident, &room).await?;
    if room.state.is_live() {
        room.state = RoomState::Over;
    }
    tx.save_room(&room).await?;
    tx.cancel_jobs(incident.id, &[Task::ROOM]).await?;
    if tx.seats(room.id).await?.iter().any(|seat| seat.left_at.is_none()) {
        set_down(hotline, tx, &room, Aim::Clear, hotline.now() + LEAVES_WITHIN).await?;
    }
    settle(hotline, tx, incident, &mut room).await
}

/// Once both are known that they came in and that they left, whichever was told first.
async fn tell_reporter_left(tx: &mut Tx, incident: &Incident, room: &Room) -> Result<(), OpsError> {
    if let (Some(_), Some(at)) = (room.entered_at, room.left_at) {
        let change = Change::Left { person: REPORTER.to_owned(), seconds: None };
        tx.append_entry(incident.id, at, &Actor::System, &change).await?;
    }
    Ok(())
}

/// The reporter's leg is over, wherever it was.
pub(super) async fn reporter_gone(hotline: &Hotline, tx: &mut Tx, room: RoomId) -> Result<(), OpsError> {
    let (incident, room) = lock(tx, room).await?;
    reporter_left(hotline, tx, incident, room, hotline.now()).await
}

/// Writes down who has been in the room for how long, and whether that is a first response. When everybody is out and it was
/// none, the line tries again.
pub(super) async fn settle(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Incident,
    room: &mut Room,
) -> Result<(), OpsError> {
    let now = hotline.now();
    let mut incident = incident;
    let mut seats = tx.seats(room.id).await?;
    for seat in seats.iter_mut().filter(|seat| !seat.told) {
        let (Some(seconds), Some(at)) = (seat.together(room), seat.left_at) else { continue };
        seat.told = true;
        tx.save_seat(seat).await?;
        let actor = Actor::Person(seat.person.clone());
        let change = Change::Left { person: seat.person.clone(), seconds: Some(seconds) };
        tx.append_entry(incident.id, at.min(now), &actor, &change).await?;
        // What was said before the room and in it is one conversation.
        if seat.talked.unwrap_or(0).saturating_add(seconds) >= LEAST_SECONDS && incident.state.awaits_response() {
            incident = respond(hotline, tx, incident, &actor, "call", None).await?;
        }
    }
    let given_way = seats.iter().any(|seat| seat.talked.is_some());
    let ended = match room.state {
        RoomState::Over => true,
        // Whoever goes on talking with the reporter alone has parted with nobody.
        RoomState::Failed => given_way,
        RoomState::Opening | RoomState::Open | RoomState::Closed => false,
    };
    if ended && seats.iter().all(|seat| seat.left_at.is_some()) {
        room.state = RoomState::Closed;
        tx.save_room(room).await?;
        tx.cancel_jobs(incident.id, &[Task::ROOM]).await?;
        missed(hotline, tx, &incident).await?;
    }
    Ok(())
}
