//! Who may ask at all: no page of another address, whatever secret it may have guessed, and no name that somebody else's DNS
//! leads to this machine.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::refusal::Refusal;

/// Turns away what a browser asks for another page and, where only this machine is listened to, what is asked under a name
/// that is not this machine's. The provider's clients send no `Origin`.
pub(super) async fn check(State(only_here): State<bool>, request: Request, next: Next) -> Response {
    if may_enter(request.headers(), only_here) {
        return next.run(request).await;
    }
    Refusal { status: 403, code: 20_003, message: "Pages of another address may not ask".to_owned() }.into_response()
}

fn may_enter(headers: &HeaderMap, only_here: bool) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let is_own =
        headers.get(header::ORIGIN).is_none_or(|origin| origin.as_bytes() == format!("http://{host}").as_bytes());
    is_own && (!only_here || is_here(host))
}

/// Whether a `Host` is this machine itself.
pub(crate) fn is_here(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_other_page_and_no_other_name_may_ask() {
        let own = "127.0.0.1:8080";
        for (host, origin, only_here, may) in [
            (own, None, true, true),
            ("localhost:8080", None, true, true),
            (own, Some("http://127.0.0.1:8080"), true, true),
            (own, Some("http://evil.example"), true, false),
            (own, Some("http://evil.example"), false, false),
            (own, Some("null"), false, false),
            ("evil.example:8080", None, true, false),
            ("evil.example:8080", Some("http://evil.example:8080"), true, false),
            ("sandbox.internal:8080", None, false, true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            headers.extend(origin.map(|origin| (header::ORIGIN, origin.parse().unwrap())));
            assert_eq!(may_enter(&headers, only_here), may, "{host} {origin:?} {only_here}");
        }
    }
}
