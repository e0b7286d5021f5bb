//! Programs read what happened to a ticket.

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde_json::Value;

use super::comments::Query;
use super::{find, page, view};
use crate::store::Tx;
use crate::web::Door;
use crate::web::api::bearer::Bearer;
use crate::web::api::problem::Problem;
use crate::web::api::sent::Asked;

/// `GET /tickets/{id}/history`: the oldest line first.
pub async fn list(
    State(door): State<Door>,
    _: Bearer,
    Path(key): Path<String>,
    uri: Uri,
    Asked(Query { limit, after }): Asked<Query>,
) -> Result<Response, Problem> {
    let limit = page::limit(limit)?;
    let id = find(&door, &key).await?.id;
    let mut entries = door
        .hotline
        .store
        .read(async |tx: &mut Tx| tx.ticket_entries(id, i64::from(after), limit.saturating_add(1)).await)
        .await
        .map_err(|error| Problem::unavailable(&error, "a history cannot be read"))?;
    let is_more = page::cut(&mut entries, limit);
    let next = entries.last().filter(|_| is_more).map(|last| last.sequence.to_string());
    let shown: Vec<Value> = entries.iter().map(view::entry).collect();
    Ok(page::shown("history", &shown, &format!("/{id}/history"), &uri, next))
}
