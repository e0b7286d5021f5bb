//! The built-in ticket store.

use super::Result;
use super::time::Timestamp;
use super::tx::{Tx, on, one};
use crate::ticket::Ticket;

#[derive(sqlx::FromRow)]
struct TicketRow {
    external_id: String,
    subject: String,
    body: String,
    state: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<TicketRow> for Ticket {
    fn from(row: TicketRow) -> Self {
        Self {
            external_id: row.external_id,
            subject: row.subject,
            body: row.body,
            state: row.state,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

impl Tx {
    /// Keeps a ticket; `true` when it is new, `false` when the one with its external id was told the news. That one stays
    /// as old as it is.
    ///
    /// # Errors
    /// The database's.
    pub async fn put_ticket(&mut self, ticket: &Ticket) -> Result<bool> {
        let created = on!(self, c => sqlx::query(
            "INSERT INTO tickets (external_id, subject, body, state, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (external_id) DO NOTHING")
            .bind(&ticket.external_id).bind(&ticket.subject).bind(&ticket.body).bind(&ticket.state)
            .bind(Timestamp::from(ticket.created_at)).bind(Timestamp::from(ticket.updated_at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        if created == 1 {
            return Ok(true);
        }
        let updated = on!(self, c => sqlx::query(
            "UPDATE tickets SET subject = $2, body = $3, state = $4, updated_at = $5 WHERE external_id = $1")
            .bind(&ticket.external_id).bind(&ticket.subject).bind(&ticket.body).bind(&ticket.state)
            .bind(Timestamp::from(ticket.updated_at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        one(updated, "tickets", &ticket.external_id)?;
        Ok(false)
    }

    /// The ticket with this external id.
    ///
    /// # Errors
    /// The database's.
    pub async fn ticket(&mut self, external_id: &str) -> Result<Option<Ticket>> {
        let row: Option<TicketRow> = on!(self, c => sqlx::query_as(
            "SELECT external_id, subject, body, state, created_at, updated_at FROM tickets WHERE external_id = $1")
            .bind(external_id).fetch_optional(c).await)?;
        Ok(row.map(Ticket::from))
    }
}
