//! A call begins, and goes on.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::super::Door;
use super::signed::Signed;
use super::{PROVIDER, answer};
use crate::flow::{Input, Parted, Waited};
use crate::id::CallId;
use crate::ops::{Journalled, Ring, TurnTaken, begin_call, take_turn};
use crate::provider::telephony::{DialEnded, DialStatus, EMPTY_DOCUMENT, QueueResult};

/// A call reached the line.
pub async fn ring(State(door): State<Door>, signed: Signed) -> Response {
    let call = match door.events.incoming_call(&signed.params) {
        Ok(call) => call,
        Err(error) => return refuse(&error),
    };
    let ring = Ring {
        provider: PROVIDER,
        provider_call: call.provider_call,
        from: call.from,
        to: call.to,
        at: door.hotline.clock.now(),
    };
    let entry = Journalled {
        provider: PROVIDER.to_owned(),
        provider_call: ring.provider_call.clone(),
        from: ring.from.clone(),
        to: ring.to.clone(),
        at: ring.at,
        recording: None,
        ended: None,
    };
    let hotline = door.hotline.clone();
    if let Some(answer) = answer::document(&door, async move { begin_call(&hotline, ring, signed.token).await }).await {
        return answer;
    }
    // Who hangs up on the safe document asks for nothing more: this is all that will be known of the call.
    if !door.spool.keep_aside(entry).await {
        tracing::error!("the fallback journal does not take a call; the provider's call list remains");
    }
    answer::safe(&door)
}

/// The caller keyed, said or recorded something.
pub async fn turn(State(door): State<Door>, Path((call, turn)): Path<(Uuid, u32)>, signed: Signed) -> Response {
    let read = if signed.params.get("QueueResult").is_some() {
        door.events.queue_left(&signed.params).map(|left| (left.provider_call, waited(left.result), left.hung_up))
    } else if signed.params.get("DialCallStatus").is_some() {
        door.events.dial_ended(&signed.params).map(|ended| {
            // Of two who were joined the call to a person tells, even when that person hung up; of a room the room tells.
            let gone = ended.hung_up && ended.other.is_none();
            (ended.provider_call.clone(), parted(ended), gone)
        })
    } else {
        door.events.turn(&signed.params).map(|event| (event.provider_call, event.input, false))
    };
    match read {
        // Nobody is there to hear a document: the call's end is reported by itself.
        Ok((_, _, true)) => answer::twiml(EMPTY_DOCUMENT.to_owned()),
        Ok((provider_call, input, false)) => take(door, call, turn, signed, provider_call, input).await,
        Err(error) => refuse(&error),
    }
}

/// How a wait in the queue ended, to the flow.
fn waited(result: QueueResult) -> Input {
    Input::Waited(match result {
        QueueResult::Bridged | QueueResult::BridgingInProcess | QueueResult::RedirectedFromBridged => Waited::Joined,
        QueueResult::Leave | QueueResult::Redirected | QueueResult::Hangup => Waited::Left,
        QueueResult::QueueFull | QueueResult::Error | QueueResult::SystemError => Waited::Failed,
    })
}

/// How a conversation ended.
fn parted(ended: DialEnded) -> Input {
    let reached = matches!(ended.status, DialStatus::Completed | DialStatus::Answered);
    Input::Parted(Parted {
        how: ended.status.as_str().to_owned(),
        joined: ended.bridged.unwrap_or(reached),
        seconds: ended.seconds.unwrap_or(0),
        recording: ended.recording,
    })
}

/// The caller did nothing.
pub async fn silence(State(door): State<Door>, Path((call, turn)): Path<(Uuid, u32)>, signed: Signed) -> Response {
    match door.events.turn(&signed.params) {
        Ok(event) => take(door, call, turn, signed, event.provider_call, Input::Silence).await,
        Err(error) => refuse(&error),
    }
}

/// The line took the call out of a wait, a conversation or a room.
pub async fn moved(State(door): State<Door>, Path((call, turn)): Path<(Uuid, u32)>, signed: Signed) -> Response {
    match door.events.turn(&signed.params) {
        Ok(event) => take(door, call, turn, signed, event.provider_call, Input::Moved).await,
        Err(error) => refuse(&error),
    }
}

async fn take(door: Door, call: Uuid, turn: u32, signed: Signed, provider_call: String, input: Input) -> Response {
    let taken = TurnTaken { call: CallId(call), provider_call, turn, token: signed.token, input };
    let hotline = door.hotline.clone();
    let given = answer::document(&door, async move { take_turn(&hotline, taken).await }).await;
    given.unwrap_or_else(|| answer::safe(&door))
}

/// Signed, but not of the shape the provider's contract promises: refused, and the provider's error handling speaks to the
/// caller through the fallback address.
pub fn refuse(error: &impl std::fmt::Display) -> Response {
    tracing::error!(%error, "a signed webhook has the wrong shape");
    StatusCode::BAD_REQUEST.into_response()
}
