//! A program makes a ticket.

use axum::extract::State;
use axum::response::Response;

use super::long::Long;
use super::{answer, author};
use crate::ops::open_ticket;
use crate::ticket::{NewTicket, Ticket};
use crate::web::Door;
use crate::web::api::bearer::Bearer;
use crate::web::api::idempotency::{Named, once};
use crate::web::api::problem::Problem;

/// `POST /tickets`: 201 with its place and its version.
pub async fn open(
    State(door): State<Door>,
    bearer: Bearer,
    named: Named,
    Long(new, content): Long<NewTicket>,
) -> Result<Response, Problem> {
    let now = door.hotline.clock.now();
    let told = |ticket: &Ticket| answer(ticket, now, true);
    once(&door, named, &content, &told, async |once| open_ticket(&door.hotline, new, &author(&bearer), once).await)
        .await
}
