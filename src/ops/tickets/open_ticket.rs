//! A ticket comes in by another way than the line.

use super::promise::{promise, set_marks};
use super::{TicketError, tell_programs};
use crate::access::HookEvent;
use crate::id::TicketId;
use crate::ops::{Hotline, Once};
use crate::store::Tx;
use crate::ticket::{Author, NewTicket, Ticket, TicketChange, TicketState, wrong_in};

/// Makes a ticket; its clock starts now.
///
/// # Errors
/// [`TicketError::Wrong`], [`TicketError::Taken`] when another has its external id; nothing is kept then.
pub async fn open_ticket(
    hotline: &Hotline,
    new: NewTicket,
    author: &Author,
    once: Once<'_, Ticket>,
) -> Result<Ticket, TicketError> {
    let now = hotline.now();
    let NewTicket { external_id, kind, severity, channel, requester, institution, service, subject, body } = new;
    let ticket = Ticket {
        id: TicketId(hotline.ids.ordered(now)),
        external_id,
        incident: None,
        kind,
        severity,
        state: TicketState::New,
        channel,
        requester,
        institution,
        service,
        subject,
        body,
        clock: promise(hotline, 1, severity, now)?,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let wrong = wrong_in(&ticket);
    if !wrong.is_empty() {
        return Err(TicketError::Wrong(wrong));
    }
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), TicketError> {
            if !tx.insert_ticket(&ticket).await? {
                return Err(TicketError::Taken);
            }
            tx.append_ticket_entry(ticket.id, now, author, &TicketChange::Opened).await?;
            set_marks(hotline, tx, &ticket).await?;
            tell_programs(hotline, tx, &ticket, HookEvent::Opened).await?;
            Ok(once.keep(hotline, tx, &ticket).await?)
        })
        .await?;
    Ok(ticket)
}
