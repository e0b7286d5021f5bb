//! Which legs are moved into a room or out of it, and what comes of it. Each call of this reads how things stand: what was
//! done already is not done again.

use super::room::lock;
use super::room_news::settle;
use super::task::Aim;
use super::{Hotline, Lease, OpsError};
use crate::id::{CallId, RoomId};
use crate::paging::{Place, Room, RoomState, Seat};
use crate::store::Tx;

/// A leg that is to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The provider's id of the leg.
    pub leg: String,
    /// Which document it is given.
    pub to: Destination,
}

/// The document that a leg is given when it is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The next one of its call, after the document of this number.
    Turn {
        /// The call.
        call: CallId,
        /// The document's number.
        turn: u32,
    },
    /// The room, for a reporter whom the line called.
    Room(RoomId),
    /// The end, for the same.
    End(RoomId),
}

/// The legs that are to be moved now.
///
/// # Errors
/// [`OpsError`].
pub async fn room_moves(hotline: &Hotline, id: RoomId, aim: Aim) -> Result<Vec<Move>, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Vec<Move>, OpsError> {
            // The reporter's call before the case, as their own turns lock them.
            if let Some(reporter) = tx.room(id).await?.and_then(|room| room.reporter) {
                tx.lock_call(reporter).await?;
            }
            let (incident, mut room) = lock(tx, id).await?;
            let seats = tx.seats(id).await?;
            match aim {
                Aim::Open if room.state != RoomState::Opening => Ok(Vec::new()),
                Aim::Open => Ok(reporter(tx, &room, Destination::Room(id)).await?.into_iter().collect()),
                Aim::Clear => {
                    let mut moves = Vec::new();
                    if !seats.iter().any(Seat::is_inside) && room.left_at.is_none() && room.state != RoomState::Failed {
                        if room.state.is_live() {
                            room.state = RoomState::Over;
                            tx.save_room(&room).await?;
                        }
                        moves.extend(reporter(tx, &room, Destination::End(id)).await?);
                        settle(hotline, tx, incident, &mut room).await?;
                    }
                    if !room.state.is_live() {
                        for seat in &seats {
                            moves.extend(staff(tx, seat).await?);
                        }
                    }
                    Ok(moves)
                }
            }
        })
        .await
}

/// The reporter's leg, to where `called` says when it was the line that called them.
async fn reporter(tx: &mut Tx, room: &Room, called: Destination) -> Result<Option<Move>, OpsError> {
    let leg = room.leg.clone();
    let Some(call) = room.reporter else { return Ok(Some(Move { leg, to: called })) };
    let call = tx.call(call).await?.ok_or(OpsError::NotFound("call"))?;
    let to = Destination::Turn { call: call.id, turn: call.turn };
    Ok(call.ended_at.is_none().then_some(Move { leg, to }))
}

/// A person of the roster who is still in a room that is over.
async fn staff(tx: &mut Tx, seat: &Seat) -> Result<Option<Move>, OpsError> {
    let inside = tx.dialogue(seat.call).await?.is_some_and(|dialogue| dialogue.place == Place::Room);
    let Some(call) = tx.call(seat.call).await?.filter(|call| inside && call.ended_at.is_none()) else {
        return Ok(None);
    };
    let to = Destination::Turn { call: call.id, turn: call.turn };
    Ok(Some(Move { leg: call.provider_call, to }))
}

/// The reporter cannot be moved: they and whoever they talk with go on, and whoever waits for the room is told.
///
/// # Errors
/// [`OpsError`].
pub async fn room_failed(hotline: &Hotline, lease: Lease, id: RoomId) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let (incident, mut room) = lock(tx, id).await?;
            if room.state == RoomState::Opening {
                room.state = RoomState::Failed;
                tx.save_room(&room).await?;
                settle(hotline, tx, incident, &mut room).await?;
            }
            lease.settle(hotline, tx).await
        })
        .await
}
