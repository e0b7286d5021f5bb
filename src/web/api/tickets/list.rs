//! Programs look through tickets.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;

use super::{page, view};
use crate::clock::Instant;
use crate::sla::Severity;
use crate::store::{TicketFilter, TicketOrder, Tx};
use crate::ticket::{TicketKind, TicketState};
use crate::web::Door;
use crate::web::api::bearer::Bearer;
use crate::web::api::problem::Problem;
use crate::web::api::sent::Asked;

/// Which, in which order, and how many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    limit: Option<u32>,
    after: Option<String>,
    #[serde(default)]
    order: Order,
    kind: Option<TicketKind>,
    severity: Option<Severity>,
    state: Option<TicketState>,
    institution: Option<String>,
    service: Option<String>,
    external_id: Option<String>,
    updated_since: Option<Instant>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    #[default]
    Newest,
    Oldest,
    Updated,
}

/// `GET /tickets`: a page of those that every filter lets pass, the newest first unless another order is asked for. Whoever
/// follows changes asks in the order `updated` from a moment before the last one they saw, for two changes of one moment may
/// become visible one after the other.
pub async fn list(
    State(door): State<Door>,
    _: Bearer,
    uri: Uri,
    Asked(query): Asked<Query>,
) -> Result<Response, Problem> {
    let Query { limit, after, order, kind, severity, state, institution, service, external_id, updated_since } = query;
    let order = match order {
        Order::Newest => TicketOrder::Newest,
        Order::Oldest => TicketOrder::Oldest,
        Order::Updated => TicketOrder::Updated,
    };
    let limit = page::limit(limit)?;
    let after = after.map(|cursor| page::place(order, &cursor)).transpose()?;
    let filter = TicketFilter { kind, severity, state, institution, service, external_id, updated_since };
    let mut tickets = door
        .hotline
        .store
        .read(async |tx: &mut Tx| tx.tickets(&filter, order, after, limit.saturating_add(1)).await)
        .await
        .map_err(|error| Problem::unavailable(&error, "tickets cannot be listed"))?;
    let is_more = page::cut(&mut tickets, limit);
    let next = tickets.last().filter(|_| is_more).map(|last| page::cursor(order, order.place(last)));
    let now = door.hotline.clock.now();
    let shown: Vec<_> = tickets.iter().map(|ticket| view::ticket(ticket, now)).collect();
    Ok(page::shown("tickets", &shown, "", &uri, next))
}
