//! Fields of a ticket change.

use super::promise::{promise, set_marks};
use super::{TicketError, lock_at, tell_programs};
use crate::access::HookEvent;
use crate::id::TicketId;
use crate::ops::Hotline;
use crate::store::Tx;
use crate::ticket::{Author, Ticket, TicketChange, TicketEdit, TicketField, wrong_in};

/// Changes fields of the ticket that whoever asks has seen at `version`. Another severity has another promise, from the same
/// start; one that was answered stays answered as it was. What changes nothing leaves no line.
///
/// # Errors
/// [`TicketError`]; nothing is changed then.
pub async fn change_ticket(
    hotline: &Hotline,
    id: TicketId,
    version: i64,
    edit: TicketEdit,
    author: &Author,
) -> Result<Ticket, TicketError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Ticket, TicketError> {
            let mut ticket = lock_at(tx, id, version).await?;
            if ticket.is_case() && edit.touches_case() {
                return Err(TicketError::OfIncident);
            }
            let edits = edit.apply(&mut ticket);
            if edits.is_empty() {
                return Ok(ticket);
            }
            let wrong = wrong_in(&ticket);
            if !wrong.is_empty() {
                return Err(TicketError::Wrong(wrong));
            }
            let now = hotline.now();
            let retimed =
                edits.iter().any(|edit| edit.field == TicketField::Severity) && ticket.clock.responded_at.is_none();
            if retimed {
                let clock = ticket.clock;
                ticket.clock = promise(hotline, clock.cycle, ticket.severity, clock.started_at)?;
                ticket.clock.breached_at = clock.breached_at;
            }
            ticket.updated_at = now;
            tx.save_ticket(&mut ticket).await?;
            tx.append_ticket_entry(ticket.id, now, author, &TicketChange::Edited { edits }).await?;
            if retimed {
                let change = TicketChange::Timed { cycle: ticket.clock.cycle, due_at: ticket.clock.due_at };
                tx.append_ticket_entry(ticket.id, now, author, &change).await?;
                set_marks(hotline, tx, &ticket).await?;
            }
            tell_programs(hotline, tx, &ticket, HookEvent::Edited).await?;
            Ok(ticket)
        })
        .await
}
