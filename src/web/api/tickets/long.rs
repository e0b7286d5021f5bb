//! Bodies with room for a ticket's text.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::web::api::problem::Problem;
use crate::web::api::sent::{is_of_type, read, unread};

/// The text at its longest, with every letter written as an escape.
const MOST_BYTES: usize = 512 * 1024;
/// What JSON is called, and a merge patch (RFC 7396).
const TYPES: [&str; 2] = ["application/json", "application/merge-patch+json"];

/// A JSON body that may be longer than others, and its bytes.
pub struct Long<T>(pub T, pub Bytes);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Long<T> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Problem> {
        is_of_type(request.headers(), &TYPES)?;
        DefaultBodyLimit::max(MOST_BYTES).apply(&mut request);
        let body = Bytes::from_request(request, state).await.map_err(|rejection| unread(&rejection))?;
        Ok(Self(read(&body)?, body))
    }
}
