//! The calendar was edited: the clocks of tickets that wait for an answer are counted anew. What was judged stays judged.

use super::promise::set_marks;
use super::{TicketError, tell_programs};
use crate::access::HookEvent;
use crate::ops::Hotline;
use crate::store::Tx;
use crate::ticket::{Author, Ticket, TicketChange};

/// Tickets looked at after a start; a house with more that wait has other troubles.
const MOST_WAITING: u32 = 10_000;

/// Counts every running clock of a ticket with the calendar of today; those whose due instant moved say so in their history.
/// Gives how many did.
///
/// # Errors
/// [`TicketError`].
pub async fn recount_tickets(hotline: &Hotline) -> Result<usize, TicketError> {
    let calendar = &hotline.policy.calendar;
    let waiting = hotline.store.read(async |tx: &mut Tx| tx.waiting_tickets(MOST_WAITING).await).await?;
    let mut moved = 0_usize;
    for Ticket { id, clock, .. } in waiting {
        if calendar.due(clock.started_at, clock.target)? == clock.due_at {
            continue;
        }
        let counted = async |tx: &mut Tx| -> Result<bool, TicketError> {
            let Some(mut ticket) = tx.lock_ticket(id).await?.filter(Ticket::awaits_response) else { return Ok(false) };
            let due_at = calendar.due(ticket.clock.started_at, ticket.clock.target)?;
            if due_at == ticket.clock.due_at {
                return Ok(false);
            }
            let now = hotline.now();
            (ticket.clock.due_at, ticket.updated_at) = (due_at, now);
            tx.save_ticket(&mut ticket).await?;
            let change = TicketChange::Timed { cycle: ticket.clock.cycle, due_at };
            tx.append_ticket_entry(id, now, &Author::System, &change).await?;
            set_marks(hotline, tx, &ticket).await?;
            tell_programs(hotline, tx, &ticket, HookEvent::Edited).await?;
            Ok(true)
        };
        if hotline.store.write(counted).await? {
            moved = moved.saturating_add(1);
        }
    }
    Ok(moved)
}
