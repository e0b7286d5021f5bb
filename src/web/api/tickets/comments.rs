//! Programs read and write comments.

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::long::Long;
use super::{author, find, page, version, view};
use crate::access::Answer;
use crate::ops::add_comment;
use crate::store::Tx;
use crate::ticket::{NewComment, Ticket, TicketComment};
use crate::web::Door;
use crate::web::api::bearer::Bearer;
use crate::web::api::idempotency::{Named, once};
use crate::web::api::problem::Problem;
use crate::web::api::sent::Asked;

/// From where, and how many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    pub(super) limit: Option<u32>,
    /// The number of the last one that was seen.
    #[serde(default)]
    pub(super) after: u32,
}

/// `GET /tickets/{id}/comments`: the oldest first.
pub async fn list(
    State(door): State<Door>,
    _: Bearer,
    Path(key): Path<String>,
    uri: Uri,
    Asked(Query { limit, after }): Asked<Query>,
) -> Result<Response, Problem> {
    let limit = page::limit(limit)?;
    let id = find(&door, &key).await?.id;
    let mut comments = door
        .hotline
        .store
        .read(async |tx: &mut Tx| tx.ticket_comments(id, i64::from(after), limit.saturating_add(1)).await)
        .await
        .map_err(|error| Problem::unavailable(&error, "comments cannot be read"))?;
    let is_more = page::cut(&mut comments, limit);
    let next = comments.last().filter(|_| is_more).map(|last| last.sequence.to_string());
    let shown: Vec<Value> = comments.iter().map(view::comment).collect();
    Ok(page::shown("comments", &shown, &format!("/{id}/comments"), &uri, next))
}

/// `POST /tickets/{id}/comments`: 201 with the comment; the `ETag` is the ticket's, as it is then.
pub async fn comment(
    State(door): State<Door>,
    bearer: Bearer,
    named: Named,
    Path(key): Path<String>,
    Long(new, content): Long<NewComment>,
) -> Result<Response, Problem> {
    let id = find(&door, &key).await?.id;
    let told = |(ticket, comment): &(Ticket, TicketComment)| {
        let etag = Some(version::etag(ticket));
        Answer { etag, ..Answer::json(201, &view::comment(comment)) }
    };
    once(&door, named, &content, &told, async |once| add_comment(&door.hotline, id, new, &author(&bearer), once).await)
        .await
}
