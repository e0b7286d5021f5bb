//! Somebody writes a comment on a ticket.

use super::promise::drop_marks;
use super::{TicketError, lock, tell_programs};
use crate::access::HookEvent;
use crate::id::TicketId;
use crate::ops::{Hotline, Once};
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
    once: Once<'_, (Ticket, TicketComment)>,
) -> Result<(Ticket, TicketComment), TicketError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(Ticket, TicketComment), TicketError> {
            let mut ticket = lock(tx, id).await?;
            let comment = comment_ticket(hotline, tx, &mut ticket, comment, author).await?;
            let made = (ticket, comment);
            once.keep(hotline, tx, &made).await?;
            Ok(made)
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
    let mut is_answer = false;
    if public && by_person {
        let from = ticket.state;
        if let Some(met) = ticket.answer(now) {
            tx.append_ticket_entry(ticket.id, now, author, &TicketChange::Responded { met }).await?;
            if from == TicketState::New {
                let change = TicketChange::Moved { from, to: ticket.state, note: None };
                tx.append_ticket_entry(ticket.id, now, author, &change).await?;
            }
            drop_marks(tx, ticket).await?;
            is_answer = true;
        }
    }
    ticket.updated_at = now;
    tx.save_ticket(ticket).await?;
    tell_programs(hotline, tx, ticket, HookEvent::Commented).await?;
    if is_answer {
        tell_programs(hotline, tx, ticket, HookEvent::Responded).await?;
    }
    Ok(comment)
}
