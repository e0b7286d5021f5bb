//! At the door of the API: whether it is there, and basic authentication with the account and its token.

use axum::extract::{Path, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashMap;

use super::without_json;
use crate::network::Network;
use crate::refusal::Refusal;

pub(super) async fn check(
    State(network): State<Network>,
    Path(path): Path<HashMap<String, String>>,
    request: Request,
    next: Next,
) -> Response {
    if network.faults().api_away {
        return Refusal { status: 503, code: 20_503, message: "Service Unavailable".to_owned() }.into_response();
    }
    let config = network.config();
    let expected = STANDARD.encode(format!("{}:{}", config.account_sid, config.auth_token));
    let given = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Basic "));
    if given != Some(expected.as_str()) {
        let message = "Authentication Error - invalid username or password".to_owned();
        return Refusal { status: 401, code: 20_003, message }.into_response();
    }
    if path.get("account").map(|account| without_json(account)) != Some(&config.account_sid) {
        return Refusal::not_found("of another account").into_response();
    }
    next.run(request).await
}
