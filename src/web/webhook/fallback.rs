//! The fallback address: answers without the store. The call is on local disk, synced, before the caller hears that it is
//! registered.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::Door;
use super::signed::Signed;
use super::voice::refuse;
use super::{PROVIDER, answer};
use crate::flow::Input;
use crate::ops::Journalled;

/// The provider could not get or use a document: the caller hears static words and may leave a message.
pub async fn fallback(State(door): State<Door>, signed: Signed) -> Response {
    let call = match door.events.incoming_call(&signed.params) {
        Ok(call) => call,
        Err(error) => return refuse(&error),
    };
    let recording = match door.events.turn(&signed.params).map(|turn| turn.input) {
        Ok(Input::Recording { id, url, seconds }) => Some((id, url, seconds)),
        _ => None,
    };
    let spoke = recording.is_some();
    let entry = Journalled {
        provider: PROVIDER.to_owned(),
        provider_call: call.provider_call,
        from: call.from,
        to: call.to,
        at: door.hotline.clock.now(),
        recording,
        ended: None,
    };
    if door.spool.keep_aside(entry).await {
        if spoke { answer::farewell(&door, &door.safe_words.done) } else { answer::safe(&door) }
    } else {
        // Saying "registered" would be a lie; the provider's own words and its call list remain.
        tracing::error!("the fallback journal does not take a call");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
