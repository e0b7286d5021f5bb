//! `Idempotency-Key`: a POST that may be sent again and is done once.
//!
//! The answer is kept for a day in the unit of what was done. The same request under the same key is given that answer;
//! another one is refused (422), and so is one while the first is still being worked on (409). A request that was refused
//! left nothing behind: it may be mended and sent again under its key.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::bearer::Bearer;
use super::problem::{Flaw, Kind, Problem};
use crate::access::{Answer, Idempotency};
use crate::ops::{Once, answer_before};
use crate::web::Door;

const HEADER: &str = "idempotency-key";

/// The keys of requests that are being worked on at this node.
#[derive(Clone, Debug, Default)]
pub struct KeysInUse(Arc<Mutex<HashSet<(String, String)>>>);

/// A key that is in use until this is dropped.
struct InUse {
    keys: KeysInUse,
    key: (String, String),
}

impl KeysInUse {
    fn begin(&self, request: &Idempotency) -> Option<InUse> {
        let key = (request.token.clone(), request.key.clone());
        let is_free = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        is_free.then(|| InUse { keys: self.clone(), key })
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.keys.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// A request before its body is read: who makes it, where, and its key, where it has one.
pub struct Named {
    token: String,
    key: Option<String>,
    method: String,
    /// With what else decides over what is done: the version that is named.
    path: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let bearer = Bearer::from_request_parts(parts, state).await?;
        let mut keys = parts.headers.get_all(HEADER).iter();
        let key = keys.next().map(|value| value.to_str().ok().and_then(Idempotency::parse_key));
        if key == Some(None) || keys.next().is_some() {
            let longest = Idempotency::LONGEST_KEY;
            let mend = format!("write one key of 1 to {longest} letters, digits and signs, without blanks");
            return Err(Problem::invalid(vec![Flaw::new("#/header/Idempotency-Key", mend)]));
        }
        let version = parts.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self {
            token: bearer.name,
            key: key.flatten(),
            method: parts.method.to_string(),
            path: format!("{} {version}", parts.uri.path()),
        })
    }
}

impl Named {
    /// With what was sent: its content, or the hash of a content that is not kept in memory.
    fn with(self, content: &[u8]) -> Option<Idempotency> {
        let Self { token, key, method, path } = self;
        key.map(|key| Idempotency { token, key, fingerprint: Idempotency::fingerprint(&method, &path, content) })
    }
}

/// Does `act` once, and tells what it made as `answer` does. `content` is what was sent, or its hash.
///
/// # Errors
/// What `act` gave; the problem of a key that is in use, or was another request's.
pub async fn once<T, E: Into<Problem>>(
    door: &Door,
    named: Named,
    content: &[u8],
    answer: &(dyn Fn(&T) -> Answer + Send + Sync),
    act: impl AsyncFnOnce(Once<'_, T>) -> Result<T, E>,
) -> Result<Response, Problem> {
    let Some(request) = named.with(content) else {
        return Ok(told(answer(&act(Once::new(None, answer)).await.map_err(E::into)?)));
    };
    let Some(_in_use) = door.keys_in_use.begin(&request) else {
        return Err(Problem::new(Kind::KeyInUse, "a request with this key is being worked on; ask again in a moment")
            .header(header::RETRY_AFTER, "1"));
    };
    if let Some(before) = before(door, &request).await? {
        return Ok(before);
    }
    match act(Once::new(Some(request.clone()), answer)).await {
        Ok(made) => Ok(told(answer(&made))),
        // Another node may have done the same meanwhile, whatever that made of this.
        Err(error) => before(door, &request).await?.ok_or_else(|| error.into()),
    }
}

/// What the request was answered, when it came before.
async fn before(door: &Door, request: &Idempotency) -> Result<Option<Response>, Problem> {
    let kept = answer_before(&door.hotline, request)
        .await
        .map_err(|error| Problem::unavailable(&error, "an answer that was kept cannot be looked up"))?;
    match kept {
        Some(kept) if kept.fingerprint == request.fingerprint => Ok(Some(told(kept.answer))),
        Some(_) => Err(Problem::new(Kind::KeyReused, "this key was another request's: take a new one for each")),
        None => Ok(None),
    }
}

/// An answer as it is given, the first time and every other.
fn told(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [(header::LOCATION, answer.location), (header::ETAG, answer.etag)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_in_use_until_its_request_is_over() {
        let keys = KeysInUse::default();
        let request = |token: &str, key: &str| Idempotency {
            token: token.to_owned(),
            key: key.to_owned(),
            fingerprint: String::new(),
        };
        let first = keys.begin(&request("desk", "1"));
        assert!(first.is_some() && keys.begin(&request("desk", "1")).is_none());
        assert!(keys.begin(&request("desk", "2")).is_some() && keys.begin(&request("portal", "1")).is_some());
        drop(first);
        assert!(keys.begin(&request("desk", "1")).is_some());
    }

    #[test]
    fn an_answer_is_told_with_its_heads() {
        let answer = Answer {
            status: 201,
            location: Some("/api/v1/tickets/1".to_owned()),
            etag: Some("\"1\"".to_owned()),
            body: "{}".to_owned(),
        };
        let response = told(answer);
        assert_eq!(response.status(), 201);
        let heads = ["content-type", "location", "etag"].map(|name| response.headers()[name].to_str().unwrap());
        assert_eq!(heads, ["application/json", "/api/v1/tickets/1", "\"1\""]);
    }
}
