//! The ticket store is told: the ticket of a case exists exactly once and says how the case stands. The built-in one is written
//! here; for one of another maker the next step is set down.

use super::hand_off::{Desk, ask_for_sounds, hand_on};
use super::tickets::comment_ticket::comment_ticket;
use super::tickets::put_case_ticket;
use super::{Hotline, Lease, OpsError};
use crate::id::IncidentId;
use crate::incident::{Actor, Change};
use crate::store::Tx;
use crate::ticket::{Author, Case, Comment, NewComment};

/// No timeline is longer; what is beyond is looked up one by one.
const MOST_COMMENTS: u32 = 1_000;

/// Sees that the ticket store holds, or will hold, the ticket of `incident` as it stands.
///
/// # Errors
/// [`OpsError`].
pub async fn file_ticket(hotline: &Hotline, lease: Lease, incident: IncidentId) -> Result<(), OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), OpsError> {
            let incident = tx.lock_incident(incident).await?.ok_or(OpsError::NotFound("incident"))?;
            lease.settle(hotline, tx).await?;
            if hotline.policy.hand_offs.is_some() {
                return hand_on(hotline, tx, &incident).await;
            }
            let desk = Desk::open(hotline, tx, &incident).await?;
            let Case { subject, body, .. } = desk.case();
            let (mut ticket, is_new) = put_case_ticket(hotline, tx, &incident, subject, body).await?;
            if is_new {
                let change = Change::Ticketed { ticket: incident.number.to_string() };
                tx.append_entry(incident.id, hotline.now(), &Actor::System, &change).await?;
            }
            let told = tx.ticket_comments(ticket.id, 0, MOST_COMMENTS).await?;
            let is_new = |comment: &Comment| !told.iter().any(|known| known.mark.as_ref() == Some(&comment.mark));
            for sequence in desk.comments() {
                let Some(comment) = desk.comment(sequence).filter(|comment| is_new(comment)) else { continue };
                let Comment { mark, text, public } = comment;
                let comment = NewComment { text, public, by_person: false, mark: Some(mark) };
                comment_ticket(hotline, tx, &mut ticket, comment, &Author::System).await?;
            }
            ask_for_sounds(hotline, tx, (&incident, &desk), &mut ticket, &told).await
        })
        .await
}
