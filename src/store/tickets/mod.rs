//! The built-in ticket store: tickets as they stand. Lists are in `list.rs`, what happened to them in `history.rs`.

mod attachments;
mod comments;
mod history;
mod list;

use uuid::Uuid;

pub use list::{TicketFilter, TicketOrder, TicketPlace};

use super::error::Place;
use super::incidents::target;
use super::time::{Timestamp, optional};
use super::tx::{Tx, for_update, on};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::id::{IncidentId, TicketId};
use crate::phone::Phone;
use crate::sla::Severity;
use crate::ticket::{Requester, ResponseClock, Ticket, TicketChannel, TicketKind, TicketState};

macro_rules! columns {
    () => {
        "id, external_id, incident, kind, severity, state, channel, requester_name, requester_email, requester_phone, \
         institution, service, subject, body, cycle, started_at, target_seconds, target_mode, due_at, responded_at, \
         breached_at, created_at, updated_at, version"
    };
}
use columns;

#[derive(sqlx::FromRow)]
struct TicketRow {
    id: Uuid,
    external_id: Option<String>,
    incident: Option<Uuid>,
    kind: String,
    severity: String,
    state: String,
    channel: String,
    requester_name: Option<String>,
    requester_email: Option<String>,
    requester_phone: Option<String>,
    institution: Option<String>,
    service: Option<String>,
    subject: String,
    body: String,
    cycle: i64,
    started_at: Timestamp,
    target_seconds: i64,
    target_mode: String,
    due_at: Timestamp,
    responded_at: Option<Timestamp>,
    breached_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: i64,
}

impl TryFrom<TicketRow> for Ticket {
    type Error = StoreError;

    fn try_from(row: TicketRow) -> Result<Self> {
        let place = Place { table: "tickets", key: &row.id.simple() };
        let phone = row.requester_phone.map(|phone| place.ok("requester_phone", Phone::parse(&phone))).transpose()?;
        Ok(Self {
            kind: place.some("kind", TicketKind::from_word(&row.kind))?,
            severity: place.some("severity", Severity::from_word(&row.severity))?,
            state: place.some("state", TicketState::from_word(&row.state))?,
            channel: place.some("channel", TicketChannel::from_word(&row.channel))?,
            clock: ResponseClock {
                cycle: place.ok("cycle", u32::try_from(row.cycle))?,
                started_at: row.started_at.into(),
                target: target(&place, row.target_seconds, &row.target_mode)?,
                due_at: row.due_at.into(),
                responded_at: row.responded_at.map(Instant::from),
                breached_at: row.breached_at.map(Instant::from),
            },
            id: TicketId(row.id),
            external_id: row.external_id,
            incident: row.incident.map(IncidentId),
            requester: Requester { name: row.requester_name, email: row.requester_email, phone },
            institution: row.institution,
            service: row.service,
            subject: row.subject,
            body: row.body,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            version: row.version,
        })
    }
}

impl Tx {
    /// Keeps a new ticket; `false` when there is one with its external id.
    ///
    /// # Errors
    /// The database's: a ticket with this id or of this incident exists, or there is no such incident.
    pub async fn insert_ticket(&mut self, ticket: &Ticket) -> Result<bool> {
        let (who, clock) = (&ticket.requester, &ticket.clock);
        let rows = on!(self, c => sqlx::query(concat!("INSERT INTO tickets (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                     $22, $23, $24) ON CONFLICT (external_id) DO NOTHING"))
            .bind(ticket.id.0).bind(ticket.external_id.as_deref()).bind(ticket.incident.map(|id| id.0))
            .bind(ticket.kind.as_str()).bind(ticket.severity.as_str()).bind(ticket.state.as_str())
            .bind(ticket.channel.as_str()).bind(who.name.as_deref()).bind(who.email.as_deref())
            .bind(who.phone.as_ref().map(Phone::as_str)).bind(ticket.institution.as_deref())
            .bind(ticket.service.as_deref()).bind(&ticket.subject).bind(&ticket.body).bind(i64::from(clock.cycle))
            .bind(Timestamp::from(clock.started_at)).bind(clock.target.span.num_seconds())
            .bind(clock.target.mode.as_str()).bind(Timestamp::from(clock.due_at)).bind(optional(clock.responded_at))
            .bind(optional(clock.breached_at)).bind(Timestamp::from(ticket.created_at))
            .bind(Timestamp::from(ticket.updated_at)).bind(ticket.version)
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// The ticket with this id.
    ///
    /// # Errors
    /// The database's.
    pub async fn ticket(&mut self, id: TicketId) -> Result<Option<Ticket>> {
        let row: Option<TicketRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM tickets WHERE id = $1"))
            .bind(id.0).fetch_optional(c).await)?;
        row.map(Ticket::try_from).transpose()
    }

    /// The ticket with this external id.
    ///
    /// # Errors
    /// The database's.
    pub async fn ticket_by_external_id(&mut self, external_id: &str) -> Result<Option<Ticket>> {
        let row: Option<TicketRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM tickets WHERE external_id = $1"))
            .bind(external_id).fetch_optional(c).await)?;
        row.map(Ticket::try_from).transpose()
    }

    /// The ticket with this id, which nobody else changes until this unit ends. After the incident, where it has one: everybody
    /// locks in this order.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_ticket(&mut self, id: TicketId) -> Result<Option<Ticket>> {
        let row: Option<TicketRow> = on!(self, c => sqlx::query_as(
            for_update!("SELECT ", columns!(), " FROM tickets WHERE id = $1").on(c))
            .bind(id.0).fetch_optional(c).await)?;
        row.map(Ticket::try_from).transpose()
    }

    /// The ticket of an incident, which nobody else changes until this unit ends.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_ticket_of(&mut self, incident: IncidentId) -> Result<Option<Ticket>> {
        let row: Option<TicketRow> = on!(self, c => sqlx::query_as(
            for_update!("SELECT ", columns!(), " FROM tickets WHERE incident = $1").on(c))
            .bind(incident.0).fetch_optional(c).await)?;
        row.map(Ticket::try_from).transpose()
    }

    /// Keeps what a ticket has become, and counts its version up. Its incident, its channel and when it was created never
    /// change.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else saved it since it was read; [`StoreError::is_taken`] when another has its
    /// external id; the database's.
    pub async fn save_ticket(&mut self, ticket: &mut Ticket) -> Result<()> {
        let (who, clock) = (&ticket.requester, &ticket.clock);
        let version: Option<i64> = on!(self, c => sqlx::query_scalar(
            "UPDATE tickets SET external_id = $3, kind = $4, severity = $5, state = $6, requester_name = $7,
                 requester_email = $8, requester_phone = $9, institution = $10, service = $11, subject = $12, body = $13,
                 cycle = $14, started_at = $15, target_seconds = $16, target_mode = $17, due_at = $18,
                 responded_at = $19, breached_at = $20, updated_at = $21, version = version + 1
             WHERE id = $1 AND version = $2 RETURNING version")
            .bind(ticket.id.0).bind(ticket.version).bind(ticket.external_id.as_deref())
            .bind(ticket.kind.as_str()).bind(ticket.severity.as_str()).bind(ticket.state.as_str())
            .bind(who.name.as_deref()).bind(who.email.as_deref()).bind(who.phone.as_ref().map(Phone::as_str))
            .bind(ticket.institution.as_deref()).bind(ticket.service.as_deref()).bind(&ticket.subject)
            .bind(&ticket.body).bind(i64::from(clock.cycle)).bind(Timestamp::from(clock.started_at))
            .bind(clock.target.span.num_seconds()).bind(clock.target.mode.as_str())
            .bind(Timestamp::from(clock.due_at)).bind(optional(clock.responded_at))
            .bind(optional(clock.breached_at)).bind(Timestamp::from(ticket.updated_at))
            .fetch_optional(c).await)?;
        ticket.version = version.ok_or(StoreError::Conflict { table: "tickets" })?;
        Ok(())
    }
}
