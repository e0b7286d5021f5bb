//! Comments on tickets.

use sqlx::types::Json;

use crate::id::TicketId;
use crate::store::Result;
use crate::store::time::Timestamp;
use crate::store::tx::{Tx, on};
use crate::ticket::{Author, TicketComment};

macro_rules! columns {
    () => {
        "sequence, mark, text, public, by_person, author, at"
    };
}

#[derive(sqlx::FromRow)]
struct CommentRow {
    sequence: i64,
    mark: Option<String>,
    text: String,
    public: bool,
    by_person: bool,
    author: Json<Author>,
    at: Timestamp,
}

impl From<CommentRow> for TicketComment {
    fn from(row: CommentRow) -> Self {
        let CommentRow { sequence, mark, text, public, by_person, author, at } = row;
        Self { sequence, mark, text, public, by_person, author: author.0, at: at.into() }
    }
}

impl Tx {
    /// Keeps a comment, at the place of its line in the history. Whoever does has locked the ticket.
    ///
    /// # Errors
    /// The database's: the ticket has a comment with this place or this mark, or is not there.
    pub async fn insert_ticket_comment(&mut self, ticket: TicketId, comment: &TicketComment) -> Result<()> {
        on!(self, c => sqlx::query(concat!("INSERT INTO ticket_comments (ticket, ", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"))
            .bind(ticket.0).bind(comment.sequence).bind(comment.mark.as_deref()).bind(&comment.text)
            .bind(comment.public).bind(comment.by_person).bind(Json(&comment.author))
            .bind(Timestamp::from(comment.at)).execute(c).await.map(drop))?;
        Ok(())
    }

    /// At most `limit` comments of a ticket behind the place `after` (0 = from the first), in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn ticket_comments(&mut self, ticket: TicketId, after: i64, limit: u32) -> Result<Vec<TicketComment>> {
        let rows: Vec<CommentRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM ticket_comments
             WHERE ticket = $1 AND sequence > $2 ORDER BY sequence LIMIT $3"))
            .bind(ticket.0).bind(after).bind(i64::from(limit)).fetch_all(c).await)?;
        Ok(rows.into_iter().map(TicketComment::from).collect())
    }

    /// The comment of a ticket with this mark.
    ///
    /// # Errors
    /// The database's.
    pub async fn ticket_comment_marked(&mut self, ticket: TicketId, mark: &str) -> Result<Option<TicketComment>> {
        let row: Option<CommentRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM ticket_comments WHERE ticket = $1 AND mark = $2"))
            .bind(ticket.0).bind(mark).fetch_optional(c).await)?;
        Ok(row.map(TicketComment::from))
    }
}
