//! What the provider reports of legs and recordings.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::Door;
use super::PROVIDER;
use super::signed::Signed;
use super::voice::refuse;
use crate::ops::{Ended, Journalled, LegStatus, OpsError, RecordingNews, leg_status, recording_status};
use crate::provider::telephony::CallProgress;

/// A leg rang, was answered, or ended.
pub async fn leg(State(door): State<Door>, signed: Signed) -> Response {
    let progress = match door.events.call_progress(&signed.params) {
        Ok(progress) => progress,
        Err(error) => return refuse(&error),
    };
    let news = news(progress);
    let ended = Ended { status: news.status.clone(), rank: news.rank, seconds: news.seconds };
    let last = news.last;
    match leg_status(&door.hotline, news).await {
        // The provider says it once. A call whose end is lost would be on the line for ever.
        Err(error) if last => {
            let Ok(call) = door.events.incoming_call(&signed.params) else { return taken(Err(error)) };
            let entry = Journalled {
                provider: PROVIDER.to_owned(),
                provider_call: call.provider_call,
                from: call.from,
                to: call.to,
                at: door.hotline.clock.now(),
                recording: None,
                ended: Some(ended),
            };
            if door.spool.keep_aside(entry).await { taken(Ok(())) } else { taken(Err(error)) }
        }
        result => taken(result),
    }
}

/// A report on a leg, as the use cases take it.
pub fn news(progress: CallProgress) -> LegStatus {
    LegStatus {
        provider: PROVIDER.to_owned(),
        provider_call: progress.provider_call,
        status: progress.status.as_str().to_owned(),
        rank: i32::from(progress.status.rank()),
        last: progress.status.is_final(),
        seconds: progress.seconds,
    }
}

/// A recording is ready or absent.
pub async fn recording(State(door): State<Door>, signed: Signed) -> Response {
    let progress = match door.events.recording_progress(&signed.params) {
        Ok(progress) => progress,
        Err(error) => return refuse(&error),
    };
    let news = RecordingNews {
        provider: PROVIDER,
        provider_call: progress.provider_call,
        provider_recording: progress.id,
        status: progress.status.as_str().to_owned(),
        seconds: progress.seconds,
        url: progress.url,
    };
    taken(recording_status(&door.hotline, news).await)
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
