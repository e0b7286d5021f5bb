//! The built-in ticket store for programs. A ticket is named by its id or by its external id, of an incident's ticket the case
//! number.

mod attachments;
mod change;
mod comments;
mod content;
mod history;
mod list;
mod long;
mod open;
mod page;
mod refused;
mod state;
mod version;
mod view;

pub(super) use attachments::{attach, list as attachments};
pub(super) use change::change;
pub(super) use comments::{comment, list as comments};
pub(super) use content::content;
pub(super) use history::list as history;
pub(super) use list::list;
pub(super) use open::open;
pub(super) use state::put as state;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::bearer::Bearer;
use super::problem::Problem;
use crate::access::Answer;
use crate::clock::Instant;
use crate::id::TicketId;
use crate::store::Tx;
use crate::ticket::{Author, Ticket};
use crate::web::Door;

/// The path of tickets.
const BASE: &str = "/api/v1/tickets";

/// `GET /tickets/{id}`: as it stands, with its version as `ETag`.
pub(super) async fn read(
    State(door): State<Door>,
    _: Bearer,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ticket = find(&door, &key).await?;
    let etag = version::etag(&ticket);
    if version::is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    Ok(shown(&ticket, door.hotline.clock.now()))
}

/// The ticket that a path names.
async fn find(door: &Door, key: &str) -> Result<Ticket, Problem> {
    let found = door
        .hotline
        .store
        .read(async |tx: &mut Tx| match Uuid::parse_str(key) {
            Ok(id) => tx.ticket(TicketId(id)).await,
            Err(_) => tx.ticket_by_external_id(key).await,
        })
        .await
        .map_err(|error| Problem::unavailable(&error, "a ticket cannot be read"))?;
    found.ok_or_else(|| Problem::not_found("there is no ticket with this id or external id"))
}

/// Whose token it is, as histories name them.
fn author(bearer: &Bearer) -> Author {
    Author::Program(bearer.name.clone())
}

/// A ticket as it stands at `now`.
fn shown(ticket: &Ticket, now: Instant) -> Response {
    ([(header::ETAG, version::etag(ticket))], Json(view::ticket(ticket, now))).into_response()
}

/// The same, as an answer that may be kept; `made` = it is new.
fn answer(ticket: &Ticket, now: Instant, made: bool) -> Answer {
    let mut answer = Answer::json(if made { 201 } else { 200 }, &view::ticket(ticket, now));
    answer.etag = Some(version::etag(ticket));
    answer.location = made.then(|| format!("{BASE}/{}", ticket.id));
    answer
}
