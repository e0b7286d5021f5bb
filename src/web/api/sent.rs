//! What a request brings: JSON that is read strictly, and a query without surprises.

use std::fmt::Write as _;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problem::{Flaw, Kind, Problem};

/// What JSON bodies are called.
const JSON: &str = "application/json";

/// A JSON body. Refused: another type (415), too much (413), what is no JSON (400, with the place), a shape that is not `T`
/// (400, with a pointer), the character U+0000, which databases do not keep (400). With its text, for [`super::idempotency`].
pub struct Sent<T>(pub T, pub Bytes);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        is_of_type(request.headers(), &[JSON])?;
        let body = Bytes::from_request(request, state).await.map_err(|rejection| unread(&rejection))?;
        Ok(Self(read(&body)?, body))
    }
}

/// A query as `T`, whose unknown keys are refused by the guard and by `T` itself.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => {
                let why = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                Err(Problem::invalid(vec![Flaw::new("#/query", why)]))
            }
        }
    }
}

/// Refuses a body that is of none of these types.
///
/// # Errors
/// A problem of 415.
pub fn is_of_type(headers: &HeaderMap, types: &[&str]) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if types.iter().any(|known| known.eq_ignore_ascii_case(essence)) {
        return Ok(());
    }
    let detail = format!("send the header Content-Type: {}", types.join(" or "));
    Err(Problem::new(Kind::UnsupportedType, detail).header(header::ACCEPT, &types.join(", ")))
}

/// Why a body was not read to its end.
pub fn unread(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(Kind::TooLarge, "the body is larger than this path takes");
    }
    Problem::new(Kind::MalformedBody, "the body did not arrive whole")
}

/// Reads JSON.
///
/// # Errors
/// A problem of 400 that names the place.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let detail = format!("the body is not JSON: {error}");
        Problem::new(Kind::MalformedBody, detail).with("line", line.into()).with("column", column.into())
    })?;
    if let Some(pointer) = nul(&value, "") {
        return Err(Problem::invalid(vec![Flaw::new(pointer, "the character U+0000 cannot be kept")]));
    }
    // Once more from the text, in which a name that stands twice can be seen.
    let mut text = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut text).map_err(|error| {
        let why = error.inner().to_string();
        // What stands behind is the place in the text; the pointer says it better.
        let why = why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why);
        Problem::invalid(vec![Flaw::new(pointer(error.path()), why)])
    })
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;

    path.iter().fold(String::new(), |mut pointer, segment| {
        // Writing to a text does not fail.
        let _ = match segment {
            Segment::Seq { index } => write!(pointer, "/{index}"),
            Segment::Map { key } | Segment::Enum { variant: key } => write!(pointer, "/{}", escaped(key)),
            Segment::Unknown => Ok(()),
        };
        pointer
    })
}

/// The pointer to a text, or a name, with U+0000 in it.
fn nul(value: &Value, at: &str) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(|| at.to_owned()),
        Value::Array(values) => values.iter().zip(0..).find_map(|(value, index)| nul(value, &format!("{at}/{index}"))),
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            if name.contains('\0') {
                return Some(at.to_owned());
            }
            nul(value, &format!("{at}/{}", escaped(name)))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::body::to_bytes;
    use axum::response::IntoResponse as _;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Draft {
        #[expect(dead_code, reason = "only its shape is looked at")]
        subject: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only its shape is looked at")]
        tags: Vec<BTreeMap<String, u8>>,
    }

    async fn told(text: &str) -> Value {
        let response = read::<Draft>(text.as_bytes()).unwrap_err().into_response();
        assert_eq!(response.status(), 400);
        serde_json::from_slice(&to_bytes(response.into_body(), 4096).await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn what_is_wrong_is_named_with_its_place() {
        for (text, code, pointer) in [
            ("", "malformed_body", None),
            ("{\"subject\":", "malformed_body", None),
            ("{\"subject\":\"a\"} x", "malformed_body", None),
            ("{\"subject\":\"\u{1}\"}", "malformed_body", None),
            ("[]", "invalid_request", Some("")),
            ("{}", "invalid_request", Some("")),
            ("{\"subject\":1}", "invalid_request", Some("/subject")),
            ("{\"subject\":\"a\",\"subject\":\"b\"}", "invalid_request", Some("")),
            ("{\"subject\":\"a\",\"x/y\":1}", "invalid_request", Some("/x~1y")),
            ("{\"subject\":\"a\\u0000\"}", "invalid_request", Some("/subject")),
            ("{\"subject\":\"a\",\"tags\":[{},{\"a/b\":\"c\"}]}", "invalid_request", Some("/tags/1/a~1b")),
        ] {
            let told = told(text).await;
            assert_eq!(told["code"], code, "{text}: {told}");
            let found = told["errors"][0]["pointer"].as_str();
            assert_eq!(found.is_some(), pointer.is_some(), "{text}: {told}");
            if pointer != Some("") {
                assert_eq!(found, pointer, "{text}: {told}");
            }
        }
        assert_eq!(told("{\n  x").await["line"], 2);
        assert!(read::<Draft>(br#"{"subject":"a","tags":[{"n":7}]}"#).is_ok());
    }

    #[test]
    fn types_of_bodies() {
        let of = |given: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.extend(given.map(|given| (header::CONTENT_TYPE, given.parse().unwrap())));
            is_of_type(&headers, &[JSON]).is_ok()
        };
        assert!(of(Some("application/json")) && of(Some("Application/JSON; charset=utf-8")));
        assert!(!of(None) && !of(Some("text/plain")) && !of(Some("application/jsonp")));
    }
}
