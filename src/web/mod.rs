//! HTTP: the provider's webhooks, recorded prompts, the API, links of pages, health. A handler is a sentence: extract, call
//! one use case or one read,
//! answer.

mod api;
mod audio;
mod health;
mod link;
mod listener;
mod pace;
mod state;
mod webhook;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::any;

pub use api::KeysInUse;
pub use listener::{Listener, Peer};
pub use pace::Pace;
pub use state::{Door, SafeWords, Sounds, Spool};
pub use webhook::PROVIDER;

/// The path of everything that the provider asks for.
pub const PREFIX: &str = "/twilio";

/// A body longer than this is refused: the provider's own limit for a document, and far above any form it sends.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// Every route of one process.
pub fn router(door: Door) -> Router {
    Router::new()
        .nest(PREFIX, webhook::router())
        .nest("/api/v1", api::router(&door))
        // The router takes this one for a path beside that.
        .route("/api/v1/", any(api::no_route))
        .nest("/audio", audio::router())
        .nest("/a", link::router())
        .merge(health::router())
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .with_state(door)
}
