//! What the reporter hears on the way into a room and out of it.

use super::room::{Who, bridge, lock};
use super::room_news::reporter_left;
use super::spoken::in_language;
use super::{Hotline, OpsError};
use crate::call::Call;
use crate::flow::{Input, Utterance, Verb, Waited};
use crate::id::RoomId;
use crate::incident::Incident;
use crate::paging::{Room, RoomState};
use crate::store::Tx;

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
        (RoomState::Open | RoomState::Over | RoomState::Closed, _) => {
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
