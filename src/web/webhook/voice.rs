//! A call begins, and goes on.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::super::Door;
use super::signed::Signed;
use super::{PROVIDER, answer};
use crate::flow::Input;
use crate::id::CallId;
use crate::ops::{Ring, TurnTaken, begin_call, take_turn};

/// A call reached the line.
pub async fn ring(State(door): State<Door>, signed: Signed) -> Response {
    let call = match door.events.incoming_call(&signed.params) {
        Ok(call) => call,
        Err(error) => return refuse(&error),
    };
    let ring = Ring { provider: PROVIDER, provider_call: call.provider_call, from: call.from, to: call.to };
    let hotline = door.hotline.clone();
    answer::document(&door, async move { begin_call(&hotline, ring, signed.token).await }).await
}

/// The caller keyed, said or recorded something.
pub async fn turn(State(door): State<Door>, Path((call, turn)): Path<(Uuid, u32)>, signed: Signed) -> Response {
    match door.events.turn(&signed.params) {
        Ok(event) => take(door, call, turn, signed, event.provider_call, event.input).await,
        Err(error) => refuse(&error),
    }
}

/// The caller did nothing.
pub async fn silence(State(door): State<Door>, Path((call, turn)): Path<(Uuid, u32)>, signed: Signed) -> Response {
    match door.events.turn(&signed.params) {
        Ok(event) => take(door, call, turn, signed, event.provider_call, Input::Silence).await,
        Err(error) => refuse(&error),
    }
}

async fn take(door: Door, call: Uuid, turn: u32, signed: Signed, provider_call: String, input: Input) -> Response {
    let taken = TurnTaken { call: CallId(call), provider_call, turn, token: signed.token, input };
    let hotline = door.hotline.clone();
    answer::document(&door, async move { take_turn(&hotline, taken).await }).await
}

/// Signed, but not of the shape the provider's contract promises: refused, and the provider's error handling speaks to the
/// caller through the fallback address.
pub fn refuse(error: &impl std::fmt::Display) -> Response {
    tracing::error!(%error, "a signed webhook has the wrong shape");
    StatusCode::BAD_REQUEST.into_response()
}
