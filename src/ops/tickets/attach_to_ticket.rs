//! A file is attached to a ticket. Its content is kept before: what is attached is there.

use super::{TicketError, lock, tell_programs};
use crate::access::HookEvent;
use crate::id::TicketId;
use crate::ops::{Hotline, Once};
use crate::store::Tx;
use crate::ticket::{Author, MOST_ATTACHMENTS, NewFile, Ticket, TicketAttachment, TicketChange, wrong_in_file};

/// A file on a ticket, and whether it was not there before.
pub type Attached = (Ticket, TicketAttachment, bool);

/// Attaches a file to the ticket with this id.
///
/// # Errors
/// [`TicketError`]; nothing is changed then.
pub async fn add_attachment(
    hotline: &Hotline,
    id: TicketId,
    file: NewFile,
    author: &Author,
    once: Once<'_, Attached>,
) -> Result<Attached, TicketError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Attached, TicketError> {
            let mut ticket = lock(tx, id).await?;
            let (file, is_new) = attach_to_ticket(hotline, tx, &mut ticket, file, author).await?;
            let made = (ticket, file, is_new);
            once.keep(hotline, tx, &made).await?;
            Ok(made)
        })
        .await
}

/// Attaches a file to `ticket`, which its caller has locked, and saves that; the file, and whether it was not there before:
/// the same content under the same name is one file, however often it comes.
pub(in crate::ops) async fn attach_to_ticket(
    hotline: &Hotline,
    tx: &mut Tx,
    ticket: &mut Ticket,
    file: NewFile,
    author: &Author,
) -> Result<(TicketAttachment, bool), TicketError> {
    let NewFile { name, media, size, sha256 } = file;
    let wrong = wrong_in_file(&name, &media);
    if !wrong.is_empty() {
        return Err(TicketError::Wrong(wrong));
    }
    let there = tx.ticket_attachments(ticket.id).await?;
    if let Some(known) = there.iter().find(|known| known.sha256 == sha256 && known.name == name) {
        return Ok((known.clone(), false));
    }
    if there.len() >= usize::try_from(MOST_ATTACHMENTS).unwrap_or(usize::MAX) {
        return Err(TicketError::Full);
    }
    let now = hotline.now();
    let change = TicketChange::Attached { sha256: sha256.clone(), size };
    let sequence = tx.append_ticket_entry(ticket.id, now, author, &change).await?;
    let file = TicketAttachment { sequence, name, media, size, sha256, author: author.clone(), at: now };
    tx.insert_ticket_attachment(ticket.id, &file).await?;
    ticket.updated_at = now;
    tx.save_ticket(ticket).await?;
    tell_programs(hotline, tx, ticket, HookEvent::Attached).await?;
    Ok((file, true))
}
