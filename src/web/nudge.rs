//! The ticket store of another maker says that something changed there. The word is only a nudge: nothing in it is believed, the
//! store is asked. Signed as GitHub and Gitea do (`X-Hub-Signature-256: sha256=` and the HMAC of the body in hex), or as Zammad
//! does (`X-Hub-Signature: sha1=`, its manual, "Webhook").

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

use super::Door;
use crate::ops;
use crate::provider::Secret;

/// `/ticketing/changed`.
pub fn router() -> Router<Door> {
    Router::new().route("/ticketing/changed", post(changed))
}

async fn changed(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(secret) = &door.store_secret else { return StatusCode::NOT_FOUND };
    if !is_signed(secret, &headers, &body) {
        return StatusCode::FORBIDDEN;
    }
    match ops::ask_store_now(&door.hotline).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            tracing::error!(%error, "the ticket store's word is not kept; it is asked within the minute");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// Whether `body` was signed with `secret`. Compared in constant time.
fn is_signed(secret: &Secret, headers: &HeaderMap, body: &[u8]) -> bool {
    let given = |name: &str, scheme: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        unhex(value.strip_prefix(scheme)?)
    };
    let key = secret.expose().as_bytes();
    if let Some(given) = given("x-hub-signature-256", "sha256=") {
        return Hmac::<Sha256>::new_from_slice(key)
            .is_ok_and(|mac| mac.chain_update(body).verify_slice(&given).is_ok());
    }
    given("x-hub-signature", "sha1=").is_some_and(|given| {
        Hmac::<Sha1>::new_from_slice(key).is_ok_and(|mac| mac.chain_update(body).verify_slice(&given).is_ok())
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_the_secret_signs() {
        let secret = Secret::new("It's a Secret to Everybody");
        // GitHub's own example (its manual, "Validating webhook deliveries").
        let right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let signed = |name: &'static str, value: &str, body: &[u8]| {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_str(value).unwrap())]);
            is_signed(&secret, &headers, body)
        };
        assert!(signed("x-hub-signature-256", right, b"Hello, World!"));
        assert!(!signed("x-hub-signature-256", right, b"Hello, World"));
        assert!(!signed("x-hub-signature-256", "sha256=", b"Hello, World!"));
        assert!(!signed("x-hub-signature-256", "sha256=75710", b"Hello, World!"));
        assert!(!signed("x-hub-signature-256", "sha256=zz", b"Hello, World!"));
        assert!(!signed("x-hub-signature", right, b"Hello, World!"));
        assert!(!is_signed(&secret, &HeaderMap::new(), b"Hello, World!"));
        let mac = Hmac::<Sha1>::new_from_slice(secret.expose().as_bytes()).unwrap().chain_update(b"Hello, World!");
        let zammad = format!("sha1={}", crate::id::hex(&mac.finalize().into_bytes()));
        assert!(signed("x-hub-signature", &zammad, b"Hello, World!"));
        assert!(!signed("x-hub-signature", &zammad, b"Hello, World?"));
    }
}
