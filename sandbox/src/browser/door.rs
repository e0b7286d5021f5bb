//! At the door of the page: nobody from another machine, no other page, nobody without the token.
//!
//! A name that somebody else's DNS leads to this machine is not ours: the `Host` must be a loopback address or `localhost`
//! (against DNS rebinding). A WebSocket is not held back by the browser's same-origin policy: its `Origin` must be the page's.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::rest::is_here;

/// What every answer says: the page runs its own script and nothing else, is shown in no other page, and tells nobody where
/// it is.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "microphone=(self), camera=(), geolocation=()"),
];

pub(super) async fn check(ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request, next: Next) -> Response {
    let mut response = if may_enter(peer, request.headers()) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn may_enter(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(host) = text(header::HOST).filter(|host| is_here(host)) else { return false };
    let own = |origin: &HeaderValue| origin.to_str().is_ok_and(|origin| origin == format!("http://{host}"));
    peer.ip().to_canonical().is_loopback() && headers.get(header::ORIGIN).is_none_or(own)
}

/// Whether a page that opens its line says the token: among the protocols that it offers, where no log looks. Such a page
/// has an origin, which was looked at before.
pub(super) fn has_token(headers: &HeaderMap, token: &str) -> bool {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    // Digests tell nothing by how long they take to compare.
    let digest = Sha256::digest(token);
    headers.contains_key(header::ORIGIN)
        && !token.is_empty()
        && offered.flat_map(|value| value.split(',')).any(|offer| Sha256::digest(offer.trim()) == digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_this_machine_and_only_its_own_page_enter() {
        let own = "127.0.0.1:8080";
        for (peer, host, origin, enters) in [
            ("127.0.0.1:5000", own, None, true),
            ("[::1]:5000", "[::1]:8080", Some("http://[::1]:8080"), true),
            ("[::ffff:127.0.0.1]:5000", "localhost:8080", Some("http://localhost:8080"), true),
            ("192.0.2.7:5000", own, None, false),
            ("127.0.0.1:5000", "rebound.example:8080", None, false),
            ("127.0.0.1:5000", "192.0.2.1:8080", None, false),
            ("127.0.0.1:5000", "localhost.example", None, false),
            ("127.0.0.1:5000", own, Some("http://evil.example"), false),
            ("127.0.0.1:5000", own, Some("http://localhost:8080"), false),
            ("127.0.0.1:5000", own, Some("http://127.0.0.1:9090"), false),
            ("127.0.0.1:5000", own, Some("null"), false),
        ] {
            let mut given = headers(&[(header::HOST, host)]);
            given.extend(origin.map(|origin| (header::ORIGIN, origin.parse().unwrap())));
            assert_eq!(may_enter(peer.parse().unwrap(), &given), enters, "{peer} {host} {origin:?}");
        }
        assert!(!may_enter("127.0.0.1:1".parse().unwrap(), &HeaderMap::new()));
    }

    #[test]
    fn a_line_is_opened_by_the_token_and_a_page() {
        let origin = (header::ORIGIN, "http://127.0.0.1:1");
        for (offer, opens) in [("sandbox-phone, t0ken", true), ("sandbox-phone,t0kem", false), ("sandbox-phone", false)]
        {
            let given = headers(&[origin.clone(), (header::SEC_WEBSOCKET_PROTOCOL, offer)]);
            assert_eq!(has_token(&given, "t0ken"), opens, "{offer}");
        }
        assert!(!has_token(&headers(&[(header::SEC_WEBSOCKET_PROTOCOL, "t0ken")]), "t0ken"), "no page");
        assert!(!has_token(&headers(&[origin.clone(), (header::SEC_WEBSOCKET_PROTOCOL, "a,")]), ""), "no token");
    }
}
