//! Text messages out and in, and their receipts.

use uuid::Uuid;

use super::error::Place;
use super::time::{Timestamp, optional};
use super::tx::{Tx, for_update, on, one};
use super::{Result, StoreError};
use crate::clock::Instant;
use crate::id::{IncidentId, MessageId, PageId};
use crate::oncall::Channel;
use crate::paging::{Delivery, Message, Recipient};
use crate::phone::Phone;

/// A receipt that came before the message's provider id was known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedReceipt {
    /// What it says.
    pub state: Delivery,
    /// The provider's error code.
    pub error_code: Option<u32>,
    /// When it came.
    pub at: Instant,
}

macro_rules! columns {
    () => {
        "id, incident, page, template, channel, recipient, body, state, provider_message, error_code, created_at, sent_at"
    };
}

#[derive(sqlx::FromRow)]
struct MessageRow {
    id: Uuid,
    incident: Option<Uuid>,
    page: Option<Uuid>,
    template: String,
    channel: String,
    recipient: String,
    body: String,
    state: String,
    provider_message: Option<String>,
    error_code: Option<i64>,
    created_at: Timestamp,
    sent_at: Option<Timestamp>,
}

impl TryFrom<MessageRow> for Message {
    type Error = StoreError;

    fn try_from(row: MessageRow) -> Result<Self> {
        let place = Place { table: "messages", key: &row.id.simple() };
        Ok(Self {
            channel: place.some("channel", channel(&row.channel))?,
            to: place.some("recipient", Recipient::parse(&row.recipient))?,
            page: row.page.map(PageId),
            state: place.some("state", Delivery::from_word(&row.state))?,
            error_code: row.error_code.map(|code| place.ok("error_code", u32::try_from(code))).transpose()?,
            id: MessageId(row.id),
            incident: row.incident.map(IncidentId),
            template: row.template,
            body: row.body,
            provider_message: row.provider_message,
            created_at: row.created_at.into(),
            sent_at: row.sent_at.map(Instant::from),
        })
    }
}

fn channel(word: &str) -> Option<Channel> {
    Channel::ALL.into_iter().find(|channel| channel.as_str() == word)
}

#[derive(sqlx::FromRow)]
struct ReceiptRow {
    state: String,
    error_code: Option<i64>,
    at: Timestamp,
}

/// Units about the same provider id wait for each other, so that a receipt and the send result it belongs to never miss one
/// another. Kept until the unit ends.
const MEET: &str = "SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 0)) AS text)";

impl Tx {
    /// Keeps a new message, before anything is sent.
    ///
    /// # Errors
    /// The database's: it is there already, or there is no such incident.
    pub async fn insert_message(&mut self, message: &Message) -> Result<()> {
        on!(self, c => sqlx::query(concat!("INSERT INTO messages (", columns!(), ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"))
            .bind(message.id.0).bind(message.incident.map(|id| id.0)).bind(message.page.map(|id| id.0))
            .bind(&message.template).bind(message.channel.as_str()).bind(message.to.stored()).bind(&message.body).bind(message.state.as_str())
            .bind(message.provider_message.as_deref()).bind(message.error_code.map(i64::from))
            .bind(Timestamp::from(message.created_at)).bind(optional(message.sent_at))
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// The message with this id.
    ///
    /// # Errors
    /// The database's.
    pub async fn message(&mut self, id: MessageId) -> Result<Option<Message>> {
        let row: Option<MessageRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM messages WHERE id = $1"))
            .bind(id.0).fetch_optional(c).await)?;
        row.map(Message::try_from).transpose()
    }

    /// The message with this id, which nobody else changes until this unit ends.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_message(&mut self, id: MessageId) -> Result<Option<Message>> {
        let row: Option<MessageRow> = on!(self, c => sqlx::query_as(
            for_update!("SELECT ", columns!(), " FROM messages WHERE id = $1").on(c))
            .bind(id.0).fetch_optional(c).await)?;
        row.map(Message::try_from).transpose()
    }

    /// The message the provider knows by this id. `None` may mean that its send result is not stored yet: park the receipt,
    /// in the same unit.
    ///
    /// # Errors
    /// The database's.
    pub async fn message_by_provider(&mut self, provider_message: &str) -> Result<Option<Message>> {
        self.meet(provider_message).await?;
        let row: Option<MessageRow> = on!(self, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM messages
             WHERE provider_message = $1 ORDER BY created_at DESC, id DESC LIMIT 1"))
            .bind(provider_message).fetch_optional(c).await)?;
        row.map(Message::try_from).transpose()
    }

    /// Keeps what a message has become: text, state, provider's id, error code, when it was sent. Whoever stores a provider's id
    /// has taken its parked receipts before, in the same unit.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such message; the database's.
    pub async fn save_message(&mut self, message: &Message) -> Result<()> {
        let rows = on!(self, c => sqlx::query(
            "UPDATE messages SET state = $2, provider_message = $3, error_code = $4, sent_at = $5, body = $6
             WHERE id = $1")
            .bind(message.id.0).bind(message.state.as_str()).bind(message.provider_message.as_deref())
            .bind(message.error_code.map(i64::from)).bind(optional(message.sent_at)).bind(&message.body)
            .execute(c).await.map(|done| done.rows_affected()))?;
        one(rows, "messages", &message.id)
    }

    /// The messages about an incident, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn messages(&mut self, incident: IncidentId) -> Result<Vec<Message>> {
        let rows: Vec<MessageRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM messages WHERE incident = $1 ORDER BY created_at, id"))
            .bind(incident.0).fetch_all(c).await)?;
        rows.into_iter().map(Message::try_from).collect()
    }

    /// The messages that carry a page, alone or in its bundle, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn messages_of_page(&mut self, page: PageId) -> Result<Vec<Message>> {
        let rows: Vec<MessageRow> = on!(self, c => sqlx::query_as(
            concat!("SELECT ", columns!(), " FROM messages WHERE page = $1 OR id IN
                 (SELECT bundle_messages.message FROM bundle_messages
                  JOIN pages ON pages.bundle = bundle_messages.bundle WHERE pages.id = $1)
             ORDER BY created_at, id"))
            .bind(page.0).fetch_all(c).await)?;
        rows.into_iter().map(Message::try_from).collect()
    }

    /// How many messages to this number were decided at `since` or later.
    ///
    /// # Errors
    /// The database's.
    pub async fn messages_to(&mut self, to: &Phone, since: Instant) -> Result<i64> {
        Ok(on!(self, c => sqlx::query_scalar(
            "SELECT COUNT(*) FROM messages WHERE recipient = $1 AND created_at >= $2")
            .bind(to.as_str()).bind(Timestamp::from(since)).fetch_one(c).await)?)
    }

    /// How many messages of this template to this number were decided at `since` or later.
    ///
    /// # Errors
    /// The database's.
    pub async fn messages_like(&mut self, template: &str, to: &Phone, since: Instant) -> Result<i64> {
        Ok(on!(self, c => sqlx::query_scalar(
            "SELECT COUNT(*) FROM messages WHERE recipient = $1 AND created_at >= $2 AND template = $3")
            .bind(to.as_str()).bind(Timestamp::from(since)).bind(template).fetch_one(c).await)?)
    }

    /// Keeps a message that came in; `false` when the provider delivered it before.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_inbound(
        &mut self,
        provider: &str,
        provider_message: &str,
        from: Option<&Phone>,
        to: Option<&Phone>,
        body: &str,
        at: Instant,
    ) -> Result<bool> {
        let rows = on!(self, c => sqlx::query(
            "INSERT INTO inbound_messages (provider, provider_message, sender, recipient, body, at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (provider, provider_message) DO NOTHING")
            .bind(provider).bind(provider_message).bind(from.map(Phone::as_str)).bind(to.map(Phone::as_str))
            .bind(body).bind(Timestamp::from(at))
            .execute(c).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// Counts a reply from this number whose code fits no page.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_wrong_reply(&mut self, from: &Phone, at: Instant) -> Result<()> {
        on!(self, c => sqlx::query("INSERT INTO wrong_replies (sender, at) VALUES ($1, $2)")
            .bind(from.as_str()).bind(Timestamp::from(at)).execute(c).await.map(drop))?;
        Ok(())
    }

    /// How many wrong replies came from this number at `since` or later.
    ///
    /// # Errors
    /// The database's.
    pub async fn wrong_replies(&mut self, from: &Phone, since: Instant) -> Result<i64> {
        Ok(on!(self, c => sqlx::query_scalar("SELECT COUNT(*) FROM wrong_replies WHERE sender = $1 AND at >= $2")
            .bind(from.as_str()).bind(Timestamp::from(since)).fetch_one(c).await)?)
    }

    /// Forgets the wrong replies from this number; how many there were.
    ///
    /// # Errors
    /// The database's.
    pub async fn clear_wrong_replies(&mut self, from: &Phone) -> Result<u64> {
        Ok(on!(self, c => sqlx::query("DELETE FROM wrong_replies WHERE sender = $1")
            .bind(from.as_str()).execute(c).await.map(|done| done.rows_affected()))?)
    }

    /// Keeps a receipt whose message is not known yet. In the unit that asked [`Tx::message_by_provider`].
    ///
    /// # Errors
    /// The database's.
    pub async fn park_receipt(
        &mut self,
        provider_message: &str,
        state: Delivery,
        error_code: Option<u32>,
        at: Instant,
    ) -> Result<()> {
        on!(self, c => sqlx::query(
            "INSERT INTO parked_receipts (provider_message, state, error_code, at) VALUES ($1, $2, $3, $4)")
            .bind(provider_message).bind(state.as_str()).bind(error_code.map(i64::from)).bind(Timestamp::from(at))
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// Takes the receipts that came before this provider's id was known, the oldest first. Those that come from now on wait
    /// until this unit ends: store the id in it, with [`Tx::save_message`].
    ///
    /// # Errors
    /// The database's.
    pub async fn take_parked_receipts(&mut self, provider_message: &str) -> Result<Vec<ParkedReceipt>> {
        self.meet(provider_message).await?;
        let rows: Vec<ReceiptRow> = on!(self, c => sqlx::query_as(
            "DELETE FROM parked_receipts WHERE provider_message = $1 RETURNING state, error_code, at")
            .bind(provider_message).fetch_all(c).await)?;
        let place = Place { table: "parked_receipts", key: &provider_message };
        let receipt = |row: ReceiptRow| {
            Ok(ParkedReceipt {
                state: place.some("state", Delivery::from_word(&row.state))?,
                error_code: row.error_code.map(|code| place.ok("error_code", u32::try_from(code))).transpose()?,
                at: row.at.into(),
            })
        };
        let mut receipts = rows.into_iter().map(receipt).collect::<Result<Vec<_>>>()?;
        receipts.sort_by_key(|receipt| (receipt.at, receipt.state));
        Ok(receipts)
    }

    async fn meet(&mut self, provider_message: &str) -> Result<()> {
        if !self.is_sqlite() {
            // There one unit writes at a time, so they meet anyway.
            on!(self, c => sqlx::query(MEET).bind(provider_message).execute(c).await.map(drop))?;
        }
        Ok(())
    }
}
