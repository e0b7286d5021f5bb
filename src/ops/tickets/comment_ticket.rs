//! Somebody writes a comment on a ticket.

use super::promise::drop_marks;
use super::{TicketError, lock};
use crate::id::TicketId;
use crate::ops::Hotline;
use crate::store::Tx;
use crate::ticket::{Author, NewComment, Ticket, TicketChange, TicketComment, TicketState, wrong_in_comment};

/// Writes a comment on the ticket with this id; the ticket and the comment.
///
/// # Errors
/// [`TicketError`]; nothing is changed then.
pub async fn add_comment(
    hotline: &Hotline,
    id: TicketId,
    comment: NewComment,
    author: &Author,
) -> Result<(Ticket, TicketComment), TicketError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(Ticket, TicketComment), TicketError> {
            let mut ticket = lock(tx, id).await?;
            let comment = comment_ticket(hotline, tx, &mut ticket, comment, author).await?;
            Ok((ticket, comment))
        })
        .await
}

/// Writes a comment on `ticket`, which its caller has locked, and saves that. A comment whose mark the ticket has already is
/// that comment, and changes nothing. The first public comment of a person in a cycle is the first response.
pub(in crate::ops) async fn comment_ticket(
    hotline: &Hotline,
    tx: &mut Tx,
    ticket: &mut Ticket,
    comment: NewComment,
    author: &Author,
) -> Result<TicketComment, TicketError> {
    let NewComment { text, public, by_person, mark } = comment;
    if let Some(wrong) = wrong_in_comment(&text) {
        return Err(TicketError::Wrong(vec![wrong]));
    }
    if let Some(mark) = &mark
        && let Some(known) = tx.ticket_comment_marked(ticket.id, mark).await?
    {
        return Ok(known);
    }
    let now = hotline.now();
    let sequence = tx.append_ticket_entry(ticket.id, now, author, &TicketChange::Commented { public }).await?;
    let comment = TicketComment { sequence, mark, text, public, by_person, author: author.clone(), at: now };
    tx.insert_ticket_comment(ticket.id, &comment).await?;
    if public && by_person {
        let from = ticket.state;
        if let Some(met) = ticket.answer(now) {
            tx.append_ticket_entry(ticket.id, now, author, &TicketChange::Responded { met }).await?;
            if from == TicketState::New {
                let change = TicketChange::Moved { from, to: ticket.state, note: None };
                tx.append_ticket_entry(ticket.id, now, author, &change).await?;
            }
            drop_marks(tx, ticket).await?;
        }
    }
    ticket.updated_at = now;
    tx.save_ticket(ticket).await?;
    Ok(comment)
}
