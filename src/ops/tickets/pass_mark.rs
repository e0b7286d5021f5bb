//! The clock of a ticket speaks: supervisors are told when three quarters of the promised time are used up, and at the breach.
//! The clock of an incident speaks for itself.

use super::promise::{AT_ONCE, instants};
use super::tell_programs;
use crate::access::HookEvent;
use crate::id::TicketId;
use crate::ops::message::tell;
use crate::ops::{Hotline, Lease, OpsError};
use crate::paging::TicketNews;
use crate::store::Tx;
use crate::ticket::{Author, Ticket, TicketChange};

/// The mark `percent` of the ticket's `cycle` is due. When the breach is past as well (the machine was down), an earlier one
/// says nothing.
///
/// # Errors
/// [`OpsError`].
pub async fn pass_ticket_mark(
    hotline: &Hotline,
    lease: Lease,
    ticket: TicketId,
    cycle: u32,
    percent: u8,
) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let mut ticket = tx.lock_ticket(ticket).await?.ok_or(OpsError::NotFound("ticket"))?;
            lease.settle(hotline, tx).await?;
            if ticket.clock.cycle != cycle || !ticket.awaits_response() || ticket.clock.breached_at.is_some() {
                return Ok(());
            }
            let now = hotline.now();
            let instants = instants(&ticket.clock, &hotline.policy.calendar)?;
            let is_past = |percent: u8| instants.iter().any(|(mark, at)| mark.percent() == percent && *at <= now);
            let news = match percent {
                AT_ONCE => TicketNews::Critical,
                100 if is_past(100) => TicketNews::Breach,
                percent if is_past(percent) && !is_past(100) => TicketNews::Warning,
                // The promise was reckoned anew since: whoever did so has set down another look.
                _ => return Ok(()),
            };
            let change = match news {
                TicketNews::Breach => {
                    ticket.clock.breached_at = Some(now);
                    TicketChange::Breached
                }
                TicketNews::Warning | TicketNews::Critical => TicketChange::Warned { percent },
            };
            ticket.updated_at = now;
            tx.save_ticket(&mut ticket).await?;
            tx.append_ticket_entry(ticket.id, now, &Author::System, &change).await?;
            if news == TicketNews::Breach {
                tell_programs(hotline, tx, &ticket, HookEvent::Breached).await?;
            }
            tell_supervisors(hotline, tx, &ticket, news).await
        })
        .await
}

async fn tell_supervisors(hotline: &Hotline, tx: &mut Tx, ticket: &Ticket, news: TicketNews) -> Result<(), OpsError> {
    let Some(roster) = hotline.roster(tx).await? else { return Ok(()) };
    let external = ticket.external_id.as_deref();
    for supervisor in roster.supervisors() {
        let writer = &hotline.policy.writer;
        let body =
            writer.ticket(supervisor.language, news, external, ticket.severity, &ticket.subject, ticket.clock.due_at);
        tell(hotline, tx, None, news.template(), supervisor, body).await?;
    }
    Ok(())
}
