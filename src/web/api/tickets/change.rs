//! A program changes fields of a ticket.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{author, find, shown, version};
use crate::ops::change_ticket;
use crate::web::Door;
use crate::web::api::bearer::Bearer;
use crate::web::api::problem::Problem;
use crate::web::api::sent::{is_of_type, read, unread};

/// What a merge patch may be called (RFC 7396).
const TYPES: [&str; 2] = ["application/merge-patch+json", "application/json"];

/// `PATCH /tickets/{id}` with `If-Match`: what is named changes, what is null is taken away, the rest stays.
pub async fn change(
    State(door): State<Door>,
    bearer: Bearer,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    is_of_type(&headers, &TYPES)?;
    let version = version::named(&headers)?;
    let edit = read(&body.map_err(|rejection| unread(&rejection))?)?;
    let ticket = find(&door, &key).await?;
    let ticket = change_ticket(&door.hotline, ticket.id, version, edit, &author(&bearer)).await?;
    Ok(shown(&ticket, door.hotline.clock.now()))
}
