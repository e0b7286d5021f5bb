//! Calls that the line makes, callers who wait, and what is heard before two calls are joined.

use axum::extract::{Path, State};
use axum::response::Response;
use uuid::Uuid;

use super::super::Door;
use super::signed::Signed;
use super::status::{news, taken};
use super::voice::refuse;
use super::{PROVIDER, answer};
use crate::flow::{Input, Verb};
use crate::id::CallId;
use crate::ops::{self, Holding, LegStatus, OpsError, PickedUp, hold, outbound_status, reporter_status};
use crate::provider::telephony::{AnsweredBy, CallStatus};

/// Somebody, or something, picked up a call that the line placed.
pub async fn picked_up(State(door): State<Door>, Path(call): Path<Uuid>, signed: Signed) -> Response {
    let answered = match door.events.answered(&signed.params) {
        Ok(answered) => answered,
        Err(error) => return refuse(&error),
    };
    let up = PickedUp {
        call: CallId(call),
        provider_call: answered.provider_call,
        machine: answered.answered_by.is_some_and(AnsweredBy::is_machine),
        token: signed.token,
    };
    let hotline = door.hotline.clone();
    let given = answer::document(&door, async move { ops::picked_up(&hotline, up).await }).await;
    // Nobody waits for anything here: the page stands, and goes on to the next contact.
    given.unwrap_or_else(|| answer::verbs(&door, &[Verb::Hangup], None))
}

/// The provider reports on a call that the line placed.
pub async fn status(State(door): State<Door>, Path(call): Path<Uuid>, signed: Signed) -> Response {
    match door.events.call_progress(&signed.params) {
        Ok(progress) => taken(outbound_status(&door.hotline, CallId(call), news(progress)).await),
        Err(error) => refuse(&error),
    }
}

/// A caller waits in the queue: what they hear meanwhile.
pub async fn wait(State(door): State<Door>, Path((call, turn)): Path<(Uuid, u32)>, signed: Signed) -> Response {
    let (provider_call, keys) = match door.events.turn(&signed.params) {
        Ok(event) => (event.provider_call, keys(event.input)),
        Err(error) => return refuse(&error),
    };
    let here = format!("/{PROVIDER}/voice/turn/{call}/{turn}/wait");
    match hold(&door.hotline, Holding { call: CallId(call), provider_call, keys }).await {
        Ok(verbs) => answer::verbs(&door, &verbs, Some(&here)),
        Err(error) => unheard(&door, &error, &[Verb::Pause(PAUSE)], &here),
    }
}

/// What one side hears before it is joined to the other.
pub async fn whisper(State(door): State<Door>, Path((call, turn)): Path<(Uuid, u32)>, signed: Signed) -> Response {
    let (provider_call, keys) = match door.events.turn(&signed.params) {
        Ok(event) => (event.provider_call, keys(event.input)),
        Err(error) => return refuse(&error),
    };
    let here = format!("/{PROVIDER}/voice/turn/{call}/{turn}/whisper");
    let status = CallStatus::InProgress;
    let leg = LegStatus {
        provider: PROVIDER.to_owned(),
        provider_call,
        status: status.as_str().to_owned(),
        rank: i32::from(status.rank()),
        last: false,
        seconds: None,
    };
    match ops::whisper(&door.hotline, CallId(call), leg, keys.as_deref()).await {
        Ok(verbs) => answer::verbs(&door, &verbs, Some(&here)),
        // Nobody proved to be there: they are not joined.
        Err(error) => unheard(&door, &error, &[Verb::Hangup], &here),
    }
}

/// The provider reports on the leg of a reporter whom the line calls.
pub async fn reporter(State(door): State<Door>, Path((call, _)): Path<(Uuid, u32)>, signed: Signed) -> Response {
    match door.events.call_progress(&signed.params) {
        Ok(progress) => taken(reporter_status(&door.hotline, CallId(call), news(progress)).await),
        Err(error) => refuse(&error),
    }
}

/// What a waiting caller hears when the store is away: nothing for a while; then it is asked again.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(5);

fn keys(input: Input) -> Option<String> {
    match input {
        Input::Digits(keys) => Some(keys),
        _ => None,
    }
}

fn unheard(door: &Door, error: &OpsError, instead: &[Verb], here: &str) -> Response {
    tracing::error!(%error, "a document beside a call cannot be made");
    answer::verbs(door, instead, Some(here))
}
