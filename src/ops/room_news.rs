//! Who came into a room and who left it, as the provider tells it, and what that makes of the case.

use chrono::{SubsecRound, TimeDelta};

use super::change::respond;
use super::part::{LEAST_SECONDS, missed};
use super::room::{REPORTER, lock, set_down};
use super::task::Aim;
use super::{Hotline, OpsError, Task};
use crate::clock::Instant;
use crate::id::{CallId, RoomId};
use crate::incident::{Actor, Change, Incident};
use crate::paging::{Room, RoomState, Seat};
use crate::store::Tx;

/// Whoever is still in a room so long after its end is fetched out of it.
const LEAVES_WITHIN: TimeDelta = TimeDelta::seconds(10);

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
                    reporter_entered(hotline, tx, incident, &mut room, at).await
                }
                (RoomStep::Left(leg), _) if *leg == room.leg => reporter_left(hotline, tx, incident, room, at).await,
                // It also ends with the last of those who came in before the reporter, who is still on the way then.
                (RoomStep::Ended, _) if room.entered_at.is_none() => Ok(()),
                (RoomStep::Ended, _) => reporter_left(hotline, tx, incident, room, at).await,
                (RoomStep::Entered(_), Some(call)) => entered(hotline, tx, incident, &mut room, call.id, at).await,
                (RoomStep::Left(_), Some(call)) => left(hotline, tx, incident, &mut room, call.id, at).await,
                (RoomStep::Entered(_) | RoomStep::Left(_), None) => Ok(()),
            }
        })
        .await
}

async fn reporter_entered(
    hotline: &Hotline,
    tx: &mut Tx,
    incident: Incident,
    room: &mut Room,
    at: Instant,
) -> Result<(), OpsError> {
    if room.entered_at.is_some() {
        return Ok(());
    }
    room.entered_at = Some(at);
    if room.left_at.is_some_and(|left| left < at) {
        // What was taken for their leaving was not.
        room.left_at = None;
    }
    tx.save_room(room).await?;
    let change = Change::Entered { person: REPORTER.to_owned() };
    tx.append_entry(incident.id, at, &Actor::System, &change).await?;
    tell_reporter_left(tx, &incident, room).await?;
    let deserted = tx.seats(room.id).await?.iter().all(|seat| seat.left_at.is_some());
    if room.left_at.is_none() && (deserted || !room.state.is_live()) {
        // Everybody else was gone before they came in: nothing else would ever let them out.
        set_down(hotline, tx, room, Aim::Clear, hotline.now()).await?;
    }
    settle(hotline, tx, incident, room).await
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
        RoomState::Open if !seats.iter().any(Seat::is_inside) => {
            // Whoever is still on the way has a moment to come in.
            let wait = if there.next().is_some() { LEAVES_WITHIN } else { TimeDelta::zero() };
            set_down(hotline, tx, room, Aim::Clear, hotline.now() + wait).await?;
        }
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
            incident = respond(hotline, tx, incident, &actor, now, "call", None).await?;
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
