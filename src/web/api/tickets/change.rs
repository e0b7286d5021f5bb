//! A program changes fields of a ticket.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::long::Long;
use super::{author, find, shown, version};
use crate::ops::change_ticket;
use crate::ticket::TicketEdit;
use crate::web::Door;
use crate::web::api::bearer::Bearer;
use crate::web::api::problem::Problem;

/// `PATCH /tickets/{id}` with `If-Match` and a merge patch (RFC 7396): what is named changes, what is null is taken away, the
/// rest stays.
pub async fn change(
    State(door): State<Door>,
    bearer: Bearer,
    Path(key): Path<String>,
    headers: HeaderMap,
    Long(edit, _): Long<TicketEdit>,
) -> Result<Response, Problem> {
    let version = version::named(&headers)?;
    let id = find(&door, &key).await?.id;
    let ticket = change_ticket(&door.hotline, id, version, edit, &author(&bearer)).await?;
    Ok(shown(&ticket, door.hotline.clock.now()))
}
