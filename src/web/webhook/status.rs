//! What the provider reports of legs and recordings.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::Door;
use super::PROVIDER;
use super::signed::Signed;
use super::voice::refuse;
use crate::ops::{LegStatus, OpsError, leg_status, recording_status};

/// A leg rang, was answered, or ended.
pub async fn leg(State(door): State<Door>, signed: Signed) -> Response {
    let progress = match door.events.call_progress(&signed.params) {
        Ok(progress) => progress,
        Err(error) => return refuse(&error),
    };
    let news = LegStatus {
        provider: PROVIDER,
        provider_call: progress.provider_call,
        status: progress.status.as_str().to_owned(),
        rank: i32::from(progress.status.rank()),
        last: progress.status.is_final(),
        seconds: progress.seconds,
    };
    taken(leg_status(&door.hotline, news).await)
}

/// A recording is ready or absent.
pub async fn recording(State(door): State<Door>, signed: Signed) -> Response {
    let progress = match door.events.recording_progress(&signed.params) {
        Ok(progress) => progress,
        Err(error) => return refuse(&error),
    };
    let (status, url) = (progress.status.as_str(), progress.url.as_deref());
    taken(recording_status(&door.hotline, &progress.id, status, progress.seconds, url).await)
}

/// 204: an empty 200 shows up as an error in the provider's log. Unavailable when the store did not take it.
pub fn taken(result: Result<(), OpsError>) -> Response {
    match result {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            tracing::error!(%error, "a report of the provider was not taken in");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
