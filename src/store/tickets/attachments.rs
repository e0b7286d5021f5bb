//! Files on tickets: what is known of them. Their content is the provider's to keep.

use sqlx::types::Json;

use crate::id::TicketId;
use crate::store::error::Place;
use crate::store::time::Timestamp;
use crate::store::tx::{Tx, on};
use crate::store::{Result, StoreError};
use crate::ticket::{Author, Digest, TicketAttachment};

macro_rules! columns {
    () => {
        "ticket, sequence, name, media, size, sha256, author, at"
    };
}

#[derive(sqlx::FromRow)]
struct AttachmentRow {
    ticket: uuid::Uuid,
    sequence: i64,
    name: String,
    media: String,
    size: i64,
    sha256: String,
    author: Json<Author>,
    at: Timestamp,
}

impl TryFrom<AttachmentRow> for TicketAttachment {
    type Error = StoreError;

    fn try_from(row: AttachmentRow) -> Result<Self> {
        let place = Place { table: "ticket_attachments", key: &row.ticket.simple() };
        Ok(Self {
            size: place.ok("size", u64::try_from(row.size))?,
            sha256: place.some("sha256", Digest::parse(&row.sha256))?,
            sequence: row.sequence,
            name: row.name,
            media: row.media,
            author: row.author.0,
            at: row.at.into(),
        })
    }
}

impl Tx {
    /// Keeps what is known of a file, at the place of its line in the history. Whoever does has locked the ticket.
    ///
    /// # Errors
    /// The database's: the ticket has this content under this name, or is not there.
    pub async fn insert_ticket_attachment(&mut self, ticket: TicketId, file: &TicketAttachment) -> Result<()> {
        // No file comes near half of all sizes.
        let size = i64::try_from(file.size).unwrap_or(i64::MAX);
        on!(self, c => sqlx::query(concat!("INSERT INTO ticket_attachments (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"))
            .bind(ticket.0).bind(file.sequence).bind(&file.name).bind(&file.media).bind(size)
            .bind(file.sha256.as_str()).bind(Json(&file.author)).bind(Timestamp::from(file.at))
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// The files of a ticket, in the order in which they came.
    ///
    /// # Errors
    /// The database's.
    pub async fn ticket_attachments(&mut self, ticket: TicketId) -> Result<Vec<TicketAttachment>> {
        let rows: Vec<AttachmentRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM ticket_attachments WHERE ticket = $1 ORDER BY sequence"))
            .bind(ticket.0).fetch_all(c).await)?;
        rows.into_iter().map(TicketAttachment::try_from).collect()
    }

    /// The file of a ticket at this place of its history.
    ///
    /// # Errors
    /// The database's.
    pub async fn ticket_attachment(&mut self, ticket: TicketId, sequence: i64) -> Result<Option<TicketAttachment>> {
        let row: Option<AttachmentRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM ticket_attachments WHERE ticket = $1 AND sequence = $2"))
            .bind(ticket.0).bind(sequence).fetch_optional(c).await)?;
        row.map(TicketAttachment::try_from).transpose()
    }

    /// Whether any ticket has a file with this content.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_attached(&mut self, content: &Digest) -> Result<bool> {
        Ok(on!(self, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM ticket_attachments WHERE sha256 = $1)")
            .bind(content.as_str()).fetch_one(c).await)?)
    }
}
