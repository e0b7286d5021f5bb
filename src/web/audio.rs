//! The recorded prompts: the provider fetches them while somebody listens. What they say is said to every caller, so nobody
//! has to prove anything to hear them.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Door;

/// The routes below `/audio`.
pub fn router() -> Router<Door> {
    Router::new().route("/{file}", get(sound))
}

/// One file, by its name: only those that were there at the start, so no name leads out of their folder.
async fn sound(State(door): State<Door>, Path(file): Path<String>) -> Response {
    let Some(bytes) = door.sounds.get(&file) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match file.rsplit_once('.') {
        Some((_, "mp3")) => "audio/mpeg",
        _ => "audio/wav",
    };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=3600")], bytes.clone()).into_response()
}
