//! A ticket comes to stand elsewhere.

use super::promise::{drop_marks, promise, set_marks};
use super::{TicketError, lock_at, tell_programs};
use crate::access::HookEvent;
use crate::clock::Instant;
use crate::id::TicketId;
use crate::ops::{Hotline, Once, OpsError};
use crate::store::Tx;
use crate::ticket::{Author, Ticket, TicketChange, TicketEvent, TicketState, way, wrong_in_note};

/// Takes the ticket that whoever asks has seen at `version` to where it shall stand, with a note where there is one. One that
/// comes back begins a new cycle with a new clock; how the one before went stays in the history. Where it stands already, it
/// stays as it is.
///
/// # Errors
/// [`TicketError`]; nothing is changed then.
pub async fn move_ticket(
    hotline: &Hotline,
    id: TicketId,
    version: i64,
    to: TicketState,
    note: Option<&str>,
    author: &Author,
    once: Once<'_, Ticket>,
) -> Result<Ticket, TicketError> {
    if let Some(wrong) = note.and_then(wrong_in_note) {
        return Err(TicketError::Wrong(vec![wrong]));
    }
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Ticket, TicketError> {
            let mut ticket = lock_at(tx, id, version).await?;
            if ticket.is_case() {
                return Err(TicketError::OfIncident);
            }
            if ticket.state == to {
                once.keep(hotline, tx, &ticket).await?;
                return Ok(ticket);
            }
            let event = way(ticket.state, to)?;
            let now = hotline.now();
            set_ticket_state(tx, &mut ticket, to, note, author, now).await?;
            if event == TicketEvent::Reopen {
                let cycle = ticket.clock.cycle.saturating_add(1);
                ticket.clock = promise(hotline, cycle, ticket.severity, now)?;
                let change = TicketChange::Timed { cycle, due_at: ticket.clock.due_at };
                tx.append_ticket_entry(ticket.id, now, author, &change).await?;
                set_marks(hotline, tx, &ticket).await?;
            } else if !to.is_open() {
                drop_marks(tx, &ticket).await?;
            }
            ticket.updated_at = now;
            tx.save_ticket(&mut ticket).await?;
            tell_programs(hotline, tx, &ticket, HookEvent::Moved).await?;
            once.keep(hotline, tx, &ticket).await?;
            Ok(ticket)
        })
        .await
}

/// Where `ticket` stands from now on, in the unit of its caller, who has locked it, has asked the table, and saves it.
pub(in crate::ops) async fn set_ticket_state(
    tx: &mut Tx,
    ticket: &mut Ticket,
    to: TicketState,
    note: Option<&str>,
    author: &Author,
    now: Instant,
) -> Result<(), OpsError> {
    let from = std::mem::replace(&mut ticket.state, to);
    if from != to {
        let change = TicketChange::Moved { from, to, note: note.map(str::to_owned) };
        tx.append_ticket_entry(ticket.id, now, author, &change).await?;
    }
    Ok(())
}
