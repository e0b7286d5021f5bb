//! What went wrong, as every route of the API says it: `application/problem+json` (RFC 9457).
//!
//! `type` leads to the place in the API's own document that explains the `code`; `instance` is left out. A flaw of a body
//! is named by where it is, as a JSON Pointer (RFC 6901).

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The kinds of problems: what programs tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The body is not JSON.
    MalformedBody,
    /// The body, a header or the query is not as the document says.
    Invalid,
    /// No token, or none that counts.
    Unauthorized,
    /// The token may not do this.
    MissingScope,
    /// There is no such thing.
    NotFound,
    /// It cannot be done with this method.
    MethodNotAllowed,
    /// It does not fit what is there.
    Conflict,
    /// A request with this `Idempotency-Key` is being worked on.
    KeyInUse,
    /// It changed since it was read.
    Changed,
    /// The body is too large.
    TooLarge,
    /// The body is of a type that is not read here.
    UnsupportedType,
    /// It can be read, but not be done.
    Unprocessable,
    /// The `Idempotency-Key` was another request's.
    KeyReused,
    /// It must say which version it is about.
    VersionNeeded,
    /// The range of bytes is beyond the end of the file.
    BeyondEnd,
    /// Too often.
    TooOften,
    /// The store is not there.
    Unavailable,
}

impl Kind {
    /// All of them.
    #[cfg(test)]
    pub const ALL: [Self; 17] = [
        Self::MalformedBody,
        Self::Invalid,
        Self::Unauthorized,
        Self::MissingScope,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::KeyInUse,
        Self::Changed,
        Self::TooLarge,
        Self::UnsupportedType,
        Self::Unprocessable,
        Self::KeyReused,
        Self::VersionNeeded,
        Self::BeyondEnd,
        Self::TooOften,
        Self::Unavailable,
    ];

    /// Status, code and title.
    #[must_use]
    pub fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::MalformedBody => (StatusCode::BAD_REQUEST, "malformed_body", "The body is not JSON"),
            Self::Invalid => (StatusCode::BAD_REQUEST, "invalid_request", "The request is not as the document says"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "A token is needed"),
            Self::MissingScope => (StatusCode::FORBIDDEN, "missing_scope", "The token may not do this"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is no such thing"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "It cannot be done with this method")
            }
            Self::Conflict => (StatusCode::CONFLICT, "conflict", "It does not fit what is there"),
            Self::KeyInUse => {
                (StatusCode::CONFLICT, "idempotency_key_in_use", "A request with this key is being worked on")
            }
            Self::Changed => (StatusCode::PRECONDITION_FAILED, "changed", "It changed since it was read"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large"),
            Self::UnsupportedType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_type", "A body of this type is not read here")
            }
            Self::Unprocessable => (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", "It cannot be done"),
            Self::KeyReused => {
                (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The key was another request's")
            }
            Self::VersionNeeded => {
                (StatusCode::PRECONDITION_REQUIRED, "version_needed", "The request must name a version")
            }
            Self::BeyondEnd => {
                (StatusCode::RANGE_NOT_SATISFIABLE, "beyond_end", "The range is beyond the end of the file")
            }
            Self::TooOften => (StatusCode::TOO_MANY_REQUESTS, "too_often", "Too many requests"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The store is not there"),
        }
    }
}

/// What is wrong at one place of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flaw {
    /// Where in the body, as a JSON Pointer; `#/query/NAME` and `#/header/NAME` outside it.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub detail: String,
}

impl Flaw {
    /// At `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// An answer that says what went wrong. It names what the request brought, never what the house keeps.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
    flaws: Vec<Flaw>,
    more: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// Of `kind`; `detail` is for the person who reads it: what is wrong, and how it is mended.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), flaws: Vec::new(), more: Map::new(), headers: Vec::new() }
    }

    /// A request that is not as the document says, with every flaw that was found.
    pub fn invalid(flaws: Vec<Flaw>) -> Self {
        let detail = flaws.first().map(|flaw| flaw.detail.clone()).unwrap_or_default();
        Self { flaws, ..Self::new(Kind::Invalid, detail) }
    }

    /// A request that can be read but not be done, with every flaw that was found.
    pub fn unprocessable(flaws: Vec<Flaw>) -> Self {
        Self { kind: Kind::Unprocessable, ..Self::invalid(flaws) }
    }

    /// There is no such thing.
    pub fn not_found(detail: &str) -> Self {
        Self::new(Kind::NotFound, detail)
    }

    /// The store did not do it; `error` goes to the log, with `what` could not be done, and not into the answer.
    pub fn unavailable(error: &dyn std::fmt::Display, what: &str) -> Self {
        tracing::error!(%error, "{what}");
        Self::new(Kind::Unavailable, "the store is not there; try again").header(header::RETRY_AFTER, "5")
    }

    /// With one more member, which programs may read.
    #[must_use]
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.more.insert(member.to_owned(), value);
        self
    }

    /// With the members of `object`.
    #[must_use]
    pub fn with_all(mut self, object: Value) -> Self {
        if let Value::Object(members) = object {
            self.more.extend(members);
        }
        self
    }

    /// With a header. One that cannot be written is left out.
    #[must_use]
    pub fn header(mut self, header: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).ok().map(|value| (header, value)));
        self
    }

    fn body(&self) -> Value {
        let (status, code, title) = self.kind.row();
        let mut body = json!({
            "type": kind_url(code),
            "title": title,
            "status": status.as_u16(),
            "detail": self.detail,
            "code": code,
        });
        if let Some(members) = body.as_object_mut() {
            if !self.flaws.is_empty() {
                members.insert("errors".to_owned(), json!(self.flaws));
            }
            for (member, value) in &self.more {
                members.entry(member.clone()).or_insert_with(|| value.clone());
            }
        }
        body
    }
}

/// Where the API's document explains a code.
pub fn kind_url(code: &str) -> String {
    format!("/api/v1/openapi.json#/x-problems/{code}")
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.kind.row().0, Json(self.body())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.headers.into_iter().map(|(name, value)| (Some(name), value)).collect::<Vec<_>>());
        response
    }
}

/// No route below the API's path.
pub async fn no_route() -> Problem {
    Problem::not_found("there is no such path: /api/v1/openapi.json names those there are")
}

/// A path that is there, with a method that is not. The router says in `Allow` which are.
pub async fn no_method() -> Problem {
    Problem::new(Kind::MethodNotAllowed, "this path does not know this method: the header Allow names those it knows")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_code_of_its_own() {
        let codes: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.row().1).collect();
        assert_eq!(codes.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().all(|kind| kind.row().0.is_client_error() || kind.row().0.is_server_error()));
    }

    #[test]
    fn a_problem_says_what_programs_and_people_need() {
        let flaws = vec![Flaw::new("/subject", "must not be empty"), Flaw::new("/priority", "write 1 to 5")];
        let problem = Problem::invalid(flaws).with("case", json!("26000010")).with("status", json!(200));
        assert_eq!(
            problem.body(),
            json!({
                "type": "/api/v1/openapi.json#/x-problems/invalid_request",
                "title": "The request is not as the document says",
                "status": 400,
                "detail": "must not be empty",
                "code": "invalid_request",
                "errors": [
                    { "pointer": "/subject", "detail": "must not be empty" },
                    { "pointer": "/priority", "detail": "write 1 to 5" },
                ],
                "case": "26000010",
            })
        );
        let response = Problem::new(Kind::TooOften, "slow down").header(header::RETRY_AFTER, "60").into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["retry-after"], "60");
    }
}
