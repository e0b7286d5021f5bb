//! A conversation of three and more: somebody comes into one of two, and all of them are brought into a room.
//!
//! Only the reporter's leg is moved, by a job, and only while they talk. Whoever talks with them hears that the far end is
//! gone, as if the reporter had hung up, and asks for the next document: while a room is alive, that is a short wait and
//! then the room. So nobody but the reporter has to be fetched, a move that fails changes nothing, and whichever of the
//! provider's requests comes first, each gets the same answer. The reporter alone begins and ends a room.
//!
//! Whoever changes a room has locked its incident.

use super::converse::{consents, waits};
use super::spoken::{LONGEST, RING};
use super::task::Aim;
use super::{Hotline, OpsError, Task, enqueue};
use crate::call::{Call, Leg};
use crate::clock::Instant;
use crate::flow::{Bridge, Conference, Far, Verb};
use crate::id::{CallId, RoomId};
use crate::incident::Incident;
use crate::paging::dialogue::Talk;
use crate::paging::{Dialogue, Place, Room, RoomState, Seat};
use crate::store::Tx;

/// What the timeline calls the reporter.
pub(super) const REPORTER: &str = "reporter";

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

pub(super) async fn set_down(
    hotline: &Hotline,
    tx: &mut Tx,
    room: &Room,
    aim: Aim,
    at: Instant,
) -> Result<(), OpsError> {
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

pub(super) async fn lock(tx: &mut Tx, id: RoomId) -> Result<(Incident, Room), OpsError> {
    let room = tx.room(id).await?.ok_or(OpsError::NotFound("room"))?;
    let incident = tx.lock_incident(room.incident).await?.ok_or(OpsError::NotFound("incident"))?;
    let room = tx.room(id).await?.ok_or(OpsError::NotFound("room"))?;
    Ok((incident, room))
}
