//! The link of a page: a plain page with one button. Looking at it does nothing, whatever program does so; the button takes
//! the case. It works without scripts, is kept by nobody, and names no caller.

mod page;

use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{Door, Peer};
use crate::ops::{Offer, OpsError, offer_of_link, take_by_link};

/// The routes below `/a`.
pub fn router() -> Router<Door> {
    Router::new().route("/{token}", get(look).post(take))
}

/// A request within the pace that is borne.
struct Paced;

impl FromRequestParts<Door> for Paced {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Response> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(Peer(peer))| peer.ip());
        if door.pace.bears(peer, door.hotline.clock.now()) {
            return Ok(Self);
        }
        tracing::warn!("links are followed too often from one address");
        Err((StatusCode::TOO_MANY_REQUESTS, guarded(), [(header::RETRY_AFTER, "60")], page::too_often())
            .into_response())
    }
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

/// Kept nowhere, framed nowhere, told to nobody, and nothing in it runs.
fn guarded() -> [(HeaderName, String); 6] {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        page::style_hash()
    );
    [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (HeaderName::from_static("x-robots-tag"), "noindex".to_owned()),
    ]
}
