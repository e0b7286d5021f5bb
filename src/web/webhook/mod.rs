//! The telephony provider's webhooks. A provider is a path prefix; these routes stand under each.

mod answer;
mod fallback;
mod join;
mod message;
mod room;
mod signed;
mod status;
mod voice;

use axum::Router;
use axum::routing::post;

use super::Door;

/// The provider's name: its path prefix, and the word stored with its calls.
pub const PROVIDER: &str = "twilio";

/// The stable paths below the provider's prefix.
pub fn router() -> Router<Door> {
    Router::new()
        .route("/voice", post(voice::ring))
        .route("/voice/turn/{call}/{turn}", post(voice::turn))
        .route("/voice/turn/{call}/{turn}/silence", post(voice::silence))
        .route("/voice/turn/{call}/{turn}/wait", post(join::wait))
        .route("/voice/turn/{call}/{turn}/whisper", post(join::whisper))
        .route("/voice/turn/{call}/{turn}/moved", post(voice::moved))
        .route("/voice/turn/{call}/{turn}/leg", post(join::reporter))
        .route("/voice/room/{room}/reporter", post(room::reporter))
        .route("/voice/room/{room}/over", post(room::over))
        .route("/voice/room/{room}/wait", post(room::wait))
        .route("/voice/room/{room}/status", post(room::status))
        .route("/voice/room/{room}/recording", post(room::recording))
        .route("/voice/out/{call}", post(join::picked_up))
        .route("/voice/out/{call}/status", post(join::status))
        .route("/voice/recording", post(status::recording))
        .route("/voice/status", post(status::leg))
        .route("/voice/fallback", post(fallback::fallback))
        .route("/sms", post(message::incoming))
        .route("/sms/status", post(message::receipt))
}
