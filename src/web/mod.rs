//! HTTP: the provider's webhooks, the read API, health. A handler is a sentence: extract, call one use case or one read,
//! answer.

mod api;
mod health;
mod listener;
mod state;
mod webhook;

use axum::Router;
use axum::extract::DefaultBodyLimit;

pub use listener::{Listener, Peer};
pub use state::{Door, SafeWords, Spool};

/// A body longer than this is refused: the provider's own limit for a document, and far above any form it sends.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// Every route of one process.
pub fn router(door: Door) -> Router {
    Router::new()
        .nest("/twilio", webhook::router())
        .nest("/api/v1", api::router())
        .merge(health::router())
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .with_state(door)
}
