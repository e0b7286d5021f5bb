//! HTTP: the provider's webhooks, recorded prompts, the API, the console, links of pages and of recordings, health. A handler is a sentence:
//! extract, call one use case or one read, answer.

mod api;
mod audio;
pub mod console;
mod health;
mod link;
mod listener;
mod nudge;
mod pace;
mod page;
mod range;
mod recording;
mod state;
mod webhook;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Redirect;
use axum::routing::{any, get};

pub use api::KeysInUse;
pub use listener::{Listener, Peer};
pub use pace::Pace;
pub use recording::Tapes;
pub use state::{Door, SafeWords, Sounds, Spool};
pub use webhook::PROVIDER;

/// The path of everything that the provider asks for.
pub const PREFIX: &str = "/twilio";

/// Below it stand the links that take cases.
pub const TAKE: &str = "/a";

/// Below it stand the links by which recordings are heard.
pub const LISTEN: &str = "/r";

/// A body longer than this is refused: the provider's own limit for a document, and far above any form it sends.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// Every route of one process.
pub fn router(door: Door) -> Router {
    Router::new()
        .nest(PREFIX, webhook::router())
        .nest("/api/v1", api::router(&door))
        // The router takes this one for a path beside that.
        .route("/api/v1/", any(api::no_route))
        .nest(console::CONSOLE, console::router(&door))
        .route("/", get(async || Redirect::to(console::CONSOLE)))
        .route("/console/", get(async || Redirect::to(console::CONSOLE)))
        .nest("/audio", audio::router())
        .nest(TAKE, link::router())
        .nest(LISTEN, recording::router())
        .merge(nudge::router())
        .merge(health::router())
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .with_state(door)
}
