//! A request that the provider signed: verified on the raw body against the public address it called, before anything
//! reads it. Everything else is 403 without detail.

use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, OriginalUri, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;

use super::super::{Door, Peer};
use crate::provider::telephony::Params;

/// The parameters of a request that the provider signed, and its retry token.
pub struct Signed {
    /// Every parameter, each once.
    pub params: Params,
    /// `I-Twilio-Idempotency-Token`: the same over the retries of one request.
    pub token: Option<String>,
}

/// A retry token longer than this is not one.
const LONGEST_TOKEN: usize = 200;

/// A body that takes longer than this is not awaited: the provider sends it in one piece, and gives up after 15 s itself.
const BODY_WITHIN: TimeDelta = TimeDelta::seconds(10);

impl FromRequest<Door> for Signed {
    type Rejection = Response;

    async fn from_request(request: Request, door: &Door) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        let path = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let content_type = text(header::CONTENT_TYPE.as_str());
        let signature = text("x-twilio-signature");
        let token = text("i-twilio-idempotency-token").filter(|token| token.len() <= LONGEST_TOKEN);
        let (proto, host) = (text("x-forwarded-proto"), text("x-forwarded-host"));
        let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(Peer(peer))| peer.ip());
        let public = match peer {
            Some(peer) => door.front.public_url_for(peer, proto.as_deref(), host.as_deref()),
            None => door.front.configured(),
        };
        let clock = &door.hotline.clock;
        let deadline = clock.sleep_until(clock.now() + BODY_WITHIN);
        let body = tokio::select! {
            body = Bytes::from_request(Request::from_parts(parts, body), door) => {
                body.map_err(IntoResponse::into_response)?
            }
            busy = deadline => {
                drop(busy);
                tracing::warn!("a body did not arrive in time: its request is cut");
                return Err((StatusCode::REQUEST_TIMEOUT, [(header::CONNECTION, "close")]).into_response());
            }
        };
        match door.verifier.verify_at(public, &path, content_type.as_deref(), signature.as_deref(), &body) {
            Ok(params) => Ok(Self { params, token }),
            Err(refusal) => {
                tracing::warn!(reason = refusal.reason(), "a webhook was refused");
                Err(StatusCode::FORBIDDEN.into_response())
            }
        }
    }
}
