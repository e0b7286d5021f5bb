//! Moves legs into a room or out of it.

use super::Workers;
use super::run::Failure;
use crate::id::RoomId;
use crate::ops::{self, Aim, Lease, Move};
use crate::provider::messaging::{Class, SendError};
use crate::provider::telephony::Change;

/// Tries for a passing fault before whoever waits for the room is told that it did not work out: about seven seconds.
const TRIES: i32 = 3;
/// The account has no such call: it may be another's.
const UNKNOWN: u32 = 20_404;

/// Moves whoever is to be moved.
pub async fn move_room(workers: &Workers, room: RoomId, aim: Aim, lease: Lease) -> Result<(), Failure> {
    let hotline = &workers.hotline;
    for leg in ops::room_moves(hotline, room, aim).await? {
        match (redirect(workers, &leg).await, aim) {
            (Ok(Change::Taken), _) | (Ok(Change::Over), Aim::Clear) => {}
            (Ok(Change::Over), Aim::Open) => return Ok(ops::room_failed(hotline, lease, room).await?),
            (Err(error), Aim::Open) if error.class != Class::Retry || lease.attempt >= TRIES => {
                tracing::error!(%error, "a conversation could not be moved into a room; it goes on as it is");
                return Ok(ops::room_failed(hotline, lease, room).await?);
            }
            (Err(error), _) if error.class == Class::Retry => {
                return Err(Failure::Passing { what: error.to_string(), wait: error.wait });
            }
            (Err(error), _) => return Err(Failure::lasting(&error)),
        }
    }
    Ok(ops::nothing_to_do(hotline, lease).await?)
}

/// Moves one leg, at whichever account has it.
async fn redirect(workers: &Workers, leg: &Move) -> Result<Change, SendError> {
    let url = workers.voice.moved_url(leg.to);
    let mut change = Ok(Change::Over);
    for account in workers.ways.accounts.iter() {
        change = account.redirect(&leg.leg, &url).await;
        if !matches!(change, Err(SendError { code: Some(UNKNOWN), .. })) {
            break;
        }
    }
    change
}
