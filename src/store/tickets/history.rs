//! What happened to tickets, line by line.

use sqlx::types::Json;

use crate::clock::Instant;
use crate::id::TicketId;
use crate::store::time::Timestamp;
use crate::store::tx::{Sql, Tx, on};
use crate::store::{Result, StoreError};
use crate::ticket::{Author, TicketChange, TicketEntry};

#[derive(sqlx::FromRow)]
struct EntryRow {
    sequence: i64,
    at: Timestamp,
    author: Json<Author>,
    change: Json<TicketChange>,
}

impl From<EntryRow> for TicketEntry {
    fn from(row: EntryRow) -> Self {
        Self { sequence: row.sequence, at: row.at.into(), author: row.author.0, change: row.change.0 }
    }
}

// As in `timeline.rs`: counting in the ticket's row also locks it.
const APPEND: Sql = Sql {
    sqlite: "UPDATE tickets SET last_entry = last_entry + 1 WHERE id = $1 RETURNING last_entry",
    postgres: "WITH place AS (UPDATE tickets SET last_entry = last_entry + 1 WHERE id = $1 RETURNING last_entry)
         INSERT INTO ticket_entries (ticket, sequence, at, author, change)
         SELECT $1, last_entry, $2, $3, $4 FROM place RETURNING sequence",
};

impl Tx {
    /// Writes the next line of a ticket's history and gives its place, from 1 without gaps.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such ticket; the database's.
    pub async fn append_ticket_entry(
        &mut self,
        ticket: TicketId,
        at: Instant,
        author: &Author,
        change: &TicketChange,
    ) -> Result<i64> {
        let sequence: Option<i64> = on!(self, c => sqlx::query_scalar(APPEND.on(c))
            .bind(ticket.0).bind(Timestamp::from(at)).bind(Json(author)).bind(Json(change))
            .fetch_optional(c).await)?;
        let sequence = sequence.ok_or_else(|| StoreError::Missing { table: "tickets", key: ticket.to_string() })?;
        if self.is_sqlite() {
            on!(self, c => sqlx::query(
                "INSERT INTO ticket_entries (ticket, sequence, at, author, change) VALUES ($1, $2, $3, $4, $5)")
                .bind(ticket.0).bind(sequence).bind(Timestamp::from(at)).bind(Json(author)).bind(Json(change))
                .execute(c).await.map(drop))?;
        }
        Ok(sequence)
    }

    /// At most `limit` lines of a ticket's history behind the place `after` (0 = from the first), in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn ticket_entries(&mut self, ticket: TicketId, after: i64, limit: u32) -> Result<Vec<TicketEntry>> {
        let rows: Vec<EntryRow> = on!(self, c => sqlx::query_as(
            "SELECT sequence, at, author, change FROM ticket_entries
             WHERE ticket = $1 AND sequence > $2 ORDER BY sequence LIMIT $3")
            .bind(ticket.0).bind(after).bind(i64::from(limit)).fetch_all(c).await)?;
        Ok(rows.into_iter().map(TicketEntry::from).collect())
    }
}
