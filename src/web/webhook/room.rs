//! Conversations of three and more: what a reporter whom the line called hears, and what the provider tells of rooms.

use axum::extract::{Path, State};
use axum::response::Response;
use uuid::Uuid;

use super::super::Door;
use super::signed::Signed;
use super::status::taken;
use super::voice::refuse;
use super::{PROVIDER, answer};
use crate::flow::Verb;
use crate::id::RoomId;
use crate::ops::{
    RoomNews, RoomRecording, RoomStep, reporter_moved, reporter_out, room_news, room_recording, room_wait,
};
use crate::provider::telephony::ConferenceStep;

/// A reporter whom the line called was moved.
pub async fn reporter(State(door): State<Door>, Path(room): Path<Uuid>, signed: Signed) -> Response {
    let leg = match door.events.turn(&signed.params) {
        Ok(event) => event.provider_call,
        Err(error) => return refuse(&error),
    };
    match reporter_moved(&door.hotline, RoomId(room), &leg).await {
        Ok(verbs) => answer::verbs(&door, &verbs, Some(&format!("/{PROVIDER}/voice/room/{room}/over"))),
        Err(error) => unheard(&door, &error),
    }
}

/// The room is over for them.
pub async fn over(State(door): State<Door>, Path(room): Path<Uuid>, signed: Signed) -> Response {
    // Asked for when they left the room, or when they are taken out of it.
    let leg = if signed.params.get("DialCallStatus").is_some() {
        door.events.dial_ended(&signed.params).map(|ended| ended.provider_call)
    } else {
        door.events.turn(&signed.params).map(|event| event.provider_call)
    };
    let leg = match leg {
        Ok(leg) => leg,
        Err(error) => return refuse(&error),
    };
    match reporter_out(&door.hotline, RoomId(room), &leg).await {
        Ok(verbs) => answer::verbs(&door, &verbs, None),
        Err(error) => unheard(&door, &error),
    }
}

/// Nobody else is there yet.
pub async fn wait(State(door): State<Door>, Path(room): Path<Uuid>, _: Signed) -> Response {
    let mut verbs = Vec::new();
    match room_wait(&door.hotline, RoomId(room)).await {
        Ok(words) => verbs.push(Verb::Say(words)),
        Err(error) => tracing::error!(%error, "nothing can be said to somebody who waits in a room"),
    }
    verbs.push(Verb::Pause(PAUSE));
    answer::verbs(&door, &verbs, None)
}

/// How long nothing is heard between one time and the next.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(5);

/// Somebody came or went.
pub async fn status(State(door): State<Door>, Path(room): Path<Uuid>, signed: Signed) -> Response {
    let event = match door.events.conference_event(&signed.params) {
        Ok(event) => event,
        Err(error) => return refuse(&error),
    };
    let room = RoomId(room);
    let step = match (event.step, event.provider_call) {
        (ConferenceStep::Join, Some(leg)) => RoomStep::Entered(leg),
        (ConferenceStep::Leave, Some(leg)) => RoomStep::Left(leg),
        (ConferenceStep::End, _) => RoomStep::Ended,
        _ => return taken(Ok(())),
    };
    if event.name != room.to_string() {
        return refuse(&"a report on another room");
    }
    taken(room_news(&door.hotline, RoomNews { room, provider: PROVIDER, step, at: event.at }).await)
}

/// The recording of a room is ready or absent.
pub async fn recording(State(door): State<Door>, Path(room): Path<Uuid>, signed: Signed) -> Response {
    let progress = match door.events.conference_recording(&signed.params) {
        Ok(progress) => progress,
        Err(error) => return refuse(&error),
    };
    let news = RoomRecording {
        room: RoomId(room),
        provider_recording: progress.id,
        status: progress.status.as_str().to_owned(),
        seconds: progress.seconds,
        url: progress.url,
    };
    taken(room_recording(&door.hotline, news).await)
}

fn unheard(door: &Door, error: &crate::ops::OpsError) -> Response {
    tracing::error!(%error, "a document for a room cannot be made");
    answer::verbs(door, &[Verb::Hangup], None)
}
