//! Lists of tickets, page by page. A page is asked for by the place where the one before ended, not by a number: what comes in
//! meanwhile moves nothing.

use super::{TicketRow, columns};
use crate::clock::Instant;
use crate::id::TicketId;
use crate::sla::Severity;
use crate::store::Result;
use crate::store::time::{Timestamp, optional};
use crate::store::tx::{Tx, on};
use crate::ticket::{Ticket, TicketKind, TicketState};

/// Which tickets to list: all that are as every field says that says something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// What they are about.
    pub kind: Option<TicketKind>,
    /// How bad they are.
    pub severity: Option<Severity>,
    /// Where they stand.
    pub state: Option<TicketState>,
    /// The institution's code.
    pub institution: Option<String>,
    /// The affected service's id.
    pub service: Option<String>,
    /// What whoever made it calls it.
    pub external_id: Option<String>,
    /// Changed then or later.
    pub updated_since: Option<Instant>,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TicketOrder {
    /// The one created last comes first.
    #[default]
    Newest,
    /// The one created first comes first.
    Oldest,
    /// The one whose last change is the oldest comes first: for whoever follows the changes.
    Updated,
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketPlace {
    /// When the last ticket of it was created, or changed where they are in that order.
    pub at: Instant,
    /// Its id.
    pub id: TicketId,
}

impl TicketOrder {
    /// The place of `ticket` in this order.
    #[must_use]
    pub fn place(self, ticket: &Ticket) -> TicketPlace {
        let at = match self {
            Self::Newest | Self::Oldest => ticket.created_at,
            Self::Updated => ticket.updated_at,
        };
        TicketPlace { at, id: ticket.id }
    }
}

/// What `Ticket::awaits_response` says, word for word as in the partial index.
macro_rules! waiting {
    () => {
        "incident IS NULL AND responded_at IS NULL AND state IN ('new', 'open', 'waiting')"
    };
}

/// The list in one order. A filter that is not set is NULL, and lets everything pass.
macro_rules! list {
    ($after:literal, $order:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM tickets
             WHERE ($1 IS NULL OR kind = $1) AND ($2 IS NULL OR severity = $2) AND ($3 IS NULL OR state = $3)
                 AND ($4 IS NULL OR institution = $4) AND ($5 IS NULL OR service = $5)
                 AND ($6 IS NULL OR external_id = $6) AND ($7 IS NULL OR updated_at >= $7)
                 AND ($8 IS NULL OR ",
            $after,
            " ($8, $9)) ORDER BY ",
            $order,
            " LIMIT $10"
        )
    };
}

impl Tx {
    /// At most `limit` tickets whose own clock runs, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn waiting_tickets(&mut self, limit: u32) -> Result<Vec<Ticket>> {
        let rows: Vec<TicketRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM tickets
             WHERE ", waiting!(), " ORDER BY created_at, id LIMIT $1"))
            .bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(Ticket::try_from).collect()
    }

    /// At most `limit` tickets that `filter` lets pass, in `order`, those behind the place `after`.
    ///
    /// # Errors
    /// The database's.
    pub async fn tickets(
        &mut self,
        filter: &TicketFilter,
        order: TicketOrder,
        after: Option<TicketPlace>,
        limit: u32,
    ) -> Result<Vec<Ticket>> {
        let sql = match order {
            TicketOrder::Newest => list!("(created_at, id) <", "created_at DESC, id DESC"),
            TicketOrder::Oldest => list!("(created_at, id) >", "created_at, id"),
            TicketOrder::Updated => list!("(updated_at, id) >", "updated_at, id"),
        };
        let rows: Vec<TicketRow> = on!(self, c => sqlx::query_as(sql)
            .bind(filter.kind.map(TicketKind::as_str)).bind(filter.severity.map(Severity::as_str))
            .bind(filter.state.map(TicketState::as_str)).bind(filter.institution.as_deref())
            .bind(filter.service.as_deref()).bind(filter.external_id.as_deref())
            .bind(optional(filter.updated_since)).bind(after.map(|place| Timestamp::from(place.at)))
            .bind(after.map(|place| place.id.0)).bind(i64::from(limit))
            .fetch_all(c).await)?;
        rows.into_iter().map(Ticket::try_from).collect()
    }
}
