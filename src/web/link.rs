//! The link of a page: a plain page with one button. Looking at it does nothing, whatever program does so; the button takes
//! the case. It works without scripts, is kept by nobody, and names no caller.

mod page;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Door;
use super::pace::Paced;
use super::page::guarded;
use crate::ops::{Offer, OpsError, offer_of_link, take_by_link};

/// The routes below `/a`.
pub fn router() -> Router<Door> {
    Router::new().route("/{token}", get(look).post(take))
}

async fn look(State(door): State<Door>, _: Paced, Path(token): Path<String>) -> Response {
    answer(offer_of_link(&door.hotline, &token).await, page::offer)
}

async fn take(State(door): State<Door>, _: Paced, Path(token): Path<String>) -> Response {
    answer(take_by_link(&door.hotline, &token).await, page::taken)
}

/// One and the same answer for every link that does not count, whatever the reason.
fn answer(found: Result<Option<Offer>, OpsError>, page: impl Fn(&Offer) -> String) -> Response {
    match found {
        Ok(Some(offer)) => (guarded(), page(&offer)).into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, guarded(), page::no_link()).into_response(),
        Err(error) => {
            tracing::error!(%error, "a link cannot be followed");
            (StatusCode::SERVICE_UNAVAILABLE, guarded(), page::not_now()).into_response()
        }
    }
}
