//! A program says where a ticket stands.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::{answer, author, find, version};
use crate::ops::move_ticket;
use crate::ticket::{Ticket, TicketState};
use crate::web::Door;
use crate::web::api::bearer::Bearer;
use crate::web::api::idempotency::{Named, once};
use crate::web::api::problem::Problem;
use crate::web::api::sent::Sent;

/// Where it shall stand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    state: TicketState,
    /// What is noted in the history.
    #[serde(default)]
    note: Option<String>,
}

/// `POST /tickets/{id}/state` with `If-Match`.
pub async fn put(
    State(door): State<Door>,
    bearer: Bearer,
    named: Named,
    Path(key): Path<String>,
    headers: HeaderMap,
    Sent(Move { state, note }, content): Sent<Move>,
) -> Result<Response, Problem> {
    let version = version::named(&headers)?;
    let id = find(&door, &key).await?.id;
    let now = door.hotline.clock.now();
    let told = |ticket: &Ticket| answer(ticket, now, false);
    once(&door, named, &content, &told, async |once| {
        move_ticket(&door.hotline, id, version, state, note.as_deref(), &author(&bearer), once).await
    })
    .await
}
