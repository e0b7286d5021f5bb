//! Recordings under way: started on a call that lasts; paused, resumed and stopped on a call or in a conference.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;

use super::calls::tape;
use super::form::Fields;
use super::{recordings, without_json};
use crate::ids::{CallSid, ConferenceSid};
use crate::network::Network;
use crate::refusal::Refusal;
use crate::tape::TapeChange;

/// The name of the recording that runs, whichever it is.
const CURRENT: &str = "Twilio.CURRENT";

pub(super) async fn start(
    State(network): State<Network>,
    Path((account, call)): Path<(String, String)>,
    fields: Fields,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let (sid, terms) = (CallSid::from(call.as_str()), tape(&fields)?);
    let started = network.act(|state| state.with_call(&sid, |call, world| call.start_tape(world, terms)));
    let started = started.ok_or_else(|| Refusal::not_found(sid.as_str()))?;
    let recording = started.ok_or_else(|| {
        Refusal::bad(21_220, "Requested resource is not eligible for recording: the call is not in progress")
    })?;
    Ok((StatusCode::CREATED, Json(recordings::json(&account, &network, &recording, "in-progress"))))
}

/// Of a call.
pub(super) async fn change(
    State(network): State<Network>,
    Path((account, call, name)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    let (sid, change) = (CallSid::from(call.as_str()), asked(&fields)?);
    let name = without_json(&name);
    let done = network.act(|state| state.with_call(&sid, |call, world| call.change_tape(world, name, change)));
    let recording = done.flatten().ok_or_else(|| Refusal::not_found(name))?;
    Ok(Json(recordings::json(&account, &network, &recording, change.status())))
}

/// Of a conference.
pub(super) async fn change_in_conference(
    State(network): State<Network>,
    Path((account, conference, name)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Json<Value>, Refusal> {
    let (sid, change) = (ConferenceSid::from(conference.as_str()), asked(&fields)?);
    let name = without_json(&name);
    let done = network.act(|state| {
        let reel = state.world.conferences.get_mut(&sid)?.reel.take();
        let (mut mine, others) = match reel {
            Some(reel) if name == CURRENT || reel.sid().as_str() == name => (Some(reel), None),
            other => (None, other),
        };
        let recording = change.of(&mut state.world, &mut mine);
        state.world.conferences.get_mut(&sid)?.reel = mine.or(others);
        recording
    });
    let recording = done.ok_or_else(|| Refusal::not_found(name))?;
    Ok(Json(recordings::json(&account, &network, &recording, change.status())))
}

fn asked(fields: &Fields) -> Result<TapeChange, Refusal> {
    match (fields.get("Status"), fields.get("PauseBehavior")) {
        (_, Some(other)) if !matches!(other, "skip" | "silence") => {
            Err(Refusal::bad(20_001, format!("PauseBehavior: expected skip or silence, not '{other}'")))
        }
        (Some("paused"), behavior) => Ok(TapeChange::Pause(behavior == Some("skip"))),
        (Some("in-progress"), _) => Ok(TapeChange::GoOn),
        (Some("stopped"), _) => Ok(TapeChange::Stop),
        (other, _) => {
            let given = other.unwrap_or_default();
            Err(Refusal::bad(20_001, format!("Status: expected paused, in-progress or stopped, not '{given}'")))
        }
    }
}
