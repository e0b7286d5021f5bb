//! The built-in ticket store: what can be done to a ticket, each in one unit with its line in the history.
//!
//! A ticket of an incident is the incident's: what the incident knows (where it stands, how bad it is, by when an answer is
//! due, what it is about) changes with it alone. Comments and files are everybody's.

pub(super) mod attach_to_ticket;
mod case_ticket;
mod change_ticket;
pub(super) mod comment_ticket;
mod error;
pub(super) mod move_ticket;
mod open_ticket;
mod pass_mark;
mod promise;
mod recount;

pub use attach_to_ticket::{Attached, add_attachment};
pub use change_ticket::change_ticket;
pub use comment_ticket::add_comment;
pub use error::TicketError;
pub use move_ticket::move_ticket;
pub use open_ticket::open_ticket;
pub use pass_mark::pass_ticket_mark;
pub use recount::recount_tickets;

pub(super) use case_ticket::put_case_ticket;

use super::{HookNews, Hotline, OpsError, tell_hooks};
use crate::access::HookEvent;
use crate::id::TicketId;
use crate::store::Tx;
use crate::ticket::Ticket;

/// The ticket, which nobody else changes until this unit ends.
async fn lock(tx: &mut Tx, id: TicketId) -> Result<Ticket, TicketError> {
    tx.lock_ticket(id).await?.ok_or(TicketError::Unknown)
}

/// The same, when it is still at the version that whoever wants to change it has seen.
async fn lock_at(tx: &mut Tx, id: TicketId, version: i64) -> Result<Ticket, TicketError> {
    let ticket = lock(tx, id).await?;
    if ticket.version == version { Ok(ticket) } else { Err(TicketError::Stale { now: ticket.version }) }
}

/// Programs that want to hear of it are told what happened to `ticket`, as it was saved in this unit.
async fn tell_programs(hotline: &Hotline, tx: &mut Tx, ticket: &Ticket, event: HookEvent) -> Result<(), OpsError> {
    let told = HookNews { ticket: ticket.id.to_string(), version: ticket.version, event, at: ticket.updated_at };
    tell_hooks(hotline, tx, &told).await
}
