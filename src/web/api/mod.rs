//! The API: JSON for programs that carry the bearer token.

mod acknowledge;
mod duty;
mod join;

mod readiness;
mod tickets;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use super::Door;
use crate::store::Tx;

/// The routes below `/api/v1`.
pub fn router() -> Router<Door> {
    Router::new()
        .route("/tickets/{external_id}", get(ticket))
        .route("/readiness", get(readiness::readiness))
        .route("/duty/schedules/{name}", get(duty::schedule))
        .route("/duty/people/{name}", get(duty::person))
        .route("/incidents/{number}/acknowledge", post(acknowledge::acknowledge))
        .route("/incidents/{number}/join", post(join::join))
}

/// A request that carries the bearer token, or carries it as the password of basic authentication, as calendars do.
struct Bearer;

impl FromRequestParts<Door> for Bearer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Response> {
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(token);
        let right = match (&door.api_token, given.as_deref()) {
            // Hashes of equal length: how long the comparison takes tells nothing of the token.
            (Some(token), Some(given)) => Sha256::digest(token.expose()) == Sha256::digest(given),
            _ => false,
        };
        if right {
            return Ok(Self);
        }
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        Err((StatusCode::UNAUTHORIZED, challenge, problem("a bearer token is needed: [api] token of guardia.toml"))
            .into_response())
    }
}

/// The token of an authorization, whichever of both ways it is carried.
fn token(authorization: &str) -> Option<String> {
    if let Some(token) = authorization.strip_prefix("Bearer ") {
        return Some(token.to_owned());
    }
    let decoded = BASE64.decode(authorization.strip_prefix("Basic ")?).ok()?;
    String::from_utf8(decoded).ok()?.split_once(':').map(|(_, password)| password.to_owned())
}

/// A ticket of the built-in store, by our case number.
async fn ticket(State(door): State<Door>, _: Bearer, Path(external_id): Path<String>) -> Response {
    let found = door.hotline.store.read(async |tx: &mut Tx| tx.ticket_by_external_id(&external_id).await).await;
    match found {
        Ok(Some(ticket)) => Json(tickets::shown(&ticket, door.hotline.clock.now())).into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, problem("there is no ticket with this external id")).into_response(),
        Err(error) => {
            tracing::error!(%error, "a ticket cannot be read");
            (StatusCode::SERVICE_UNAVAILABLE, problem("the store is not there; try again")).into_response()
        }
    }
}

fn problem(detail: &str) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "error": detail }))
}
